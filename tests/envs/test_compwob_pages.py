"""Folders of pages of the public form, played in place of ours."""

import pytest

from webagents import html
from webagents.envs.launch import launch
from webagents.envs.web_env import WebEnv
from webagents.errors import UserError
from webagents.rollout import Job, rollout
from webagents.types import Decision

# One screen, one genProblem, core files beside the folder: the form of the public pages.
PAGE = """<!DOCTYPE html>
<html><head>
<link rel="stylesheet" type="text/css" href="../core/core.css">
<style> #wrap, #sync-task-cover { height: 300px; width: 160px; } </style>
<script src="../core/core.js"></script>
<script src="../core/d3.v3.min.js"></script>
<script>
core.EPISODE_MAX_TIME = 2000000;
var genProblem = function () {
  var names = core.shuffle(['alpha', 'beta', 'gamma']);
  var linked = false;
  var area = d3.select('#area').html('');
  names.forEach(function (name, index) {
    area.append('span').attr('class', 'alink').html(name)
      .on('click', function () { linked = index === 0; });
    area.append('br');
  });
  area.append('button').html('Next')
    .on('click', function () { core.endEpisode(linked ? 1 : -1, linked); });
  d3.select('#query').html('SENTENCE'.replace('LINK', names[0]));
};
window.onload = function () { core.startEpisode(); };
</script></head>
<body><div id="wrap"><div id="query"></div><div id="area"></div></div></body></html>
"""
FORWARD = 'Click on the link "LINK", and then click on the "Next" button.'
REVERSE = 'Click on the "Next" button, after clicking on the link "LINK".'


@pytest.fixture
def pages(tmp_path):
    folder = tmp_path / "compositional"
    folder.mkdir()
    for name, sentence in (("", FORWARD), ("-reverse", REVERSE)):
        page = PAGE.replace("SENTENCE", sentence)
        (folder / f"click-link_click-button{name}.html").write_text(page)
    (tmp_path / "secret.html").write_text(PAGE)
    return folder


@pytest.fixture(scope="module")
def browser():
    browser = launch("chromium", None)
    yield browser
    browser.close()


@pytest.mark.parametrize(("order", "sentence"), [("", FORWARD), ("-reverse", REVERSE)])
def test_a_task_is_played_on_the_page_of_its_name(browser, pages, order, sentence):
    env = WebEnv(f"compwob.click-link_click-button{order}", browser=browser, pages=str(pages))
    observation, info = env.reset(seed=2)
    page = html.parse(observation["html"])
    link, *_ = [html.text_of(a) for a in html.find_all(page, class_="alink")]
    assert observation["instruction"] == sentence.replace("LINK", link)
    assert observation["url"].endswith(f"/click-link_click-button{order}.html")
    assert observation["screenshot"].shape == (300, 160, 3)
    assert "subtasks" not in info  # a public page does not tell
    env.close()


@pytest.mark.parametrize(("linked", "reward"), [(True, 1), (False, -1)])
def test_its_own_script_judges(browser, pages, linked, reward):
    env = WebEnv("compwob.click-link_click-button", browser=browser, pages=str(pages))
    observation, _ = env.reset(seed=2)
    page = html.parse(observation["html"])
    if linked:
        env.step(f"click('{html.ref_of(html.find(page, class_='alink'))}')")
    _, got, terminated, _, info = env.step(f"click('{html.ref_of(html.find(page, 'button'))}')")
    assert (got, terminated, info["success"]) == (reward, True, linked)
    env.close()


def test_a_rollout_plays_composed_tasks_there_and_others_at_home(pages):
    class Waiting:
        def act(self, episodes):
            return [Decision(action="report_infeasible('no')") for _ in episodes]

    jobs = [Job("compwob.click-link_click-button", 0), Job("miniwob.click-test", 0)]
    played = rollout(jobs, Waiting(), pages=str(pages), screenshots=False)
    found = {episode.task: episode.observation.html.count("alink") for episode in played}
    assert found == {"compwob.click-link_click-button": 3, "miniwob.click-test": 0}


def test_a_page_that_is_not_there_is_told(browser, pages):
    env = WebEnv("compwob.click-option_enter-text", browser=browser, pages=str(pages))
    with pytest.raises(UserError, match=r"there is no click-option_enter-text\.html"):
        env.reset(seed=0)
    env.close()


def test_a_folder_that_is_none_is_told(tmp_path):
    with pytest.raises(UserError, match="is no folder of pages"):
        WebEnv("compwob.click-option_enter-text", pages=str(tmp_path / "nothing"))
