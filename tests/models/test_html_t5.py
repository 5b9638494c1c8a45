"""HTML-T5 as a model of its own: sizes, losses, saving, norms, what loads what."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForSeq2SeqLM

from webagents.errors import UserError
from webagents.models import HtmlT5, HtmlT5Config, load_preset, preset_names
from webagents.models.encoder import QkNorm
from webagents.models.layers import FeedForward, RmsNorm


def tiny(**changes: Any) -> HtmlT5:
    return HtmlT5(load_preset("tiny", **changes))


def batch(rows: int = 2, tokens: int = 70) -> dict[str, torch.Tensor]:
    return {
        "input_ids": torch.randint(2, 1000, (rows, tokens)),
        "labels": torch.randint(2, 1000, (rows, 9)),
    }


def test_presets_have_the_papers_sizes() -> None:
    with torch.device("meta"):
        sizes = {
            name: sum(p.numel() for p in HtmlT5(load_preset(name)).parameters())
            for name in preset_names()
            if not name.startswith(("webgum", "pointer"))
        }
    assert {name: round(size / 1e6, 1) for name, size in sizes.items()} == {
        "tiny": 0.2,
        "small": 8.7,
        "20m": 21.3,
        "base": 247.6,
        "large": 783.2,
        "xl": 2849.8,
    }


def test_a_model_begins_with_t5s_initial_weights() -> None:
    config = load_preset("tiny", d_model=256, tie_word_embeddings=False)
    model = HtmlT5(config)
    layer, inner = model.decoder.layers[0], config.num_heads * config.d_kv
    found = {
        "query": layer.attention.qkv.weight[:inner],
        "key": layer.attention.qkv.weight[inner : 2 * inner],
        "output": layer.attention.o.weight,
        "cross query": layer.cross.q.weight,
        "cross key": layer.cross.kv.weight,
        "in": layer.mlp.wi.weight,
        "out": layer.mlp.wo.weight,
        "embedding": model.encoder.embed.weight,
        "head": model.lm_head.weight,
    }
    width, head = config.d_model**-0.5, config.d_kv**-0.5
    assert {name: weight.std().item() for name, weight in found.items()} == pytest.approx(
        {
            "query": width * head,
            "key": width,
            "output": inner**-0.5,
            "cross query": width * head,
            "cross key": width,
            "in": width,
            "out": config.d_ff**-0.5,
            "embedding": 1.0,
            "head": width,
        },
        rel=0.05,
    )


def test_an_unknown_preset_or_field_is_named_beside_the_known() -> None:
    with pytest.raises(UserError, match=r"no preset 'huge'; there are 20m, base, "):
        load_preset("huge")
    with pytest.raises(UserError, match="no field d_mode"):
        load_preset("tiny", d_mode=3)


def test_a_wrong_attention_is_named_beside_the_right_ones() -> None:
    with pytest.raises(ValueError, match="no encoder_attention_type 'sparse'; there are trans"):
        HtmlT5Config(encoder_attention_type="sparse")


@pytest.mark.parametrize("tied", [False, True])
def test_saving_and_loading_is_bit_equal(tmp_path: Path, tied: bool) -> None:
    model = tiny(tie_word_embeddings=tied, qk_layernorm=True).eval()
    model.save_pretrained(tmp_path)
    inputs = batch()
    wanted = model(**inputs).logits
    for loader in (HtmlT5, AutoModelForSeq2SeqLM):
        read = loader.from_pretrained(tmp_path)
        assert type(read) is HtmlT5
        assert torch.equal(read(**inputs).logits, wanted)
        assert (read.lm_head.weight is read.encoder.embed.weight) == tied
    assert AutoConfig.from_pretrained(tmp_path).to_dict() == read.config.to_dict()


def test_an_untied_head_is_untied_and_a_tied_one_tied() -> None:
    heads = [tiny(tie_word_embeddings=tied) for tied in (False, True)]
    assert [m.lm_head.weight is m.encoder.embed.weight for m in heads] == [False, True]
    assert [m.config.scale_decoder_outputs for m in heads] == [False, True]


def test_an_untrained_model_is_about_as_unsure_as_can_be() -> None:
    losses = [tiny(tie_word_embeddings=t, z_loss=0.0)(**batch(8)).loss for t in (False, True)]
    assert torch.stack(losses).tolist() == pytest.approx([6.93] * 2, abs=1.5)  # log(1024)


@pytest.mark.parametrize("attention", ["transient-global", "local", "dense"])
def test_every_parameter_has_a_gradient(attention: str) -> None:
    model = tiny(encoder_attention_type=attention, qk_layernorm=True, tie_word_embeddings=False)
    model(**batch(tokens=5)).loss.backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def test_one_batch_is_overfitted() -> None:
    model = tiny(qk_layernorm=True, dropout_rate=0.05).train()
    inputs = batch()
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(90):
        model(**inputs).loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    assert model.eval()(**inputs).loss < 0.1


def test_the_z_loss_is_the_squared_log_of_the_normaliser() -> None:
    logits = torch.tensor([[[1.0, 2.0, 3.0], [9.0, 9.0, 9.0]]], requires_grad=True)
    labels = torch.tensor([[2, -100]])
    model = tiny(z_loss=0.0)
    plain = model.loss(logits, labels)
    model.config.z_loss = 1e-4
    extra = model.loss(logits, labels) - plain
    (grad,) = torch.autograd.grad(extra, logits)
    assert extra.item() == pytest.approx(0.00116118, abs=2e-7)
    wanted = torch.tensor([[[6.136e-5, 1.668e-4, 4.534e-4], [0.0, 0.0, 0.0]]])
    torch.testing.assert_close(grad, wanted, atol=1e-7, rtol=0)


def test_the_norm_of_queries_and_keys_is_the_hand_computed_one() -> None:
    norm = QkNorm(HtmlT5Config(d_kv=4, layer_norm_epsilon=1e-6))
    normed = norm.of_keys(torch.tensor([3.0, 4.0, 0.0, 0.0]))
    wanted = torch.tensor([0.70014, 1.26025, -0.98020, -0.98020])
    torch.testing.assert_close(normed, wanted, atol=1e-5, rtol=0)
    assert normed.square().sum().item() == pytest.approx(4.0, abs=1e-4)
    torch.testing.assert_close(
        norm.of_queries(torch.tensor([3.0, 4.0, 0.0, 0.0])), wanted / 2, atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("normed", [True, False])
def test_the_norm_makes_scores_blind_to_the_size_of_weights(normed: bool) -> None:
    attention = tiny(qk_layernorm=normed).encoder.layers[0].attention
    x = torch.randn(1, 9, 64)

    def largest() -> float:
        q, k, _ = attention.project(x).unbind(2)
        return torch.einsum("bqhd,bkhd->bhqk", q, k).abs().max().item()

    before = largest()
    with torch.no_grad():
        attention.qkv.weight[: 2 * 64] *= 100
    assert largest() / before == pytest.approx(1.0 if normed else 1e4, rel=1e-2)


def test_the_layers_have_the_gradients_of_what_they_compute() -> None:
    x = torch.randn(2, 5, 6, dtype=torch.float64, requires_grad=True)
    norm = RmsNorm(6, 1e-6).double()
    mlp = FeedForward(6, 8, gated=True, dropout=0.0).double()
    assert torch.autograd.gradcheck(norm, x)
    assert torch.autograd.gradcheck(mlp, x)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_number_types_give_about_the_same(dtype: torch.dtype) -> None:
    model = tiny().eval()
    inputs = batch(tokens=200)
    wanted = model(**inputs).loss
    model.to(dtype)
    found = model(**inputs)
    found.loss.backward()
    assert found.logits.dtype == dtype
    assert found.loss.item() == pytest.approx(wanted.item(), rel=2e-2)
    assert all(p.grad.dtype == dtype for p in model.parameters())


def test_mixed_precision_gives_about_the_same() -> None:
    model = tiny().train()
    inputs = batch(tokens=200)
    wanted = model(**inputs).loss
    with torch.autocast("cpu", torch.bfloat16):
        found = model(**inputs, output_hidden_states=True)
    found.loss.backward()
    assert found.loss.item() == pytest.approx(wanted.item(), rel=2e-2)
    assert all(p.grad.isfinite().all() for p in model.parameters())
    streams = (*found.encoder_hidden_states, *found.decoder_hidden_states)
    assert {state.dtype for state in streams} == {torch.float32}, "what layers add up is exact"


def test_a_row_of_nothing_but_padding_stays_finite() -> None:
    model = tiny()
    mask = torch.ones(2, 70, dtype=torch.long)
    mask[1] = 0
    model(**batch(), attention_mask=mask).loss.backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())


def test_a_folder_without_weights_says_so(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "t5", "d_model": 8}')
    with pytest.raises(FileNotFoundError, match=r"has no weights: neither model\.safetensors nor"):
        HtmlT5.from_pretrained(tmp_path)


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_importing_the_package_loads_neither_torch_nor_transformers() -> None:
    code = "import webagents.models, sys; print({'torch', 'transformers'} & set(sys.modules))"
    assert run(code) == "set()\n"


def test_without_torch_the_extra_is_named() -> None:
    code = """
import sys
sys.modules["torch"] = None
import webagents.models
try:
    webagents.models.HtmlT5
except ImportError as error:
    print(error)
"""
    assert run(code) == (
        "webagents.models.HtmlT5 needs torch, which is not installed; "
        "install it with: pip install 'webagents-gym[models]'\n"
    )
