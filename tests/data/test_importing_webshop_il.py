"""People's trajectories in WebShop become episodes of our shop, its pages made from their texts."""

import json
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.data.shopping import ASINS, NAMES, played, row, shop, write
from webagents.data import Dataset
from webagents.data.importing import DROPPED, import_dataset
from webagents.envs.webshop.catalogue.products import processed
from webagents.envs.webshop.site import pages
from webagents.webshop.elements import seen
from webagents.webshop.visits import visit_at

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "webshop" / "episodes_catalog.json"
INSTRUCTION = "find me a red lamp, and price lower than 20.00 dollars"
OPENED = f"click[{ASINS[0].lower()}]"
SHORT = ["search[red lamp]", OPENED, "click[red]", "click[buy now]"]
TOUR = [
    *("search[red lamp]", "click[next >]", "click[< prev]", "click[b000000003]"),
    *("click[description]", "click[< prev]", "click[features]", "click[< prev]"),
    *("click[reviews]", "click[< prev]", "click[attributes]", "click[< prev]", "click[< prev]"),
    *("click[b000000001]", "click[back to search]", "search[a big  lamp]", OPENED),
    *("click[small]", 'click[off-white 5"]', "click[café | x]", "click[features]"),
    *("click[< prev]", "click[red]", "click[buy now]"),
]


def _imported(tmp_path, lines, **more):
    src = write(tmp_path / "src" / "il_trajs.jsonl", lines)
    imported = import_dataset("webshop-il", src, tmp_path / "out", **more)
    return imported, [each.episode for each in Dataset(tmp_path / "out")]


def _actions(episode):
    return [step.action for step in episode.steps]


def _recorded(done=SHORT, **more):
    """A trajectory as the file holds it: no page after the last action. more: other fields."""
    trajectory, _, _ = played(done)
    return {**trajectory, "states": trajectory["states"][:-1], **more}


def test_an_episode_of_our_shop_comes_back_with_its_actions_and_reward(tmp_path):
    trajectory, _, reward = played(TOUR)
    imported, (episode,) = _imported(tmp_path, [trajectory])
    last = episode.steps[-1]
    assert (_actions(episode), episode.reward, last.reward, last.terminated) == (
        TOUR,
        reward,
        1.0,
        True,
    )
    assert (episode.task, episode.success, episode.info) == (
        "webshop-text",
        True,
        {"success": True, "raw_reward": 1.0, "reward_told": True},
    )
    assert dict(imported.dropped) == {}


def test_its_pages_are_those_of_our_shop_letter_for_letter(tmp_path):
    _, (episode,) = _imported(tmp_path, [played(TOUR)[0]])
    shown = [*(step.observation for step in episode.steps), episode.observation]
    assert [each.html for each in shown] == [_ours(each.url) for each in shown]
    assert {each.instruction for each in shown} == {INSTRUCTION}


def _ours(url):
    """What our site shows at an address."""
    parts = urlsplit(url)
    visit = visit_at(parts.path, parts.query)
    wares = {asin: processed(row(asin)) for asin in ASINS}
    for ware in wares.values():  # what is made of the attributes file
        ware["Attributes"] = ["DUMMY_ATTR"]
    match visit.kind:
        case "index":
            page = pages.index_page(visit, INSTRUCTION)
        case "results":
            found = [wares[asin] for asin in ASINS]
            on_page = found[(visit.page - 1) * 10 : visit.page * 10]
            page = pages.results_page(visit, INSTRUCTION, len(found), on_page)
        case "item":
            page = pages.item_page(visit, INSTRUCTION, wares[visit.asin], show_attrs=True)
        case "sub":
            page = pages.sub_page(visit, INSTRUCTION, wares[visit.asin])
        case _:
            page = pages.done_page(1.0)
    return seen(page.body)[0]


def test_a_purchase_whose_reward_is_not_told_is_kept_but_is_no_success(tmp_path):
    imported, (episode,) = _imported(tmp_path, [_recorded()])
    assert (_actions(episode), episode.success, episode.reward, episode.info) == (
        SHORT,
        False,
        0.0,
        {"success": False, "raw_reward": 0.0, "reward_told": False},
    )
    assert episode.observation.html == (
        '<body ref="1"><main ref="2" id="done"><h1 ref="3">Thank you for shopping with us!</h1>'
        "</main></body>"
    )
    assert Dataset(imported.out).known["made"]["rewards"] == {"not told": 1}


def test_an_older_file_with_another_name_of_the_game_is_read(tmp_path):
    old = _recorded()
    old["states"] = [state.replace("WebShop", "Amazon Shopping Game") for state in old["states"]]
    _, (episode,) = _imported(tmp_path, [old])
    assert (_actions(episode), episode.steps[0].observation.instruction) == (SHORT, INSTRUCTION)


@pytest.mark.parametrize("missing", [["actions"], ["actions", "actions_translate"]])
def test_actions_are_found_from_what_stands_for_them(tmp_path, missing):
    record = {key: value for key, value in _recorded().items() if key not in missing}
    record["available_actions"][0] = ["search[red lamp]"]
    _, (episode,) = _imported(tmp_path, [record])
    assert _actions(episode) == SHORT


