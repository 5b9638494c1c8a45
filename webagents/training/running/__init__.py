"""The training loop: what pre-training and fine-tuning have in common.

A step's batch is put together of micro-batches, one of each *lane*. A lane is a source of
micro-batches that can be resumed at any of them; each belongs to one process. So any number of
processes that divides the lanes trains on the same batches, and a run that was killed goes on as if
it had not been.
"""

from webagents.training.running.lanes import Lane, MicroBatch
from webagents.training.running.loop import Trained, train
from webagents.training.running.settings import Running
from webagents.training.running.trials import Trials, Tried

__all__ = ["Lane", "MicroBatch", "Running", "Trained", "Trials", "Tried", "train"]
