"""The stability kit: every hand-computed case, and monitors that see all and change nothing."""

import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from webagents.errors import UserError
from webagents.models import HtmlT5, load_preset
from webagents.models.encoder import QkNorm
from webagents.models.plan import plan
from webagents.training.optimizers import OptimizerConfig, optimizer_for
from webagents.training.stability import (
    LEARNING_RATES,
    Monitors,
    largest_logit,
    likeness,
    lr_sensitivity,
    predicted_max_logit,
)
from webagents.training.stability.worries import worries

OPTIMIZERS = ("adamw", "adafactor", "adam-atan2")


def tiny(**changes: Any) -> HtmlT5:
    torch.manual_seed(0)
    return HtmlT5(load_preset("tiny", **changes))


def batch(seed: int = 0, *, tokens: int = 200, rows: int = 2) -> dict[str, Tensor]:
    """Random tokens with padding on the right of the later rows."""
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(3, 1000, (rows, tokens), generator=generator)
    mask = torch.ones_like(ids)
    labels = ids[:, :20].clone()
    for row in range(1, rows):
        mask[row, tokens - 37 * row :] = 0
        labels[row, 20 - 3 * row :] = -100
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


def config(name: Any = "adamw", **changes: Any) -> OptimizerConfig:
    settings = {"final_learning_rate": 0.0, "warmup_steps": 0, "schedule": "constant"}
    return OptimizerConfig(optimizer=name, **settings | changes)


def seen(model: HtmlT5, **settings: Any) -> dict[str, float]:
    """The values of a look at one step."""
    optimizer = optimizer_for(model, config(weight_decay=0.0, **settings))
    watch = Monitors(model, optimizer)
    with watch.measuring():
        model(**batch()).loss.backward()
    optimizer.step()
    return watch.read().values


# --- qk-layernorm


def test_the_norm_of_queries_and_keys_gives_the_hand_computed_numbers() -> None:
    norm = QkNorm(load_preset("tiny", d_kv=4))
    keys = norm.of_keys(torch.tensor([3.0, 4.0, 0.0, 0.0]))
    wanted = torch.tensor([0.70014, 1.26025, -0.98020, -0.98020])
    torch.testing.assert_close(keys, wanted, rtol=0, atol=5e-6)
    assert keys.square().sum().item() == pytest.approx(4.0, abs=1e-5)
    torch.testing.assert_close(norm.of_queries(torch.tensor([3.0, 4.0, 0.0, 0.0])), keys / 2)


def test_every_attention_norms_its_queries_and_keys_when_asked_to() -> None:
    model = tiny(qk_layernorm=True)
    norms = [
        (name, [part for part, _ in module.named_parameters()], module.q.eps)
        for name, module in model.named_modules()
        if isinstance(module, QkNorm)
    ]
    assert norms == [
        (name, ["q.weight", "k.weight"], 1e-6)
        for name in (
            "encoder.layers.0.attention.qk_norm",
            "encoder.layers.1.attention.qk_norm",
            "decoder.layers.0.attention.qk_norm",
            "decoder.layers.0.cross.qk_norm",
        )
    ]


def attentions(model: HtmlT5) -> Iterator[tuple[nn.Linear, slice]]:
    """The products that make queries and keys, and which of their rows do."""
    inner = model.config.num_heads * model.config.d_kv
    for layer in (*model.encoder.layers, *model.decoder.layers):
        yield layer.attention.qkv, slice(0, 2 * inner)
    for layer in model.decoder.layers:
        yield layer.cross.q, slice(0, inner)
        yield layer.cross.kv, slice(0, inner)


@torch.no_grad()
def test_with_the_norm_no_attention_depends_on_the_size_of_queries_and_keys() -> None:
    model = tiny(qk_layernorm=True, num_decoder_layers=2).eval()
    before = model(**batch()).logits
    for product, rows in attentions(model):
        product.weight[rows] *= 100
    # 64 bit would be equal to 1e-6, what epsilon makes of the norm of initial queries
    torch.testing.assert_close(model(**batch()).logits, before, rtol=2e-2, atol=2e-2)


