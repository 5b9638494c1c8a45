"""A corpus follows from its inputs and settings; nothing is lost to a kill; it is read in ranks."""

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.data.crawls import deb, lines, page, record, sentence, warc, zipped
from webagents.data.corpora import Corpus, CorpusConfig, build_corpus
from webagents.errors import UserError
from webagents.progress import silent

HOSTS = 30


@pytest.fixture(name="crawl", scope="module")
def _crawl(tmp_path_factory):
    """WARC files, archives and JSON lines of some sites, with junk among them."""
    folder = tmp_path_factory.mktemp("crawl")
    for number in range(4):
        records = [
            record(page(number * 100 + n), url=f"http://www.site{(number + n) % HOSTS}.com/{n}")
            for n in range(60)
        ]
        records.insert(7, record(b"\x00\x01junk" * 50))
        warc(folder / f"crawl-{number}.warc.gz", records)
    deb(folder / "doc_1.0_all.deb", {f"usr/{n}.html": page(1000 + n).encode() for n in range(50)})
    zipped(folder / "kit.zip", {f"{n}.html": page(1010 + n) for n in range(50)})  # 40 of the same
    lines(folder / "more.jsonl", [{"html": page(2000 + n), "url": ""} for n in range(20)])
    return folder


def _config(crawl, out, **settings):
    settings = {"workers": 1, "validation": 0.2, "memory": 4, "subtree": 0, **settings}
    return CorpusConfig(sources=[str(crawl)], out=out, **settings)


def _files(folder):
    """All that a corpus consists of."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "config.json"
    }


@pytest.fixture(name="whole", scope="module")
def _whole(crawl, tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "corpus"
    build_corpus(_config(crawl, out), shard_bytes=100_000)
    return out


def test_a_corpus_tells_what_was_read_and_why_what_was_left_out(whole):
    known = Corpus(whole).known

    assert known["pages"]["read"] == 4 * 61 + 50 + 50 + 20
    assert known["pages"]["left out"] == {"binary": 4}
    assert known["examples"]["left out"] == {"duplicate": 2 * 40}
    assert known["examples"]["kept"] == 2 * (4 * 60 + 50 + 10 + 20)
    assert known["kinds"] == {"label": 320, "page": 320}
    assert known["sources"]["kit"]["examples"] == 20
    assert known["tags"]["label"] == known["tags"]["input"] == 640
    assert known["attributes"]["for"] == 640
    assert sum(split["examples"] for split in known["splits"].values()) == 640
    assert known["characters"]["page"]["max"] >= known["characters"]["page"]["p50"] > 0


def test_rows_say_where_they_are_from(whole):
    rows = list(Corpus(whole))

    assert {row["source"] for row in rows} == {
        *(f"crawl-{n}" for n in range(4)),
        "doc",
        "kit",
        "more",
    }
    assert {row["characters"] - len(row["html"]) for row in rows} == {0}
    assert {(row["source"], row["site"]) for row in rows if row["source"] in ("doc", "more")} == {
        ("doc", "doc"),
        ("more", "more"),
    }
    one = next(row for row in rows if row["url"] == "http://www.site3.com/3")
    assert one["site"] == "site3.com"
    assert one["licence"] == "unknown"


def test_no_site_is_in_two_splits(whole):
    corpus = Corpus(whole)

    sites = {
        split: {row["site"] for row in corpus.rows(split=split)}
        for split in ("train", "validation")
    }

    assert not sites["train"] & sites["validation"]
    assert sites["validation"]
    assert {s: len(found) for s, found in sites.items()} == {
        split: counts["sites"] for split, counts in corpus.known["splits"].items()
    }


def test_the_shards_open_with_datasets(whole, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    datasets = pytest.importorskip("datasets")
    files = {split: str(whole / f"{split}-*.parquet") for split in ("train", "validation")}

    loaded = datasets.load_dataset("parquet", data_files=files, cache_dir=str(tmp_path))

    assert loaded["train"].column_names == [
        *("html", "source", "url", "site", "licence", "kind", "characters")
    ]
    assert [row["html"] for row in loaded["train"]] == [
        row["html"] for row in Corpus(whole).rows(split="train")
    ]


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_nothing(workers, crawl, whole, tmp_path):
    out = tmp_path / "corpus"

    build_corpus(_config(crawl, out, workers=workers), shard_bytes=100_000)

    assert _files(out) == _files(whole)


class _Stop(Exception):
    pass


@pytest.mark.parametrize("stops", [(1,), (4,), (6, 1), (7, 2), (7, 7, 7)])
def test_a_corpus_that_was_stopped_goes_on_and_is_the_same(stops, crawl, whole, tmp_path):
    out = tmp_path / "corpus"
    told = []

    @contextlib.contextmanager
    def stopping(tally):
        told.append(tally.done)
        number = 0

        def tell(_):
            nonlocal number
            number += 1
            if after and number == after:
                raise _Stop

        yield tell

    after = 0
    for stop_after in stops:
        after = stop_after
        with pytest.raises(_Stop):
            build_corpus(
                _config(crawl, out, resume=out.exists()), progress=stopping, shard_bytes=100_000
            )
    after = 0
    build_corpus(_config(crawl, out, resume=True), progress=stopping, shard_bytes=100_000)

    assert _files(out) == _files(whole)
    assert max(told) > 0  # what had been read was not read again


SCRIPT = """
import sys
from pathlib import Path
from webagents.data.corpora import CorpusConfig, build_corpus
if __name__ == "__main__":
    crawl, out, workers = sys.argv[1:]
    build_corpus(
        CorpusConfig(sources=[crawl], out=Path(out), workers=int(workers), validation=0.2,
                     memory=4, subtree=0, resume=True),
        shard_bytes=100_000,
    )
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_a_corpus_that_was_killed_again_and_again_is_the_same(workers, crawl, whole, tmp_path):
    out, script = tmp_path / "corpus", tmp_path / "build.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(crawl), str(out), str(workers)]

    kills = 0
    for tenths in itertools.count(8, 3):
        with subprocess.Popen(command) as process:
            try:
                process.wait(tenths / 10)
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL
        with contextlib.suppress(UserError):  # what can be opened is complete
            assert len(list(Corpus(out))) == len(Corpus(whole))

    assert kills > 2
    assert _files(out) == _files(whole)


