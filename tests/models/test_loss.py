"""The loss beside PyTorch's own."""

import pytest
import torch
from torch.nn import functional

from webagents.models.loss import cross_entropy


@pytest.mark.parametrize("z_loss", [0.0, 1e-2])
@pytest.mark.parametrize("rows", [1, 70])
def test_the_loss_in_pieces_and_its_gradient_are_those_of_the_whole(
    rows: int, z_loss: float
) -> None:
    logits = (3 * torch.randn(rows, 4100, dtype=torch.float64)).requires_grad_()
    labels = torch.randint(0, 4100, (rows,))
    labels[1::9] = -100
    squares = logits.logsumexp(-1).square()[labels != -100].mean()
    wanted = functional.cross_entropy(logits, labels) + z_loss * squares
    found = cross_entropy(logits, labels, z_loss)
    pairs = [(loss, *torch.autograd.grad(2 * loss, logits)) for loss in (found, wanted)]
    torch.testing.assert_close(*pairs, atol=1e-12, rtol=1e-12)


def test_logits_of_half_precision_have_a_loss_of_full_precision() -> None:
    logits = (3 * torch.randn(9, 50)).bfloat16().requires_grad_()
    labels = torch.randint(0, 50, (9,))
    found = cross_entropy(logits, labels, 0.0)
    torch.testing.assert_close(found, functional.cross_entropy(logits.float(), labels))
    found.backward()
    assert logits.grad is not None
    assert logits.grad.dtype == torch.bfloat16


def test_the_loss_of_a_sure_model_is_finite() -> None:
    logits = torch.tensor([[900.0, -900.0], [-torch.inf, 0.0]], requires_grad=True)
    found = cross_entropy(logits, torch.tensor([1, 1]), 0.0)
    found.backward()
    assert found.item() == 900.0
    torch.testing.assert_close(logits.grad, torch.tensor([[0.5, -0.5], [0.0, 0.0]]))
