"""Optimisers move weights as their formulas say, and go on with the same bits when loaded."""

import math
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import nn

from webagents.errors import UserError
from webagents.models import HtmlT5, load_preset
from webagents.training.optimizers import (
    AdamAtan2,
    OptimizerConfig,
    decayed,
    learning_rate_at,
    optimizer_for,
)

GRADIENTS = (0.3, -0.1, 0.7, 0.2, -0.4)
ALL = ("adamw", "adafactor", "adam-atan2")


def tiny(**changes: Any) -> HtmlT5:
    torch.manual_seed(0)
    return HtmlT5(load_preset("tiny", **changes))


def after(scale: float, dtype: torch.dtype = torch.float64) -> float:
    """Where 0.5 is after `GRADIENTS`, all times `scale`, at a learning rate of 0.01."""
    weight = nn.Parameter(torch.tensor([0.5], dtype=dtype))
    optimizer = AdamAtan2([weight], lr=0.01)
    for gradient in GRADIENTS:
        weight.grad = torch.tensor([gradient], dtype=dtype) * scale
        optimizer.step()
    return weight.item()


def fed(model: nn.Module, optimizer: torch.optim.Optimizer, seeds: range) -> None:
    """Steps along gradients that only the seed decides."""
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        for weight in model.parameters():
            weight.grad = torch.randn(weight.shape, generator=generator)
        optimizer.step()


def config(name: Any = "adamw", **changes: Any) -> OptimizerConfig:
    return OptimizerConfig(optimizer=name, **{"final_learning_rate": 0.0} | changes)


# --- Adam-atan2


@pytest.mark.parametrize("gradient", [1e-12, -3.0, 1e12])
def test_the_first_step_of_adam_atan2_is_as_long_for_every_gradient(gradient: float) -> None:
    weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
    weight.grad = torch.tensor([gradient], dtype=torch.float64)
    AdamAtan2([weight], lr=0.1).step()
    wanted = -math.copysign(0.0997456, gradient)
    assert weight.item() == pytest.approx(wanted, abs=5e-8)


@pytest.mark.parametrize("scale", [1.0, 1e-10, 1e10])
def test_adam_atan2_follows_the_hand_computed_path_at_any_scale_of_gradients(scale: float) -> None:
    assert after(scale) == pytest.approx(0.46596588, abs=5e-9)


@pytest.mark.parametrize("scale", [2.0**-33, 2.0**33])
def test_adam_atan2_gives_the_same_bits_when_gradients_are_scaled_by_a_power_of_two(
    scale: float,
) -> None:
    assert after(scale, torch.float32) == after(1.0, torch.float32)


def test_adamw_hardly_moves_when_gradients_are_scaled_below_its_epsilon() -> None:
    moved = []
    for scale in (1.0, 1e-10):
        weight = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        optimizer = torch.optim.AdamW([weight], lr=0.01, betas=(0.9, 0.99), weight_decay=0)
        for gradient in GRADIENTS:
            weight.grad = torch.tensor([gradient * scale], dtype=torch.float64)
            optimizer.step()
        moved.append(abs(weight.item()))
    assert moved[1] < moved[0] / 100


def test_a_zero_gradient_moves_nothing_in_adam_atan2() -> None:
    weight = nn.Parameter(torch.tensor([0.5, -2.0]))
    weight.grad = torch.zeros(2)
    AdamAtan2([weight], lr=0.1).step()
    assert weight.tolist() == [0.5, -2.0]


def test_no_step_of_adam_atan2_is_longer_than_its_bound() -> None:
    weight = nn.Parameter(torch.zeros(1000))
    optimizer = AdamAtan2([weight], lr=0.1, betas=(0.0, 0.999))
    longest = 0.0
    for exponent in range(0, 30, 3):  # each gradient dwarfs what the average remembers
        before = weight.detach().clone()
        weight.grad = torch.full((1000,), 10.0**exponent)
        optimizer.step()
        longest = max(longest, (weight - before).abs().max().item())
    assert 0.14 < longest <= 0.1 * 1.27 * math.pi / 2


