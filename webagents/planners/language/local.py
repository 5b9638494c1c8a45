"""Language models on this machine: folders of `transformers`, and GGUF files by llama.cpp."""

from __future__ import annotations

import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from webagents.errors import UserError, clipped
from webagents.planners.language.endpoint import answer_of
from webagents.planners.language.model import Answer, LanguageModelFailed, Question


class Folder:
    """A causal or encoder-decoder model that `transformers` saved, with its tokenizer."""

    def __init__(self, folder: Path) -> None:
        """Loads it.

        Raises:
            UserError: there is no such model there, or `transformers` is not installed.
        """
        if not (folder / "config.json").is_file():
            raise UserError(f"{clipped(str(folder))} is no folder of a transformers model")
        try:
            import torch
            import transformers
        except ImportError as error:
            raise UserError(
                f"a local model needs the extra models ({error}); install it with: "
                "pip install 'webagents-gym[models]'"
            ) from error
        try:
            config = transformers.AutoConfig.from_pretrained(folder)
            self._decodes_only = not config.is_encoder_decoder
            kind = (
                transformers.AutoModelForCausalLM
                if self._decodes_only
                else transformers.AutoModelForSeq2SeqLM
            )
            self._model: Any = kind.from_pretrained(folder).eval()
            self._tokenizer: Any = transformers.AutoTokenizer.from_pretrained(folder)
        except (OSError, ValueError) as error:
            raise UserError(
                f"{clipped(str(folder))} is no folder of a transformers model: {error}"
            ) from error
        self._torch: Any = torch
        self._lock = threading.Lock()
        self._folder = folder

    @property
    def name(self) -> str:
        """``transformers:`` and the folder's name."""
        return f"transformers:{self._folder.name}"

    def answer(self, question: Question) -> Answer:
        """What it generates; one question at a time."""
        with self._lock, self._torch.no_grad():
            read = self._read(question)
            self._torch.manual_seed(question.seed)
            drawn: dict[str, Any] = {"do_sample": question.temperature > 0}
            if question.temperature > 0:
                drawn["temperature"] = question.temperature
            said = self._model.generate(**read, max_new_tokens=question.max_tokens, **drawn)[0]
        asked = int(read["input_ids"].shape[1])
        written = said[asked:] if self._decodes_only else said[1:]
        text, stopped = before_stop(
            self._tokenizer.decode(written, skip_special_tokens=True), question.stop
        )
        return Answer(
            text=text,
            prompt_tokens=asked,
            completion_tokens=len(written),
            cost=0.0,
            cut=not stopped and len(written) >= question.max_tokens,
        )

    def _read(self, question: Question) -> Any:
        """The question as the model's input; in its own form of conversation where it has one."""
        told = [{"role": each.role, "content": each.content} for each in question.messages]
        if self._tokenizer.chat_template:
            return self._tokenizer.apply_chat_template(
                told, add_generation_prompt=True, return_dict=True, return_tensors="pt"
            )
        whole = "\n\n".join(each["content"] for each in told)
        return self._tokenizer(whole, return_tensors="pt", return_token_type_ids=False)


class Gguf:
    """A GGUF file, run by llama.cpp's own server inside this process (`xllamacpp`)."""

    def __init__(self, file: Path, *, context: int = 8192, threads: int = 1) -> None:
        """Loads it.

        context: the most tokens of a question and its answer.
        threads: processors to use; more than there are free ones is slower by far.

        Raises:
            UserError: there is no such file, it cannot be read, or `xllamacpp` is not installed.
        """
        if not file.is_file():
            raise UserError(f"no file {clipped(str(file))}")
        try:
            import xllamacpp
        except ImportError as error:
            raise UserError(
                f"a GGUF file needs the extra gguf ({error}); install it with: "
                "pip install 'webagents-gym[gguf]'"
            ) from error
        how = xllamacpp.CommonParams()
        how.model.path = str(file)
        how.n_ctx = context
        how.n_parallel = 1
        how.verbosity = 1  # errors alone: its log would lie across the bar of progress
        how.cpuparams.n_threads = how.cpuparams_batch.n_threads = threads
        try:
            self._server: Any = xllamacpp.Server(how)
        except RuntimeError as error:
            raise UserError(
                f"{clipped(str(file))} is no GGUF file that llama.cpp reads, or there is too "
                f"little memory for it and {context} tokens; what llama.cpp says is above"
            ) from error
        self._lock = threading.Lock()
        self._file = file

    @property
    def name(self) -> str:
        """``gguf:`` and the file's name."""
        return f"gguf:{self._file.name}"

    @property
    def address(self) -> str:
        """Where it is an OpenAI-compatible endpoint meanwhile, on loopback."""
        return f"{self._server.listening_address}/v1"

    def answer(self, question: Question) -> Answer:
        """What it generates, one question at a time; refused if it is more than the model reads.

        Raises:
            LanguageModelFailed: it broke.
            UserError: it refuses the question for another reason.
        """
        with self._lock:
            told = self._server.handle_chat_completions(
                {
                    "messages": [asdict(each) for each in question.messages],
                    "max_tokens": question.max_tokens,
                    "temperature": question.temperature,
                    "stop": list(question.stop),
                    "seed": question.seed,
                }
            )
        if "error" in told or "code" in told:
            error = told.get("error", told)
            if isinstance(error, dict) and error.get("code") == 400:
                return Answer(text="", cost=0.0, refused=clipped(error.get("message"), 300))
            raise UserError(f"{self.name} refuses the question: {clipped(told, 300)}")
        answer = answer_of(told)
        if answer is None:
            raise LanguageModelFailed(f"{self.name} said {clipped(told, 300)}")
        return replace(answer, cost=0.0)


def before_stop(text: str, stop: tuple[str, ...]) -> tuple[str, bool]:
    """The text before the first of the stops, and whether there was one."""
    places = [place for each in stop if (place := text.find(each)) >= 0]
    return (text[: min(places)], True) if places else (text, False)
