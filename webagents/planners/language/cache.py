"""Answers kept on disk: the same question to the same model is asked once, in whatever run."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from webagents.planners.language.model import Answer, LanguageModel, Question


@dataclass(frozen=True, slots=True)
class Cached:
    """A language model whose answers are kept in a folder, one file each.

    A run that was broken off asks nobody for what it was answered before; two runs of the same
    questions are the same.
    """

    model: LanguageModel
    folder: Path

    @property
    def name(self) -> str:
        """The model's own name: it answers alike."""
        return self.model.name

    def answer(self, question: Question) -> Answer:
        """What was answered before, marked so; else the model's answer, kept unless refused."""
        path = self._path(question)
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return replace(Answer(**kept["answer"]), cached=True)
        except (OSError, ValueError, KeyError, TypeError):
            answer = self.model.answer(question)
        if answer.refused:
            return answer
        _write(path, {"model": self.name, "question": asdict(question), "answer": asdict(answer)})
        return answer

    def _path(self, question: Question) -> Path:
        asked = json.dumps([self.name, asdict(question)], sort_keys=True)
        digest = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / digest[:2] / f"{digest[2:]}.json"


def _write(path: Path, kept: object) -> None:
    """Writes it as a whole or not at all, whoever else writes the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(kept, file, indent=1)
    Path(temporary).replace(path)
