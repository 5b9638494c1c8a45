"""The people's trajectories that WebShop's imitation learners were trained on.

One JSON object a line (``il_trajs_finalized_images.jsonl``, or the zip it comes in), its lists side
by side: `states` (the pages, as ``text_rich``), `actions` (``search[red shoes]``,
``click[b0abc]``), `actions_translate` (the same, products by title: ``click[item - red shoes]``),
`available_actions` (likewise, none where one searches), `action_idxs` (which of those it was; -1
for a search) and `images` (features, which are not read).

The file tells no rewards, only that somebody bought. Such an episode is taken with reward 0 and
without success, `reward_told` in its info being false; what is known to have failed, or to have
bought nothing, is dropped unless all are to be kept. Where a last state shows the page after
buying, its score is the reward.
Source: princeton-nlp/WebShop, baseline_models/train_choice_il.py, for the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from webagents.actions import parse
from webagents.data.demonstration import Demonstration
from webagents.data.importing import files
from webagents.data.importing.records import Dropped, Importer, Keep, Record
from webagents.data.importing.webshop.following import after, met, observation
from webagents.data.importing.webshop.pages import done_html
from webagents.data.importing.webshop.states import Seen, read
from webagents.errors import ActionError, clipped
from webagents.types import Episode, Observation, Step
from webagents.webshop import BUY, TEXT_TASK
from webagents.webshop.visits import FREE, Visit

SOURCE = "webshop-il"
_ENDINGS = (".jsonl", ".jsonl.gz", ".zip")
_ITEM = "item - "
_ORIGIN = (
    "What people did in WebShop (Yao et al. 2022), from the file its imitation learners were "
    "trained on; its pages as text made HTML again. The file tells no rewards: where `reward_told` "
    "is false, reward and success are not known, and stand at 0 and false."
)

Fields = Mapping[str, Any]


def trajectory_files(src: Path) -> list[Path]:
    """The files that may hold trajectories."""
    return files.found(src, _ENDINGS)


def records(path: Path, src: Path, keep: Keep) -> Iterator[Record]:
    """The trajectories of a file, one a line."""
    file = files.named(path, src)
    number = 0
    for number, value in enumerate(files.json_values(path), start=1):
        at = f"{file}#{number}"
        try:
            yield Record(at, _demonstration(value, f"{files.stem(file)}/{number}", keep))
        except Dropped as dropped:
            yield Record(at, None, dropped)
    if not number:
        yield Record(file, None, Dropped("empty"))


def _demonstration(value: object, name: str, keep: Keep) -> Demonstration:
    """The trajectory as an episode.

    Raises:
        Dropped: there is none to keep.
    """
    if isinstance(value, Dropped):
        raise value
    if not isinstance(value, dict):
        raise Dropped("not a trajectory", type(value).__name__)
    states, count = _states(value)
    pages = [read(state) for state in states]
    end = pages[count] if len(pages) > count else None
    actions = [_action(value, number, pages[number]) for number in range(count)]
    bought = actions[-1] == f"click[{BUY}]"
    score = end.score if end is not None and bought else None
    if keep == "successes" and not bought:
        raise Dropped("no purchase", clipped(actions[-1]))
    if keep == "successes" and score is not None and score < 1:
        raise Dropped.failed(score)
    episode = _episode(pages[:count], actions, end, score, bought=bought)
    return Demonstration(id=f"{SOURCE}/{name}", source=SOURCE, episode=episode)


def _states(record: Fields) -> tuple[list[str], int]:
    """The states, and how many actions there are: as many, or one fewer.

    Raises:
        Dropped: they are missing, or do not fit together.
    """
    states = record.get("states")
    if not isinstance(states, list) or not all(isinstance(each, str) for each in states):
        raise Dropped("not a trajectory", f"states: {clipped(states)}")
    counts = {
        name: len(record[name])
        for name in ("actions", "actions_translate", "available_actions", "action_idxs")
        if isinstance(record.get(name), list)
    }
    if not counts.keys() & {"actions", "actions_translate", "action_idxs"}:
        raise Dropped("not a trajectory", f"no actions among {clipped(', '.join(record))}")
    count = counts[next(iter(counts))]
    if set(counts.values()) != {count} or len(states) not in (count, count + 1):
        raise Dropped("steps missing", f"states {len(states)}, {counts}")
    if not count:
        raise Dropped("no action")
    return states, count


def _action(record: Fields, number: int, page: Seen) -> str:
    """The action at a step, checked against the page.

    Raises:
        Dropped: it is not told, cannot be read, or names nothing on the page.
    """
    text = _text(record, number)
    try:
        action = parse(text, dialects=("webshop",))
    except ActionError as error:
        raise Dropped("not in our grammar", str(error)) from error
    if action.name == "search":
        return f"search[{action.arguments['query']}]"
    name = str(action.arguments["value"]).strip()
    if name.lower().startswith(_ITEM):
        title = name.lower().removeprefix(_ITEM).strip()
        cards = (card for card in page.cards if _same(card.title, title))
        name = next((card.asin.lower() for card in cards), name)
    if name.lower() not in page.names or name.lower() == "search":
        raise Dropped("action on no element", clipped(text))
    return f"click[{name.lower()}]"


def _text(record: Fields, number: int) -> str:
    """What the record says was done at a step.

    Raises:
        Dropped: it does not.
    """
    for name in ("actions", "actions_translate"):
        if isinstance(record.get(name), list):
            text = record[name][number]
            if not isinstance(text, str):
                raise Dropped("no action", f"{name}[{number}]: {clipped(text)}")
            return text
    index, offered = record["action_idxs"][number], record.get("available_actions")
    offers = offered[number] if isinstance(offered, list) else None
    if not isinstance(index, int) or isinstance(index, bool) or not isinstance(offers, list):
        raise Dropped("no action", f"action_idxs[{number}]: {clipped(index)}")
    if index == -1:
        searches = [each for each in offers if str(each).startswith("search[")]
        if len(searches) != 1:
            raise Dropped("words searched for not recorded", f"step {number}")
        index = offers.index(searches[0])
    if not 0 <= index < len(offers) or not isinstance(offers[index], str):
        raise Dropped("no action", f"action_idxs[{number}]: {index} of {len(offers)}")
    return str(offers[index])


def _same(title: str, told: str) -> bool:
    return " ".join(title.lower().split()) == " ".join(told.split())


def _episode(
    pages: Sequence[Seen],
    actions: Sequence[str],
    end: Seen | None,
    score: float | None,
    *,
    bought: bool,
) -> Episode:
    instruction = pages[0].instruction
    if not instruction:
        raise Dropped("no instruction", "the first state is the page after buying")
    visit = Visit(FREE)
    steps = []
    for number, (page, action) in enumerate(zip(pages, actions, strict=True)):
        visit = met(visit, page)
        last = number == len(actions) - 1
        steps.append(
            Step(
                observation=observation(visit, page, instruction),
                action=action,
                reward=score or 0.0 if last else 0.0,
                terminated=last and bought,
                truncated=last and not bought,
            )
        )
        visit = after(visit, page, action)
    if end is not None:
        final = observation(met(visit, end), end, instruction)
    else:  # the page after the last action is not recorded; that after buying is known
        html = done_html(None) if bought else ""
        final = Observation(instruction=instruction, html=html, url=visit.url)
    success = score is not None and score >= 1
    info = {"success": success, "raw_reward": score or 0.0, "reward_told": score is not None}
    return Episode(
        task=TEXT_TASK,
        seed=-1,  # not known
        observation=final,
        steps=tuple(steps),
        success=success,
        info=info,
    )


WEBSHOP_IL = Importer(
    files=trajectory_files,
    records=records,
    about=(
        "WebShop human trajectories",
        _ORIGIN,
        "MIT (princeton-nlp/WebShop)",
    ),
)
