"""Imitation: an encoder-decoder learns to say what an expert did, step by step.

::

    folder = imitate(Imitation(data=[Path("demos")], out=Path("runs/imitation"), steps=2000))
    load_policy(str(folder))

    teacher = Teacher(tokenizer, form)
    judged = judge(model, tokenizer, teacher.steps(Dataset("held-out").demonstrations()))
    accuracy(judged)["miniwob.click-link"].exact

Source: Furuta et al. 2024, WebGUM, section 4 (behaviour cloning of actions as text).
"""

from webagents.training.imitation.imitate import imitate
from webagents.training.imitation.judging import Accuracy, HeldOut, Judged, accuracy, judge
from webagents.training.imitation.lanes import ImitationLane
from webagents.training.imitation.settings import Imitation
from webagents.training.imitation.teaching import Taught, Teacher

__all__ = [
    "Accuracy",
    "HeldOut",
    "Imitation",
    "ImitationLane",
    "Judged",
    "Taught",
    "Teacher",
    "accuracy",
    "imitate",
    "judge",
]
