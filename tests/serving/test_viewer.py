import base64
import gzip
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from webagents.browsers.lookup import find_browser
from webagents.data import Demonstration
from webagents.data.summary import About
from webagents.data.writer import DatasetWriter
from webagents.errors import UserError
from webagents.evaluation.folder import EPISODES, RunFolder
from webagents.evaluation.outcomes import Outcome
from webagents.serving.viewer import view
from webagents.serving.viewer.pictures import embedded
from webagents.serving.viewer.sampling import sample
from webagents.types import Episode, Observation, Step

HOSTILE = '</script><script>window.ran=1</script><img src=x onerror="window.ran=1">\'"`${1}'
PAGE = (
    '<body ref="1" box="0 0 160 210"><p ref="2" box="0 0 160 50">{}</p>'
    '<button ref="3" box="20 100 60 30">Go</button></body>'
)


def episode(
    *actions: str,
    task: str = "miniwob.click-test",
    seed: int = 0,
    text: str = "Click the button.",
    html: str = PAGE,
    error: str = "",
    picture: bool = True,
    success: bool = True,
) -> Episode:
    shot = np.full((210, 160, 3), 200, np.uint8) if picture else None
    seen = [
        Observation(
            instruction=text,
            html=html.replace("{}", f"{text} {number}"),
            url="http://miniwob.test/",
            screenshot=shot,
        )
        for number in range(len(actions) + 1)
    ]
    last = len(actions) - 1
    steps = tuple(
        Step(
            observation=seen[number],
            action=action,
            error=error,
            reward=float(success and number == last),
            terminated=number == last,
            time_ms=200.0 * (number + 1),
            notes={"why": text, "score": number / 2},
        )
        for number, action in enumerate(actions)
    )
    return Episode(
        task=task,
        seed=seed,
        observation=seen[-1],
        steps=steps,
        success=success,
        info={"fields": {"target": text}},
    )


def dataset(folder: Path, *episodes: Episode, source: str = "expert", title: str = "Tries") -> Path:
    with DatasetWriter(folder, About(title=title)) as writer:
        for each in episodes:
            writer.add(Demonstration.of(each, source))
    return folder


def run_of(folder: Path, *episodes: Episode) -> RunFolder:
    run = RunFolder.open(folder, {"policy": "random", "tasks": "all"}, {}, free=set())
    for each in episodes:
        run.append(Outcome.of(each, screenshots=run.keep_screenshots(each)))
    return run


def unpacked(packed: str) -> str:
    return gzip.decompress(base64.b64decode(packed)).decode()


def blocks(file: Path) -> dict[str, str]:
    """What the file's blocks of data hold, by their ids."""
    found = re.findall(r'<script type="text/plain" id="([\w-]+)">(.*?)</script>', file.read_text())
    return {name: unpacked(packed) for name, packed in found}


def index(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in blocks(file)["index"].splitlines()[1:]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find_browser().path))
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Page]:
    """A page that must say nothing on its console, raise nothing and ask for nothing elsewhere."""
    said: list[str] = []
    tab = browser.new_page(viewport={"width": 1300, "height": 850})
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.on("request", lambda asked: asked.url[:5] in ("file:", "data:") or said.append(asked.url))
    yield tab
    ran = tab.evaluate("window.ran")
    tab.close()
    assert (said, ran) == ([], None)


def show(tab: Page, file: Path, link: str = "") -> None:
    tab.goto(f"{file.resolve().as_uri()}{link}")
    tab.wait_for_selector("body.ready")


def arrive(tab: Page, seed: int) -> None:
    tab.wait_for_url(lambda url: f"/{seed}/" in url.partition("#")[2])


# ------------------------------------------------------------------------- what is written