def test_adam_atan2_takes_the_path_of_the_reference_implementation() -> None:
    """The path's end is what lucidrains' ``adam-atan2-pytorch`` 0.4.1 gave, run beside this."""
    start = [[0.5, -1.5], [2.0, 0.0]]
    weight = nn.Parameter(torch.tensor(start, dtype=torch.float64))
    optimizer = AdamAtan2([{"params": [weight], "weight_decay": 0.1}], lr=0.02, betas=(0.9, 0.99))
    for step in range(1, 5):
        weight.grad = weight.detach() ** 3 - step
        optimizer.step()
    wanted = torch.tensor(
        [[0.5737214036127759, -1.4084076296403563], [1.9058735007615244, 0.07795532022520318]],
        dtype=torch.float64,
    )
    torch.testing.assert_close(weight.detach(), wanted, rtol=0, atol=1e-15)


# --- Adafactor


def test_adafactor_takes_the_hand_computed_first_step() -> None:
    """First step: mean squares are the gradient's own, so a rank-one gradient becomes its sign."""
    weight = nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        weight.weight.copy_(torch.tensor([[3.0, 4.0], [0.0, 5.0]]))  # root mean square sqrt(12.5)
    optimizer = optimizer_for(weight, config("adafactor", learning_rate=0.1, weight_decay=0))
    weight.weight.grad = torch.tensor([[1.0, -2.0], [10.0, -20.0]])
    optimizer.step()
    length = 0.1 * math.sqrt(12.5)
    wanted = torch.tensor([[3 - length, 4 + length], [-length, 5 + length]])
    torch.testing.assert_close(weight.weight.detach(), wanted)


def test_adafactor_moves_a_tensor_of_zeros_by_the_least_scale() -> None:
    layer = nn.Linear(1, 2, bias=True)
    nn.init.zeros_(layer.bias)
    layer.bias.grad = torch.tensor([5.0, -0.5])
    optimizer_for(layer, config("adafactor", learning_rate=0.01)).step()
    torch.testing.assert_close(layer.bias.detach(), torch.tensor([-1e-5, 1e-5]))


# --- all of them


@pytest.mark.parametrize("name", ALL)
def test_a_loaded_optimizer_goes_on_with_the_same_bits(name: str) -> None:
    model, settings = tiny(), config(name, learning_rate=0.01)
    optimizer = optimizer_for(model, settings)
    fed(model, optimizer, range(3))
    loaded = deepcopy(model)
    again = optimizer_for(loaded, settings)
    again.load_state_dict(deepcopy(optimizer.state_dict()))
    for net, moves in ((model, optimizer), (loaded, again)):
        fed(net, moves, range(3, 6))
    differing = [
        key
        for key, value in model.state_dict().items()
        if not torch.equal(value, loaded.state_dict()[key])
    ]
    assert differing == []


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("learning_rate", [1e-3, 1e-1])
def test_weight_decay_follows_the_schedule_and_not_the_learning_rate(
    name: str, learning_rate: float
) -> None:
    """Half-way through the schedule a weight without gradient loses half of lambda."""
    layer = nn.Linear(3, 3, bias=False)
    nn.init.constant_(layer.weight, 2.0)
    optimizer = optimizer_for(layer, config(name, learning_rate=learning_rate, weight_decay=0.01))
    for group in optimizer.param_groups:
        group["lr"] = 0.5 * learning_rate
    layer.weight.grad = torch.zeros(3, 3)
    optimizer.step()
    torch.testing.assert_close(layer.weight.detach(), torch.full((3, 3), 2 * (1 - 0.5 * 0.01)))


