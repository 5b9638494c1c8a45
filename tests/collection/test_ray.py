"""A collection over a Ray cluster gives the files of a local one, also when a node is lost."""

import threading
import time

import pytest

from webagents.collection.collect import CollectConfig, collect
from webagents.collection.ray_crew import RayCrew
from webagents.progress import silent

ray = pytest.importorskip("ray", reason="the extra ray is not installed")

TASKS = "miniwob.click-test-2,miniwob.click-checkboxes,miniwob.login-user"


def collected(out, **settings):
    config = CollectConfig(
        policy="expert", out=out, tasks=TASKS, episodes=25, **{"workers": 2, **settings}
    )
    crew = (settings.get("engine") == "ray" and RayCrew) or None
    collect(config, progress=silent, crew=crew)
    return {path.name: path.read_bytes() for path in out.glob("*.parquet")}


@pytest.fixture
def cluster():
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
def test_a_node_killed_in_the_middle_is_made_up_for(tmp_path, cluster):
    local = collected(tmp_path / "local")
    second = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    ray.init(address=cluster.address, log_to_driver=False)
    path = tmp_path / "ray" / "collection.jsonl"
    killed = threading.Event()

    def kill():
        while not path.exists() or path.read_bytes().count(b"\n") < 20:
            time.sleep(0.05)  # until the collection is under way
        cluster.remove_node(second, allow_graceful=False)
        killed.set()

    threading.Thread(target=kill, daemon=True).start()
    spread = collected(tmp_path / "ray", engine="ray", players=2)
    assert killed.is_set()
    assert spread == local