def test_a_dataset_becomes_one_file_with_every_episode_and_what_was_seen(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "set", episode("click('3')", "noop()"), episode("clik", seed=1))

    file = view(folder, tmp_path / "out.html")

    data = blocks(file)
    about = json.loads(data["index"].splitlines()[0])
    assert file == tmp_path / "out.html"
    assert (about["kind"], about["title"], about["all"]) == ("dataset", "Tries", 2)
    assert [(e["id"], e["steps"], e["success"], e["page"], e["place"]) for e in index(file)] == [
        ("miniwob.click-test/0/expert", 2, True, 0, 0),
        ("miniwob.click-test/1/expert", 1, True, 0, 1),
    ]
    page = json.loads(data["page-0"])
    first, second, end = page["episodes"][0]["moments"]
    assert first["call"]["name"] == "click"
    assert first["call"]["arguments"]["ref"] == "3"
    assert (second["action"], second["reward"], second["time"]) == ("noop()", 1.0, 400.0)
    assert page["texts"][end["html"]] == PAGE.replace("{}", "Click the button. 2")
    assert page["episodes"][1]["moments"][0]["call"] is None


def test_a_picture_that_comes_again_is_stored_once(tmp_path: Path) -> None:
    file = view(dataset(tmp_path / "set", episode("noop()", "noop()")), tmp_path / "out.html")

    (picture,) = json.loads(blocks(file)["page-0"])["pictures"]

    assert picture[:2] == [160, 210]
    assert picture[2].startswith("data:image/webp;base64,")


def test_an_embedded_picture_has_the_pixels_of_the_stored_one() -> None:
    pixels = np.random.default_rng(0).integers(0, 9, (30, 40, 3), np.uint8)
    stored = io.BytesIO()
    Image.fromarray(pixels).save(stored, "PNG")

    picture = embedded(stored.getvalue())

    assert picture is not None
    shown = Image.open(io.BytesIO(base64.b64decode(picture.url.partition(",")[2])))
    assert np.array_equal(np.asarray(shown.convert("RGB")), pixels)


@pytest.mark.parametrize("data", [b"", b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\n torn"])
def test_bytes_that_are_no_picture_are_not_embedded(data: bytes) -> None:
    assert embedded(data) is None


def test_a_view_goes_to_runs_view_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    dataset(tmp_path / "tries", episode("noop()"))

    assert view(Path("tries")) == Path("runs/view/tries.html")


def test_a_large_view_is_a_folder_with_pages_of_episodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tab: Page
) -> None:
    monkeypatch.setattr("webagents.serving.viewer.packing.PAGE_CHARACTERS", 1)
    folder = dataset(tmp_path / "set", *(episode("click('3')", seed=n) for n in range(7)))

    file = view(folder, tmp_path / "out.html", one_file_bytes=1000)
    again = view(folder, tmp_path / "out.html", one_file_bytes=1000)

    assert file == again == tmp_path / "out" / "index.html"
    assert sorted(path.name for path in (tmp_path / "out" / "pages").iterdir()) == [
        f"{n}.js" for n in range(7)
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "set"]
    show(tab, file, "#miniwob.click-test/5/expert@1")
    assert tab.inner_text("#position") == "end of 1"
    for seed in (4, 3, 2, 1, 0):
        tab.keyboard.press("k")
        arrive(tab, seed)
    assert tab.inner_text("#facts").split()[:3] == ["success", "seed", "0"]


def test_a_view_replaces_nothing_but_a_view(tmp_path: Path) -> None:
    folder = dataset(tmp_path / "set", episode("noop()"))
    (tmp_path / "thesis.html").write_text("mine")
    (tmp_path / "photos").mkdir()

    with pytest.raises(UserError, match=r"thesis\.html is there and is no view"):
        view(folder, tmp_path / "thesis.html")
    with pytest.raises(UserError, match=r"has to be the folder .*photos, which is there"):
        view(folder, tmp_path / "photos.html", one_file_bytes=10)
    with pytest.raises(UserError, match="is within the dataset"):
        view(folder, folder / "view.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos", "set", "thesis.html"]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("nothing", "there is no .*nothing; view takes a dataset's folder"),
        ("set/dataset.json", "is a file; view takes .* such as .*set"),
        (".", "is no dataset and no run; .*there is .*set"),
    ],
)
def test_a_wrong_path_is_told_what_would_be_right(tmp_path: Path, path: str, problem: str) -> None:
    dataset(tmp_path / "set", episode("noop()"))

    with pytest.raises(UserError, match=problem):
        view(tmp_path / path, tmp_path / "out.html")