@pytest.mark.parametrize(("qk_layernorm", "factor"), [(False, 1e4), (True, 1.0)])
def test_the_largest_logit_grows_with_queries_and_keys_unless_they_are_normed(
    qk_layernorm: bool, factor: float
) -> None:
    model = tiny(qk_layernorm=qk_layernorm).double()
    inner = model.config.num_heads * model.config.d_kv
    with torch.no_grad():  # large enough for the norm's epsilon to mean nothing
        model.encoder.layers[0].attention.qkv.weight[: 2 * inner] *= 1e3
    before = seen(model, learning_rate=1e-12)["max_attention_logit"]
    with torch.no_grad():
        model.encoder.layers[0].attention.qkv.weight[: 2 * inner] *= 100
    after = seen(model, learning_rate=1e-12)["max_attention_logit"]
    assert after / before == pytest.approx(factor, rel=1e-5)


def test_with_the_norm_no_logit_is_above_the_root_of_the_head_size() -> None:
    model = tiny(qk_layernorm=True)
    assert 0.3 * 4 < seen(model)["max_attention_logit"] <= 4 + 1e-5


# --- z-loss


def test_the_z_loss_and_its_gradient_are_the_hand_computed_ones() -> None:
    model, plain = tiny(z_loss=1e-4), tiny(z_loss=0.0)
    outputs = torch.tensor([[[1.0, 2.0, 3.0]]], dtype=torch.float64, requires_grad=True)
    label = torch.tensor([[2]])
    term = model.loss(outputs, label) - plain.loss(outputs, label)
    (gradient,) = torch.autograd.grad(term, outputs)
    found = [term.item(), *gradient.flatten().tolist()]
    assert found == pytest.approx([0.00116118, 6.136e-5, 1.668e-4, 4.534e-4], rel=3e-4)


# --- the learning rate's sensitivity


def test_the_sensitivity_counts_what_diverged_as_the_initial_loss() -> None:
    losses = dict(zip(LEARNING_RATES, (3.2, 3.0, 3.1, 3.4, 5, 12, math.inf), strict=True))
    assert lr_sensitivity(losses, 10.4) == pytest.approx(2.5)


def test_a_loss_that_is_not_a_number_counts_as_the_initial_loss() -> None:
    assert lr_sensitivity({1e-3: 3.0, 1e-2: math.nan}, 5.0) == pytest.approx(1.0)


def test_a_sensitivity_without_losses_is_refused() -> None:
    with pytest.raises(UserError, match="at least one loss"):
        lr_sensitivity({}, 5.0)


def test_the_largest_logit_is_foretold_by_a_parabola_of_logarithms() -> None:
    def truth(size: float) -> float:
        return math.exp(1.0 - 0.3 * math.log(size) + 0.05 * math.log(size) ** 2)

    known = {size: truth(size) for size in (10**6, 10**7, 3 * 10**7, 10**8)}
    assert predicted_max_logit(known, 10**9) == pytest.approx(truth(1e9), rel=1e-6)


def test_a_parabola_through_two_sizes_is_refused() -> None:
    with pytest.raises(UserError, match="three sizes"):
        predicted_max_logit({10: 1.0, 100: 2.0}, 1000)


# --- the largest logit


