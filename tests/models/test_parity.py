"""HTML-T5 beside transformers' LongT5 and T5: the same logits, losses and gradients."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import torch

from webagents.models import narrow
from webagents.models.loading import converted

GATED = {"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False}
CLOSE = {"atol": 1e-4, "rtol": 1e-4}


def masks(rows: int, tokens: int) -> torch.Tensor:
    """All tokens; padded right; padded left; padded in between and at both ends."""
    mask = torch.ones(rows, tokens, dtype=torch.long)
    mask[1, tokens - tokens // 3 :] = 0
    mask[2, : tokens // 3] = 0
    mask[3, tokens // 4 : tokens // 2] = 0
    mask[3, :1] = mask[3, -2:] = 0
    mask[3, tokens // 2] = 1
    return mask


def results(model: Any, convert: Callable[..., Any], **inputs: Any) -> dict[str, torch.Tensor]:
    found = model(**inputs)
    found.loss.backward()
    grads = {
        name: torch.zeros_like(p) if p.grad is None else p.grad
        for name, p in model.named_parameters()
    }
    return {"logits": found.logits.detach(), "loss": found.loss.detach(), **convert(grads)}


def compare(pair: Any, tokens: int, targets: int = 21, **more: Any) -> None:
    inputs = {
        "input_ids": torch.randint(2, 60, (4, tokens)),
        "attention_mask": masks(4, tokens),
        "labels": torch.randint(2, 60, (4, targets)),
        **more,
    }
    inputs["labels"][0, -5:] = -100
    theirs = results(pair.theirs, converted, **inputs)
    ours = results(pair.ours, dict, **inputs)
    assert theirs.keys() == ours.keys()
    torch.testing.assert_close(ours, theirs, **CLOSE)


@pytest.mark.parametrize("tokens", [3, 16, 61, 130, 257])
@pytest.mark.parametrize(
    ("radius", "block"), [(127, 16), (1, 2), (5, 3), (12, 10), (40, 4), (64, 64), (7, 1)]
)
def test_transient_global_attention_is_longt5s(
    paired: Callable[..., Any], radius: int, block: int, tokens: int
) -> None:
    sizes = {"local_radius": radius, "global_block_size": block}
    compare(paired("transient-global", **sizes, **GATED), tokens)


@pytest.mark.parametrize(("buckets", "far"), [(8, 20), (32, 128), (64, 300)])
def test_position_buckets_are_longt5s(paired: Callable[..., Any], buckets: int, far: int) -> None:
    positions = {"relative_attention_num_buckets": buckets, "relative_attention_max_distance": far}
    sizes = {"local_radius": 30, "global_block_size": 4}
    compare(paired("transient-global", **sizes, **positions, **GATED), 150, targets=140)


@pytest.mark.parametrize("tokens", [3, 61, 257])
@pytest.mark.parametrize("radius", [1, 12, 127])
def test_local_attention_is_longt5s(paired: Callable[..., Any], radius: int, tokens: int) -> None:
    compare(paired("local", local_radius=radius, **GATED), tokens)


@pytest.mark.parametrize("tokens", [3, 61, 140])
@pytest.mark.parametrize(
    "kind", [{}, GATED, {"untie": True}, {"untie": True, **GATED}, {"num_decoder_layers": 3}]
)
def test_dense_attention_is_t5s(
    paired: Callable[..., Any], kind: dict[str, Any], tokens: int
) -> None:
    compare(paired("t5", **kind), tokens)


def test_a_masked_target_is_longt5s(paired: Callable[..., Any]) -> None:
    pair = paired("transient-global", local_radius=12, global_block_size=4, **GATED)
    target = torch.ones(4, 21, dtype=torch.long)
    target[1, 15:] = 0
    compare(pair, 40, decoder_attention_mask=target)


def test_no_mask_is_a_mask_of_ones(paired: Callable[..., Any]) -> None:
    pair = paired("transient-global", local_radius=12, global_block_size=4, **GATED)
    compare(pair, 50, attention_mask=None)


def test_padding_on_the_right_changes_nothing(paired: Callable[..., Any]) -> None:
    ours = paired("transient-global", local_radius=12, global_block_size=4, **GATED).ours
    ids, labels = torch.randint(2, 60, (1, 50)), torch.randint(2, 60, (1, 9))
    padded = torch.nn.functional.pad(ids, (0, 100))
    alone = ours(input_ids=ids, labels=labels).logits
    beside = ours(input_ids=padded, attention_mask=(padded != 0).long(), labels=labels).logits
    torch.testing.assert_close(beside, alone, atol=1e-5, rtol=1e-5)


def test_gradient_checkpointing_changes_no_gradient(paired: Callable[..., Any]) -> None:
    pair = paired("transient-global", local_radius=12, global_block_size=4, **GATED)
    pair.ours.train().activation_checkpointing_enable()
    assert all(layer.gradient_checkpointing for layer in pair.ours.encoder.layers)
    compare(pair, 50)


def test_bfloat16_is_no_further_from_float32_than_longt5s(
    paired: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(narrow, "FAST", True)
    pair = paired("transient-global", local_radius=40, global_block_size=8, **GATED)
    ids = torch.randint(2, 60, (2, 600))

    def states(model: Any) -> torch.Tensor:
        found = model.encoder(input_ids=ids).last_hidden_state
        found.float().square().sum().backward()
        gradient = model.get_input_embeddings().weight.grad
        model.zero_grad()
        return torch.cat([found.detach().float().flatten(), gradient.float().flatten()])

    def error(model: Any) -> float:
        exact = states(model)
        found = states(model.to(torch.bfloat16))
        return float((found - exact).norm() / exact.norm())

    theirs, ours = map(error, pair)
    assert ours < 1.1 * theirs


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("kind", ["transient-global", "t5"])
def test_generated_tokens_are_the_references(
    paired: Callable[..., Any], kind: str, beams: int
) -> None:
    sizes = {"local_radius": 12, "global_block_size": 4} if kind != "t5" else {}
    pair = paired(kind, **sizes, **GATED)
    inputs = {"input_ids": torch.randint(2, 60, (4, 70)), "attention_mask": masks(4, 70)}
    options = {"max_new_tokens": 24, "num_beams": beams, "do_sample": False, "use_cache": True}
    theirs, ours = (model.eval().generate(**inputs, **options) for model in pair)
    uncached = pair.ours.generate(**inputs, **options | {"use_cache": False})
    assert ours.tolist() == theirs.tolist()
    assert uncached.tolist() == theirs.tolist()


def test_sampled_tokens_are_the_references(paired: Callable[..., Any]) -> None:
    pair = paired("transient-global", local_radius=12, global_block_size=4, **GATED)
    drawn = []
    for model in pair:
        torch.manual_seed(3)
        ids = torch.arange(2, 42)[None]
        drawn.append(model.eval().generate(ids, do_sample=True, max_new_tokens=30).tolist())
    assert drawn[0] == drawn[1]


@pytest.mark.parametrize("kind", ["transient-global", "local", "t5"])
def test_a_folder_that_transformers_saved_is_read(
    paired: Callable[..., Any], kind: str, tmp_path: Any
) -> None:
    from webagents.models import HtmlT5

    pair = paired(kind, **GATED)
    pair.theirs.save_pretrained(tmp_path)
    read = HtmlT5.from_pretrained(tmp_path)
    inputs = {"input_ids": torch.randint(2, 60, (2, 70)), "labels": torch.randint(2, 60, (2, 9))}
    theirs = pair.theirs.eval()(**inputs).logits
    torch.testing.assert_close(read(**inputs).logits, theirs, **CLOSE)
    assert (read.config.tie_word_embeddings, read.config.scale_decoder_outputs) == (True, False)


@pytest.mark.parametrize("form", ["safetensors", "bin", "sharded"])
def test_an_untied_flan_t5_is_read(paired: Callable[..., Any], form: str, tmp_path: Any) -> None:
    from safetensors.torch import save_file

    from webagents.models import HtmlT5

    theirs = paired("t5", untie=True, **GATED).theirs.eval()
    config = {**theirs.config.to_dict(), "tie_word_embeddings": False}  # as the hub's files say
    del config["scale_decoder_outputs"]
    state = {k: v.clone() for k, v in theirs.state_dict().items() if "embed_tokens" not in k}
    (tmp_path / "config.json").write_text(json.dumps(config))
    if form == "bin":
        torch.save(state, tmp_path / "pytorch_model.bin")
    elif form == "safetensors":
        save_file(state, tmp_path / "model.safetensors")
    else:
        names = sorted(state)
        places = {name: f"model-{i % 2}.safetensors" for i, name in enumerate(names)}
        for file in set(places.values()):
            part = {name: state[name] for name in names if places[name] == file}
            save_file(part, tmp_path / file)
        index = json.dumps({"weight_map": places})
        (tmp_path / "model.safetensors.index.json").write_text(index)
    read = HtmlT5.from_pretrained(tmp_path)
    inputs = {"input_ids": torch.randint(2, 60, (2, 70)), "labels": torch.randint(2, 60, (2, 9))}
    torch.testing.assert_close(read(**inputs).logits, theirs(**inputs).logits, **CLOSE)