def test_a_sample_is_even_over_the_tasks_and_spread_over_their_episodes(tmp_path: Path) -> None:
    assert sample({"a": 10, "b": 2, "c": 100}, 12) == {
        "a": {0, 2, 4, 6, 8},
        "b": {0, 1},
        "c": {0, 20, 40, 60, 80},
    }
    assert sample({"a": 2, "b": 2, "c": 2, "d": 2}, 2) == {
        "a": {0},
        "b": set(),
        "c": {0},
        "d": set(),
    }
    assert sample({"a": 3}, None) == {"a": {0, 1, 2}}
    folder = dataset(
        tmp_path / "set",
        *(episode("noop()", task=task, seed=n) for task in ("x", "y") for n in range(4)),
    )

    file = view(folder, tmp_path / "out.html", episodes=4)

    assert [e["id"] for e in index(file)] == [f"{t}/{n}/expert" for t in "xy" for n in (0, 2)]
    with pytest.raises(UserError, match="episodes is at least 1, not 0"):
        view(folder, tmp_path / "out.html", episodes=0)


def test_a_run_is_shown_from_its_lines_as_they_count(tmp_path: Path) -> None:
    first, better = episode("clik", success=False), episode("click('3')", "noop()")
    run = run_of(tmp_path / "run", first, episode("noop()", seed=1), better)
    stolen = tmp_path / "secret-step0.png"
    Image.new("RGB", (3, 3)).save(stolen)
    odd = Outcome.of(episode("noop()", seed=2, text="half \ud83d"))
    line = json.loads(odd.as_line())
    line["screenshots"], line["reward"] = ["../secret-step0.png"], float("nan")
    with (run.path / EPISODES).open("a") as file:
        file.write(json.dumps(line) + "\n" + '{"torn')

    written = view(tmp_path / "run", tmp_path / "out.html")

    assert [(e["seed"], e["steps"], e["reward"]) for e in index(written)] == [
        (1, 1, 1.0),
        (0, 2, 1.0),
        (2, 1, "nan"),
    ]
    page = json.loads(blocks(written)["page-0"])
    pictures = [[m["picture"] for m in e["moments"]] for e in page["episodes"]]
    assert pictures == [[0, 0], [None, 0, 0], [None, None]]


# ------------------------------------------------------------------------- in a browser


def test_steps_and_episodes_are_gone_through_with_the_keyboard(tmp_path: Path, tab: Page) -> None:
    folder = dataset(
        tmp_path / "set",
        episode("fill('3', 'blue')", "mouse_click(80, 40)", "noop()"),
        episode("click('3')", seed=1, text="Press Go.", error="it is covered", success=False),
    )
    show(tab, view(folder, tmp_path / "out.html"))

    assert tab.inner_text("#instruction") == "Click the button."
    assert tab.inner_text("#action .text") == "fill('3', 'blue')"
    assert tab.inner_text(".label") == "“blue”"
    box = tab.locator(".overlay .box")
    assert [box.get_attribute(name) for name in ("x", "y", "width", "height")] == [
        *("20", "100", "60", "30")
    ]
    assert tab.inner_text(".row.hit").startswith('<button ref="3">Go</button>')
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".overlay .ring").get_attribute("cx") == "80"
    assert tab.url.endswith("#miniwob.click-test/0/expert@1")
    tab.keyboard.press("End")
    assert tab.inner_text("#position") == "end of 3"
    tab.keyboard.press("j")
    arrive(tab, 1)
    assert tab.inner_text("#instruction") == "Press Go."
    assert tab.inner_text("#action .error") == "it is covered"
    assert tab.locator(".overlay.failed").count() == 1
    tab.evaluate("location.hash = '#miniwob.click-test/0/expert@2'")
    arrive(tab, 0)
    assert tab.inner_text("#position") == "3 of 3"