def _workers():
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "spawn_main" in " ".join(child.cmdline()):
                yield child


@pytest.mark.slow
def test_a_worker_that_dies_is_replaced_and_its_piece_is_read_again(crawl, whole, tmp_path):
    out = tmp_path / "corpus"
    killed = []

    def kill():
        while not killed:
            for child in _workers():
                os.kill(child.pid, signal.SIGKILL)
                killed.append(child.pid)
                return
            time.sleep(0.01)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    build_corpus(_config(crawl, out, workers=2), shard_bytes=100_000)
    thread.join()

    assert _files(out) == _files(whole)


@pytest.mark.slow
def test_workers_end_with_the_process_that_began_them(tmp_path):  # and not after minutes
    source = lines(tmp_path / "a.jsonl", [{"html": page(n)} for n in range(20_000)])
    for number in range(3):
        (tmp_path / f"{number}.jsonl").write_bytes(source.read_bytes())
    script = tmp_path / "build.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(tmp_path), str(tmp_path / "out"), "2"]

    with subprocess.Popen(command) as process:
        children = []
        while len(children) < 2:
            found = psutil.Process(process.pid).children()
            children = [child for child in found if "spawn_main" in " ".join(child.cmdline())]
        process.kill()

    assert psutil.wait_procs(children, timeout=60)[1] == []


def test_a_complete_corpus_is_not_built_again(crawl, whole):
    before = _files(whole)

    built = build_corpus(_config(crawl, whole, resume=True))

    assert built.known == Corpus(whole).known
    assert _files(whole) == before


def test_other_settings_or_inputs_are_told_on_resuming(crawl, whole, tmp_path):
    with pytest.raises(UserError, match=r"another corpus .*least 200 there, 300 now"):
        build_corpus(_config(crawl, whole, resume=True, least=300))
    other = lines(tmp_path / "a.jsonl", [{"html": page(1)}])
    with pytest.raises(UserError, match=r"another corpus .*inputs"):
        build_corpus(_config(other, whole, resume=True))


