"""An evaluation over a Ray cluster gives the report of a local one, also when a node is lost."""

import json
from pathlib import Path

import pytest

from webagents.evaluation.run import EvaluateConfig, evaluate
from webagents.evaluation.spread import Jobs, play_on_ray
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


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("policy", ["expert", str(RELEASED)])
def test_a_node_killed_in_the_middle_changes_nothing(policy: str, tmp_path: Path) -> None:
    ray = pytest.importorskip("ray", reason="the extra ray is not installed")
    from ray.cluster_utils import Cluster

    local = reported(tmp_path / "local", policy)
    made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    try:
        lost = made.add_node(num_cpus=2)
        made.wait_for_nodes()
        ray.init(address=made.address, log_to_driver=False)
        config = EvaluateConfig(policy=policy, tasks=TASKS, out=tmp_path, screenshots=False)
        play = play_on_ray(
            policy, config.language(), workers=4, players=2, options=config.env_options()
        )
        finished = []

        def breaking(jobs):
            for episode in play(jobs):
                finished.append(episode)
                if len(finished) == 15:
                    made.remove_node(lost, allow_graceful=False)
                    made.add_node(num_cpus=2)
                yield episode

        spread = reported(tmp_path / "ray", policy, breaking, engine="ray")
    finally:
        ray.shutdown()
        made.shutdown()
    assert len(finished) == 60
    assert spread == local