def test_the_list_is_filtered_counted_and_sorted(tmp_path: Path, tab: Page) -> None:
    folder = dataset(
        tmp_path / "set",
        episode("noop()", "noop()", text="Click red."),
        episode("noop()", seed=1, text="Click blue.", success=False),
        episode("noop()", task="miniwob.drag-box", text="Drag the box."),
    )
    show(tab, view(folder, tmp_path / "out.html"))

    def listed() -> list[str]:
        return tab.locator(".episode .second").all_inner_texts()

    assert tab.inner_text("#outcomes").split() == ["3", "all", "2", "solved", "1", "failed"]
    tab.select_option("#sort", "steps")
    assert listed() == ["Click blue.", "Drag the box.", "Click red."]
    tab.fill("#search", "CLICK")
    assert listed() == ["Click blue.", "Click red."]
    tab.click("#outcomes .failed")
    assert listed() == ["Click blue."]
    tab.select_option("#task", label="miniwob.drag-box (1)")
    tab.fill("#search", "")
    assert listed() == []
    tab.click("#outcomes .all")
    assert listed() == ["Drag the box."]


def test_hostile_text_is_shown_as_text_and_never_runs(tmp_path: Path, tab: Page) -> None:
    hostile = episode(HOSTILE, f"fill('3', {HOSTILE!r})", text=HOSTILE, error=HOSTILE)
    odd = episode("noop()", seed=1, text="\u202eturned and \x00", picture=False)
    endless = episode("noop()", seed=2, html="<a '" * 3000 + "<!--" + "<b>" * 3000)
    folder = dataset(tmp_path / "set", hostile, odd, endless, source=HOSTILE, title=HOSTILE)

    file = view(folder, tmp_path / "out.html")

    assert HOSTILE not in file.read_text()
    assert file.read_text().count("</script>") == 3
    show(tab, file)
    assert tab.inner_text("#instruction") == HOSTILE
    assert tab.inner_text("#title") == HOSTILE
    assert tab.inner_text("#action .text") == HOSTILE
    assert tab.locator("img").count() == 1
    tab.keyboard.press("ArrowRight")
    assert tab.inner_text(".row.hit").startswith('<button ref="3">')
    tab.keyboard.press("j")
    arrive(tab, 1)
    assert tab.inner_text("#frame") == "No screenshot was kept."
    tab.keyboard.press("j")
    arrive(tab, 2)
    assert tab.locator("#markup .row").count() > 0
    run_of(tmp_path / "run", episode(HOSTILE, text="half \ud83d of a pair"))
    show(tab, view(tmp_path / "run", tmp_path / "run.html"))
    assert tab.inner_text("#instruction").startswith("half ")


def test_what_is_not_known_is_said_and_not_drawn(tmp_path: Path, tab: Page) -> None:
    text_view = '<body ref="1"><button ref="3">Go {}</button></body>'
    folder = dataset(tmp_path / "set", episode("click('3')", "click('99')", html=text_view))
    show(tab, view(folder, tmp_path / "out.html"))

    assert "carries no boxes" in tab.inner_text("#caption")
    assert tab.locator(".overlay .box").count() == 0
    assert tab.locator(".row.hit").count() == 1
    tab.keyboard.press("ArrowRight")
    assert tab.inner_text("#caption") == "This page has no element 99."
    run_of(tmp_path / "run", episode("click('3')", "mouse_click(5, 5)"))
    show(tab, view(tmp_path / "run", tmp_path / "run.html"))
    assert tab.inner_text("#frame") == "No screenshot was kept."
    assert tab.is_hidden("#page")
    tab.keyboard.press("ArrowRight")
    assert tab.locator(".overlay .ring").count() == 1
