"""Sessions that WebShop's site logged become episodes: the actions are found from the pages."""

import json

import pytest

from tests.data.shopping import ASINS, line, played, shop, write
from webagents.data import Dataset
from webagents.data.importing import DROPPED, import_dataset

OPENED = f"click[{ASINS[0].lower()}]"
SHORT = ["search[red lamp]", OPENED, "click[red]", "click[buy now]"]
TOUR = [
    *("search[red lamp]", "click[next >]", "click[< prev]", "click[b000000003]"),
    *("click[description]", "click[< prev]", "click[features]", "click[< prev]"),
    *("click[reviews]", "click[< prev]", "click[attributes]", "click[back to search]"),
    *("search[a big  lamp]", "click[b000000001]", "click[< prev]", OPENED),
    *("click[small]", 'click[off-white 5"]', "click[café | x]", "click[features]"),
    *("click[< prev]", "click[red]", "click[buy now]"),
]
SECRET = "A1WORKERID77"


def _imported(tmp_path, *logs, **more):
    for number, lines in enumerate(logs):
        write(tmp_path / "src" / "mturk" / f"{SECRET}_{number}.jsonl", lines)
    imported = import_dataset("webshop-logs", tmp_path / "src", tmp_path / "out", **more)
    return imported, [each.episode for each in Dataset(tmp_path / "out")]


def _actions(episode):
    return [step.action for step in episode.steps]


def _guessed(episode):
    return [step.action for step in episode.steps if step.notes]


def _lines(actions=SHORT):
    return played(actions)[1]


def test_an_episode_of_our_shop_comes_back_with_its_actions_and_reward(tmp_path):
    _, lines, reward = played(TOUR)
    imported, (episode,) = _imported(tmp_path, lines)
    assert (_actions(episode), _guessed(episode), episode.reward, episode.success) == (
        TOUR,
        [],
        reward,
        True,
    )
    assert (episode.task, episode.steps[-1].terminated, episode.info) == (
        "webshop-text",
        True,
        {
            "success": True,
            "raw_reward": 1.0,
            "reward_told": True,
            "score": {**lines[-1]["reward_info"]},
            "bought": {
                "asin": ASINS[0],
                "options": {"size": "café | x", "color": "red"},
                "price": 10.0,
            },
        },
    )
    assert dict(imported.dropped) == {}


def test_pages_hold_what_the_log_tells_and_all_that_actions_name(tmp_path):
    _, (episode,) = _imported(tmp_path, _lines(["search[lamp]", OPENED, "click[red]"]), keep="all")
    shown = [*(step.observation for step in episode.steps), episode.observation]
    told = '<p ref="2" id="instruction">Instruction: '
    told += "find me a red lamp, and price lower than 20.00 dollars</p>"
    item = (
        f'<body ref="1">{told}<nav ref="3" id="ways"><a ref="4" href="/free">Back to Search</a>'
        '<a ref="5" href="../">&lt; Prev</a></nav><main ref="6" id="item">'
        '<span ref="7" role="img" aria-label="B000000000"></span><section ref="8" id="product">'
        '<h1 ref="9">B000000000</h1><nav ref="10" id="details">'
        '<a ref="11" href="description?color=red">Description</a>'
        '<a ref="12" href="features?color=red">Features</a>'
        '<a ref="13" href="reviews?color=red">Reviews</a></nav>'
        '<form ref="14" id="options"><fieldset ref="15"><legend ref="16">color</legend>'
        '<label ref="17"><input ref="18" type="radio" name="color" value="red" checked>red</label>'
        '</fieldset></form><a ref="19" id="buy" href="buy?color=red">Buy Now</a></section></main>'
        "</body>"
    )
    assert [shown[-1].html, shown[2].html] == [
        item,
        item.replace("?color=red", "").replace(" checked", ""),
    ]
    cards = [f'href="{asin}/"' in shown[1].html for asin in ASINS]
    assert cards == [True] * 10 + [False] * 5
    assert [each.url for each in shown] == [
        "http://webshop.test/free",
        "http://webshop.test/free/q=lamp/1/",
        "http://webshop.test/free/q=lamp/1/B000000000/",
        "http://webshop.test/free/q=lamp/1/B000000000/?color=red",
    ]


def test_a_goal_that_a_sessions_name_tells_is_in_the_info(tmp_path):
    text = json.dumps(_lines()).replace(SECRET, "fixed_17")
    _, (episode,) = _imported(tmp_path, json.loads(text))
    assert (episode.info["goal"], episode.observation.url.split("/")[3]) == (17, "17")


def test_pages_loaded_again_are_no_actions(tmp_path):
    lines = [twice for each in _lines()[:-1] for twice in (each, each)]
    _, (episode,) = _imported(tmp_path, [*lines, _lines()[-1]])
    assert (_actions(episode), _guessed(episode)) == (SHORT, [])


