"""WebGUM as a model: image tokens, text beside transformers' T5, saving, generating."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoConfig, AutoModelForSeq2SeqLM, T5Config, T5ForConditionalGeneration

from webagents.models import HtmlT5, WebGum, WebGumConfig, load_model, load_preset, make_model

pytest.importorskip("timm")


def tiny(**changes: Any) -> WebGum:
    return WebGum(load_preset("webgum-tiny", **changes)).eval()


def batch(rows: int = 2, frames: int = 2, tokens: int = 30) -> dict[str, torch.Tensor]:
    asked = {
        "input_ids": torch.randint(2, 60, (rows, tokens)),
        "attention_mask": torch.ones(rows, tokens, dtype=torch.long),
        "labels": torch.randint(2, 60, (rows, 5)),
    }
    asked["attention_mask"][0, 20:] = 0
    if frames:
        shape = (rows, frames, 160, 160, 3)
        asked["screenshots"] = torch.randint(0, 256, shape, dtype=torch.uint8)
    return asked


@pytest.mark.parametrize(
    ("variant", "frames", "tokens"),
    [("temporal+local", 2, 392), ("temporal", 2, 2), ("local", 1, 196), ("none", 0, 0)],
)
def test_variants_read_the_papers_numbers_of_image_tokens(
    variant: str, frames: int, tokens: int
) -> None:
    with torch.device("meta"):
        model = WebGum(load_preset("webgum-base", image_tokens=variant))
    assert (model.config.frames, model.encoder.image_tokens) == (frames, tokens)


def test_presets_have_about_the_papers_sizes() -> None:
    with torch.device("meta"):
        sizes = {
            name: sum(p.numel() for p in make_model(load_preset(f"webgum-{name}")).parameters())
            for name in ("tiny", "small", "base", "large", "xl")
        }
    assert {name: round(size / 1e6, 1) for name, size in sizes.items()} == {
        "tiny": 0.5,
        "small": 10.7,
        "base": 334.0,  # "310M": without the 25M of T5 v1.1's own output layer
        "large": 869.7,  # "860M"
        "xl": 2937.1,  # "3B"
    }


@pytest.mark.parametrize("variant", ["none", "local"])
def test_the_text_alone_is_read_as_by_transformers_t5(paired: Any, variant: str) -> None:
    theirs, text = paired("t5", untie=True, feed_forward_proj="gated-gelu")
    config = load_preset(
        "webgum-tiny",
        **{name: getattr(text.config, name) for name in type(text.config).__annotations__},
        image_tokens=variant,
    )
    ours = WebGum(config).eval()
    ours.begin(text=text)
    asked = batch(frames=ours.config.frames)
    images = ours.encoder.image_tokens
    hidden = torch.zeros(2, images, dtype=torch.long)
    mask = torch.cat([hidden, asked["attention_mask"]], 1)
    pictures = {name: asked[name] for name in ("screenshots",) if name in asked}
    told = {name: asked[name] for name in ("input_ids", "attention_mask", "labels")}
    expected = theirs.eval()(**told)
    found = ours(**told | {"attention_mask": mask}, **pictures)
    torch.testing.assert_close(found.logits, expected.logits, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(found.loss, expected.loss, atol=1e-4, rtol=1e-4)
    del told["labels"]
    how = {"max_new_tokens": 9, "do_sample": False, "eos_token_id": 1, "pad_token_id": 0}
    assert torch.equal(
        ours.generate(**told | {"attention_mask": mask}, **pictures, **how),
        theirs.generate(**told, **how),
    )


@pytest.mark.parametrize("variant", ["temporal+local", "temporal", "local"])
def test_what_is_seen_changes_what_is_said(variant: str) -> None:
    model = tiny(image_tokens=variant)
    asked = batch(frames=model.config.frames)
    blank = asked | {"screenshots": torch.zeros_like(asked["screenshots"])}
    white = asked | {"screenshots": torch.full_like(asked["screenshots"], 255)}
    seen, black, bright = (model(**each).logits for each in (asked, blank, white))
    assert not any(torch.allclose(seen, other, atol=1e-4) for other in (black, bright))
    assert not torch.allclose(black, bright, atol=1e-4)


def test_which_frame_comes_first_matters() -> None:
    model, asked = tiny(encoder_attention_type="dense"), batch()
    turned = asked | {"screenshots": asked["screenshots"].flip(1)}
    assert not torch.allclose(model(**asked).logits, model(**turned).logits, atol=1e-4)


@pytest.mark.parametrize("attention", ["dense", "transient-global", "local"])
def test_rows_side_by_side_are_read_as_each_alone(attention: str) -> None:
    model, asked = tiny(encoder_attention_type=attention), batch()
    together = model(**asked).logits
    for row, length in enumerate((20, 30)):
        alone = {name: value[row : row + 1] for name, value in asked.items()}
        for name in ("input_ids", "attention_mask"):
            alone[name] = alone[name][:, :length]
        torch.testing.assert_close(model(**alone).logits[0], together[row], atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("beams", [1, 2])
def test_generating_with_a_cache_says_what_forced_decoding_finds_likeliest(beams: int) -> None:
    model, asked = tiny(), batch()
    del asked["labels"]
    said = model.generate(**asked, max_new_tokens=6, do_sample=False, num_beams=beams)
    assert said.shape[0] == 2
    if beams == 1:
        logits = model(**asked, decoder_input_ids=said[:, :-1]).logits
        assert torch.equal(logits.argmax(-1), said[:, 1:])


@pytest.mark.parametrize("variant", ["temporal+local", "temporal", "local"])
def test_a_step_of_training_moves_what_reads_and_what_sees(variant: str) -> None:
    model = tiny(image_tokens=variant).train()
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    model(**batch(frames=model.config.frames)).loss.backward()
    optimizer.step()
    still = [name for name, weight in model.named_parameters() if torch.equal(weight, before[name])]
    assert still == []


def test_gradients_are_the_same_where_activations_are_computed_anew() -> None:
    asked = batch()
    found = []
    for again in (False, True):
        torch.manual_seed(0)
        model = tiny(dropout_rate=0.0).train()
        if again:
            model.activation_checkpointing_enable()
        model(**asked).loss.backward()
        found.append([weight.grad for weight in model.parameters()])
    torch.testing.assert_close(*found)


@pytest.mark.parametrize("variant", ["temporal+local", "none"])
def test_saving_and_loading_is_bit_equal(tmp_path: Path, variant: str) -> None:
    model = tiny(image_tokens=variant, image_mean=[0.1, 0.2, 0.3])
    model.save_pretrained(tmp_path)
    asked = batch(frames=model.config.frames)
    wanted = model(**asked).logits
    for loader in (WebGum.from_pretrained, AutoModelForSeq2SeqLM.from_pretrained, load_model):
        read = loader(tmp_path)
        assert type(read) is WebGum
        assert torch.equal(read.eval()(**asked).logits, wanted)
    assert AutoConfig.from_pretrained(tmp_path).to_dict() == read.config.to_dict()


def test_weights_that_a_checkpoint_lacks_are_as_in_a_model_made_anew(tmp_path: Path) -> None:
    model = tiny()
    text = {n: w for n, w in model.state_dict().items() if "vision" not in n}
    model.save_pretrained(tmp_path, state_dict=text)
    read = WebGum.from_pretrained(tmp_path)
    for name, weight in read.named_parameters():
        made = model.get_parameter(name)
        assert (name, weight.std().item()) == (
            name,
            pytest.approx(made.std().item(), rel=0.2, abs=1e-5),
        )


def test_image_tokens_begin_as_large_as_those_of_text() -> None:
    encoder = tiny(d_model=128).encoder
    images = encoder.seen(batch()["screenshots"]).std().item()
    words = encoder.embed(batch()["input_ids"]).std().item()
    assert images == pytest.approx(words, rel=0.1)


def test_missing_or_wrong_screenshots_are_told() -> None:
    model, asked = tiny(), batch()
    pictures = asked.pop("screenshots")
    with pytest.raises(ValueError, match="reads 2 screenshots with every text; none were given"):
        model(**asked)
    for wrong in (pictures[:, :1], pictures[:, 0], pictures[..., 0]):
        with pytest.raises(ValueError, match=r"screenshots are uint8 \(batch, 2, rows, columns"):
            model(**asked, screenshots=wrong)
    for wrong in (pictures.float(), pictures[..., :1]):
        with pytest.raises(ValueError, match="pictures are uint8"):
            model(**asked, screenshots=wrong)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"image_tokens": "global"}, "no image_tokens 'global'; there are temporal"),
        ({"history": 0}, "history is 0"),
        ({"screen_size": 300}, "screen_size is 300, it must be at least 1 and at most image_size"),
        ({"encoder_attention_type": "sparse"}, "no encoder_attention_type"),
    ],
)
def test_a_configuration_that_cannot_be_is_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        WebGumConfig(**changes)


def test_a_text_model_gives_its_weights_and_is_not_taken_for_a_webgum(tmp_path: Path) -> None:
    sizes = {"vocab_size": 60, "d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2}
    T5ForConditionalGeneration(
        T5Config(**sizes, num_heads=4, feed_forward_proj="gated-gelu")
    ).save_pretrained(tmp_path)
    text = HtmlT5.from_pretrained(tmp_path)
    with pytest.raises(ValueError, match="is a t5, no webgum"):
        WebGum.from_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"text model is of other sizes: decoder\.bias\.weight"):
        tiny(num_heads=8).begin(text=text)
    with pytest.raises(ValueError, match="takes no weights for pictures"):
        tiny(image_tokens="none").begin(vision=tmp_path)
