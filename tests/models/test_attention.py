"""The forms of the attention beside each other, and where tokens stand."""

from typing import Any

import pytest
import torch

from webagents.models import narrow
from webagents.models import plan as planning
from webagents.models.flex import block_mask, flex_core
from webagents.models.plain import plain_attention, whole_attention
from webagents.models.plan import TILE, plan
from webagents.models.positions import (
    buckets,
    distance_bias,
    global_block_ids,
    side_bias,
    whole_bias,
    window_bias,
)
from webagents.models.tiles import TiledAttention

HEADS, SIZE, BLOCK = 3, 4, 5
REACHES = [(9, 9), (150, 150), (149, 0), (0, 0)]


def scene(left: int, right: int, block: int, dtype: torch.dtype = torch.float64) -> Any:
    """A batch of two rows of 150 tokens, the second padded on both sides, and its biases."""
    mask = torch.ones(2, 150)
    mask[1, :7] = mask[1, 70:] = 0
    plan_ = plan(mask, left=left, right=right, block=block)
    table = torch.randn(32, HEADS, dtype=dtype)
    reach = {"left": left, "right": right, "bidirectional": right > 0, "max_distance": 128}
    near = window_bias(table, tile=TILE, **reach)
    by_distance = distance_bias(table, **reach)
    side = side_bias(torch.randn(32, HEADS, dtype=dtype), 30, max_distance=128) if block else None
    qkv = torch.randn(2, 150 + (30 if block else 0), 3, HEADS, SIZE, dtype=dtype)
    return mask, plan_, qkv, near, by_distance, side


@pytest.mark.parametrize("block", [0, BLOCK])
@pytest.mark.parametrize(("left", "right"), REACHES)
def test_tiles_give_what_plain_operations_give(left: int, right: int, block: int) -> None:
    mask, plan_, qkv, near, _, side = scene(left, right, block)
    weight = torch.randn(2, 150, HEADS, SIZE, dtype=torch.float64) * mask[..., None, None]
    found = []
    for attend in (TiledAttention.apply, plain_attention):
        inputs = [t.clone().requires_grad_() for t in (qkv, near, side) if t is not None]
        out = attend(*inputs, *([None] if side is None else []), plan_, 0.0)
        (out * weight).sum().backward()
        found.append([out.detach() * mask[..., None, None], *(t.grad for t in inputs)])
    torch.testing.assert_close(found[0], found[1], atol=1e-10, rtol=1e-10)


@pytest.mark.parametrize("causal", [False, True])
def test_short_inputs_as_a_whole_give_what_tiles_give(causal: bool) -> None:
    mask, plan_, qkv, _, _, _ = scene(149, 0 if causal else 149, 0)
    weight = torch.randn(2, 150, HEADS, SIZE, dtype=torch.float64) * mask[..., None, None]
    table = torch.randn(32, HEADS, dtype=torch.float64)
    how: dict[str, Any] = {"bidirectional": not causal, "max_distance": 128}
    found = []
    for whole in (True, False):
        inputs, biases = qkv.clone().requires_grad_(), table.clone().requires_grad_()
        if whole:
            near = whole_bias(biases, 150, causal=causal, **how)
            out = whole_attention(inputs, near, mask != 0, 0.0)
        else:
            near = window_bias(biases, tile=TILE, left=149, right=0 if causal else 149, **how)
            out = plain_attention(inputs, near, None, plan_, 0.0)
        (out * weight).sum().backward()
        found.append([out.detach() * mask[..., None, None], inputs.grad, biases.grad])
    torch.testing.assert_close(found[0], found[1], atol=1e-10, rtol=1e-10)


