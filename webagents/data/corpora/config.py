"""The settings of `corpus build`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from webagents.data.corpora.choosing import Choice
from webagents.data.corpora.cutting import KINDS, Sizes
from webagents.data.corpora.languages import LANGUAGES
from webagents.data.corpora.pages import Rules
from webagents.errors import UserError, check_least, clipped

FREE = {"out", "workers", "resume", "downloads", "sources", "memory"}
"""The settings that may differ when a corpus is resumed: the inputs are compared by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusConfig:
    """What `corpus build` does.

    sources: WARC files, archives (tar, zip, Debian packages), JSON lines, folders; lists of these
        (.toml); or a bundled list's name: ``diverse`` downloads what a Debian machine can have.
    out: the folder of the corpus; new or empty, or with --resume one that was begun before.
    kinds: of the examples: ``label``, subtrees around labels that name their field; ``page``, whole
        pages; ``window``, the parts of a page that is too large.
    language: of the pages, by its code, ``en``; ``any`` takes all.
    least, most: how many characters an example has.
    subtree: up to how many characters a label's subtree grows from the smallest one that holds the
        label and its field; 0: it does not.
    window: how many characters a window has at most.
    labels, windows: how many of these are taken of a page, at most.
    page_mb: how large a page may be, in MB.
    duplicates: "near" leaves out what is much like an earlier example, "exact" only what is equal.
    per_site: how many examples of each kind are taken of a site, at most; 0: all.
    validation: about the share of the examples that the validation split has: whole sites, as many
        as fit, and at least half of it where there are sites so small.
    seed: what the choice of a site's examples follows from.
    memory: how many MB the search for duplicates may use; with more examples than 8 to a kB, the
        oldest are forgotten.
    workers: how many processes read.
    downloads: where packages are kept; by default in the user's own folder.
    resume: go on with a corpus that was stopped or killed.
    """

    sources: list[str]
    out: Path
    kinds: str = "label,page,window"
    language: str = "en"
    least: int = 200
    most: int = 32_000
    subtree: int = 1_000
    window: int = 16_000
    labels: int = 200
    windows: int = 50
    page_mb: float = 10.0
    duplicates: str = "near"
    per_site: int = 5_000
    validation: float = 0.05
    seed: int = 0
    memory: int = 512
    workers: int = 2
    downloads: Path | None = None
    resume: bool = False

    def __post_init__(self) -> None:
        if not self.sources:
            raise UserError("nothing to build from: name a source")
        if not self._kinds():
            raise UserError(f"no kinds of examples; there is {', '.join(KINDS)}")
        if unknown := [kind for kind in self._kinds() if kind not in KINDS]:
            raise UserError(f"no kind {clipped(unknown[0])}; there is {', '.join(KINDS)}")
        if self.language != "any" and self.language not in LANGUAGES:
            known = ", ".join((*LANGUAGES, "any"))
            raise UserError(f"no language {clipped(self.language)}; there is {known}")
        if self.duplicates not in ("near", "exact"):
            raise UserError(f"no duplicates {clipped(self.duplicates)}; there is near, exact")
        check_least(self, least=1, subtree=0, window=1, labels=1, windows=1, per_site=0)
        check_least(self, memory=1, workers=1, most=self.least)
        if not self.subtree <= self.most or not self.window <= self.most:
            raise UserError(f"subtree and window are at most {self.most}")
        if not 0 < self.page_mb <= 1000:
            raise UserError(f"page_mb is above 0 and at most 1000, not {self.page_mb}")
        if not 0 <= self.validation < 1:
            raise UserError(f"validation is a share from 0 to below 1, not {self.validation}")

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        downloads = None if self.downloads is None else str(self.downloads)
        values = {**asdict(self), "out": str(self.out), "downloads": downloads}
        return {**values, "sources": [str(source) for source in self.sources]}

    def rules(self) -> Rules:
        """What becomes of a page."""
        sizes = Sizes(self.least, self.most, self.subtree, self.window, self.labels, self.windows)
        return Rules(frozenset(self._kinds()), sizes, int(self.page_mb * 1e6), self.language)

    def choice(self) -> Choice:
        """What is taken of the examples."""
        return Choice(
            similar=self.duplicates == "near",
            cap=self.per_site or None,
            validation=self.validation,
            seed=self.seed,
            memory_bytes=self.memory * 2**20,
        )

    def _kinds(self) -> list[str]:
        return [kind.strip() for kind in self.kinds.split(",") if kind.strip()]