@pytest.mark.parametrize(
    ("pages", "actions", "guessed"),
    [
        # Back from a further page to the product, in the browser, and to the next one.
        (
            [*SHORT[:2], "click[description]", "", "click[features]"],
            [*SHORT[:2], "click[description]", "click[< prev]", "click[features]"],
            ["click[< prev]", "click[features]"],
        ),
        # Back to the results, in the browser, and another product.
        (
            [*SHORT[:2], "", "click[b000000003]"],
            [*SHORT[:2], "click[< prev]", "click[b000000003]"],
            ["click[< prev]", "click[b000000003]"],
        ),
        # Back to the first page, in the browser, and another search.
        (
            [*SHORT[:1], "", "search[lamp]"],
            [*SHORT[:1], "click[back to search]", "search[lamp]"],
            ["click[back to search]", "search[lamp]"],
        ),
    ],
    ids=["a further page", "a product", "a search"],
)
def test_a_page_shown_again_without_the_site_is_bridged_and_marked(
    tmp_path, pages, actions, guessed
):
    lines = _lines(actions)
    seen = [lines[0], *(each for each, page in zip(lines[1:], pages, strict=True) if page)]
    _, (episode,) = _imported(tmp_path, seen, keep="all")
    assert (_actions(episode), _guessed(episode)) == (actions, guessed)


def test_several_sessions_may_stand_in_one_file(tmp_path):
    other = json.loads(json.dumps(_lines()).replace(SECRET, "somebody"))
    _, episodes = _imported(tmp_path, [*_lines(TOUR), *_lines()[:2], *other])
    assert [_actions(each) for each in episodes] == [TOUR, SHORT]


def _changed(lines, number, **more):
    return [{**each, **more} if n == number else each for n, each in enumerate(lines)]


def test_every_dropped_session_is_counted_with_its_reason(tmp_path):
    lines = _lines()
    content = lines[2]["content"]
    logs = [
        [*lines[:3], "{torn"],
        [*lines[:3], "3"],
        _changed(lines, 1, goal=None),
        _changed(lines, 1, content={"keywords": ["red"]}),
        _changed(lines, 1, goal={"instruction_text": " "}),
        _changed(lines, 2, content={**content, "keywords": "red lamp"}),
        _changed(lines, 2, content={**content, "keywords": [1]}),
        _changed(lines, 2, content={**content, "page": True}),
        _changed(lines, 2, content={**content, "options": {"color": 5}}),
        _changed(lines, 2, url="http://[bad"),
        _changed(lines, 2, page="cart"),
        _changed(lines, 2, page="item_sub_page"),
        _changed(lines, 4, reward=None),
        _changed(lines, 4, reward=7),
        _changed(lines, 2, goal={"instruction_text": "find another"}),
        _changed(lines, 2, content={**content, "asin": "B0ELSEWHERE"}),
        lines[:3],
        _lines([*SHORT[:2], "click[buy now]"]),
        [""],
        lines,
    ]
    imported, (episode,) = _imported(tmp_path, *logs)
    assert _actions(episode) == SHORT
    assert dict(imported.dropped) == {
        "not JSON": 1,
        "not a line of a log": 1,
        "field missing": 1,
        "no instruction": 1,
        "wrong type": 6,
        "no such page": 2,
        "no reward": 2,
        "several goals": 1,
        "a page that no action leads to": 1,
        "no purchase": 1,
        "failed": 1,
        "empty": 1,
    }
    assert Dataset(imported.out).known["made"]["rewards"] == {"0.67": 1, "1.00": 1}


def test_what_was_left_is_taken_when_asked_for(tmp_path):
    logs = [_lines()[:3], _lines([*SHORT[:2], "click[buy now]"]), _lines()[:1]]
    imported, episodes = _imported(tmp_path, *logs, keep="all")
    ends = [(e.reward, e.success, e.steps[-1].terminated, e.steps[-1].truncated) for e in episodes]
    assert ends == [(0.0, False, False, True), (2 / 3, False, True, False)]
    assert dict(imported.dropped) == {"no action": 1}


def test_nobody_is_named_in_the_dataset_or_beside_it(tmp_path):
    logs = [_lines(), _lines()[:3], [*_lines()[:3], f'{{"page": "{SECRET}'], _lines(TOUR)]
    logs.append(_changed(_lines(), 2, url=f"http://[{SECRET}"))
    one, _ = _imported(tmp_path, *logs)
    path = tmp_path / "src" / "mturk" / f"{SECRET}_0.jsonl"
    two = import_dataset("webshop-logs", path, tmp_path / "alone")
    files = [path for each in (one, two) for path in each.out.rglob("*") if path.is_file()]
    assert (one.kept, two.kept) == (2, 1)
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []
    told = [json.loads(each)["file"] for each in (one.out / DROPPED).read_text().splitlines()]
    assert told == ["mturk/2#1", "mturk/3#1", "mturk/5#1"]


def test_an_episode_can_be_played_again_on_a_shop(tmp_path):
    _, (episode,) = _imported(tmp_path, _lines(TOUR))
    store = shop()
    store.reset(0)
    again = [line(store), *((store.step(action), line(store))[1] for action in _actions(episode))]
    assert again == _lines(TOUR)