def test_the_archive_that_the_file_comes_in_is_read_and_counts_once_beside_it(tmp_path):
    src = write(tmp_path / "src" / "il.jsonl", [_recorded()])
    with zipfile.ZipFile(src / "il.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(src / "il.jsonl", "il.jsonl")
        archive.writestr("__MACOSX/._il.jsonl", b"\0")
        archive.writestr("README.md", "not read")
    one = import_dataset("webshop-il", src / "il.zip", tmp_path / "one")
    both = import_dataset("webshop-il", src, tmp_path / "both")
    assert (one.kept, dict(one.dropped)) == (1, {})
    assert (both.kept, dict(both.dropped)) == (1, {"twice": 1})


def test_a_torn_or_locked_archive_is_told(tmp_path):
    src = write(tmp_path / "src" / "il.jsonl", [_recorded()] * 50)
    with zipfile.ZipFile(src / "torn.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(src / "il.jsonl", "il.jsonl")
    (src / "il.jsonl").unlink()
    whole = (src / "torn.zip").read_bytes()
    (src / "torn.zip").write_bytes(whole[:600] + b"\xff" * 300 + whole[900:])
    at = whole.rindex(b"PK\x01\x02") + 8  # the flags
    (src / "locked.zip").write_bytes(whole[:at] + b"\x01" + whole[at + 1 :])
    imported = import_dataset("webshop-il", src, tmp_path / "out")
    assert dict(imported.dropped) == {"unreadable": 2}


def test_every_dropped_trajectory_is_counted_with_its_reason(tmp_path):
    short = _recorded()
    unsaid = {key: short[key] for key in ("states", "available_actions", "action_idxs")}
    lines = [
        "{torn",
        "3",
        "{}",
        _recorded(states="one text"),
        _recorded(states=[1, 2, 3, 4]),
        _recorded(actions=None, actions_translate=None, action_idxs=None),
        _recorded(states=short["states"][1:]),
        _recorded(available_actions=[]),
        _recorded(
            actions=[], states=[], actions_translate=[], available_actions=[], action_idxs=[]
        ),
        _recorded(actions=[None, *SHORT[1:]]),
        _recorded(actions=["think[hmm]", *SHORT[1:]]),
        _recorded(actions=[SHORT[0], "click[b000000009]", *SHORT[2:]]),
        _recorded(states=["", *short["states"][1:]]),
        _recorded(states=["Instruction:\n[button] Search [button_]", *short["states"][1:]]),
        _recorded(states=["Instruction:\nbuy\nno buttons", *short["states"][1:]]),
        unsaid,
        {**unsaid, "action_idxs": ["-1", 2, 4, 0]},
        {**unsaid, "action_idxs": [7, 2, 4, 0]},
        _recorded(SHORT[:3]),
        played(SHORT[:2] + SHORT[3:])[0],
        _recorded(),
    ]
    imported, (episode,) = _imported(tmp_path, lines)
    assert _actions(episode) == SHORT
    assert dict(imported.dropped) == {
        "not JSON": 1,
        "not a trajectory": 5,
        "steps missing": 2,
        "no action": 4,
        "not in our grammar": 1,
        "action on no element": 1,
        "no instruction": 2,
        "not a page of the shop": 1,
        "words searched for not recorded": 1,
        "no purchase": 1,
        "failed": 1,
    }
    assert Dataset(imported.out).known["made"]["rewards"] == {"0.67": 1, "not told": 1}


def test_all_are_taken_when_asked_for(tmp_path):
    lines = [_recorded(SHORT[:3]), played(SHORT[:2] + SHORT[3:])[0]]
    _, episodes = _imported(tmp_path, lines, keep="all")
    ends = [(e.reward, e.success, e.steps[-1].terminated, e.steps[-1].truncated) for e in episodes]
    assert ends == [(0.0, False, False, True), (2 / 3, False, True, False)]


def test_nothing_but_the_trajectory_gets_into_the_dataset(tmp_path):
    secret = "A1WORKERID77"
    imported, _ = _imported(tmp_path, [_recorded(worker_id=secret, assignment_id=secret)])
    assert not [path for path in imported.out.rglob("*") if secret.encode() in _content(path)]


def _content(path):
    return path.read_bytes() if path.is_file() else b""


def test_hostile_texts_stay_texts(tmp_path):
    hostile = "<script>alert(1)</script> [button] x [button_] \x07" + "long " * 9000
    record = _recorded()
    record["states"] = [state.replace(NAMES[ASINS[0]], hostile) for state in record["states"]]
    _, (episode,) = _imported(tmp_path, [record])
    title = episode.steps[2].observation.html.partition("<h1")[2].partition("</h1>")[0]
    assert title.startswith(
        ' ref="9">&lt;script&gt;alert(1)&lt;/script&gt; [button] x [button_] long long '
    )
    assert len(title) < 21_000


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded episodes are not here")
def test_what_the_original_showed_of_its_own_episodes_is_read(tmp_path):
    recorded = json.loads(RECORDED.read_text())["episodes"]
    lines = [
        {
            "states": [each["reset"]["text_rich"], *(step["text_rich"] for step in each["steps"])],
            "actions": [step["action"] for step in each["steps"]],
        }
        for each in recorded
    ]
    imported, episodes = _imported(tmp_path, lines, keep="all")
    dropped = [json.loads(line) for line in (imported.out / DROPPED).read_text().splitlines()]
    left = {int(each["file"].partition("#")[2]) for each in dropped}
    taken = [each for number, each in enumerate(recorded, start=1) if number not in left]
    assert [(_actions(each), each.reward) for each in episodes] == [
        ([step["action"] for step in each["steps"]], each["steps"][-1]["reward"]) for each in taken
    ]
    # Those left out click what is not on the page, or do what is no action: the original stays.
    assert dict(imported.dropped) == {"action on no element": 4, "not in our grammar": 1}


def test_an_episode_can_be_played_again_on_a_shop(tmp_path):
    _, (episode,) = _imported(tmp_path, [_recorded()])
    store = shop()
    store.reset(0)
    assert [store.step(action).reward for action in _actions(episode)] == [0, 0, 0, 1.0]
