"""Pages come out of WARC files, archives and folders; what is broken or hostile is counted."""

import gzip
import io
import json
import os
import sys
import tarfile
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import brotli
import pyarrow.parquet as pq
import pytest

from tests.data.crawls import deb, lines, page, record, tar_bytes, warc, zipped
from webagents.data.corpora import CorpusConfig, build_corpus
from webagents.data.corpora.fetching import Download, fetched
from webagents.data.corpora.pages import without_code
from webagents.data.corpora.parts import make_part
from webagents.data.corpora.sources import PIECE_BYTES, inputs_of, pieces_of
from webagents.errors import UserError

FILES = {"doc/a.html": page(1).encode(), "doc/b.htm": page(2).encode(), "doc/c.png": b"\x89PNG"}
RULES = CorpusConfig(sources=["-"], out=Path("-"), page_mb=0.5).rules()


def _read(path, tmp_path, rules=RULES):
    """The examples of an input's kinds by page, and the counts that are not sizes."""
    urls, counts = Counter(), Counter()
    for number, piece in enumerate(pieces_of(inputs_of([path]).inputs)):
        part = tmp_path / f"part-{number}"
        counts += make_part(piece, rules, part)
        urls.update(pq.read_table(part).column("url").to_pylist())
    del counts["bytes"], counts["examples"]
    return dict(urls), dict(counts)


def _folder(path):
    for name, data in FILES.items():
        path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        path.joinpath(name).write_bytes(data)
    path.joinpath("doc/link.html").symlink_to("a.html")
    return path


def _tar(path, mode):
    path.write_bytes(tar_bytes(FILES, mode))
    return path


@pytest.mark.parametrize(
    "make",
    [
        lambda at: _folder(at / "site"),
        lambda at: _tar(at / "site.tar", "w"),
        lambda at: _tar(at / "site.tar.gz", "w:gz"),
        lambda at: _tar(at / "site.tgz", "w:gz"),
        lambda at: _tar(at / "site.tar.xz", "w:xz"),
        lambda at: _tar(at / "site.tar.bz2", "w:bz2"),
        lambda at: zipped(at / "site.zip", FILES),
        lambda at: deb(at / "site_1.0_all.deb", FILES),
        lambda at: deb(at / "site_1.0_all.deb", FILES, mode="w:gz", suffix=".gz"),
        lambda at: deb(at / "site_1.0_all.deb", FILES, mode="w", suffix=""),
    ],
    ids=[
        "folder",
        "tar",
        "tar.gz",
        "tgz",
        "tar.xz",
        "tar.bz2",
        "zip",
        "deb",
        "deb-gz",
        "deb-plain",
    ],
)
def test_the_pages_of_a_folder_or_archive_are_read_in_place(make, tmp_path):
    path = make(tmp_path)

    assert _read(path, tmp_path) == (
        {"doc/a.html": 2, "doc/b.htm": 2},
        {"pages": 2, "pages: not HTML": 1},
    )


def test_a_debian_package_of_zstd_is_read(tmp_path):
    pa = pytest.importorskip("pyarrow")
    plain = tar_bytes(FILES, "w")
    held = pa.BufferOutputStream()
    with pa.CompressedOutputStream(held, "zstd") as stream:
        stream.write(plain)
    path = tmp_path / "site_1.0_all.deb"
    data = held.getvalue().to_pybytes()
    head = f"{'data.tar.zst':<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
    path.write_bytes(b"!<arch>\n" + head + data)

    assert _read(path, tmp_path)[0] == {"doc/a.html": 2, "doc/b.htm": 2}