@pytest.mark.parametrize("padding", ["none", "right", "left", "both"])
@pytest.mark.parametrize("block", [0, 8])
@pytest.mark.parametrize("reach", [(31, 31), (299, 0)])
def test_the_largest_logit_is_that_of_all_pairs_that_see_each_other(
    padding: str, block: int, reach: tuple[int, int]
) -> None:
    rows, tokens, (left, right) = 2, 300, reach
    mask = torch.ones(rows, tokens, dtype=torch.bool)
    mask[1, : 101 if padding in ("left", "both") else 0] = False
    mask[1, 203 if padding in ("right", "both") else tokens :] = False
    where = plan(mask, left=left, right=right, block=block)
    generator = torch.Generator().manual_seed(1)
    qkv = torch.randn(rows, tokens + where.globals_, 3, 2, 8, generator=generator)
    qkv[:, :, 1] *= torch.linspace(1, 9, qkv.shape[1])[None, :, None, None]  # hidden ones stand out
    position = torch.arange(tokens)
    relative = position[None] - position[:, None]
    near = (relative >= -left) & (relative <= right)
    seen = near[None] & mask[:, None] & mask[:, :, None]
    if where.blocks is not None:
        used = torch.arange(where.globals_)[None] < where.blocks.amax(1, keepdim=True) + 1
        seen = torch.cat([seen, used[:, None] & mask[:, :, None]], 2)
    scores = torch.einsum("bqhd,bkhd->bhqk", qkv[:, :tokens, 0], qkv[:, :, 1]).abs()
    wanted = scores.masked_fill(~seen[:, None], 0).amax()
    torch.testing.assert_close(largest_logit(qkv, where), wanted)


def test_a_logit_that_is_not_a_number_is_not_overlooked() -> None:
    qkv = torch.ones(1, 10, 3, 1, 4)
    qkv[0, 7] = math.nan
    where = plan(torch.ones(1, 10), left=3, right=3)
    assert math.isnan(largest_logit(qkv, where).item())


# --- the monitors


def steps(
    watched: Callable[[Monitors], Any], name: str = "adamw", *, autocast: bool = False
) -> tuple[list[float], dict[str, Tensor]]:
    """The losses and final weights of three steps with dropout, two batches each."""
    model = tiny(dropout_rate=0.1, qk_layernorm=True)
    optimizer = optimizer_for(model, config(name, learning_rate=0.01))
    watch = Monitors(model, optimizer)
    torch.manual_seed(1)
    losses = []
    for step in range(3):
        with watched(watch):
            for part in range(2):
                with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
                    loss = model(**batch(2 * step + part)).loss
                loss.backward()
                losses.append(loss.item())
        optimizer.step()
        optimizer.zero_grad()
        watch.read()
    return losses, model.state_dict()


@pytest.mark.parametrize("autocast", [False, True])
def test_a_watched_run_has_the_same_losses_and_weights_bit_for_bit(autocast: bool) -> None:
    losses, weights = steps(lambda watch: nullcontext(), autocast=autocast)
    watched, same = steps(lambda watch: watch.measuring(), autocast=autocast)
    differing = [name for name, value in weights.items() if not torch.equal(value, same[name])]
    assert (watched, differing) == (losses, [])


@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_look_tells_of_attention_output_gradients_and_updates(checkpointing: bool) -> None:
    model = tiny()
    if checkpointing:
        model.activation_checkpointing_enable()
    model.train()
    optimizer = optimizer_for(model, config(learning_rate=0.01))
    before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
    watch = Monitors(model, optimizer)
    with watch.measuring():
        result = model(**batch())
        result.loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
    gradients = {name: weight.grad for name, weight in model.named_parameters()}
    optimizer.step()
    optimizer.zero_grad()
    values, _ = watch.read()
    known = batch()["labels"] != -100
    wanted = {"mean_log_z": result.logits.logsumexp(-1)[known].mean().item()}
    for name, weight in model.named_parameters():
        gradient = gradients[name]
        assert gradient is not None
        update = weight.detach() - before[name]
        wanted[f"gradient_rms/{name}"] = gradient.square().mean().sqrt().item()
        wanted[f"update_rms/{name}"] = update.square().mean().sqrt().item()
    logit = values.pop("max_attention_logit")
    wanted["encoder_likeness"] = (
        likeness(result.encoder_last_hidden_state, batch()["attention_mask"]).mean().item()
    )
    assert (values, logit > 0) == (pytest.approx(wanted, rel=1e-5), True)


