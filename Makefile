# The one door for people, hooks and CI. Every target makes its own environment first.
SHELL := /bin/sh
PY := .venv/bin/python
# Where money is taken and codes are kept: no line and no branch of it is left untried.
MONEY_PATH := pos_app/money.py,pos_app/seal.py,pos_app/sales.py,pos_app/lane.py,pos_app/refunds.py,$\
	pos_app/spares.py,pos_app/claims.py,pos_app/repeats.py,pos_app/intake.py,pos_app/settling.py,pos_app/books.py,pos_app/accounts.py,$\
	pos_app/resolver.py,pos_app/guard.py,pos_app/guarding.py,pos_app/limits.py,pos_app/orders/*,pos_app/store/*,pos_app/providers/http.py
export QT_ACCESSIBILITY ?= 0

.PHONY: run test lint check faults bench package pictures gallery texts fix lock clean

# Compiled ahead: where Python is told to keep no compiled files, each start would compile the program anew.
COMPILED := $(PY) -m compileall -q pos_app ui

run: .venv/.texts
	@$(COMPILED)
	$(PY) packaging/run.py

test: .venv/.texts
	rm -f .coverage .coverage.*
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest $(if $(strip $(ARGS)),,-n 4 --maxprocesses=4) --cov \
	    --cov-report=term:skip-covered $(ARGS)
	$(if $(strip $(ARGS)),,$(PY) -m coverage report --include="$(MONEY_PATH)" --fail-under=100)

lint: .venv/.ready
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/pyright
	.venv/bin/lint-imports

check: lint test faults

# Is nothing bought twice and nothing lost, whatever goes wrong? Some minutes; `make faults N=5000` does everything, and so
# many scripts of three faults. `ARGS='--seed 7'` plays the same again.
faults: .venv/.texts
	$(PY) -m tests.faults $(if $(strip $(N)),--long $(N)) $(ARGS)

bench: .venv/.texts
	@$(COMPILED) tests/bench
	$(PY) -m tests.bench $(ARGS)
	$(PY) -m tests.bench.packaged

# The program as a folder that needs no Python, and a Debian package of it: in out/package.
package: .venv/.texts
	@./packaging/package.sh

# The pictures the README shows, made by the program.
pictures: .venv/.texts
	$(PY) packaging/pictures.py

# Every screen in every state, size, look and language, to be looked at: out/gallery/index.html. Some minutes;
# `ARGS='--states sell --languages es'` makes some of them only.
gallery: .venv/.texts
	PYTHONPATH=packaging $(PY) -m gallery $(ARGS)

# Put the code into the one format and mend what ruff can mend by itself.
fix: .venv/.ready
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

# Read the texts out of the code into resources/locale/pos.pot and merge them into each language.
texts: .venv/.ready
	$(PY) packaging/texts.py

# Choose the newest allowed versions again. The output names hashes, never a registry.
lock: .venv/.ready
	.venv/bin/uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-header --universal \
	    --python-version 3.11 pyproject.toml -o requirements.txt
	.venv/bin/uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-header --universal \
	    --python-version 3.11 --group pyproject.toml:dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	.venv/bin/uv pip compile --upgrade --generate-hashes --no-emit-index-url --no-header --universal \
	    --python-version 3.11 --group pyproject.toml:package -c requirements.txt pyproject.toml \
	    -o requirements-package.txt

.venv/.ready: requirements-dev.txt pyproject.toml packaging/setup.sh packaging/apt.sh packaging/qt_libraries.py
	@./packaging/setup.sh

# Translations in the form the program reads; only their sources are kept.
.venv/.texts: .venv/.ready packaging/compile_texts.py $(wildcard resources/locale/*/LC_MESSAGES/pos.po)
	$(PY) packaging/compile_texts.py
	@touch $@

clean:
	rm -rf .venv out .coverage .coverage.* .pytest_cache .ruff_cache
