"""Tasks that a user's own class plays, by a folder of the catalogue."""

import pytest

from webagents.envs import catalogue
from webagents.envs.tasks import make_task
from webagents.errors import UserError

TABLE = """
prefix = "own."
source = "me"
{line}
[tags]
click = "something is clicked"
[tasks.button]
page = "button.html"
tags = ["click"]
max_steps = 3
area = [200, 100]
window = [200, 100]
"""
MODULE = """
class Button:
    def __init__(self, spec): self.spec = spec
    def page(self, options): ...
    def url(self, options): ...
    async def start(self, page, seed, options, asked): ...
    def close(self): ...
class Stubborn(Button):
    def __init__(self): ...
"""


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """Puts a folder with that line in its tasks.toml into the catalogue."""

    def into(line):
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "tasks.toml").write_text(TABLE.format(line=line))
        (tmp_path / "owned.py").write_text(MODULE)
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setenv("WEBAGENTS_ENVS", str(tmp_path / "mine"))
        catalogue.everything.cache_clear()

    yield into
    monkeypatch.undo()
    catalogue.everything.cache_clear()


def test_a_task_of_the_catalogue_may_be_played_by_a_class_of_ones_own(listed):
    listed('class = "owned:Button"')
    task = make_task("own.button")
    assert type(task).__name__ == "Button"
    assert (task.spec.id, task.spec.max_steps, task.spec.made_by) == (
        "own.button",
        3,
        "owned:Button",
    )
    assert [spec.id for spec in catalogue.select("@mine")] == ["own.button"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", r"nothing plays own\.button: ids begin with compwob.* \(class = \"module:Class\"\)"),
        ('class = "owned:Nothing"', "'owned:Nothing': module 'owned' has no attribute 'Nothing'"),
        ('class = "nowhere:Button"', "No module named 'nowhere'; Python looks for modules on"),
        ('class = "json:loads"', "'json:loads' is no task's class: it has no page, url, start"),
        ('class = ""', r"nothing plays own\.button"),
        ('class = "owned"', "'owned': module 'owned' has no attribute ''"),
        (
            'class = "owned:Stubborn"',
            "'owned:Stubborn' has to take the task's spec: too many positional",
        ),
        ("class = 3", "class must be a text, not 3"),
    ],
)
def test_a_class_that_is_none_is_told(listed, line, told):
    listed(line)
    with pytest.raises(UserError, match=told):
        make_task("own.button")
