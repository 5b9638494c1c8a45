"""Which weights a policy has."""

from pathlib import Path

import pytest

from webagents.policies.weights import BLOCK, BLOCKS, weights_of


@pytest.fixture(name="file")
def _file(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    file = folder / "model.safetensors"
    file.write_bytes(bytes(BLOCK * 3))
    return file


def test_what_has_no_checkpoint_has_no_weights(tmp_path: Path) -> None:
    names = ("expert", "perturbed:0.1:expert", "llm:program", "module:Class", f"replay:{tmp_path}")
    assert [weights_of(name) for name in names] == [{}] * 5


def test_weights_are_told_wherever_a_checkpoint_stands_in_the_name(file: Path) -> None:
    alone = weights_of(str(file.parent))
    assert len(alone["weights"]) == 16
    for name in (f"white:{file.parent}", f"dagger:0.5:steady:{file.parent}"):
        assert weights_of(name) == alone
    assert weights_of(f"webagent:whole:{file.parent},{file.parent}") != alone


def test_released_weights_are_told_from_any_folder(tmp_path: Path, monkeypatch) -> None:
    here = weights_of("models/pointer-html")
    monkeypatch.chdir(tmp_path)
    assert weights_of("models/pointer-html") == here != {}


@pytest.mark.parametrize("size", [10, BLOCK * 3, BLOCK * BLOCKS * 2])
def test_other_bytes_or_another_size_are_other_weights(file: Path, size: int) -> None:
    found = []
    for content in (bytes(size), b"1" * size, bytes(size - 1) + b"1", bytes(size + 1), b""):
        file.write_bytes(content)
        found.append(weights_of(str(file.parent))["weights"])
        assert weights_of(str(file.parent))["weights"] == found[-1]
    assert len(set(found)) == len(found)
