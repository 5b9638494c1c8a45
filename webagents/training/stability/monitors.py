"""What a step of training looks like from inside: attention, output, gradients, updates."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.hooks import RemovableHandle

from webagents.models import HtmlT5
from webagents.models.encoder import SelfAttention, Where
from webagents.models.webgum import widened
from webagents.training.stability.attention import largest_logit
from webagents.training.stability.likeness import likeness
from webagents.training.stability.worries import worries

_ROWS = 1024
"""Rows of logits that are widened to float32 at once."""


class Reading(NamedTuple):
    """What was seen at a step.

    values: ``max_attention_logit`` (block 0 of the encoder, see `largest_logit`), ``mean_log_z``
        (of the output's softmax, over labels), ``encoder_likeness`` (see `likeness`), and for each
        tensor the root mean squares ``gradient_rms/<name>`` (as the optimiser got it) and
        ``update_rms/<name>``.
    warnings: what gives reason to worry, a sentence each.
    """

    values: dict[str, float]
    warnings: list[str]


class Monitors:
    """Looks at single steps of training, and changes nothing of them.

    model: an `HtmlT5`, bare or within other modules; of any other model only gradients and updates
        are seen. A model compiled as a whole (``torch.compile``) calls no hooks: there, too.
    optimizer: of PyTorch's kind, or `accelerate`'s around one.
    epsilon: what gradients are compared with; None: the optimiser's own "eps", if it has a single
        one (AdamW; not Adafactor, Adam-atan2).

    Between looks nothing is attached to the model and nothing costs anything. A look holds a copy
    of the weights during the optimiser's step, and takes the scores of one layer once more.
    Of several processes each sees its own part of the batch and, with FSDP, of the weights.
    """

    def __init__(
        self, model: nn.Module, optimizer: Optimizer, *, epsilon: float | None = None
    ) -> None:
        self.model = model
        self.net = next((part for part in model.modules() if isinstance(part, HtmlT5)), None)
        while isinstance(inner := getattr(optimizer, "optimizer", None), Optimizer):
            optimizer = inner
        self.optimizer = optimizer
        own = optimizer.param_groups[0].get("eps")
        self.epsilon = own if epsilon is None and isinstance(own, float) else epsilon
        self._attached: list[RemovableHandle] = []
        self._forget()

    def _forget(self) -> None:
        for handle in self._attached:
            handle.remove()
        self._attached = []
        self._where: Where | None = None
        self._logit: Tensor | None = None
        self._log_z: list[Tensor] = []
        self._alike: list[Tensor] = []
        self._before: list[Tensor] = []
        self._squares: dict[str, list[Tensor]] = {}
        self._weights: dict[str, nn.Parameter] = {}

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Looks at the forward and backward passes within, one or more, and at the next step."""
        self._forget()
        passes = [] if self.net is None else list(self._watched(self.net))
        try:
            yield
        finally:
            for handle in passes:
                handle.remove()
        self._attached = [
            self.optimizer.register_step_pre_hook(self._before_step),
            self.optimizer.register_step_post_hook(self._after_step),
        ]

    def read(self) -> Reading:
        """What has been seen since `measuring` was entered."""
        values: dict[str, float] = {}
        if self._logit is not None:
            values["max_attention_logit"] = float(self._logit)
        if self._log_z:
            values["mean_log_z"] = float(torch.cat(self._log_z).mean())
        if self._alike:
            values["encoder_likeness"] = float(torch.cat(self._alike).mean())
        for kind, norms in self._squares.items():
            found = torch.stack(norms).tolist()
            values |= {
                f"{kind}/{name}": rms for name, rms in zip(self._weights, found, strict=True)
            }
        self._forget()
        return Reading(values, worries(values, self.epsilon))

    def _watched(self, net: HtmlT5) -> Iterator[RemovableHandle]:
        block = net.encoder.layers[0].attention
        assert isinstance(block, SelfAttention)
        yield block.register_forward_pre_hook(self._keep_where)
        yield block.qkv.register_forward_hook(lambda _, __, out: self._see_attention(block, out))
        yield net.register_forward_hook(self._see_output, with_kwargs=True)

    def _keep_where(self, module: nn.Module, arguments: tuple[Any, ...]) -> None:
        self._where = arguments[1]

    @torch.no_grad()
    def _see_attention(self, block: SelfAttention, out: Tensor) -> None:
        """Sees the product's result: to ask for it again would, under autocast without gradients,
        leave a copy of the weight without gradient in autocast's cache."""
        if self._where is None:
            return
        qkv = out.detach().view(*out.shape[:-1], 3, block.heads, block.size)
        if block.qk_norm is not None:
            q, k, v = qkv.unbind(2)
            qkv = torch.stack([block.qk_norm.of_queries(q), block.qk_norm.of_keys(k), v], 2)
        found = largest_logit(qkv, self._where.plan)
        self._logit = found if self._logit is None else torch.maximum(self._logit, found)
        self._where = None

    @torch.no_grad()
    def _see_output(
        self, module: HtmlT5, arguments: tuple[Any, ...], named: dict[str, Any], result: Any
    ) -> None:
        given = inspect.signature(HtmlT5.forward).bind(module, *arguments, **named).arguments
        states = getattr(result, "encoder_last_hidden_state", None)
        if states is not None:
            mask = widened(given.get("attention_mask"), states.shape[1])
            self._alike.append(likeness(states, mask))
        labels = given.get("labels")
        if labels is None:
            return
        logits = result[1]  # behind the loss, in a record of results and in a tuple of them
        known = logits.detach().flatten(0, -2)[labels.flatten() != -100]
        self._log_z += [part.float().logsumexp(-1) for part in known.split(_ROWS)]

    @torch.no_grad()
    def _before_step(self, *unused: Any) -> None:
        if self._before:
            return
        moved = {
            name.replace("_fsdp_wrapped_module.", ""): weight
            for name, weight in self.model.named_parameters()
            if weight.grad is not None
        }
        gradients = [_own(weight.grad) for weight in moved.values() if weight.grad is not None]
        self._weights = moved
        self._squares["gradient_rms"] = _rms(gradients)
        self._before = [_own(weight).detach().clone() for weight in moved.values()]

    @torch.no_grad()
    def _after_step(self, *unused: Any) -> None:
        torch._foreach_sub_(self._before, [_own(weight) for weight in self._weights.values()])
        self._squares["update_rms"] = _rms(self._before)
        self._before = []


def _own(tensor: Tensor) -> Tensor:
    """What this process holds of it."""
    found: Tensor = tensor.to_local() if hasattr(tensor, "to_local") else tensor
    return found


def _rms(tensors: list[Tensor]) -> list[Tensor]:
    """The root mean square of each."""
    return [
        torch.linalg.vector_norm(tensor, dtype=torch.promote_types(tensor.dtype, torch.float32))
        .div(math.sqrt(max(tensor.numel(), 1)))
        .float()
        for tensor in tensors
    ]
