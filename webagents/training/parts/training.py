"""The training of a part from its settings to a checkpoint on disk."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from transformers.utils import SAFE_WEIGHTS_NAME

from webagents.data import Dataset
from webagents.data.streaming import episodes
from webagents.errors import UserError, clipped
from webagents.models import load_preset
from webagents.models.pointer import PointerConfig, PointerT5
from webagents.models.tokenizer import load_tokenizer
from webagents.planners.compact import Tongue
from webagents.planners.compact.parts import FILE, Part, read_tongue, save_tongue
from webagents.progress import Shown, silent
from webagents.slots import pieces_of
from webagents.training.imitation import HeldOut, ImitationLane
from webagents.training.parts.settings import PartTraining
from webagents.training.parts.teaching import Lore, PartTeacher, common_words, lore_of
from webagents.training.running import train
from webagents.training.running.folders import MODEL, main_process, open_run
from webagents.training.starting import starting_model

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

log = logging.getLogger(__name__)


def train_part(config: PartTraining, *, progress: Shown = silent) -> Path:
    """Trains a planner or a writer; gives the folder of its checkpoint.

    Raises:
        UserError: the data, the model or the tokenizer cannot be read, `config.out` is taken, or
            there is nothing to learn.
        TrainingDiverged: see `running.train`; so for KeyboardInterrupt.
    """
    tokenizer = load_tokenizer(config.tokenizer)
    known = {str(path): Dataset(path).known["tasks"] for path in config.data}
    if next(_lore(config.data), None) is None:
        raise UserError(
            f"no step in {', '.join(map(str, config.data))} says what was planned and written "
            "there; collect with --policy webagent:scripted,scripted, or labelled:webagent:..."
        )
    folder = Path(config.model)
    begun = (config.out / MODEL / FILE).exists()
    if folder.is_dir():
        tongue = read_tongue(folder)
    elif begun and config.resume:
        tongue = read_tongue(config.out / MODEL)
    else:
        words = common_words(_lore(config.data), config.part, config.common)
        tongue = Tongue(kind=config.part, words=words)
    model = _model(config, tongue, tokenizer)
    if open_run(config, "training", known={"data": known}) or main_process():
        (config.out / MODEL).mkdir(exist_ok=True)
        tokenizer.save_pretrained(config.out / MODEL)
        save_tongue(tongue, config.out / MODEL)

    def teacher() -> PartTeacher:
        return PartTeacher(pieces_of(tokenizer), tongue, kept=config.kept // config.lanes)

    teachers = [teacher() for _ in range(config.lanes)]

    def lane(number: int) -> ImitationLane:
        return ImitationLane(
            number=number,
            demonstrations=lambda: episodes(
                config.data, seed=config.seed, rank=number, of=config.lanes
            ),
            teacher=teachers[number],
            rows=config.batch // config.lanes,
            window=config.window,
            seed=config.seed,
            augment=config.part == "writer",
        )

    watched = teacher()
    held_out = HeldOut(
        watched,
        (
            step
            for path in config.held_out
            for step in watched.steps(Dataset(path).demonstrations())
        ),
        rows=config.batch,
    )
    validate = held_out if held_out.batches else None
    train(model, lane, config, validate=validate, progress=progress)
    return config.out / MODEL


def _lore(folders: Sequence[Path]) -> Iterator[tuple[str, Lore]]:
    for folder in folders:
        for demonstration in Dataset(folder).demonstrations():
            episode = demonstration.episode
            for step in episode.steps:
                if (lore := lore_of(step, success=episode.success)) is not None:
                    yield episode.observation.instruction, lore


def _model(config: PartTraining, tongue: Tongue, tokenizer: PreTrainedTokenizerBase) -> PointerT5:
    """A part with random weights, or one to go on from.

    Raises:
        UserError: no such size, or one that is no `PointerT5`'s and does not read slots.
    """
    if Path(config.model).is_dir():
        if config.changes:
            raise UserError("changes are for a model that begins anew, not for one from a folder")
        model = Part.read(Path(config.model), config.part).model
        model.train()
        return model
    size = load_preset(config.model)
    if not isinstance(size, PointerConfig) or size.picture:
        raise UserError(
            f"a part is a network over slots that sees no pictures, such as the size pointer, not "
            f"{clipped(config.model)}"
        )
    sizes = f"{config.changes},vocab_size={tongue.size},names=[]"
    made = starting_model(config.model, tokenizer, sizes, seed=config.seed)
    assert isinstance(made, PointerT5)
    if config.begin is not None:
        _begin(made, config.begin)
    return made


@torch.no_grad()
def _begin(model: PointerT5, folder: Path) -> None:
    """Takes the weights of a compact policy, but for those of its symbols.

    Raises:
        UserError: there is none, or one of another size.
    """
    try:
        known = load_file(folder / SAFE_WEIGHTS_NAME)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{folder} holds no weights to begin with ({error})") from error
    for name, weight in model.named_parameters():
        if weight.shape[0] == model.config.vocab_size:
            continue
        begun = known.get(name)
        if begun is None or begun.shape != weight.shape:
            raise UserError(f"{folder} holds a model of another size, as {name} shows")
        weight.copy_(begun)
