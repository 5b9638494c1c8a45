"""A policy that is asked by many at once."""

import asyncio
import threading

import pytest

from tests.evaluation.episodes import episode
from webagents.errors import MachineError
from webagents.evaluation.judging import Judge
from webagents.types import Decision, Needs


class Slow:
    """Decides when it is let; keeps what it was asked together."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.go = threading.Semaphore(0)

    def act(self, episodes):
        self.asked.append([one.seed for one in episodes])
        assert self.go.acquire(timeout=30)
        if any(one.seed == 13 for one in episodes):
            raise MachineError("unlucky")
        return [Decision(action=f"click('{one.seed}')") for one in episodes]

    def needs(self, task):
        return Needs(view="visual")


async def asked(judge, *groups):
    """Asks in turn, each before the one before is answered."""
    tasks = []
    for seeds in groups:
        tasks.append(asyncio.create_task(judge.act([episode("t.a", seed) for seed in seeds])))
        await asyncio.sleep(0)  # it has asked
    return tasks


def test_what_comes_while_it_decides_is_decided_next_together() -> None:
    async def play():
        policy = Slow()
        tasks = await asked(Judge(policy), [1], [2, 3], [4])
        policy.go.release(2)
        said = await asyncio.gather(*tasks)
        assert policy.asked == [[1], [2, 3, 4]]
        return [[decision.action for decision in one] for one in said]

    assert asyncio.run(play()) == [["click('1')"], ["click('2')", "click('3')"], ["click('4')"]]


def test_after_an_error_it_goes_on() -> None:
    async def play():
        policy = Slow()
        judge = Judge(policy)
        tasks = await asked(judge, [1], [13], [2])
        policy.go.release(3)
        said = await asyncio.gather(*tasks, return_exceptions=True)
        again = await judge.act([episode("t.a", 5)])
        return said, again

    said, again = asyncio.run(play())
    assert [type(one) for one in said] == [list, MachineError, MachineError]
    assert [one.action for one in again] == ["click('5')"]


def test_it_needs_what_its_policy_needs() -> None:
    assert asyncio.run(Judge(Slow()).needs("t.a")) == Needs(view="visual")


def test_who_went_away_keeps_nobody_waiting() -> None:
    async def play():
        policy = Slow()
        first, second = await asked(Judge(policy), [1], [2])
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        policy.go.release(2)
        return await second

    assert [one.action for one in asyncio.run(play())] == ["click('2')"]
