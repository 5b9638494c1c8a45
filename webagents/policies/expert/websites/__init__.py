"""Experts for the made-up websites: they plan in words, from the page alone, and then do it.

`moves` holds what a plan is made of, `instructions` reads what is asked for; `homes`, `forum` and
`atlas` say for each site what comes next. `expert` makes decisions of it.
"""

from webagents.policies.expert.websites.expert import SITES, decide, next_move

__all__ = ["SITES", "decide", "next_move"]
