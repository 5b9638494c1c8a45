import subprocess
import sys

import pytest

HEAVY = {"torch", "transformers", "playwright", "selenium", "miniwob", "matplotlib.pyplot"}


@pytest.mark.parametrize(
    "module", ["webagents", "webagents.envs", "webagents.envs.web_env", "webagents.cli"]
)
def test_importing_loads_no_model_or_browser_library_and_says_nothing(module, tmp_path):
    code = f"import sys, {module}; print(sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")
    assert list(tmp_path.iterdir()) == []
