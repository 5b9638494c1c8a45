"""The scripted double plays whole environments, and breaks where it is told to."""

import numpy as np
import pytest

from webagents.browsers.scripted import Move, Scene, ScriptedBrowser
from webagents.envs.web_env import WebEnv
from webagents.errors import BrowserDied, MachineError, PageHung, PageLoadError, UserError


def state(raw=0.0, done=False):
    words = "Click yes."
    return {"ready": True, "done": done, "raw": raw, "original": raw, "utterance": words}


SCENES = {
    "ask": Scene("<button>yes</button><button>no</button>", state()),
    "right": Scene("<p>Thank you.</p>", state(1.0, done=True)),
}
MOVES = {("ask", "click('2')"): "right", ("ask", "click('3')"): Move("ask", "not now")}


def env_on(browser, **options):
    return WebEnv("miniwob.click-test", browser=browser, **options)


def test_the_example_of_its_documentation():
    env = env_on(ScriptedBrowser(SCENES, MOVES))
    first, _ = env.reset(seed=0)
    refused = env.step("click('3')")
    observation, reward, terminated, truncated, info = env.step("click('2')")
    env.close()
    assert first["html"] == (
        '<body ref="1"><button ref="2">yes</button><button ref="3">no</button></body>'
    )
    assert first["instruction"] == "Click yes."
    assert (refused[0]["error"], refused[1:4]) == ("not now", (0.0, False, False))
    assert (reward, terminated, truncated, info["success"]) == (1.0, True, False, True)
    assert observation["html"] == '<body ref="1"><p ref="4">Thank you.</p></body>'


def test_mistakes_are_told_as_a_real_page_tells_them():
    env = env_on(
        ScriptedBrowser(
            {**SCENES, "later": Scene("<i>x</i>", state())}, {("ask", "noop(5)"): "later"}
        )
    )
    env.reset(seed=0)
    told = [
        env.step(text)[0]["error"]
        for text in ("click('9')", "search('x')", "noop(5)", "click('2')")
    ]
    env.close()
    assert told == [
        "no element has ref 9; the page's refs go up to 3",
        "search does not apply here",
        "",
        "ref 2 is stale: its element has left the page",
    ]


def test_refs_stay_with_elements_of_the_same_id_and_start_again_with_reset():
    scenes = {
        "one": Scene(
            '<!-- c --><script>x</script><p id="p">a  &amp; b</p><input id="i" value="">', state()
        ),
        "two": Scene('<hr><input id="i" value="&quot;"><p id="p" hidden>no</p><b>new</b>', state()),
    }
    env = env_on(ScriptedBrowser(scenes, lambda scene, action: "two"))
    first = env.reset(seed=0)[0]["html"]
    second = env.step("noop()")[0]["html"]
    again = env.reset(seed=0)[0]["html"]
    env.close()
    assert (
        first
        == again
        == '<body ref="1"><p ref="2" id="p">a &amp; b</p><input ref="3" id="i" value></body>'
    )
    assert second == (
        '<body ref="1"><hr ref="4"><input ref="3" id="i" value="&quot;"><b ref="5">new</b></body>'
    )


def test_two_runs_are_equal_and_pages_are_told_apart_by_their_pictures():
    def played():
        env = env_on(ScriptedBrowser(SCENES, MOVES))
        seen = [env.reset(seed=0)[0], env.step("noop(30)")[0], env.step("click('2')")[0]]
        env.close()
        return [one["screenshot"] for one in seen]

    one, other = played(), played()
    assert [np.array_equal(a, b) for a, b in zip(one, other, strict=True)] == [True] * 3
    assert (one[0].shape, one[0].dtype, np.array_equal(one[0], one[2])) == (
        (210, 160, 3),
        np.uint8,
        False,
    )


def test_the_page_s_clock_and_scripts_are_scripted_too():
    browser = ScriptedBrowser(SCENES, MOVES, answer=lambda script: len(script))
    env = env_on(browser)
    env.reset(seed=7)
    info = env.step("noop(300)")[4]
    env.close()
    assert info["time_ms"] == 300.0
    opened, started, acted = browser.log
    assert (opened, started[:22], acted) == (
        "open http://miniwob.test/miniwob/click-test.html",
        "run Math.seedrandom(7)",
        "noop(300)",
    )


@pytest.mark.parametrize("fault", [BrowserDied("x"), PageHung("x"), PageLoadError("x")])
def test_faults_come_at_their_step_and_void_the_episode(fault):
    env = env_on(ScriptedBrowser(SCENES, MOVES, faults={("step", 2): fault}))
    env.reset(seed=0)
    env.step("noop()")
    with pytest.raises(type(fault)):
        env.step("noop()")
    with pytest.raises(UserError):
        env.step("noop()")
    if isinstance(fault, PageLoadError):
        env.reset(seed=0)
        assert env.step("click('2')")[1] == 1.0
    else:  # the shared browser is gone, as a real one would be
        with pytest.raises(MachineError):
            env.reset(seed=0)
    env.close()


def test_a_document_may_fail_to_load_once():
    env = env_on(ScriptedBrowser(SCENES, MOVES, faults={("open", 1): PageLoadError("no answer")}))
    with pytest.raises(PageLoadError, match="no answer"):
        env.reset(seed=0)
    env.reset(seed=0)
    env.close()


def test_a_script_that_leads_nowhere_is_refused():
    with pytest.raises(UserError, match="no scene 'rihgt'; the scenes are ask, right"):
        ScriptedBrowser(SCENES, {("ask", "click('2')"): "rihgt"})