def test_a_folder_that_is_taken_is_left_alone(crawl, whole, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(UserError, match="holds no corpus"):
        build_corpus(_config(crawl, tmp_path))
    with pytest.raises(UserError, match="resume it"):
        build_corpus(_config(crawl, whole))


def test_what_is_still_being_built_is_no_corpus(crawl, tmp_path):
    @contextlib.contextmanager
    def stopping(_):
        raise _Stop
        yield

    with pytest.raises(_Stop):
        build_corpus(_config(crawl, tmp_path / "out"), progress=stopping)

    with pytest.raises(UserError, match="still being built"):
        Corpus(tmp_path / "out")


def test_near_duplicates_are_left_out_unless_only_equal_ones_are_to_be(tmp_path):
    rows = [{"html": page(1, 40)}, {"html": page(1, 40).replace("<h1>1", "<h1>one")}]
    source = lines(tmp_path / "a.jsonl", rows)
    kept = {}

    for duplicates in ("near", "exact"):
        out = tmp_path / duplicates
        built = build_corpus(_config(source, out, kinds="page", duplicates=duplicates))
        kept[duplicates] = (built.known["kinds"], built.known["examples"]["left out"])

    assert kept == {"near": ({"page": 1}, {"near duplicate": 1}), "exact": ({"page": 2}, {})}


def test_a_site_gives_no_more_than_its_cap_and_a_larger_cap_takes_the_same_and_more(tmp_path):
    rows = [
        {"html": page(n), "url": f"http://{'large' if n % 10 else 'small'}.com/{n}"}
        for n in range(60)
    ]
    source = lines(tmp_path / "a.jsonl", rows)
    taken = {}

    for cap in (5, 10, 0):
        built = build_corpus(_config(source, tmp_path / str(cap), kinds="page", per_site=cap))
        taken[cap] = {row["url"] for row in Corpus(built.out)}
        assert built.known["examples"]["left out"] == (
            {"over the site's cap": 60 - len(taken[cap])} if cap else {}
        )

    large = {cap: sum("large" in url for url in urls) for cap, urls in taken.items()}
    assert large == {5: 5, 10: 10, 0: 54}
    assert taken[5] < taken[10] < taken[0]
    assert sorted(taken[5]) != sorted(url["url"] for url in rows)[:10]


def test_the_kinds_sizes_and_language_are_as_set(tmp_path):
    rows = [
        {"html": f"<html><body><p>{sentence(1, 4000)}</p><p>a<p>b</body></html>"},
        {"html": page(1)},
        {"html": f"<p>{'Wir haben für Sie das und die Häuser auch. ' * 30}</p><p>a<p>b"},
    ]
    source = lines(tmp_path / "a.jsonl", rows)
    found = {}

    for name, settings in {
        "all": {"language": "any"},
        "windows": {"kinds": "window", "window": 2000, "most": 4000, "windows": 3},
        "labels": {"kinds": "label"},
    }.items():
        built = build_corpus(_config(source, tmp_path / name, **settings))
        found[name] = (built.known["kinds"], built.known["pages"]["left out"])

    assert found == {
        "all": ({"label": 1, "page": 3}, {}),
        "windows": ({"window": 3}, {"other language": 1}),
        "labels": ({"label": 1}, {"other language": 1}),
    }


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_the_validation_split_is_whole_small_sites_of_at_least_half_its_share(share, tmp_path):
    rows = [
        {"html": page(n), "url": f"http://{f'site{n % 30}' if n < 60 else 'large'}.com/{n}"}
        for n in range(160)
    ]
    source = lines(tmp_path / "a.jsonl", rows)

    built = build_corpus(_config(source, tmp_path / "out", kinds="page", validation=share))

    held = {row["site"] for row in Corpus(built.out).rows(split="validation")}
    trained = {row["site"] for row in Corpus(built.out).rows(split="train")}
    assert share / 2 <= built.known["splits"]["validation"]["examples"] / 160 <= share
    assert (held & trained, "large.com" in trained) == (set(), True)


@pytest.mark.parametrize(
    ("sites", "share", "splits"),
    [
        (1, 0.5, {"train": (20, 1)}),
        (2, 0.1, {"train": (20, 2)}),
        (5, 0.1, {"train": (16, 4), "validation": (4, 1)}),
        (5, 0.0, {"train": (20, 5)}),
    ],
)
def test_of_a_few_large_sites_one_validates_if_enough_are_left(sites, share, splits, tmp_path):
    rows = [{"html": page(n), "url": f"http://{n % sites}.com/"} for n in range(20)]
    source = lines(tmp_path / "a.jsonl", rows)

    built = build_corpus(_config(source, tmp_path / "out", kinds="page", validation=share))

    assert built.known["splits"] == {
        split: {"examples": examples, "sites": number}
        for split, (examples, number) in splits.items()
    }


def test_nothing_at_all_is_a_corpus_too(tmp_path):
    source = lines(tmp_path / "a.jsonl", [{"html": ""}])

    built = build_corpus(_config(source, tmp_path / "out"))

    assert built.known["pages"]["left out"] == {"empty": 1}
    assert (len(Corpus(built.out)), list(Corpus(built.out))) == (0, [])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kinds": "label,form"}, "no kind 'form'"),
        ({"kinds": " ,"}, "no kinds of examples; there is label, page, window"),
        ({"language": "tlh"}, "no language 'tlh'"),
        ({"least": 500, "most": 400}, "most is at least 500"),
        ({"window": 50_000}, "subtree and window are at most"),
        ({"validation": 1.0}, "validation is a share"),
        ({"workers": 0}, "workers is at least 1"),
        ({"page_mb": 0}, "page_mb is above 0"),
        ({"duplicates": "all"}, "no duplicates 'all'"),
    ],
)
def test_settings_that_cannot_be_are_told(settings, message):
    with pytest.raises(UserError, match=message):
        CorpusConfig(**{"sources": ["a"], "out": Path("b"), **settings})


