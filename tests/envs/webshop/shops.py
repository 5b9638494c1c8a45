"""Small shops in the original's files, for the tests of this folder."""

import json
from pathlib import Path

import pytest

DATA = Path(__file__).parents[4] / "shared" / "data" / "webshop"


def recorded(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here: the comparison with the original was not made")
    return path


def row(asin: str = "B000000001", **fields) -> dict:
    return {
        "asin": asin,
        "name": "Red Shoe",
        "full_description": "A shoe.",
        "small_description": ["Soft.", "Red."],
        "pricing": "$9.50",
        "customization_options": "",
        "images": ["https://img.example.invalid/1.jpg", "https://img.example.invalid/2.jpg"],
        "category": "fashion",
        "query": " Red Shoes ",
        "product_category": "Shoes › Red",
    } | fields


def options(**values: list[str]) -> dict:
    return {name: [{"value": value} for value in given] for name, given in values.items()}


def write_shop(folder: Path, *, products=None, attributes=None, human=None) -> Path:
    """The folder, with the files of a shop; a text or bytes is written as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [row()] if products is None else products
    for name, value in (
        ("items_shuffle.json", rows),
        ("items_ins_v2.json", {} if attributes is None else attributes),
        ("items_human_ins.json", human),
    ):
        if isinstance(value, bytes):
            (folder / name).write_bytes(value)
        elif value is not None:
            text = value if isinstance(value, str) else json.dumps(value)
            (folder / name).write_text(text, encoding="utf-8")
    return folder