@pytest.mark.parametrize("block", [0, 4, 5])
def test_tiles_together_give_what_each_gives_alone(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = torch.ones(2, 400)
    mask[1, 333:] = 0
    reach = {"left": 12, "right": 9}
    near = window_bias(
        torch.randn(32, 2, dtype=torch.float64),
        tile=TILE,
        **reach,
        bidirectional=True,
        max_distance=128,
    )
    globals_ = 400 // block if block else 0
    side = torch.randn(2, 2 * globals_, dtype=torch.float64) if block else None
    qkv = torch.randn(2, 400 + globals_, 3, 2, 4, dtype=torch.float64)
    found = []
    for scores in (1 << 17, 1):
        monkeypatch.setattr(planning, "GROUP", scores)
        plan_ = plan(mask, **reach, block=block)
        inputs = [None if t is None else t.clone().requires_grad_() for t in (qkv, near, side)]
        out = TiledAttention.apply(*inputs, plan_, 0.0)
        out.square().sum().backward()
        grads = [t.grad for t in inputs if t is not None]
        found.append((len(plan_.groups), [out.detach(), *grads]))
    (together, ours), (alone, wanted) = found
    assert (together, alone) == (6, 13)
    torch.testing.assert_close(ours, wanted, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("block", [0, 5, 16])
@pytest.mark.parametrize(("left", "right"), [(12, 9), (127, 127), (399, 0)])
def test_bfloat16_gives_what_float32_gives_up_to_rounding(
    left: int, right: int, block: int, dropout: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrow, "FAST", True)
    mask = torch.ones(2, 400)
    mask[1, 333:] = 0
    mask[1, 40] = 0
    plan_ = plan(mask, left=left, right=right, block=block)
    near = window_bias(
        torch.randn(32, 3),
        tile=TILE,
        left=left,
        right=right,
        bidirectional=right > 0,
        max_distance=128,
    )
    globals_ = plan_.globals_
    side = torch.randn(3, 2 * globals_) if block else None
    qkv = torch.randn(2, 400 + globals_, 3, 3, 8)
    weight = torch.randn(2, 400, 3, 8) * mask[..., None, None]
    rounded = [t.bfloat16() for t in (qkv, near, side) if t is not None]
    found = []
    for dtype in (torch.bfloat16, torch.float32):
        inputs = [t.detach().to(dtype).requires_grad_() for t in rounded]
        torch.manual_seed(1)  # dropout draws the same for both
        out = TiledAttention.apply(*inputs, *([] if block else [None]), plan_, dropout)
        (out * weight).sum().backward()
        found.append([out.detach() * mask[..., None, None], *(t.grad for t in inputs)])
    narrowed, wanted = found
    assert {t.dtype for t in narrowed[1:]} == {torch.bfloat16}
    errors = [(a.float() - b).norm() / b.norm() for a, b in zip(narrowed, wanted, strict=True)]
    assert max(errors) < 0.012  # a few roundings of 2^-9 each


@pytest.mark.filterwarnings("ignore:flex_attention called without:UserWarning")
@pytest.mark.parametrize("block", [0, BLOCK])
@pytest.mark.parametrize(("left", "right"), REACHES)
def test_flex_attention_gives_what_plain_operations_give(left: int, right: int, block: int) -> None:
    mask, plan_, qkv, near, by_distance, side = scene(left, right, block, torch.float32)
    seen = block_mask(plan_, 2, 150, torch.device("cpu"))
    flexed = flex_core(qkv, by_distance, side, plan_, seen, compiled=False)
    plain = plain_attention(qkv, near, side, plan_, 0.0)
    real = mask != 0
    torch.testing.assert_close(flexed[real], plain[real], atol=1e-5, rtol=1e-5)


def test_dropout_has_the_gradient_of_what_it_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "TILE", 4)
    plan_ = plan(torch.ones(1, 10), left=3, right=3, block=5)
    table = torch.randn(32, 2, dtype=torch.float64)
    reach = {"left": 3, "right": 3, "bidirectional": True, "max_distance": 128}
    near = window_bias(table, tile=4, **reach)
    side = side_bias(table, 2, max_distance=128)
    qkv = torch.randn(1, 12, 3, 2, 3, dtype=torch.float64)

    def attend(qkv: torch.Tensor, side: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(5)
        return TiledAttention.apply(qkv, near, side, plan_, 0.4)

    kept = [t.requires_grad_() for t in (qkv, side)]
    assert torch.autograd.gradcheck(attend, kept)
    torch.manual_seed(6)
    assert not torch.equal(attend(*kept), TiledAttention.apply(qkv, near, side, plan_, 0.4))


def test_dropout_keeps_the_expected_value() -> None:
    plan_ = plan(torch.ones(1, 8), left=8, right=8)
    qkv = torch.zeros(1, 8, 3, 1, 1)
    qkv[:, :, 2] = 1.0
    reach = {"left": 8, "right": 8, "bidirectional": True, "max_distance": 128}
    near = window_bias(torch.zeros(32, 1), tile=64, **reach)
    draws = [TiledAttention.apply(qkv, near, None, plan_, 0.5).mean() for _ in range(400)]
    assert torch.stack(draws).mean() == pytest.approx(1.0, abs=0.05)


def test_nothing_is_computed_for_padding() -> None:
    mask = torch.ones(2, 640)
    mask[1, 100:] = 0
    tiles_ = plan(mask, left=127, right=127, block=16).tiles
    assert [sum(t.row == row for t in tiles_) for row in (0, 1)] == [10, 2]
    assert {t.far for t in tiles_ if t.row == 1} == {6}


def test_orphans_join_the_last_full_block_and_short_inputs_have_none() -> None:
    rows = [[1] * 11, [1] * 7 + [0] * 4, [1] * 3 + [0] * 8]
    assert global_block_ids(torch.tensor(rows), 4).tolist() == [
        [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1],
        [0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1],
        [-1] * 11,
    ]


def test_blocks_of_a_row_padded_left_crowd_as_in_transformers() -> None:
    row = torch.tensor([[0] * 16 + [1] * 16])
    assert global_block_ids(row, 4).tolist() == [[-1] * 16 + [3] * 16]


def test_buckets_are_t5s() -> None:
    relative = torch.tensor([-200, -128, -64, -16, -8, -7, -1, 0, 1, 7, 8, 16, 64, 127, 200])
    both = buckets(relative, bidirectional=True, count=32, max_distance=128)
    before = buckets(relative, bidirectional=False, count=32, max_distance=128)
    assert both.tolist() == [15, 15, 14, 10, 8, 7, 1, 0, 17, 23, 24, 26, 30, 31, 31]
    assert before.tolist() == [31, 31, 26, 16, 8, 7, 1, 0, 0, 0, 0, 0, 0, 0, 0]
