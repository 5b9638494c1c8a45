"""An imported shop is the shop of its files, and an import is whole or not at all."""

import errno
import itertools
import json
import os
import subprocess
import sys

import pytest

from tests.envs.webshop.shops import options, recorded, row, write_shop
from webagents.envs.webshop.catalogue.files import checksum
from webagents.envs.webshop.catalogue.requests import KINDS
from webagents.envs.webshop.importing import import_shop
from webagents.envs.webshop.shop import imported_names, open_shop
from webagents.errors import UserError

ENTRY = {"attributes": ["soft"], "instruction": "Find me", "instruction_attributes": ["soft"]}
HUMAN = {
    asin: [{"instruction": "a", "instruction_attributes": ["b"], "instruction_options": ["c"]}]
    for asin in "AB"
}


def quiet(what: str, done: int, total: int) -> None:
    pass


@pytest.fixture
def folder(tmp_path):
    rows = [
        row("B", pricing="$1 - $2", name="Boot"),
        row("nan"),
        row("A", customization_options=options(size=["s", "l"])),
        row("A"),
    ]
    attributes = {"A": ENTRY, "B": {}}
    return write_shop(tmp_path / "files", products=rows, attributes=attributes, human=HUMAN)


@pytest.fixture(params=["made", "catalog", "real_1000"])
def source(request, folder):
    return folder if request.param == "made" else recorded(request.param)


def test_an_imported_shop_equals_that_of_the_files(source):
    import_shop(source, "imported", quiet)
    for kind, seed in itertools.product(KINDS, (0, 5)):
        one = open_shop(source, goals=kind, price_seed=seed)
        other = open_shop("imported", goals=kind, price_seed=seed)
        assert list(other.goals) == list(one.goals)
        assert list(other.products.items()) == list(one.products.items())
        assert list(other.prices.items()) == list(one.prices.items())
        assert dict(other.dropped) == dict(one.dropped)
        assert other.search("red shoes for women") == one.search("red shoes for women")


def test_what_came_of_an_import_is_told_and_written_down(folder, home):
    imported = import_shop(folder, progress=quiet)
    note = json.loads((home / "webshop" / "files" / "shop.json").read_text())
    dropped = {
        "the asin is 'nan'": 1,
        "the asin was there before": 1,
        "synthetic goals of a product: its entry has no instruction": 1,
    }
    products = folder / "items_shuffle.json"
    assert str(imported).splitlines() == [
        "2 products, 2 human and 2 synthetic goals",
        "left out, synthetic goals of a product: its entry has no instruction: 1",
        "left out, the asin is 'nan': 1",
        "left out, the asin was there before: 1",
        f"shop: files, in {home / 'webshop' / 'files'}",
    ]
    assert (imported.name, imported.folder) == ("files", home / "webshop" / "files")
    assert (imported.products, imported.goals) == (2, {"human": 2, "synthetic": 2})
    assert imported.dropped == note["dropped"] == dropped
    assert (note["products"], note["goals"]) == (2, {"human": 2, "synthetic": 2})
    assert note["sources"]["items_shuffle.json"] == {
        "bytes": products.stat().st_size,
        "sha256": checksum(products),
    }


def test_the_imported_folder_opens_by_its_path_too(folder):
    assert open_shop(import_shop(folder, "x", quiet).folder) is open_shop("x")


def test_progress_is_told(folder):
    told: list[tuple[str, bool]] = []
    import_shop(folder, "x", lambda what, done, total: told.append((what, done <= total)))
    assert all(fits for _, fits in told)
    assert list(dict.fromkeys(what for what, _ in told)) == [
        "reading attributes",
        "reading products",
        "ordering goals",
        "indexing products",
    ]


def test_a_taken_name_is_replaced_only_on_purpose(folder):
    import_shop(folder, "x", quiet)
    before = open_shop("x")
    write_shop(folder, products=[row("C"), row("A")], attributes={"A": ENTRY}, human=HUMAN)
    with pytest.raises(UserError, match="there is a shop 'x' already"):
        import_shop(folder, "x", quiet)
    assert list(open_shop("x").products) == ["B", "A"]
    import_shop(folder, "x", quiet, replace=True)
    assert list(open_shop("x").products) == ["C", "A"]
    # Who had it open goes on with what was there.
    assert before.products["B"]["Title"] == "Boot"


@pytest.mark.parametrize("name", ["", ".hidden", "a/b", "..", "a b"])
def test_a_name_that_is_none_is_refused(folder, name):
    with pytest.raises(UserError, match="is no name of a shop"):
        import_shop(folder, name, quiet)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"products": []}, "holds no products"),
        ({"products": [{"asin": "A"}]}, "holds no usable product (name is missing: 1)"),
        ({"products": json.dumps([row("A"), row("B")])[:-30]}, "is cut short"),
    ],
)
def test_an_import_that_fails_leaves_nothing(tmp_path, home, files, told):
    folder = write_shop(tmp_path / "files", **files)
    with pytest.raises(UserError) as raised:
        import_shop(folder, "x", quiet)
    assert told in str(raised.value)
    assert list((home / "webshop").iterdir()) == []


def test_an_import_that_is_stopped_leaves_nothing_and_can_be_started_again(folder, home):
    def stop(what: str, done: int, total: int) -> None:
        if what == "indexing products":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_shop(folder, "x", stop)
    assert list((home / "webshop").iterdir()) == []
    assert import_shop(folder, "x", quiet).products == 2


def test_what_a_killed_import_left_is_no_shop_and_goes_with_the_next(folder, home):
    code = (
        "import os, sys; from webagents.envs.webshop.importing import import_shop;"
        "import_shop(sys.argv[1], 'x', lambda what, *_: what[0] == 'i' and os.kill(os.getpid(), 9))"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    [left] = (home / "webshop").iterdir()
    assert (killed.returncode, imported_names()) == (-9, [])
    import_shop(folder, "x", quiet)
    assert (left.exists(), imported_names()) == (False, ["x"])


def test_a_full_disk_is_told(folder):
    def fill(what: str, done: int, total: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(UserError, match="no room left on the disk"):
        import_shop(folder, "x", fill)


def test_an_import_of_another_version_has_to_be_made_again(folder):
    note = import_shop(folder, "x", quiet).folder / "shop.json"
    note.write_text(note.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(UserError, match=r"another version \(format 99, not 1\); import"):
        open_shop("x")


@pytest.mark.parametrize("name", ["products.json", "human-order.npy", "shop.json"])
def test_an_imported_shop_that_was_cut_has_to_be_imported_again(folder, name):
    path = import_shop(folder, "x", quiet).folder / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(UserError, match="import the shop again"):
        open_shop("x")


def test_an_imported_folder_is_not_imported_again(folder):
    imported = import_shop(folder, "x", quiet)
    with pytest.raises(UserError, match="was imported already"):
        import_shop(imported.folder, "y", quiet)
