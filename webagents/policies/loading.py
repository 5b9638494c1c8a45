"""Policies by name: what ``--policy`` takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from webagents.errors import UnknownPolicy, UserError, clipped
from webagents.planners.settings import LanguageSettings
from webagents.resources import content, named_object
from webagents.types import Policy

RELEASED = "models/"
"""What the names of released checkpoints begin with: where they are in a checkout."""

NO_MODEL = LanguageSettings()


def _expert(variant: str, _: LanguageSettings = NO_MODEL) -> Policy:
    from webagents.policies.expert import STEADY, ExpertPolicy

    if variant == "steady":
        return ExpertPolicy(STEADY)
    if variant and not variant.isdecimal():
        raise UnknownPolicy(
            f'expert:{clipped(variant)}: a variant is a whole number from 0, or "steady"'
        )
    return ExpertPolicy(int(variant or 0))


def _dagger(rest: str, language: LanguageSettings) -> Policy:
    from webagents.policies.dagger import DaggerPolicy

    first, _, following = rest.partition(":")
    try:
        beta = float(first)
    except ValueError:
        return DaggerPolicy(load_policy(rest, language), expert=_expert(""))
    second, _, policy = following.partition(":")
    if second != "steady" and not second.isdecimal():
        second, policy = "", following
    return DaggerPolicy(load_policy(policy, language), beta, expert=_expert(second))


def _random(nothing: str, _: LanguageSettings) -> Policy:
    from webagents.policies.random import RandomPolicy

    if nothing:
        raise UnknownPolicy(f"random:{clipped(nothing)}: the random policy takes nothing more")
    return RandomPolicy()


def _perturbed(rest: str, language: LanguageSettings) -> Policy:
    from webagents.policies.perturbed import PerturbedPolicy

    first, _, policy = rest.partition(":")
    try:
        rate = float(first)
    except ValueError:
        return PerturbedPolicy(load_policy(rest, language))
    return PerturbedPolicy(load_policy(policy, language), rate)


def _white(policy: str, language: LanguageSettings) -> Policy:
    from webagents.policies.white import WhitePolicy

    if not policy:
        raise UnknownPolicy("white: whom? give white:POLICY, such as a checkpoint's folder")
    return WhitePolicy(load_policy(policy, language))


def _disturbed(rest: str, language: LanguageSettings) -> Policy:
    from webagents.policies.disturbed import DISTURBANCES, DisturbedPolicy

    disturbance, _, policy = rest.partition(":")
    if not policy:
        raise UnknownPolicy(
            "disturbed: how, and whom? give disturbed:DISTURBANCE:POLICY, with a disturbance of "
            + ", ".join(DISTURBANCES)
        )
    return DisturbedPolicy(load_policy(policy, language), disturbance)


def _replay(path: str, _: LanguageSettings) -> Policy:
    from webagents.policies.replay import ReplayPolicy

    if not path:
        raise UnknownPolicy("replay: of what? give replay:PATH, a dataset or a run")
    return ReplayPolicy.read(Path(path))


def _checkpoint(folder: Path) -> Policy:
    try:
        from webagents.policies.checkpoints import read_policy
    except ImportError as error:
        raise UnknownPolicy(
            f"a checkpoint, as {clipped(str(folder))}, needs the extra models ({error}); "
            "install it with: pip install 'webagents-gym[models]'"
        ) from error

    return read_policy(folder)


def _webshop_rule(nothing: str, _: LanguageSettings) -> Policy:
    from webagents.policies.shop import RulePolicy

    if nothing:
        raise UnknownPolicy(f"webshop-rule:{clipped(nothing)}: the rule takes nothing more")
    return RulePolicy()


def _labelled(policy: str, language: LanguageSettings) -> Policy:
    from webagents.policies.planned.labelled import LabelledPolicy

    if not policy:
        raise UnknownPolicy("labelled: whom? give labelled:webagent:ROW:PLANNER,WRITER")
    return LabelledPolicy(load_policy(policy, language))


def _planned(rest: str, language: LanguageSettings) -> Policy:
    try:
        from webagents.policies.planned import read_planned
    except ImportError as error:
        raise UnknownPolicy(
            f"llm:{clipped(rest)} needs the extra planners ({error}); install it with: "
            "pip install 'webagents-gym[planners]'"
        ) from error

    return read_planned(rest or "zero-shot", language)


def _webagent(rest: str, language: LanguageSettings) -> Policy:
    try:
        from webagents.policies.planned.webagent import read_webagent
    except ImportError as error:
        raise UnknownPolicy(
            f"webagent:{clipped(rest)} needs the extras planners and models ({error}); install "
            "them with: pip install 'webagents-gym[models,planners]'"
        ) from error

    return read_webagent(rest, language)


POLICIES: Mapping[str, Callable[[str, LanguageSettings], Policy]] = {
    "dagger": _dagger,
    "disturbed": _disturbed,
    "expert": _expert,
    "labelled": _labelled,
    "llm": _planned,
    "perturbed": _perturbed,
    "random": _random,
    "replay": _replay,
    "webagent": _webagent,
    "webshop-rule": _webshop_rule,
    "white": _white,
}
"""Policies by the word before the colon; what follows it is handed to them."""


def load_policy(name: str, language: LanguageSettings = NO_MODEL) -> Policy:
    """The policy of that name.

    ``expert`` and ``expert:VARIANT`` (another order where any will do),
    ``expert:steady`` (the same order in all episodes), ``random``,
    ``replay:PATH``, ``perturbed:POLICY`` and ``perturbed:RATE:POLICY`` (with mistakes in between),
    ``dagger:POLICY``, ``dagger:BETA:POLICY`` and ``dagger:BETA:VARIANT:POLICY`` (with the action of
    that expert noted at every step, and played at a share of them), ``webshop-rule`` (WebShop's
    baseline), ``white:POLICY`` (shown white screenshots), ``disturbed:DISTURBANCE:POLICY`` (shown
    disturbed pages), ``llm:METHOD`` (a language model's; see `planned.read_planned`),
    ``webagent:ROW:PLANNER,WRITER`` (WebAgent's; see `planned.webagent.read_webagent`),
    ``labelled:POLICY`` (with what should have been planned noted where programs begin), the
    folder of a trained policy's checkpoint (``./expert`` for one of a name that is taken),
    ``models/NAME`` (a released one, wherever this is run), ``module:Class``.

    language: the language model that ``llm:METHOD`` asks, or that writes for ``webagent``, and how;
        others have no use for it.

    Raises:
        UnknownPolicy: there is none, or it cannot be loaded; or it asks no language model, and one
            is given.
    """
    word, colon, rest = name.partition(":")
    if (changed := language.changed()) and not {"llm", "webagent"} & set(name.split(":")):
        raise UnknownPolicy(
            f"{clipped(name)} asks no language model, but there is {', '.join(changed)}; "
            "name llm:METHOD or webagent as the policy, such as llm:program, or leave that out"
        )
    make = POLICIES.get(word)
    if make is not None:
        return make(rest, language)
    if (folder := checkpoint_folder(name)) is not None:
        return _checkpoint(folder)
    if colon and rest.isidentifier():
        return _from_module(name)
    known = (
        "expert, random, replay:PATH, perturbed:POLICY, dagger:POLICY, webshop-rule, white:POLICY, "
        "disturbed:DISTURBANCE:POLICY, llm:METHOD, webagent:ROW:PLANNER,WRITER, labelled:POLICY, "
        f"a checkpoint's folder, {', '.join(released())}, module:Class"
    )
    raise UnknownPolicy(f"no policy {clipped(name)}; the policies are {known}")


def released() -> list[str]:
    """The names of the released checkpoints."""
    return sorted(f"{RELEASED}{one.parent.name}" for one in content("models").glob("*/prompt.json"))


def checkpoint_folder(name: str) -> Path | None:
    """The folder of that name: the user's own, else a released checkpoint's."""
    if Path(name).is_dir():
        return Path(name)
    return content(name) if name in released() else None


def _from_module(name: str) -> Policy:
    try:
        made = named_object(name)
    except UserError as error:
        raise UnknownPolicy(f"no policy: {error}") from error
    policy = made() if isinstance(made, type) else made
    if not isinstance(policy, Policy):
        raise UnknownPolicy(f"{clipped(name)} is no policy: it has no act(episodes)")
    return policy
