"""What readers hold stays as it was, however many pages they have read."""

import ctypes
import subprocess
import sys

import pytest

from webagents.data.corpora.memory import in_a_thread

pytestmark = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library has no call for it"
)

START = """
import psutil
from lxml import etree
from webagents.data.corpora.memory import give_back, in_a_thread

def resident():
    return psutil.Process().memory_info().rss / 1e6

def parse(page):
    return etree.fromstring(page, etree.HTMLParser(encoding="utf-8"))
"""

LARGE = """
before = resident()
large = parse("<p>a<b>c" * 400_000)
small = parse("<p>a<b>c")  # lies behind it
del large
kept = resident()
give_back()
print(before, kept, resident())
"""

NAMES = """
def read(part):
    for number in range(10 * part, 10 * part + 10):
        parse("".join(f"<p nobody-has-such-an-attribute-{number}x{at}=1>" for at in range(10_000)))

def grown(begin, run):
    run(begin)
    give_back()
    before = resident()
    for part in range(begin + 1, begin + 9):
        run(part)
    give_back()
    return resident() - before

print(grown(0, lambda part: in_a_thread(lambda: read(part))), grown(100, read))
"""


def _printed(script):
    ran = subprocess.run(
        [sys.executable, "-c", START + script], capture_output=True, text=True, check=True
    )
    return [float(number) for number in ran.stdout.split()]


def test_what_a_large_page_took_is_given_back():
    before, kept, given_back = _printed(LARGE)

    assert kept - before > 100
    assert given_back - before < 50


@pytest.mark.slow
def test_names_that_pages_make_up_are_forgotten_with_the_thread_that_read_them():
    in_threads, without = _printed(NAMES)

    assert without > 30
    assert in_threads < 15


def test_a_thread_gives_what_its_call_gives_or_raises():
    assert in_a_thread(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        in_a_thread(lambda: 1 / 0)
