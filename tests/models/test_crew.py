"""Work shared among threads."""

import pytest
import torch

from webagents.models.crew import shared
from webagents.models.html_t5 import HtmlT5
from webagents.models.presets import load_preset


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_every_share_is_done_once_and_the_number_of_threads_stays(threads: int) -> None:
    torch.set_num_threads(threads)
    done: list[int] = []
    shared(lambda share: done.extend(range(*share.indices(5))), 5)
    assert (sorted(done), torch.get_num_threads()) == ([0, 1, 2, 3, 4], threads)


def test_what_a_thread_raises_is_raised() -> None:
    torch.set_num_threads(2)

    def work(share: slice) -> None:
        if share.start:
            raise ValueError("the second share")

    with pytest.raises(ValueError, match="the second share"):
        shared(work, 4)
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_gradients_do_not_depend_on_the_number_of_threads(dropout: float) -> None:
    model = HtmlT5(load_preset("tiny", dropout_rate=dropout)).train()
    inputs = {"input_ids": torch.randint(2, 1000, (2, 90)), "labels": torch.ones(2, 5).long()}
    found = []
    for forward, backward in ((1, 1), (2, 1), (1, 3)):
        torch.manual_seed(1)
        torch.set_num_threads(forward)
        loss = model(**inputs).loss
        torch.set_num_threads(backward)
        loss.backward()
        found.append([p.grad.clone() for p in model.parameters()])
        model.zero_grad()
    torch.testing.assert_close(found[1:], found[:1] * 2, atol=1e-6, rtol=1e-5)
