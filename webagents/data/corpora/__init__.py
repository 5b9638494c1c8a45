"""HTML for pre-training: built from WARC files, archives and folders, and read again.

::

    build_corpus(CorpusConfig(sources=["crawl/", "diverse"], out=Path("corpus")))
    for row in Corpus("corpus").stream(seed=0):
        row["html"]
"""

from webagents.data.corpora.build import Built, build_corpus
from webagents.data.corpora.card import report
from webagents.data.corpora.config import CorpusConfig
from webagents.data.corpora.corpus import Corpus
from webagents.data.corpora.cutting import numbered

__all__ = ["Built", "Corpus", "CorpusConfig", "build_corpus", "numbered", "report"]
