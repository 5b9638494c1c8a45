from __future__ import annotations

from lxml import html

from tests.evaluation.episodes import composed, ended
from webagents.evaluation.compositions import compare
from webagents.evaluation.compositions.plots import drawings
from webagents.evaluation.outcomes import Outcome

PARTS = {"a": ("m.a", "m.b"), "b": ("m.a", "m.b"), "c": ("m.a", "m.b", "m.b"), "d": ("m.b", "m.b")}
SPECS = {
    spec.id: spec
    for name, parts in PARTS.items()
    for spec in (composed(f"c.{name}", *parts), composed(f"c.{name}-reverse", *parts))
}


def played(*, reverse: bool = False, bases: bool = True, depth: int | None = 4) -> list[Outcome]:
    outcomes = [*ended("m.a", [1, 1, 1, 0]), *ended("m.b", [1, 1, 0, 0])] if bases else []
    for number, name in enumerate(PARTS):
        for order in ["", "-reverse"] if reverse else [""]:
            outcomes += ended(
                f"c.{name}{order}",
                [1] * (4 - number) + [0] * number,
                instruction="word " * (number + 1),
                depth=None if depth is None else depth + number % 2,
            )
    return outcomes


def drawn(outcomes: list[Outcome]) -> dict[str, str]:
    found = compare(outcomes, SPECS)
    assert found is not None
    return drawings(found)


def dots(svg: str) -> int:
    """How many dots the plot has; many are uses of one path, few are a path each."""
    collections = "//g[starts-with(@id, 'PathCollection')]//*[self::use or self::path]"
    return len(html.fromstring(svg).xpath(f"{collections}[not(ancestor::defs)]"))


def test_each_plot_has_a_dot_for_each_task() -> None:
    plots = drawn(played())
    assert {name: dots(svg) for name, svg in plots.items()} == {
        "product": 4,
        "parts": 4,
        "words": 4,
        "depth": 4,
    }


def test_both_orders_are_drawn_and_colours_are_the_pages() -> None:
    one, both = drawn(played())["words"], drawn(played(reverse=True))["words"]
    assert (dots(one), dots(both)) == (4, 8)
    assert "var(--solved)" in one
    assert "var(--accent)" not in one
    assert "var(--accent)" in both
    assert "#0102" not in one + both


def test_what_there_is_nothing_to_draw_of_is_left_out() -> None:
    assert drawn(played(bases=False, depth=None)).keys() == {"parts", "words"}
    assert drawn(ended("c.a", [1, 0])) == {}


def test_tasks_on_one_spot_are_one_larger_dot() -> None:
    two = [*ended("m.a", [1, 0]), *ended("m.b", [1, 1]), *ended("c.a", [1, 0])]
    one_spot = [*two, *ended("c.b", [1, 0])]
    assert (dots(drawn(two)["product"]), dots(drawn(one_spot)["product"])) == (1, 1)
    assert drawn(two)["product"] != drawn(one_spot)["product"]
    assert drawn(two)["product"] == drawn(two)["product"]
