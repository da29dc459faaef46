# Two commands matter: `make run` (the whole product) and `make test` (everything that must hold).
#
# A step that is done leaves a stamp in .venv/ named after the content of what it was done from (and of this folder's
# path, for environments cannot be moved): it is skipped until that content changes, whatever the files' dates say.

.DEFAULT_GOAL := help
.NOTPARALLEL:
SHELL := /bin/sh
export OMP_NUM_THREADS ?= 1
export TF_NUM_INTRAOP_THREADS ?= 1
export TF_NUM_INTEROP_THREADS ?= 1
export RASA_TELEMETRY_ENABLED := false
export PYTHONUTF8 := 1

UV := .venv/tools/bin/uv
BOT := .venv/bot/bin/python
BACKEND := .venv/backend/bin/python
ANFU := .venv/backend/bin/anfu
STEP := .ci/step

# $(call stamp,NAME,FILES): the stamp of a step made from FILES
stamp = .venv/$(1)-$(shell { pwd; cat $(2) /dev/null; } | cksum | tr ' ' '-').stamp
# $(call done,NAME): the recipe's last line, forgets older stamps of the step and leaves the new one
done = rm -f .venv/$(1)-*.stamp && touch $@

BOT_READY := $(call stamp,bot,requirements/bot.txt)
BACKEND_READY := $(call stamp,backend,requirements/backend.txt requirements/dev.txt pyproject.toml)

.PHONY: help setup run test check format train bench lock assets browser clean \
	test-backend test-bot check-style check-types check-layers check-dialogue

help: ## what there is to ask for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(BOT_READY) $(BACKEND_READY) assets browser ## both environments, the front-end assets, a browser for the tests

run: $(BOT_READY) $(BACKEND_READY) assets ## start everything and print the addresses; ARGS=--demo fills in a demonstration
	@exec $(ANFU) up $(ARGS)

test: setup test-backend test-bot ## everything that must hold, the walk in a real browser included

check: $(BOT_READY) $(BACKEND_READY) check-style check-types check-layers check-dialogue ## style, types, layers, dialogue data

format: $(BACKEND_READY) ## let ruff mend what it can: order of imports, spelling of types, layout
	@$(BACKEND) -m ruff check --quiet --fix . ; $(BACKEND) -m ruff format .

train: $(BOT_READY) $(BACKEND_READY) ## train the reader and the bot if what they learn from has changed; ARGS=--force
	@exec $(ANFU) train $(ARGS)

bench: $(BOT_READY) $(BACKEND_READY) assets ## measure turns, memory, training, reading
	@exec $(BACKEND) -m tests.bench $(ARGS)

# --- environments -----------------------------------------------------------------------------------------------------

$(UV):
	@.ci/get-uv

$(BOT_READY): | $(UV)
	@echo "环境 .venv/bot（Python 3.10，rasa）"
	@$(UV) venv --quiet --allow-existing --python 3.10 .venv/bot
	@$(UV) pip sync --python $(BOT) --require-hashes requirements/bot.txt
	@$(call done,bot)

# The project itself is installed editable with the builders the lock already holds: nothing is fetched that has no hash.
$(BACKEND_READY): | $(UV)
	@echo "环境 .venv/backend（Python 3.12，服务与台账）"
	@$(UV) venv --quiet --allow-existing --python 3.12 .venv/backend
	@$(UV) pip sync --python $(BACKEND) --require-hashes requirements/backend.txt requirements/dev.txt
	@$(UV) pip install --quiet --python $(BACKEND) --no-deps --no-build-isolation --editable .
	@$(call done,backend)

# The assets keep a stamp of their own, with a hash of every file; npm is only looked for when something is to be fetched.
assets: $(BACKEND_READY) ## the pinned front-end files, into backend/web/static/vendor
	@$(BACKEND) -m backend.web.assets --check 2>/dev/null || { \
		command -v npm >/dev/null || { $(UV) venv --quiet --allow-existing --python $(BACKEND) .venv/node && \
			$(UV) pip sync --quiet --python .venv/node/bin/python --require-hashes requirements/node.txt; } && \
		PATH="$$PATH:$(CURDIR)/.venv/node/bin" $(BACKEND) -m backend.web.assets; }

browser:
	@.ci/get-browser

lock: $(UV) ## resolve pyproject.toml's groups into requirements/, with hashes; ARGS=--upgrade for newer versions
	@lock() { $(UV) pip compile --quiet --universal --generate-hashes --no-header $(ARGS) \
		--python-version "$$1" --group "$$2" --output-file "requirements/$$2.txt" $$3 && echo "requirements/$$2.txt"; }; \
	lock 3.10 bot && lock 3.12 backend && lock 3.12 dev "--constraint requirements/backend.txt" && \
	lock 3.10 uv && lock 3.12 node

# --- what must hold ---------------------------------------------------------------------------------------------------

test-backend:
	@$(STEP) "tests: backend" $(BACKEND) -m pytest tests --ignore tests/bot --ignore tests/actions $(ARGS)

test-bot:
	@$(STEP) "tests: bot and actions" $(BOT) -m pytest tests/bot tests/actions $(ARGS)

check-style:
	@$(STEP) "style: ruff" $(BACKEND) -m ruff check .
	@$(STEP) "style: ruff format" $(BACKEND) -m ruff format --check .

check-types:
	@$(STEP) "types: backend" $(BACKEND) -m mypy backend
	@$(STEP) "types: actions" $(BACKEND) -m mypy --python-executable $(BOT) --cache-dir .mypy_cache/bot actions

check-layers:
	@$(STEP) "layers: import-linter" .venv/backend/bin/lint-imports

# rasa warns of every response that only an action names; what it fails on is shown
check-dialogue:
	@QUIET=1 $(STEP) "dialogue: rasa data validate" $(BOT) -m rasa data validate --fail-on-warnings \
		--domain bot/domain --config config.yml --data nlu_data/intents nlu_data/lookups bot/dialogue

clean: ## forget environments, caches and built assets; keeps var/ (the ledger!)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .rasa
	rm -rf backend/web/node_modules backend/web/static/vendor tests/artefacts
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
