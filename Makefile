# Everything runs from here: make app, make test. PYTHON and PIP_FLAGS may be set.
PYTHON ?= python3
PIP_FLAGS ?=
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
INSTALLED_DEV := $(VENV)/installed-dev
INSTALLED_BENCH := $(VENV)/installed-bench
DATA ?= ../shared/data
Q ?= 2022 年数字城市产业投资规模是多少？
# The question as it was typed: neither make nor the shell may run what stands in it.
ask: export QUESTION = $(value Q)
unexport Q

.PHONY: app install ask test check audit bench growth torture eval reader pictures corpus clean

app: install  ## install, ingest corpus/, serve the chat page
	$(BIN)/youju ingest corpus
	$(BIN)/youju serve

install: $(INSTALLED)  ## .venv/bin/youju, with pinned dependencies

ask: install  ## make ask Q="…"
	@$(BIN)/youju docs list --json | grep -q '"id"' || $(BIN)/youju ingest corpus
	@$(BIN)/youju ask -- "$$QUESTION"

test: $(INSTALLED_DEV)  ## all tests, a process for each core
	$(BIN)/pytest -n auto --dist loadfile

check: $(INSTALLED_DEV)  ## lint, formatting, types, import contract, licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/licences.py

audit:  ## known vulnerabilities of the pinned packages, by pip-audit; needs the network
	PYTHON="$(PYTHON)" PIP_FLAGS="$(PIP_FLAGS)" .ci/audit

bench: $(INSTALLED_BENCH)  ## speed and quality beside LlamaIndex's recipe: docs/benchmarks.md
	$(BIN)/python -m eval.bench

torture: $(INSTALLED_DEV)  ## kill the library's writers 500 times; the record goes to docs/torture.md
	$(BIN)/python -m eval.torture

growth: $(INSTALLED_DEV)  ## how all grows up to 300,000 passages: docs/growth.md; takes long
	$(BIN)/python -m eval.bench.growth

eval: $(INSTALLED_DEV)  ## scores of our own question set on corpus/, with a report
	$(BIN)/youju eval run eval/questions/corpus.jsonl --documents corpus

# glibc would hand large blocks back to the kernel after each step and fetch them anew for the
# next one, a third of the time.
reader: export MALLOC_MMAP_THRESHOLD_ = 4294967296
reader: export MALLOC_TRIM_THRESHOLD_ = 17179869184
reader: export MALLOC_TOP_PAD_ = 1073741824
reader: $(INSTALLED_DEV)  ## train the reader anew from the sets in DATA; takes hours
	$(BIN)/python -m eval.training --data $(DATA)

pictures: $(INSTALLED_DEV)  ## take docs/pictures anew from the page; needs /usr/bin/chromium
	$(BIN)/python -m tests.pictures

corpus: $(INSTALLED_DEV)  ## rebuild the corpus's PDF and DOCX from corpus/_sources
	$(BIN)/python corpus/_sources/build.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(INSTALLED): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install $(PIP_FLAGS) -c constraints.txt -e .
	@touch $@

$(INSTALLED_DEV): pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/pip install $(PIP_FLAGS) -c constraints.txt -e '.[corpus,dev]'
	@touch $@ $(INSTALLED)

$(INSTALLED_BENCH): $(INSTALLED_DEV)
	$(BIN)/pip install $(PIP_FLAGS) -c constraints.txt -e '.[bench]'
	@touch $@

clean:  ## remove the virtual environment and the default library
	rm -rf $(VENV) .venv-audit .youju