def test_nothing_stays_attached_to_the_model_or_the_optimizer() -> None:
    model = tiny()
    optimizer = optimizer_for(model, config())
    watch = Monitors(model, optimizer)
    with watch.measuring():
        model(**batch()).loss.backward()
    optimizer.step()
    watch.read()
    left = [
        *(hook for part in model.modules() for hook in part._forward_hooks.values()),
        *(hook for part in model.modules() for hook in part._forward_pre_hooks.values()),
        *optimizer._optimizer_step_pre_hooks.values(),
        *optimizer._optimizer_step_post_hooks.values(),
    ]
    assert left == []


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_model_of_another_kind_is_watched_by_its_gradients_and_updates(name: str) -> None:
    layer = nn.Linear(2, 1, bias=False)
    nn.init.ones_(layer.weight)
    optimizer = optimizer_for(layer, config(name, learning_rate=0.1, weight_decay=0))
    watch = Monitors(layer, optimizer)
    with watch.measuring():
        layer(torch.tensor([[1.0, -1.0]])).sum().backward()
    optimizer.step()
    values, warnings = watch.read()
    first = {"adamw": 0.1, "adafactor": 0.1, "adam-atan2": 0.0997456}[name]
    wanted = {"gradient_rms/weight": 1.0, "update_rms/weight": first}
    assert (values, warnings) == (pytest.approx(wanted, rel=1e-5), [])


def test_the_monitors_fire_on_a_run_made_to_diverge_and_not_on_one_with_the_norm() -> None:
    told = {}
    for qk_layernorm in (False, True):
        model = tiny(qk_layernorm=qk_layernorm)
        optimizer = optimizer_for(model, config(learning_rate=1.0))
        watch = Monitors(model, optimizer)
        told[qk_layernorm] = set[str]()
        for step in range(12):
            with watch.measuring():
                model(**batch(step)).loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            told[qk_layernorm] |= {
                warning.partition(", ")[2].partition(":")[0]
                for warning in watch.read().warnings
                if "attention logit" in warning
            }
    assert told == {False: {"above 1000", "above 10000"}, True: set()}


def test_likeness_is_the_mean_cosine_of_tokens_without_padding() -> None:
    states = torch.tensor([[[2.0, 0.0], [0.0, 3.0], [9.0, 9.0]], [[1.0, 1.0]] * 3])
    mask = torch.tensor([[1, 1, 0], [1, 1, 1]])
    # (1 + 0 + 0 + 1) / 4 of two tokens at right angles, 1 of three that are alike
    assert likeness(states, mask).tolist() == pytest.approx([0.5, 1.0])


def test_an_encoder_whose_states_are_alike_is_told_of() -> None:
    found = [worries({"encoder_likeness": value}, None) for value in (0.5, 0.95)]
    assert [[text.partition(",")[0] for text in texts] for texts in found] == [
        [],
        ["the encoder's states are all alike"],
    ]


def test_what_is_worrying_is_told_in_a_sentence_each() -> None:
    values = {
        "max_attention_logit": 2e3,
        "mean_log_z": math.nan,
        "gradient_rms/a": 5e-8,
        "gradient_rms/b": 2e-7,
        "gradient_rms/c": 0.0,
        "gradient_rms/d": 4e-9,
    }
    small = "gradients are below 10 times the optimiser's epsilon, 1e-08, which holds their weights"
    assert [warning.partition(": ")[::2] for warning in worries(values, 1e-8)] == [
        (
            "the largest attention logit of block 0 is 2e+03, above 1000",
            "losses get worse from there on",
        ),
        ("not finite", "mean_log_z"),
        (f"{small} back", "d, a"),
    ]


def test_only_an_optimizer_with_an_epsilon_has_gradients_compared_with_it() -> None:
    layer = nn.Linear(1, 1)
    found = [Monitors(layer, optimizer_for(layer, config(name))).epsilon for name in OPTIMIZERS]
    assert found == [1e-8, None, None]
