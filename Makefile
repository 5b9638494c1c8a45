# `make help` lists what there is. Everything is installed into .venv, pinned by constraints.txt;
# stamp files in it remember what is done, so that a second run begins at once.

PYTHON ?= python3
TESTS  ?= -n 2
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --disable-pip-version-check install -c constraints.txt
EXTRAS := dev,bench,corpora,datasets,docs,exports,models,planners,ray,selenium,serve,sb3,torchrl,training,trl
LOG    := $(VENV)/install.log
FAILED := { tail -n 12 $(LOG); echo "error: pip failed; $(CURDIR)/$(LOG) has all it said" >&2; exit 1; }
RELEASED := models/pointer-html
POLICY := runs/policy
ROOT   := $(shell [ "$$(id -u)" = 0 ] && command -v apt-get)

.PHONY: help run test test-all test-docker bench policy docs lint venv clean
.DEFAULT_GOAL := help

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | \
		while IFS='|' read -r name text; do printf '%-16s %s\n' "$$name" "$$text"; done

run: $(VENV)/.browser  ## play 20 tasks with scripted experts, 56 with the released policy, write two reports
	@echo "== Playing 20 MiniWoB tasks with the scripted experts, 5 episodes each, in a real browser"
	@$(BIN)/webagents evaluate --policy expert --tasks @experts --episodes 5 --out runs/first
	@echo "== Playing 56 MiniWoB tasks with $(RELEASED), 2 episodes each"
	@$(BIN)/webagents evaluate --policy $(RELEASED) --tasks @webgum56 --episodes 2 --out runs/second
	@echo "== The reports, files to open in a browser: $(CURDIR)/runs/first/report.html, runs/second/report.html"

test: $(VENV)/.test-browser  ## install what the tests need, then run all but the slow ones
	@echo "== Running the tests"
	@$(BIN)/pytest $(TESTS)

test-all: $(VENV)/.test-browser  ## run all the tests, the slow ones too
	@echo "== Running all the tests; this takes long"
	@$(BIN)/pytest $(TESTS) -m "not bench and not docker"

test-docker: $(VENV)/.test-browser  ## build the images and try them; needs Docker, or root on Debian
	@tests/docker/engine $(BIN)/pytest -m docker tests/docker

bench: $(VENV)/.test-browser  ## measure speed; wants an idle machine
	@$(BIN)/python benchmarks/env_speed.py

LEARN := --view visual --actions 10 --batch 64 --window 512 --learning-rate 1e-3 --weight-decay 1e-4 \
	--betas 0.9 0.98 --precision bfloat16 --monitor-every 0 --checkpoint-every 250 --resume
SHOWN := --tasks @webgum56 --view visual --no-screenshots --resume

policy: $(VENV)/.test-browser  ## make the released HTML policy anew: collect, train, judge; some hours, goes on after a stop
	@echo "== Collecting demonstrations of all tasks, and more of hard ones"
	@$(BIN)/webagents collect --policy expert:steady --episodes 300 --seed-start 1000000 $(SHOWN) --out $(POLICY)/all
	@$(BIN)/webagents collect --policy expert:steady --quotas webgum56-hard --seed-start 1100000 $(SHOWN) --out $(POLICY)/hard
	@echo "== Training, first on all tasks alike"
	@$(BIN)/webagents train $(POLICY)/all --model pointer $(LEARN) --warmup-steps 100 --schedule constant --steps 3000 --out $(POLICY)/first
	@echo "== Playing: how well in which task, and what the expert would have done"
	@$(BIN)/webagents evaluate --policy $(POLICY)/first/model --tasks @webgum56 --episodes 5 --seed-start 700000000 --no-screenshots --out $(POLICY)/played
	@$(BIN)/webagents collect --policy dagger:0.5:steady:$(POLICY)/first/model --keep all --quotas webgum56-played --seed-start 600000000 $(SHOWN) --out $(POLICY)/labelled
	@echo "== Training, the more on a task the more often it failed"
	@$(BIN)/webagents train $(POLICY)/all $(POLICY)/hard $(POLICY)/labelled --model $(POLICY)/first/model $(LEARN) \
		--warmup-steps 50 --balance weak --rates $(POLICY)/played/report.json --steps 3800 --out $(POLICY)/second
	@echo "== Once more, with more of what is still hard, and pages told in other ways"
	@$(BIN)/webagents collect --policy expert:steady --quotas webgum56-harder --seed-start 1200000 $(SHOWN) --out $(POLICY)/harder
	@$(BIN)/webagents evaluate --policy $(POLICY)/second/model --tasks @webgum56 --episodes 24 --seed-start 700000000 --no-screenshots --out $(POLICY)/played2
	@[ -f $(POLICY)/clauses/model.safetensors ] || $(BIN)/python -m webagents.training.imitation.clauses model $(POLICY)/second/model $(POLICY)/all --out $(POLICY)/clauses
	@[ -f $(POLICY)/short/dataset.json ] || $(BIN)/python -m webagents.training.imitation.clauses short $(POLICY)/all --out $(POLICY)/short
	@$(BIN)/webagents train $(POLICY)/all $(POLICY)/hard $(POLICY)/labelled $(POLICY)/harder $(POLICY)/short --model $(POLICY)/clauses $(LEARN) \
		--warmup-steps 100 --balance weak --rates $(POLICY)/played2/report.json --augment --learning-rate 8e-4 --steps 8000 --out $(POLICY)/third
	@$(BIN)/python -m webagents.policies.releasing $(POLICY)/third/model $(POLICY)/released
	@$(BIN)/webagents evaluate --policy $(POLICY)/released --tasks @webgum56 --episodes 100 --no-screenshots --out $(POLICY)/judged
	@echo "== The policy: $(CURDIR)/$(POLICY)/released"

docs: $(VENV)/.dev  ## build the documentation site, with a picture of every task where there is a browser
	@$(BIN)/python docs/site $(DOCS)

lint: $(VENV)/.dev  ## check style, types, layers and the Dockerfile
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/hadolint docker/Dockerfile

venv: $(VENV)/.dev  ## make .venv with everything a developer needs, but no browser

clean:  ## remove .venv, caches and build outputs; keeps runs/
	rm -rf $(VENV) .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: Python 3.11 or newer is needed; name one: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { [ -n "$(ROOT)" ] && \
		echo "== Installing python3-venv" && apt-get -qq update && apt-get -qq install -y python3-venv; } || \
		{ echo "error: this Python makes no virtual environments (Debian: python3-venv)" >&2; exit 1; }
	@echo "== Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) hatchling > $(LOG) 2>&1 || $(FAILED)
	@touch $@

$(VENV)/.core: $(VENV)/.made pyproject.toml constraints.txt
	@echo "== Installing the package, what it needs and PyTorch (some minutes)"
	@$(PIP) --no-build-isolation -e '.[models]' > $(LOG) 2>&1 || $(FAILED)
	@touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml constraints.txt
	@echo "== Installing the package, the test tools and PyTorch (some minutes)"
	@$(PIP) --no-build-isolation -e '.[$(EXTRAS)]' > $(LOG) 2>&1 || $(FAILED)
	@touch $@ $(VENV)/.core

$(VENV)/.browser: $(VENV)/.core
	@echo "== Looking for a browser and fonts, installing them if there are none"
	@$(BIN)/webagents doctor --fix
	@touch $@

$(VENV)/.test-browser: $(VENV)/.dev
	@echo "== Looking for a browser, fonts and ChromeDriver, installing them if there are none"
	@$(BIN)/webagents doctor --fix $(if $(ROOT),--selenium)
	@touch $@ $(VENV)/.browser
