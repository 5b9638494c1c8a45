"""What is asked: the same for the same seed, apart by split, told apart from what is done."""

import pytest

from tests.envs.websites.visits import TASKS
from webagents.envs.websites.asking import asked, tenth
from webagents.envs.websites.task import website
from webagents.envs.websites.website import Address
from webagents.policies.expert.websites import SITES
from webagents.policies.expert.websites.instructions import asked as read

SEEDS = range(30)

FIRST = {
    "site.real-estate": "I would like to see 706 Sparrow Place in Alderbrook, WA: book a tour on "
    "21 May 2026 at 15:30 for Umar Fairlamb, umar.fairlamb@letters.test.",
    "site.social-media": 'Answer u/zesty_falcon in the thread "Five things I learnt about the '
    'fermenter" in c/homebrewing with "How long did it take in the end?"',
    "site.map": "Find restaurants in Millstow rated 4.0 stars or better, sorted by best rated.",
}
"""What the first test seed stands for: a change of it is a change of the benchmark."""


@pytest.fixture(scope="module", params=TASKS)
def task(request):
    return request.param


@pytest.fixture(scope="module")
def requests(task):
    site = website(task)
    return {split: [asked(site, s, split) for s in SEEDS] for split in ("test", "dev", "train")}


def test_a_seed_stands_for_one_request(task, requests):
    again = [asked(website(task), seed, "test").instruction for seed in SEEDS]
    assert again == [request.instruction for request in requests["test"]]
    assert len(set(again)) > 0.8 * len(again)


def test_the_benchmark_is_what_it_was(task, requests):
    assert requests["test"][0].instruction == FIRST[task]


def test_no_request_is_in_two_splits(requests):
    tenths = {split: {tenth(each) for each in some} for split, some in requests.items()}
    assert tenths["test"] <= {0, 1}
    assert tenths["dev"] == {2}
    assert tenths["train"] <= set(range(3, 10))


def test_every_kind_of_request_comes_up(task, requests):
    kinds = {each.kind for some in requests.values() for each in some}
    assert len(kinds) == {"site.social-media": 6}.get(task, 5)


def test_nothing_is_met_before_anything_was_done(requests):
    here = Address("/")
    assert {any(each.goal.met(here, {}).values()) for each in requests["train"]} == {False}


def test_the_expert_reads_in_an_instruction_what_was_put_into_it(task, requests):
    for request in [each for some in requests.values() for each in some]:
        found = read(SITES[task].name, request.instruction)
        assert (found.kind, found.fields) == (request.kind, request.fields)


def test_another_sentence_asks_for_nothing(task):
    assert read(SITES[task].name, "Do what you like.") is None
