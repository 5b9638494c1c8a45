"""Pre-training on pages: documents of a corpus, denoised, through the training loop.

::

    pretrain(Pretraining(corpus=Path("corpus"), out=Path("runs/pretrain"), steps=10_000))
    HtmlT5.from_pretrained("runs/pretrain/model")
"""

from webagents.training.pretraining.pretrain import pretrain
from webagents.training.pretraining.settings import Pretraining

__all__ = ["Pretraining", "pretrain"]