def test_an_epoch_over_several_ranks_gives_every_example_once_in_an_order_of_its_own(whole):
    corpus = Corpus(whole)
    streams = [corpus.stream(rank=rank, of=3, columns=("html", "kind")) for rank in range(3)]

    epochs = [[[row["html"] for row in stream] for stream in streams] for _ in range(2)]

    every = sorted(row["html"] for row in corpus.rows(split="train"))
    assert [sorted(itertools.chain(*epoch)) for epoch in epochs] == [every, every]
    assert epochs[0] != epochs[1]


def test_a_stream_goes_on_where_its_state_was_taken(whole):
    stream = Corpus(whole).stream(seed=3)
    rows = (row["html"] for row in stream)
    given = list(itertools.islice(rows, 100))
    state = json.loads(json.dumps(stream.state()))
    rows.close()

    fresh = Corpus(whole).stream(seed=3)
    fresh.resume(state)

    assert [*given, *(row["html"] for row in fresh)] == [
        row["html"] for row in Corpus(whole).stream(seed=3)
    ]


def test_a_stream_may_be_of_some_kinds_alone(whole):
    stream = Corpus(whole).stream(kinds=["label"], columns=("html", "kind"))

    rows = [(row["kind"], row["html"]) for row in stream]

    wanted = Corpus(whole).rows(split="train", kinds=["label"], columns=("kind", "html"))
    assert sorted(rows) == sorted((row["kind"], row["html"]) for row in wanted)
    assert len(stream) == len(rows) > 0


@pytest.mark.parametrize("kinds", [None, ("label",)])
def test_a_stream_may_be_without_some_sources(whole, kinds):
    corpus = Corpus(whole)
    stream = corpus.stream(
        split=None, kinds=kinds, without=("kit", "crawl-0"), columns=("html", "source")
    )

    rows = [(row["source"], row["html"]) for row in stream]

    wanted = [
        (row["source"], row["html"])
        for row in corpus.rows(kinds=kinds)
        if row["source"] not in ("kit", "crawl-0")
    ]
    listed = corpus.rows(kinds=kinds, without=("kit", "crawl-0"), columns=("html",))
    assert sorted(rows) == sorted(wanted)
    assert [row["html"] for row in listed] == [html for _, html in wanted]
    assert {source for source, _ in rows} == {"crawl-1", "crawl-2", "crawl-3", "doc", "more"}


def test_a_source_to_leave_out_that_is_not_there_is_told(whole):
    message = "no source 'kid'; there is crawl-0, crawl-1, crawl-2, crawl-3, doc, kit, more"

    with pytest.raises(UserError, match=message):
        Corpus(whole).stream(without=["kid"])
    with pytest.raises(UserError, match=message):
        list(Corpus(whole).rows(without=["kid"]))


def test_a_stream_of_unknown_columns_is_told(whole):
    with pytest.raises(UserError, match=r"no columns \['text'\]; there is html"):
        Corpus(whole).stream(columns=("text",))


def test_progress_is_told_by_pieces(crawl, tmp_path):
    told = []

    @contextlib.contextmanager
    def telling(tally):
        with silent(tally):
            yield lambda finished: (tally.add(finished), told.append(str(tally)))

    build_corpus(_config(crawl, tmp_path / "out"), progress=telling)

    assert len(told) == 14
    assert "pages/s" in told[0]
    assert "examples/s" in told[-1]
