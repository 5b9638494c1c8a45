"""Vision transformers, beside those of transformers with the same weights."""

from pathlib import Path

import pytest
import torch
from transformers import Dinov2Config, Dinov2Model, ViTConfig, ViTModel

from webagents.errors import UserError
from webagents.models.vision import IMAGENET_MEAN, IMAGENET_STD, Vision

pytest.importorskip("timm")

NARROW = {"embed_dim": 32, "depth": 2, "num_heads": 2}
THEIRS = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}


def small(name: str = "vit_tiny_patch16_224", size: int = 64, **options: object) -> Vision:
    return Vision(name, image_size=size, options={**NARROW, **options}).eval()


def pictures(number: int, rows: int, columns: int) -> torch.Tensor:
    return torch.randint(0, 256, (number, rows, columns, 3), dtype=torch.uint8)


def normalised(seen: torch.Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> torch.Tensor:
    return ((seen / 255 - torch.tensor(mean)) / torch.tensor(std)).permute(0, 3, 1, 2)


def test_pictures_are_padded_with_black_on_the_right_and_below() -> None:
    vision, seen = small(), pictures(2, 40, 50)
    padded = torch.zeros(2, 64, 64, 3, dtype=torch.uint8)
    padded[:, :40, :50] = seen
    assert torch.equal(vision(seen).patches, vision(padded).patches)


def test_colours_are_normalised_as_the_weights_want_it() -> None:
    assert (small().mean, small("vit_small_patch14_dinov2", 56).mean) == (
        (0.5, 0.5, 0.5),  # timm's record of the augreg weights
        IMAGENET_MEAN,
    )
    vision = Vision(
        "vit_tiny_patch16_224",
        image_size=64,
        options=NARROW,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
    ).eval()
    seen = pictures(1, 64, 64)
    inputs = normalised(seen, IMAGENET_MEAN, IMAGENET_STD)
    torch.testing.assert_close(vision(seen).patches, vision.vit.forward_features(inputs)[:, 1:])


@pytest.mark.parametrize(
    ("theirs", "ours", "patch"),
    [
        (
            Dinov2Model(Dinov2Config(**THEIRS, image_size=56, patch_size=14)),
            "vit_small_patch14_dinov2",
            14,
        ),
        (
            ViTModel(
                ViTConfig(**THEIRS, image_size=64, patch_size=16, intermediate_size=128),
                add_pooling_layer=False,
            ),
            "vit_tiny_patch16_224",
            16,
        ),
    ],
    ids=["dinov2", "vit"],
)
def test_weights_of_transformers_give_what_they_give_there(
    tmp_path: Path, theirs: torch.nn.Module, ours: str, patch: int
) -> None:
    with torch.no_grad():
        for weight in theirs.parameters():
            weight.add_(torch.randn_like(weight) * 0.1)
    theirs.eval().save_pretrained(tmp_path)
    vision = small(ours, 4 * patch)
    vision.load(tmp_path)
    seen = pictures(2, 4 * patch, 4 * patch)
    expected = theirs(normalised(seen, vision.mean, vision.std)).last_hidden_state
    found = vision(seen)
    together = torch.cat([found.summary[:, None], found.patches], 1)
    torch.testing.assert_close(together, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("file", ["weights.safetensors", "weights.pth"])
def test_weights_are_taken_from_a_file_also_for_another_picture_size(
    tmp_path: Path, file: str
) -> None:
    from safetensors.torch import save_file

    one, other, larger = small(), small(), small(size=96)
    state = {**one.vit.state_dict(), "head.weight": torch.zeros(3, 32)}
    (save_file if file.endswith("tensors") else torch.save)(state, tmp_path / file)
    other.load(tmp_path / file)
    larger.load(tmp_path)
    seen = pictures(1, 64, 64)
    assert torch.equal(other(seen).patches, one(seen).patches)
    assert torch.equal(larger.vit.blocks[1].attn.qkv.weight, one.vit.blocks[1].attn.qkv.weight)
    assert larger.patches == 36


def test_weights_that_do_not_fit_are_told(tmp_path: Path) -> None:
    torch.save(small(embed_dim=16).vit.state_dict(), tmp_path / "narrow.pth")
    torch.save({"model": {"a": torch.zeros(1)}}, tmp_path / "other.pth")
    torch.save([1], tmp_path / "list.pth")
    (tmp_path / "broken.safetensors").write_bytes(b"\x08")
    (tmp_path / "broken.pth").write_bytes(b"no zip")
    (tmp_path / "empty").mkdir()
    for name, told in {
        "narrow.pth": r"does not hold the weights of vit_tiny_patch16_224",
        "other.pth": r"cls_token is missing, it has to be .*; so for (\d+) of \1",
        "list.pth": "holds no weights by name",
        "broken.safetensors": "cannot be read",
        "broken.pth": "cannot be read",
        "empty": "no weights in",
        "nowhere": "no weights in",
    }.items():
        with pytest.raises(UserError, match=told):
            small().load(tmp_path / name)


def test_what_timm_does_not_have_is_told() -> None:
    with pytest.raises(UserError, match=r"timm has no model 'vit_tiny_patch17_224'; there is vit_"):
        Vision("vit_tiny_patch17_224")
    with pytest.raises(UserError, match="does not make vit_tiny_patch16_224 with random weights"):
        small(deepness=3)
    with pytest.raises(UserError, match="no vision transformer that gives tokens"):
        Vision("mixer_s32_224", image_size=64)


@pytest.mark.parametrize(
    "wrong",
    [
        torch.zeros(1, 64, 64, 3),
        torch.zeros(1, 64, 64, 1, dtype=torch.uint8),
        torch.zeros(1, 3, 64, 64, dtype=torch.uint8),
        torch.zeros(1, 65, 64, 3, dtype=torch.uint8),
    ],
)
def test_what_is_no_picture_is_told(wrong: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"pictures are uint8 \(N, .*, 3\) of at most 64"):
        small()(wrong)


def test_dinov2s_small_sees_256_patches_in_a_picture_of_224() -> None:
    with torch.device("meta"):
        vision = Vision("vit_small_patch14_dinov2", image_size=224)
    size = sum(weight.numel() for weight in vision.parameters())
    assert (vision.patches, vision.summarises, round(size / 1e6, 1)) == (256, True, 21.6)
