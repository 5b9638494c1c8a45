"""An evaluation over a Ray cluster gives the report of a local one, also when a node is lost."""

import json
import shutil
from pathlib import Path

import pytest

from webagents.errors import UnknownPolicy
from webagents.evaluation import spread
from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.evaluation.spread import Jobs, _judges, play_on_ray
from webagents.progress import silent
from webagents.rollout import Job

TASKS = "miniwob.click-test-2,miniwob.click-checkboxes,miniwob.login-user"
RELEASED = Path(__file__).parents[2] / "models" / "pointer-html"


def test_lost_jobs_are_given_again_before_the_rest() -> None:
    jobs = Jobs([Job("t", seed) for seed in range(4)])
    first, second = jobs.next_job(), jobs.next_job()
    jobs.lost([first, second])
    found = [jobs.next_job() for _ in range(5)]
    assert [job and job.seed for job in found] == [0, 1, 2, 3, None]


def reported(out: Path, policy: str, play=None, **settings) -> dict:
    config = EvaluateConfig(
        policy=policy, tasks=TASKS, out=out, episodes=20, screenshots=False, **settings
    )
    evaluate(config, progress=silent, play=play)
    report = json.loads((out / "report.json").read_text())
    return {key: report[key] for key in ("policy", "tasks", "sets", "episodes", "planned")}


@pytest.fixture
def cluster():
    """Two nodes of one processor, and one that plays nothing."""
    ray = pytest.importorskip("ray", reason="the extra ray is not installed")
    from ray.cluster_utils import Cluster

    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    try:
        for _ in range(2):
            made.add_node(num_cpus=1)
        made.wait_for_nodes()
        ray.init(address=made.address, log_to_driver=False)
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("policy", "deciders"), [("expert", 0), (str(RELEASED), 1)])
def test_a_node_killed_in_the_middle_changes_nothing(
    policy: str, deciders: int, cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ray

    local = reported(tmp_path / "local", policy)
    judges = []

    def judges_kept(*given):
        judges.extend(made := _judges(*given))
        return made

    monkeypatch.setattr(spread, "_judges", judges_kept)
    config = EvaluateConfig(policy=policy, tasks=TASKS, out=tmp_path, screenshots=False)
    play = play_on_ray(
        policy, config.language(), workers=4, players=2, options=config.env_options()
    )
    finished = []

    def breaking(jobs):
        for episode in play(jobs):
            finished.append(episode)
            if len(finished) == 15:  # the node that has the policy, where one has it
                nodes = {node.node_id: node for node in cluster.worker_nodes}
                asked = [judge.__ray_call__.remote(where) for judge in judges]
                lost = ray.get(asked)[0] if asked else next(iter(nodes))
                cluster.remove_node(nodes[lost], allow_graceful=False)
                cluster.add_node(num_cpus=1)
            yield episode

    there = reported(tmp_path / "ray", policy, breaking, engine="ray")
    assert (len(judges), len(finished)) == (deciders, 60)
    assert there == local


def where(_: object) -> str:
    """The node an actor is on."""
    import ray

    return ray.get_runtime_context().get_node_id()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore")
def test_names_of_files_are_of_the_folder_where_the_command_runs(
    cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # the nodes were begun elsewhere
    shutil.copytree(RELEASED, "mine")
    config = EvaluateConfig(policy="mine", tasks=TASKS, out=tmp_path, screenshots=False)
    play = play_on_ray("mine", config.language(), workers=2, deciders=2, options={})
    jobs = [Job("miniwob.click-test-2", seed) for seed in range(4)]
    assert sorted(episode.seed for episode in play(jobs)) == [0, 1, 2, 3]
    Path("gone").mkdir()
    shutil.move("mine/model.safetensors", "gone")
    with pytest.raises(UnknownPolicy, match="mine"):
        list(play(jobs))