@pytest.mark.parametrize("name", ALL)
def test_an_optimizer_fits_a_batch(name: str) -> None:
    model = tiny(z_loss=0.0)
    tokens = torch.arange(100, 148)[None]
    optimizer = optimizer_for(model, config(name, learning_rate=0.02))
    for _ in range(60):
        loss = model(input_ids=tokens, labels=tokens[:, :12]).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.5


def test_only_weights_of_linear_layers_decay() -> None:
    model = tiny(tie_word_embeddings=False, qk_layernorm=True)
    chosen = decayed(model)
    layers: dict[bool, set[str]] = {True: set(), False: set()}
    for name, weight in model.named_parameters():
        layers[weight in chosen].add(name.split(".")[-2])
    norms = {"norm", "attention_norm", "global_norm", "cross_norm", "mlp_norm"}
    assert layers == {
        # "q" is the cross-attention's product as well as the norm of its queries
        True: {"qkv", "q", "kv", "o", "wi", "wo", "lm_head"},
        False: {"embed", "bias", "side_bias", "q", "k"} | norms,
    }


def test_an_output_layer_tied_to_the_embedding_does_not_decay() -> None:
    model = tiny(tie_word_embeddings=True)
    assert model.lm_head.weight not in decayed(model)


def test_what_is_frozen_is_not_given_to_the_optimizer() -> None:
    model = tiny()
    model.encoder.requires_grad_(False)
    optimizer = optimizer_for(model, config())
    given = [weight for group in optimizer.param_groups for weight in group["params"]]
    wanted = [weight for weight in model.parameters() if weight.requires_grad]
    assert sorted(map(id, given)) == sorted(map(id, wanted))


# --- the learning rate


def rates(**changes: Any) -> list[float]:
    settings = config(learning_rate=1.0, **{"final_learning_rate": 0.1} | changes)
    return [round(learning_rate_at(settings, step, 10), 4) for step in range(12)]


def test_the_cosine_goes_from_the_end_of_the_warmup_to_the_last_step() -> None:
    wanted = [0.5, 1.0, 0.9657, 0.8682, 0.7222, 0.55, 0.3778, 0.2318, 0.1343, 0.1, 0.1, 0.1]
    assert rates(schedule="cosine", warmup_steps=2) == wanted


def test_the_inverse_square_root_goes_on_from_the_warmup_down_to_the_final_rate() -> None:
    settings = config(
        learning_rate=1.0, final_learning_rate=0.1, schedule="inverse-sqrt", warmup_steps=4
    )
    found = [learning_rate_at(settings, step, 10) for step in (0, 3, 15, 399, 10**6)]
    assert found == [0.25, 1.0, 0.5, 0.1, 0.1]


def test_a_constant_rate_stays() -> None:
    assert rates(schedule="constant", warmup_steps=4) == [0.25, 0.5, 0.75, *[1.0] * 9]


def test_without_warmup_the_first_step_has_almost_the_highest_rate() -> None:
    assert rates(schedule="cosine", warmup_steps=0)[0] == 0.978


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "sgd"}, "no optimizer 'sgd'; there are adamw, adafactor, adam-atan2"),
        ({"schedule": "step"}, "no schedule 'step'; there are cosine, inverse-sqrt, constant"),
        ({"learning_rate": 0.0}, "learning_rate is 0.0, it must be above 0"),
        ({"learning_rate": math.nan}, "learning_rate is nan, it must be above 0"),
        ({"betas": (0.9, 1.0)}, "betas is (0.9, 1.0), it must be two numbers of at least 0 and"),
        ({"epsilon": 0.0}, "epsilon is 0.0, it must be above 0"),
        ({"weight_decay": -0.1}, "weight_decay is -0.1, it must be at least 0 and below 1"),
        ({"warmup_steps": -1}, "warmup_steps is -1, it must be at least 0"),
        ({"final_learning_rate": 0.1}, "final_learning_rate is 0.1, it must be at least 0 and at"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as refused:
        OptimizerConfig(**changes)
    assert str(refused.value).startswith(message)