def test_pages_that_are_compressed_in_an_archive_are_read(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.html.gz": gzip.compress(page(1).encode())})

    assert _read(path, tmp_path) == ({"a.html.gz": 2}, {"pages": 1})


def test_json_lines_are_read_with_their_urls(tmp_path):
    rows = [{"html": page(1), "url": "http://a.com/x"}, {"text": "b"}, {"html": page(2)}, [1]]
    path = lines(tmp_path / "a.jsonl", rows)
    with path.open("a") as file:
        file.write("{broken\n\n")

    assert _read(path, tmp_path) == (
        {"http://a.com/x": 2, "a.jsonl:3": 2},
        {"pages": 2, "pages: not HTML": 2, "pages: unreadable": 1},
    )


def test_an_index_tells_where_the_pages_of_an_archive_are_from(tmp_path):
    index = json.dumps(
        {"html/0.html": {"url": "http://www.a.com/"}, "html/1.html": "http://b.com/"}
    )
    pages = {"data/html/0.html": page(1), "data/html/1.html": page(2), "data/html/2.html": page(3)}
    zipped(tmp_path / "a.zip", {**pages, "data/index.json": index})
    (tmp_path / "a.toml").write_text('[[source]]\npath = "a.zip"\nurls = "data/index.json"\n')

    part = tmp_path / "part"
    make_part(pieces_of(inputs_of([tmp_path / "a.toml"]).inputs)[0], RULES, part)

    rows = pq.read_table(part).to_pylist()
    assert {(row["url"], row["site"]) for row in rows} == {
        ("http://www.a.com/", "a.com"),
        ("http://b.com/", "b.com"),
        ("data/html/2.html", "a"),
    }


def _chunked(data):
    return b"%x;ext=1\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (9, data[:9], len(data) - 9, data[9:])


@pytest.mark.parametrize("compressed", [True, False])
def test_the_answers_in_a_warc_file_are_read(compressed, tmp_path):
    cyrillic = "<meta charset=utf-8>" + page(6)
    zipped_ = gzip.compress(page(3).encode())
    records = [
        record("software: test", kind="warcinfo", http=False, type_="application/warc-fields"),
        record(page(1), url="http://a.com/1"),
        record("GET / HTTP/1.1", kind="request", url="http://a.com/1"),
        record(page(2), url="http://a.com/2", type_="text/html; charset=UTF-8"),
        record(zipped_, url="http://a.com/3", headers="Content-Encoding: gzip\r\n"),
        record(page(4), url="http://a.com/4", headers="Content-Encoding: gzip\r\n"),
        record(
            _chunked(gzip.compress(page(5).encode())),
            url="http://a.com/5",
            headers="Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        ),
        record(cyrillic, url="http://a.com/6", type_="application/xhtml+xml"),
        record("{}", url="http://a.com/7", type_="application/json"),
        record(page(8), url="http://a.com/8", status="404 Not Found"),
        record(page(9), url="http://a.com/9", kind="resource", http=False),
        record(b"\x28\xb5\x2f", url="http://a.com/10", headers="Content-Encoding: zstd\r\n"),
        record(b"\xff\xff", url="http://a.com/12", headers="Content-Encoding: br\r\n"),
        record(
            brotli.compress(page(13).encode()),
            url="http://a.com/13",
            headers="Content-Encoding: br\r\n",
        ),
        record("", url="http://a.com/11"),
    ]
    path = warc(tmp_path / ("a.warc" + ".gz" * compressed), records, compressed=compressed)

    assert _read(path, tmp_path) == (
        {f"http://a.com/{n}": 2 for n in (1, 2, 3, 4, 5, 6, 9, 13)},
        {
            "pages": 9,
            "pages: not HTML": 1,
            "pages: answer of an error": 1,
            "pages: unreadable": 2,
            "pages: empty": 1,
        },
    )


def test_what_comes_before_the_end_of_a_warc_file_that_is_cut_off_is_kept(tmp_path):
    records = [record(page(n), url=f"http://a.com/{n}") for n in range(3)]
    path = warc(tmp_path / "a.warc.gz", records)
    path.write_bytes(path.read_bytes()[:-300])

    pages, counts = _read(path, tmp_path)

    assert pages == {"http://a.com/0": 2, "http://a.com/1": 2}
    assert counts == {"pages": 2, "pages: unreadable": 1}


def _of_length(one, length):
    """A record that says it is of another length than it is."""
    head, _, body = one.partition(b"Content-Length: ")
    return head + b"Content-Length: " + length + body[body.index(b"\r\n") :]


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize(
    "length", [b"10", b"99999", b"99999999999999999999", b"-5", b"many", b""], ids=repr
)
def test_a_warc_record_of_a_wrong_length_costs_no_page_before_it(length, compressed, tmp_path):
    records = [record(page(n), url=f"http://a.com/{n}") for n in range(4)]
    records[2] = _of_length(records[2], length)
    path = warc(tmp_path / ("a.warc" + ".gz" * compressed), records, compressed=compressed)

    pages, counts = _read(path, tmp_path)

    assert {url: pages[url] for url in ("http://a.com/0", "http://a.com/1")} == {
        "http://a.com/0": 2,
        "http://a.com/1": 2,
    }
    assert set(pages) <= {f"http://a.com/{n}" for n in range(4)}
    assert sum(number for name, number in counts.items() if name.startswith("pages: ")) >= 1


def test_a_warc_file_that_is_damaged_is_read_up_to_there(tmp_path):
    records = [record(page(n), url=f"http://a.com/{n}") for n in range(40)]
    path = warc(tmp_path / "a.warc.gz", records)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 9] = b"corrupted"
    path.write_bytes(data)

    pages, counts = _read(path, tmp_path)

    assert 15 < len(pages) < 25
    assert (counts["pages: unreadable"], list(pages)) == (
        1,
        [f"http://a.com/{n}" for n in range(len(pages))],
    )


@pytest.mark.parametrize(
    "name", ["a.warc.gz", "a.warc", "a.tar.gz", "a.tar", "a.tar.xz", "a.zip", "a_1.deb"]
)
@pytest.mark.parametrize(
    "data", [b"", b"\0" * 5000, bytes(range(256)) * 40, b"\x1f\x8b" + b"x" * 99]
)
def test_files_that_are_not_what_they_are_called_are_counted(name, data, tmp_path):
    path = tmp_path / name
    path.write_bytes(data)

    pages, counts = _read(path, tmp_path)

    assert pages == {}
    # Some formats have empty archives: nothing, or NULs.
    assert counts in ({"pages: unreadable": 1}, {})
    assert counts or not data.strip(b"\0")


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar.xz", "a.tar.bz2", "a.zip", "a_1_all.deb"])
def test_archives_that_are_cut_off_are_counted(name, tmp_path):
    files = {f"{n}.html": (page(n) * 20).encode() for n in range(40)}
    path = tmp_path / name
    if name.endswith(".zip"):
        zipped(path, files)
    elif name.endswith(".deb"):
        deb(path, files)
    else:
        path.write_bytes(tar_bytes(files, "w:" + name.rpartition(".")[2]))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    assert _read(path, tmp_path)[1]["pages: unreadable"] == 1


ZEROS = 300_000_000


def _bombs(at):
    zeros = b"\0" * 2**20
    gz = at / "z.gz"
    with gzip.open(gz, "wb", 1) as file:
        for _ in range(ZEROS // len(zeros)):
            file.write(zeros)
    bomb = gz.read_bytes()
    gz.unlink()
    packed = brotli.compress(b"\0" * ZEROS, quality=1)
    warc(at / "brotli.warc.gz", [record(packed, headers="Content-Encoding: br\r\n")])
    warc(at / "payload.warc.gz", [record(bomb, headers="Content-Encoding: gzip\r\n")])
    (at / "header.warc.gz").write_bytes(bomb)
    with zipfile.ZipFile(at / "member.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("a.html", "w") as file:
            for _ in range(ZEROS // len(zeros)):
                file.write(zeros)
        archive.writestr("b.html.gz", bomb)
    (at / "inner.tar").write_bytes(tar_bytes({"a.html.gz": bomb}, "w"))
    # A header that says of itself that it is of 200 MB.
    held = io.BytesIO()
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 200_000_000
    held.write(info.tobuf())
    held.write(b"1" * 200_000_000)
    (at / "pax.tar.gz").write_bytes(gzip.compress(held.getvalue(), 1))
    return sorted(path for path in at.iterdir() if path.is_file())


def test_what_expands_to_hundreds_of_megabytes_is_counted_in_little_memory(tmp_path):
    bombs = tmp_path / "bombs"
    bombs.mkdir()
    found = {}

    for path in _bombs(bombs):
        tracemalloc.start()
        pages, counts = _read(path, tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        found[path.name] = (pages, counts, peak < 30_000_000)

    assert found == {
        "brotli.warc.gz": ({}, {"pages": 1, "pages: huge": 1}, True),
        "header.warc.gz": ({}, {"pages: unreadable": 1}, True),
        "inner.tar": ({}, {"pages": 1, "pages: huge": 1}, True),
        "member.zip": ({}, {"pages": 2, "pages: huge": 2}, True),
        "pax.tar.gz": ({}, {"pages: unreadable": 1}, True),
        "payload.warc.gz": ({}, {"pages": 1, "pages: huge": 1}, True),
    }


HOSTILE = {
    "empty": (b"", "empty"),
    "space": (b" \n" * 100, "empty"),
    "huge": (b"<p>" + b"a" * 600_000, "huge"),
    "picture": (b"\x89PNG\r\n" + b"<p>" * 100, "binary"),
    "noise": (b"<html>" + bytes(range(256)) * 20, "binary"),
    "letters": (b"only letters and 123 numbers " * 20, "no markup"),
    "one": (b"<p>a paragraph is no page, they say</p>", "no markup"),
    "endless": (b"<p>the and of <" + b" ".join(b"a%d" % n for n in range(40_000)), "broken HTML"),
    "frames": (b"<html><frameset><frame src=a></frameset></html>", "no markup"),
    "deep": (b"<div>" * 50_000 + b"x", "nested too deeply"),
    "latin": (b"<meta charset=utf-8><p>" + "é".encode("latin1") * 50, "not Unicode"),
    "german": ("<p>Wir haben für Sie das und die Häuser, und auch nicht</p>" * 5, "other language"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_counted_by_reason(name, tmp_path):
    data, reason = HOSTILE[name]
    path = tmp_path / "a.html"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())

    assert _read(path, tmp_path) == ({}, {"pages": 1, f"pages: {reason}": 1})


@pytest.mark.parametrize(
    "body",
    [
        "<p><b><i></p></b></i></table></td><tr>",
        "<a href='x><b>" * 50,
        "<![CDATA[x]]><!DOCTYPE x [<!ENTITY a 'b'>]>&a;&#0;&#x110000;&#xD800;",
        "<select><option><select><option></table><input><label for=''>",
        "<svg><title><p>x</svg></p><math><mi>x</math>",
        "<p \x00 \x01=\x02 =''\ufffe>\ud800",
        "<label for=a><label for=a><input id=a>" * 300,
        "</body><body></html><p>after</p><html><body><p>again",
        "<p" + " a" * 20_000 + ">",
    ],
)
def test_broken_pages_are_read_as_far_as_they_go(body, tmp_path):
    text = (page(1) + body + page(2)).encode("utf-8", "surrogatepass")
    path = tmp_path / "a.html"
    path.write_bytes(text)

    _, counts = _read(path, tmp_path)

    assert counts["pages"] == 1
    assert sum(n for name, n in counts.items() if name.startswith("pages: ")) <= 1


def test_names_and_addresses_that_are_no_unicode_or_without_end_are_kept_as_far_as_they_go(
    tmp_path,
):
    folder = tmp_path / "all"
    folder.mkdir()
    Path(os.fsdecode(bytes(folder) + b"/\xff.html")).write_text(page(1))
    urls = ["http://a.com/\ud800", "http://a.com/" + "x" * 5000, "http://[::1"]
    lines(folder / "b.jsonl", [{"html": page(n), "url": url} for n, url in enumerate(urls, 2)])
    found = {}

    for one in inputs_of([folder]).inputs:
        found.update(_read(one.path, tmp_path)[0])

    assert found == {
        "?.html": 2,
        "http://a.com/?": 2,
        "http://a.com/" + "x" * 1987: 2,
        "http://[::1": 2,
    }


def test_an_archive_whose_name_is_no_unicode_is_a_source(tmp_path):
    zipped(Path(os.fsdecode(bytes(tmp_path) + b"/\xff.zip")), FILES)

    built = build_corpus(CorpusConfig(sources=[str(tmp_path)], out=tmp_path / "out", workers=1))

    assert list(built.known["sources"]) == ["?"]


@pytest.mark.timeout(60)
def test_pipes_and_links_to_nothing_are_passed_over(tmp_path):
    folder = _folder(tmp_path / "all")
    for name in ("a.warc.gz", "a.html"):
        os.mkfifo(folder / name)
    (folder / "a.zip").symlink_to("nowhere")

    assert [one.name for one in inputs_of([folder]).inputs] == ["all"]
    assert _read(folder, tmp_path)[0] == {"doc/a.html": 2, "doc/b.htm": 2}
    with pytest.raises(UserError, match=r"a\.warc\.gz is no file"):
        inputs_of([folder / "a.warc.gz"])


def test_a_large_input_is_shared_out_and_each_page_read_once(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", {f"{n:03}.html": page(n) for n in range(30)})
    monkeypatch.setattr("webagents.data.corpora.sources.PIECE_BYTES", path.stat().st_size // 3)

    pieces = pieces_of(inputs_of([path]).inputs)

    assert len(pieces) == 4
    assert _read(path, tmp_path) == ({f"{n:03}.html": 2 for n in range(30)}, {"pages": 30})
    assert PIECE_BYTES == 2**26


def test_a_folder_gives_the_archives_in_it_and_its_own_pages(tmp_path):
    folder = _folder(tmp_path / "all")
    warc(folder / "x.warc.gz", [record(page(7))])
    zipped(folder / "doc" / "y.zip", FILES)

    inputs = inputs_of([folder]).inputs

    assert [(one.name, one.container) for one in inputs] == [
        ("all", "folder"),
        ("x", "warc"),
        ("y", "zip"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[source]]\npaht = 'x'", "no key 'paht'"),
        ("[[source]]\npath = 'nowhere/*.warc'", "there is no"),
        ("[[source]]\nlicence = 'MIT'", "one of path, debian, npm and pypi"),
        ("[[source]]\npath = 'a'\nsite = 'host'", "no site 'host'"),
        ("[[source", "cannot be read"),
        ("[[source]]\ndebian = 'rust-doc'", "debian is a list of names, not 'rust-doc'"),
        ("[[source]]\npypi = [3]", r"pypi is a list of names, not \[3\]"),
        ("[[source]]\npath = 3", "path is a text, not 3"),
        ("[[source]]\npath = 'a'\ntemplates = 'no'", "templates is true or false, not 'no'"),
        ("source = 'a'", r"its sources are tables, \[\[source\]\]"),
        ("source = ['a']", r"its sources are tables, \[\[source\]\]"),
    ],
)
def test_a_list_that_is_wrong_is_told(text, message, tmp_path):
    (tmp_path / "a.toml").write_text(text)

    with pytest.raises(UserError, match=message):
        inputs_of([tmp_path / "a.toml"])


@pytest.mark.parametrize(
    ("name", "message"), [("nothing.here", "no source"), ("a.pdf", "nothing that is read")]
)
def test_a_source_that_is_none_is_told(name, message, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF")

    with pytest.raises(UserError, match=message):
        inputs_of([tmp_path / name])


def test_without_its_library_a_warc_file_is_told_and_not_left_out(tmp_path, monkeypatch):
    path = warc(tmp_path / "a.warc.gz", [record(page(1))])
    monkeypatch.setitem(sys.modules, "fastwarc.warc", None)
    monkeypatch.delitem(sys.modules, "webagents.data.corpora.warc", raising=False)

    with pytest.raises(UserError, match=r"pip install 'webagents-gym\[corpora\]'"):
        _read(path, tmp_path)


def test_templates_are_read_without_their_code(tmp_path):
    php = page(1).replace("<h1>", '<?php if ($a > 1) { echo "<u>"; } ?><h1>{{ title }}{% if x %}')
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "a.php").write_text(php)
    (tmp_path / "a.toml").write_text('[[source]]\npath = "app"\ntemplates = true\n')

    part = tmp_path / "part"
    make_part(pieces_of(inputs_of([tmp_path / "a.toml"]).inputs)[0], RULES, part)

    whole = next(row["html"] for row in pq.read_table(part).to_pylist() if row["kind"] == "page")
    assert whole.startswith("<body><h1>1</h1><p>")


@pytest.mark.parametrize(
    ("template", "left"),
    [
        ("a<?php b ?>c<%= d %>e{% f %}g{{ h }}i", "acegi"),
        ("<?xml version='1.0'?><p>", "<?xml version='1.0'?><p>"),
        ("a<?php b", "a"),
        ("a<% b {{ c }}d", "a<% b d"),
        ("a{{{% b %}c", "a{{c"),
        ("a{% b\n %}\n{%c%}", "a\n"),
    ],
)
def test_code_is_taken_out_of_a_template(template, left):
    assert without_code(template) == left


@pytest.mark.timeout(60)
def test_code_without_an_end_is_told_in_linear_time():
    template = "{{" * 500_000 + "<%" * 500_000

    assert without_code(template) == template


def test_the_bundled_list_can_be_read():
    from webagents.data.corpora.sources import listed
    from webagents.resources import content

    sources = listed(content("data", "corpora", "diverse.toml"))

    assert "formasaurus==0.10.0" in sources[0].pypi
    assert all(source.licence for source in sources)


@pytest.mark.parametrize(
    ("registry", "package", "there", "name"),
    [
        ("debian", "python3.11-doc", "python3.11-doc_3.11.2-6_all.deb", "python3.11-doc"),
        ("debian", "groff=1:2-3", "groff_1%3a2-3_all.deb", "groff"),
        ("npm", "@uswds/uswds", "uswds-uswds-3.14.0.tgz", "@uswds/uswds"),
        ("npm", "sb-admin", "sb-admin-7.0.7.tgz", "sb-admin"),
        ("npm", "sb-admin-2", "sb-admin-2-4.1.4.tgz", "sb-admin-2"),
        ("npm", "sb-admin@7.0.7", "sb-admin-7.0.7.tgz", "sb-admin"),
        ("pypi", "django-oscar", "django_oscar-4.2.1-py3-none-any.whl", "django-oscar"),
        ("pypi", "formasaurus==0.10.0", "formasaurus-0.10.0-py2.py3-none-any.whl", "formasaurus"),
    ],
)
def test_a_package_that_is_there_is_not_downloaded_again(registry, package, there, name, tmp_path):
    others = (
        *("python3.11-doc-x_1_all.deb", "groff_1%3a2-31_all.deb", "uswds-1.0.0.tgz"),
        *("sb-admin-2-4.1.4.tgz", "sb-admin-7.0.7.tgz", "formasaurus-0.9.1-py3-none-any.whl"),
    )
    for other in (*others, there):
        (tmp_path / other).touch()

    assert fetched(registry, package, tmp_path) == Download(tmp_path / there, name)
