"""The processes of a run, one or several, on processors or GPUs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import torch

from webagents.errors import UserError
from webagents.training.running.settings import Running

if TYPE_CHECKING:
    from accelerate import Accelerator


def accelerator_for(settings: Running) -> Accelerator:
    """What spreads a run over the processes that `torchrun` or `accelerate launch` started.

    Raises:
        UserError: their number does not divide the lanes.
    """
    from accelerate import Accelerator, PartialState
    from accelerate.utils import DistributedType, FullyShardedDataParallelPlugin, set_seed

    # It warns of every tied weight that it writes once, as it should.
    logging.getLogger("accelerate.utils.other").setLevel(logging.ERROR)
    if settings.threads:
        torch.set_num_threads(settings.threads)
    sharded = FullyShardedDataParallelPlugin(
        fsdp_version=2,
        auto_wrap_policy="transformer_based_wrap",
        transformer_cls_names_to_wrap=["EncoderLayer", "DecoderLayer"],
        state_dict_type="SHARDED_STATE_DICT",
    )
    accelerator = Accelerator(
        cpu=not torch.accelerator.is_available(),
        mixed_precision={"float32": "no", "bfloat16": "bf16"}[settings.precision],
        fsdp_plugin=sharded if settings.sharding == "fsdp" else None,
    )
    if settings.sharding == "fsdp" and accelerator.distributed_type == DistributedType.MULTI_CPU:
        # accelerate shards on GPUs alone, though PyTorch does it on processors just as well.
        PartialState().distributed_type = DistributedType.FSDP
        accelerator.state.distributed_type = DistributedType.FSDP
        accelerator.state.fsdp_plugin = sharded
    if settings.lanes % accelerator.num_processes:
        raise UserError(
            f"{accelerator.num_processes} processes cannot share {settings.lanes} lanes; "
            f"set lanes to a multiple, such as {accelerator.num_processes}"
        )
    # Only dropout draws from this; all else has generators of its own.
    set_seed(settings.seed + accelerator.process_index)
    return accelerator


def lanes_of(accelerator: Accelerator, lanes: int) -> list[int]:
    """The numbers of the lanes that are this process's own."""
    return list(range(accelerator.process_index, lanes, accelerator.num_processes))
