"""Hand-made recordings in the layout of MiniWoB++'s human demonstrations."""

import copy
import gzip
import json


def node(tag, ref, *children, box=(0, 0, 100, 20), **known):
    """An element as recorded."""
    left, top, width, height = box
    place = {"left": left, "top": top, "width": width, "height": height}
    known = {"id": "", "classes": "", **known}
    return {"tag": tag, "ref": ref, **place, "children": list(children), **known}


def text(words):
    """A text beside elements."""
    return {"tag": "t", "ref": -1, "left": 0, "top": 0, "width": 1, "height": 1, "text": words}


def page(*elements, **known):
    """A page with these elements in its task area."""
    area = node("DIV", 3, *elements, id="area", box=(0, 50, 160, 160))
    wrap = node("DIV", 2, area, id="wrap", box=(0, 0, 160, 210))
    return node("BODY", 1, wrap, box=(0, 0, 160, 210), **known)


def found(dom, ref):
    """The element of that number."""
    if dom.get("ref") == ref:
        return dom
    below = (found(child, ref) for child in dom.get("children", []))
    return next((each for each in below if each is not None), None)


class Recorder:
    """Records events; `dom` is the page, which tests change as its handlers would have."""

    def __init__(self, *elements):
        self.dom = page(*elements)
        self.states = [{"time": 0, "action": None, "dom": copy.deepcopy(self.dom)}]

    def __getitem__(self, ref):
        return found(self.dom, ref)

    def event(self, kind, ref, *, milliseconds=10, **action):
        """An event at an element, before and after the page's handlers."""
        for timing in (1, 3):
            dom = copy.deepcopy(self.dom)
            target = found(dom, ref)
            if target is not None:
                target["recordingTarget"] = True
            time = self.states[-1]["time"] + (milliseconds if timing == 1 else 0)
            told = {"type": kind, "timing": timing, **action}
            self.states.append({"time": time, "action": told, "dom": dom})

    def press(self, ref, x=5, y=5, *, to=None, milliseconds=100):
        """The mouse button pressed and released."""
        to_x, to_y = to or (x, y)
        self.event("mousedown", ref, milliseconds=milliseconds, x=x, y=y)
        self.event("mouseup", ref, x=to_x, y=to_y)

    def click(self, ref, x=5, y=5, **more):
        """A press and the click it comes to."""
        self.press(ref, x, y, **more)
        to_x, to_y = more.get("to") or (x, y)
        self.event("click", ref, x=to_x, y=to_y)

    def key(self, ref, code, character="", *, held=(), value=None):
        """A key; the value that the field has from then on."""
        for modifier in held:
            self.event("keydown", ref, keyCode=modifier, charCode=0)
        self.event("keydown", ref, keyCode=code, charCode=0)
        if character:
            self.event("keypress", ref, keyCode=ord(character), charCode=ord(character))
        if value is not None:
            self[ref]["value"] = value
        self.event("keyup", ref, keyCode=code, charCode=0)
        for modifier in held:
            self.event("keyup", ref, keyCode=modifier, charCode=0)

    def type(self, ref, words):
        """A text, key by key."""
        for character in words:
            held = (16,) if character.isupper() else ()
            before = self[ref].get("value", "")
            code = ord(character.upper())
            self.key(ref, code, character, held=held, value=before + character)

    def end(self):
        """The end of the episode, which renews the page's numbers."""
        dom = copy.deepcopy(self.dom)
        dom["ref"] = 99
        self.states.append({**self.states[-1], "dom": dom})

    def recorded(self, instruction="Do it.", **more):
        """What the file holds."""
        known = {"taskName": "click-test", "utterance": instruction, "reward": 0.5, "rawReward": 1}
        return {**known, "states": self.states, **more}


def write(path, recorded, *, packed=True):
    """Writes a recording, or any text, as a file."""
    data = recorded if isinstance(recorded, str) else json.dumps(recorded)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data.encode()) if packed else data.encode())
    return path
