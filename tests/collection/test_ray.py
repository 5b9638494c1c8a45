"""A collection over a Ray cluster gives the files of a local one, also when a node is lost."""

from functools import partial

import pytest

from webagents.collection.collect import CollectConfig, collect
from webagents.collection.player import Player
from webagents.crews.ray_crew import RayCrew
from webagents.progress import silent

ray = pytest.importorskip("ray", reason="the extra ray is not installed")

TASKS = "miniwob.click-test-2,miniwob.click-checkboxes,miniwob.login-user"


def collected(out, **settings):
    crew = settings.pop("crew", None)
    config = CollectConfig(
        policy="expert", out=out, tasks=TASKS, episodes=25, **{"workers": 2, **settings}
    )
    collect(config, progress=silent, crew=crew)
    return {path.name: path.read_bytes() for path in out.glob("*.parquet")}


@pytest.fixture
def cluster():
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})  # plays nothing
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
def test_a_node_killed_in_the_middle_is_made_up_for(tmp_path, cluster):
    local = collected(tmp_path / "local")
    playing = cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    ray.init(address=cluster.address, log_to_driver=False)
    played, lost = [], []

    class Crew(RayCrew):
        def hear(self):
            news = super().hear()
            for each in news:
                (lost if each.played is None else played).append(each)
            if len(played) == 20 and not lost:
                cluster.remove_node(playing, allow_graceful=False)
                cluster.add_node(num_cpus=2)
            return news

    spread = collected(
        tmp_path / "ray",
        engine="ray",
        players=2,
        crew=lambda how, size: Crew(partial(Player, how), size),
    )
    assert len(lost) >= 2
    assert spread == local
