"""Imitation: a model learns to say what an expert did, step by step.

::

    folder = imitate(Imitation(data=[Path("demos")], out=Path("runs/imitation"), steps=2000))
    load_policy(str(folder))

    teacher = teacher_of(model, tokenizer, form)
    judged = judge(model, teacher, teacher.steps(Dataset("held-out").demonstrations()))
    accuracy(judged)["miniwob.click-link"].exact

Source: Furuta et al. 2024, WebGUM, section 4 (behaviour cloning of actions as text).
"""

from webagents.training.imitation.imitate import imitate
from webagents.training.imitation.judging import Accuracy, HeldOut, Judged, accuracy, judge
from webagents.training.imitation.lanes import ImitationLane
from webagents.training.imitation.settings import Imitation
from webagents.training.imitation.teachers import teacher_of
from webagents.training.imitation.teaching import Taught, Teacher
from webagents.training.imitation.texts import TextTeacher

__all__ = [
    "Accuracy",
    "HeldOut",
    "Imitation",
    "ImitationLane",
    "Judged",
    "Taught",
    "Teacher",
    "TextTeacher",
    "accuracy",
    "imitate",
    "judge",
    "teacher_of",
]
