"""Sessions are remembered by name, and only so many of them."""

from webagents.envs.webshop.original.sessions import Sessions


def test_a_session_keeps_its_goal_until_it_is_the_oldest_of_too_many():
    sessions = Sessions(limit=2)
    goals = iter({"instruction_text": text} for text in "abcde")
    names = ["1", "2", "1", "3", "1", "2"]
    opened = [sessions.open(name, lambda: next(goals)).instruction for name in names]
    assert (opened, len(sessions)) == (["a", "b", "a", "c", "a", "d"], 2)
