"""A collection gives one dataset for one set of settings, however it was played or cut off."""

import functools

import pytest

from tests.collection.crews import ScriptedCrew, succeeds
from webagents.collection.collect import CollectConfig, collect
from webagents.collection.player import Playing
from webagents.data import Dataset
from webagents.errors import MachineError, UserError
from webagents.progress import silent
from webagents.rollout import Job

TASKS = "miniwob.click-test,miniwob.click-tab-2,miniwob.choose-date"


def collected(out, *, crew=ScriptedCrew, **settings):
    config = CollectConfig(policy="expert", out=out, **{"tasks": TASKS, "episodes": 7, **settings})
    return collect(config, progress=silent, crew=crew, shard_bytes=8000)


def files(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix == ".parquet"} | {
        "card": (folder / "card.md").read_text()
    }


def chaotic(seed, **chaos):
    return functools.partial(ScriptedCrew, seed=seed, **chaos)


def test_the_first_successful_seeds_of_each_task_are_kept_in_order(tmp_path):
    result = collected(tmp_path / "set")
    demos = list(Dataset(tmp_path / "set"))
    expected = [
        (task, seed)
        for task in TASKS.split(",")
        for seed in [s for s in range(50) if succeeds(Job(task, s))][:7]
    ]
    assert len(files(tmp_path / "set")) > 2  # several shards
    assert [(d.episode.task, d.episode.seed) for d in demos] == expected
    assert {n["kept"] for n in result.tasks.values()} == {7}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("workers", [1, 9])
def test_the_files_do_not_depend_on_who_plays_or_in_what_order(tmp_path, seed, workers):
    collected(tmp_path / "plain")
    collected(
        tmp_path / "other", crew=chaotic(seed, void=0.05, lost=0.02), workers=workers, players=3
    )
    assert files(tmp_path / "plain") == files(tmp_path / "other")


@pytest.mark.parametrize("seed", range(10))
def test_a_collection_stopped_again_and_again_gives_the_files_of_one_that_was_not(tmp_path, seed):
    collected(tmp_path / "plain")
    for session in range(100):
        crew = chaotic(seed * 100 + session, stop_after=1 + (seed + session) % 5)
        try:
            collected(tmp_path / "set", crew=crew, resume=session > 0)
        except KeyboardInterrupt:
            continue
        break
    assert session > 4
    assert files(tmp_path / "plain") == files(tmp_path / "set")
    assert not list((tmp_path / "set").glob("journal*"))


def test_what_an_interrupted_collection_has_is_enough_for_a_dataset(tmp_path):
    collected(tmp_path / "plain")
    with pytest.raises(KeyboardInterrupt):
        collected(tmp_path / "set", crew=chaotic(3, stop_after=9))
    with pytest.raises(UserError, match=r"still being written.* --enough"):
        Dataset(tmp_path / "set")
    kept = collected(tmp_path / "set", crew=None.__class__, enough=True)  # no crew is made
    some = {demonstration.id for demonstration in Dataset(tmp_path / "set")}
    assert len(some) == sum(n["kept"] for n in kept.tasks.values()) > 0
    collected(tmp_path / "set", resume=True)
    every = {demonstration.id for demonstration in Dataset(tmp_path / "plain")}
    assert some < {demonstration.id for demonstration in Dataset(tmp_path / "set")} == every
    before = files(tmp_path / "plain")
    collected(tmp_path / "plain", crew=None.__class__, enough=True)
    assert files(tmp_path / "plain") == before, "what is complete stays as it is"


def test_enough_of_nothing_is_told(tmp_path):
    with pytest.raises(UserError, match="no collection that was begun"):
        collected(tmp_path / "set", enough=True)
    assert not (tmp_path / "set").exists()


def test_a_finished_collection_is_left_as_it_is(tmp_path):
    collected(tmp_path / "set")
    before = files(tmp_path / "set")
    collected(tmp_path / "set", crew=None.__class__, resume=True)  # no crew is made
    assert files(tmp_path / "set") == before


def test_failed_episodes_are_kept_where_that_is_asked_for(tmp_path):
    collected(tmp_path / "set", keep="all")
    successes = [d.episode.success for d in Dataset(tmp_path / "set")]
    assert successes == [
        succeeds(Job(task, seed)) for task in TASKS.split(",") for seed in range(7)
    ]
    assert not all(successes)


def test_an_episode_that_stays_void_is_told_and_played_on_resuming(tmp_path):
    collected(tmp_path / "plain")
    result = collected(tmp_path / "set", crew=chaotic(1, void=0.6))
    assert result.void > 0
    with pytest.raises(UserError, match="still being written"):
        Dataset(tmp_path / "set")
    collected(tmp_path / "set", resume=True)
    assert files(tmp_path / "plain") == files(tmp_path / "set")


def test_players_that_cannot_stay_alive_end_the_collection(tmp_path):
    with pytest.raises(MachineError, match="5 players ended unexpectedly"):
        collected(tmp_path / "set", crew=chaotic(0, lost=1.0))


def test_a_folder_that_holds_something_is_not_written_to(tmp_path):
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(UserError, match=r"not empty and holds no dataset \(it has \['thesis"):
        collected(tmp_path)
    collected(tmp_path / "set")
    with pytest.raises(UserError, match="holds a dataset already; resume it"):
        collected(tmp_path / "set")
    with pytest.raises(UserError, match=r"holds another collection .*episodes 7 there, 8 now"):
        collected(tmp_path / "set", episodes=8, resume=True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tasks": None}, "nothing to play: give --tasks, or --quotas"),
        ({"episodes": 0}, "episodes is at least 1, not 0"),
        ({"engine": "spark"}, "no engine 'spark'; there is local, ray"),
        ({"view": "smell"}, "view='smell' is not one of"),
        ({"scale": -1.0}, "scale is above 0"),
        ({"tasks": "miniwob.hover-shape"}, "no expert for the task 'miniwob.hover-shape'"),
        ({"quotas": "webgum"}, "no quotas 'webgum'; there is webgum347k"),
    ],
)
def test_settings_that_cannot_be_are_told(tmp_path, settings, message):
    with pytest.raises(UserError, match=message):
        collected(tmp_path / "set", **settings)
    assert not (tmp_path / "set").exists()


def test_quotas_are_taken_from_a_table_and_scaled(tmp_path):
    config = CollectConfig(policy="expert", out=tmp_path, quotas="webgum347k", scale=0.001)
    wanted = config.wanted()
    assert (wanted["miniwob.book-flight"], wanted["miniwob.social-media-all"]) == (10, 1)
    assert "miniwob.click-shades" not in wanted
    table = tmp_path / "mine.toml"
    table.write_text('"miniwob.click-test" = 3\n"miniwob.login-user" = 2\n')
    config = CollectConfig(policy="expert", out=tmp_path, quotas=str(table))
    assert config.wanted() == {"miniwob.click-test": 3, "miniwob.login-user": 2}


def test_the_pages_are_spread_over_the_players():
    config = CollectConfig(policy="expert", out="x", tasks="a", workers=10)
    assert config.number_of_players == 5
    assert config.playing() == Playing(
        policy="expert",
        source="expert",
        pages=2,
        play={"screenshots": True, "view": "text", "goals": "human", "split": "train"},
    )


def test_what_cannot_be_played_leaves_no_dataset_behind(tmp_path):
    shop = tmp_path / "no shop"
    with pytest.raises(UserError, match="no shop"):
        collect(
            CollectConfig(
                policy="random", tasks="webshop-text", shop=str(shop), out=tmp_path / "set"
            )
        )
    assert not (tmp_path / "set").exists()
