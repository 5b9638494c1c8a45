"""Plays our shop and writes the episode as WebShop's authors did: as a trajectory and a log."""

import json
from urllib.parse import quote

from webagents.envs.webshop.reward import score
from webagents.envs.webshop.text import TextShop

ASINS = [f"B00000000{n}" for n in range(9)] + [f"B10000000{n}" for n in range(6)]
NAMES = dict(zip(ASINS, [f"Lamp <No. {n}> & co" for n in range(15)], strict=True))


def row(asin):
    """A row of a products file, of a lamp with two groups of options."""
    values = {"color": ["Red", 'Off-white 5"'], "size": ["Small", 'Off-white 5"', "café | x"]}
    return {
        "asin": asin,
        "name": NAMES[asin],
        "full_description": "A lamp that\nlights <b>well</b>.",
        "small_description": ["It is bright", "It is light & small"],
        "pricing": "$10.00" if asin != ASINS[3] else "$5.00$99.50",
        "customization_options": {
            name: [{"value": value} for value in each] for name, each in values.items()
        }
        if asin != ASINS[1]
        else "",
        "images": ["a.jpg"],
        "category": "garden",
        "query": "lamps",
        "product_category": "Home › Lamps",
    }


def goal(text="find me a red lamp, and price lower than 20.00 dollars", **more):
    """What somebody is to buy."""
    return {
        "asin": ASINS[0],
        "category": "garden",
        "query": "lamps",
        "name": "Lamp",
        "product_category": "Home › Lamps",
        "instruction_text": text,
        "attributes": ["bright"],
        "price_upper": 20.0,
        "goal_options": ["red"],
        "weight": 1,
        **more,
    }


def shop():
    """A shop of fifteen lamps that finds them all, whatever is searched for."""
    return TextShop(
        [row(asin) for asin in ASINS],
        [goal(), goal("find a lamp")],
        search=lambda _: ASINS,
        score=lambda *bought: score(*bought, nouns=(["lamp"], ["lamp"])),
        show_attrs=True,
    )


def played(actions, number=0, store=None):
    """An episode of our shop, or of another: its trajectory, its log, and the reward at the end.

    The trajectory has the page after the last action, which WebShop's own lack.
    """
    store = store or shop()
    store.reset(number)
    states, offered, indices, lines = [], [], [], [line(store)]
    reward = 0.0
    for action in actions:
        states.append(store.observe("text_rich"))
        there = store.available_actions()
        clicks = [f"click[{_titled(name)}]" for name in there["clickables"] if name != "search"]
        offered.append([] if there["has_search_bar"] else clicks)
        indices.append(-1 if action.startswith("search[") else clicks.index(_translated(action)))
        outcome = store.step(action)
        assert outcome.error == "", outcome.error
        reward += outcome.reward
        lines.append(line(store))
    trajectory = {
        "actions": list(actions),
        "states": [*states, store.observe("text_rich")],
        "available_actions": offered,
        "actions_translate": [_translated(action) for action in actions],
        "action_idxs": indices,
        "images": [[0.5] * 512 if "Rating" in state else 0 for state in states],
    }
    return trajectory, lines, reward


def line(store, session="A1WORKERID77"):
    """What WebShop's site logs of the page shown."""
    did = store.session
    base = "http://3.83.245.205:3000"
    words = quote(str(did["keywords"]))
    options = quote(str(did["options"]))
    told = {"goal": {**store.goal, "worker_id": "A1WORKERID77"}}
    at = f"{did['asin']}/{words}/{did['page']}"
    content = {"keywords": did["keywords"], "page": did["page"], "asin": did["asin"]}
    content["options"] = did["options"]
    match store.url.removeprefix("http://127.0.0.1:3000/").split("/"):
        case ["search_results", *_]:
            found = ASINS[(did["page"] - 1) * 10 : did["page"] * 10]
            content = {"keywords": did["keywords"], "search_result_asins": found}
            content["page"] = did["page"]
            url = f"{base}/search_results/{session}/{words}/{did['page']}"
            return {"page": "search_results", "url": url, **told, "content": content}
        case ["item_page", *_]:
            url = f"{base}/item_page/{session}/{at}/{options}"
            return {"page": "item_page", "url": url, **told, "content": content}
        case ["item_sub_page", _, _, _, _, sub, *_]:
            url = f"{base}/item_sub_page/{session}/{at}/{sub}/{options}"
            return {"page": "item_sub_page", "url": url, **told, "content": content}
        case ["done", *_]:
            url = f"{base}/done/{session}/{did['asin']}/{options}"
            content = {"asin": did["asin"], "options": did["options"], "price": 10.0}
            worth = {"reward": store.score.total, "reward_info": dict(store.score.verbose)}
            return {"page": "done", "url": url, **told, "content": content, **worth}
        case _:
            return {"page": "index", "url": f"{base}/{session}", **told}


def write(path, values):
    """Writes lines of JSON; texts as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = [each if isinstance(each, str) else json.dumps(each) for each in values]
    path.write_text("\n".join(written) + "\n")
    return path.parent


def written_shop(folder):
    """The folder, with the original's files of the same products and two goals."""
    people = [
        {
            "asin": ASINS[0],
            "instruction": instruction,
            "attributes": ["bright"],
            "options": ["red"],
            "instruction_attributes": ["bright"],
            "instruction_options": ["red"],
            "worker_id": "A1WORKERID77",
            "assignment_id": "A1WORKERID77",
        }
        for instruction in ("find me a red lamp.", "I want a red lamp")
    ]
    folder.mkdir(parents=True)
    for name, value in (
        ("items_shuffle.json", [row(asin) for asin in ASINS]),
        ("items_ins_v2.json", {}),
        ("items_human_ins.json", {ASINS[0]: people}),
    ):
        (folder / name).write_text(json.dumps(value))
    return folder


def _titled(name):
    return f"item - {NAMES[name.upper()].lower()}" if name.upper() in NAMES else name


def _translated(action):
    return f"click[{_titled(action[6:-1])}]" if action.startswith("click[") else action
