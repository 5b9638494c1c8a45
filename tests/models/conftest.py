"""What the tests of models share: one thread, fixed seeds, and transformers' models beside ours."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")


@pytest.fixture(autouse=True)
def steady() -> Iterator[None]:
    """One thread, so that test processes do not fight for processors, and the same numbers."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


class Pair(NamedTuple):
    """transformers' model and ours with the same weights."""

    theirs: Any
    ours: Any


SMALL = {
    "vocab_size": 60,
    "d_model": 32,
    "d_kv": 8,
    "d_ff": 48,
    "num_layers": 2,
    "num_heads": 4,
    "dropout_rate": 0.0,
    "decoder_start_token_id": 0,
}


@pytest.fixture
def paired() -> Callable[..., Pair]:
    """Makes a LongT5 or T5 with random weights, position tables as large as the rest matters, and
    ours from them."""
    from webagents.models.html_t5 import HtmlT5
    from webagents.models.loading import configured, converted

    def make(kind: str, *, untie: bool = False, **settings: Any) -> Pair:
        if kind == "t5":
            config = transformers.T5Config(**SMALL | settings)
            theirs = transformers.T5ForConditionalGeneration(config)
        else:
            config = transformers.LongT5Config(
                **SMALL | {"encoder_attention_type": kind} | settings
            )
            theirs = transformers.LongT5ForConditionalGeneration(config)
        with torch.no_grad():
            for name, parameter in theirs.named_parameters():
                size = 1.0 if "relative_attention_bias" in name else 0.05
                parameter.add_(torch.randn_like(parameter) * size)
        if untie:
            theirs.lm_head.weight = torch.nn.Parameter(torch.randn(60, 32) * 0.2)
        ours = HtmlT5(configured(config.to_dict(), tied=not untie))
        state = converted(theirs.state_dict())
        if not untie:
            del state["lm_head.weight"]
        ours.load_state_dict(state, strict=untie)
        return Pair(theirs, ours)

    return make
