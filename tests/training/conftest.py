"""What the tests of training share: a small corpus of pages with forms."""

from pathlib import Path

import pytest

from tests.data.crawls import lines, page
from webagents.data.corpora import CorpusConfig, build_corpus


@pytest.fixture(name="corpus", scope="session")
def _corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of 40 sites with a few pages each."""
    pages = tmp_path_factory.mktemp("pages") / "pages.jsonl"
    lines(
        pages,
        [{"html": page(n), "url": f"http://www.site{n % 40}.com/{n}"} for n in range(120)],
    )
    out = tmp_path_factory.mktemp("corpora") / "corpus"
    build_corpus(CorpusConfig(sources=[str(pages)], out=out, workers=1, subtree=0, validation=0.2))
    return out
