"""Actions in WebGUM's own form: ``{'action': 'click', 'ref': '6'}``."""

from webagents.actions.action import Action


def webgum_text(action: Action, *, into_empty: bool = False) -> str | None:
    """The action as WebGUM says it, which `parse` reads; None for what it has no words for.

    It clicks on elements with the left button and types into them, nothing else.

    into_empty: whether the action's field is known to hold nothing, where to fill it and to type
        into it are the same.

    Source: Furuta et al. 2024, WebGUM, section 4; of the typed form, which the paper does not
    show, a user's copy in Farama's repository (miniwob-plusplus, issue 86).
    """
    given = action.arguments
    if action == Action(name="click", arguments={"ref": given.get("ref", "1")}):
        return repr({"action": "click", "ref": given["ref"]})
    if action.name == "type" or (action.name == "fill" and into_empty):
        return repr({"action": "type", "ref": given["ref"], "typed_text": given["text"]})
    return None
