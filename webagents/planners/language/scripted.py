"""A language model without a model: it says what its script says."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from webagents.errors import UserError, clipped
from webagents.planners.language.model import Answer, LanguageModelFailed, Question


class Scripted:
    """Answers from a script.

    Attributes:
        questions: what it was asked, in order.
    """

    def __init__(
        self, script: Sequence[str] | Callable[[Question], str], name: str = "scripted"
    ) -> None:
        """script: its answers in order, or a function from a question to the answer.

        Of questions asked side by side any may be the first: give those a function.
        """
        self.name = name
        self.questions: list[Question] = []
        self._script = script

    @classmethod
    def read(cls, path: Path) -> Scripted:
        """The model of a JSON file: a list of answers in order, given again from the first on.

        Raises:
            UserError: there is no such list there.
        """
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            if not (isinstance(said, list) and said and all(isinstance(s, str) for s in said)):
                raise ValueError("it is no list of texts")
        except (OSError, ValueError) as error:
            raise UserError(f"{clipped(str(path))} is no script of answers: {error}") from error
        asked = 0

        def next_of(question: Question) -> str:
            nonlocal asked
            asked += 1
            return str(said[(asked - 1) % len(said)])

        return cls(next_of, name=f"scripted:{path.name}")

    def answer(self, question: Question) -> Answer:
        """What the script says; tokens are counted as words.

        Raises:
            LanguageModelFailed: the script is at its end.
        """
        self.questions.append(question)
        if callable(self._script):
            text = self._script(question)
        elif len(self.questions) <= len(self._script):
            text = self._script[len(self.questions) - 1]
        else:
            raise LanguageModelFailed(f"the script has no more than {len(self._script)} answers")
        read = sum(len(each.content.split()) for each in question.messages)
        return Answer(text=text, prompt_tokens=read, completion_tokens=len(text.split()))
