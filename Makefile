# Needs Python 3.11 to 3.13, pip, git and make; everything else comes from the lock file.
PYTHON ?= python3
VENV := .venv
FAZHI := $(VENV)/bin/fazhi
READY := $(VENV)/.ready

export UV_PYTHON_DOWNLOADS = never
export DO_NOT_TRACK = 1
unexport PYTHONDONTWRITEBYTECODE

COUNT ?= 1000
# the packages whose types and layout are checked
TYPED := schemas transforms warehouse expectations flows
.PHONY: run demo test test-all setup lock model accuracy score benchmark bench errors review-order forms fuzz faults dictionary messages questions samples lint standards clean

run: $(READY)  ## the nightly job on the project's own samples, into a data folder of their own
	@$(FAZHI) demo

demo: $(READY)  ## a pull without the internet: serves the small portal of samples/ on loopback and pulls it into data/demo
	@$(VENV)/bin/python -m tests.tools.demo data/demo

test: $(READY)  ## the tests for every day: all but the slow ones (three to four minutes on two cores)
	@$(VENV)/bin/python -m pytest -n 2 --dist loadgroup -m "not slow"

test-all: $(READY)  ## every test, the slow ones too: before a release
	-@$(MAKE) --quiet standards
	@$(VENV)/bin/python -m pytest -n 2 --dist loadgroup

standards: build/standards/.ready  ## the tools of the standards that states are described by, in an environment of their own (for `make test-all`)

build/standards/.ready: tests/tools/standards.txt | $(READY)
	@$(PYTHON) -m venv --clear build/standards
	@$(VENV)/bin/uv pip install --quiet --python build/standards/bin/python -r tests/tools/standards.txt
	@touch $@

setup: $(READY)

$(READY): requirements.lock bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; (3, 11) <= v < (3, 14) or sys.exit("fazhi-warehouse needs Python 3.11 to 3.13, this is %d.%d: call make with PYTHON=python3.12 or the like" % v[:2])'
	@echo "setting up $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r bootstrap.lock
	@$(VENV)/bin/uv pip sync --quiet --python $(VENV)/bin/python --require-hashes --compile-bytecode requirements.lock
	@$(VENV)/bin/uv pip install --quiet --python $(VENV)/bin/python --no-deps --no-build-isolation --editable .
	@$(VENV)/bin/python -m compileall -q schemas transforms warehouse expectations flows
	@touch $@

lock:  ## newest versions that pyproject.toml allows, with hashes and without an index line
	$(VENV)/bin/python -m pip install --quiet --no-deps --require-hashes -r bootstrap.lock
	$(VENV)/bin/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --upgrade -o requirements.lock

model: $(READY)  ## rebuild the classifier's weights from tests/gold
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(VENV)/bin/python -m tests.tools.training

accuracy: $(READY)  ## how right the extraction is, held out; writes docs/accuracy.md and raises its floor (some minutes)
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(VENV)/bin/python -m tests.tools.accuracy $(if $(REVIEWED),--reviewed $(REVIEWED))

score: $(READY)  ## anyone's answers on the marked texts (ANSWERS=answers.jsonl HANDS="R1 R2"); docs/benchmark.md says how to take part
	@$(VENV)/bin/python -m tests.benchmark.score $(ANSWERS) $(HANDS)

benchmark: $(READY)  ## what the extraction costs beside a plain regex pass over the same texts
	@OPENBLAS_NUM_THREADS=1 $(VENV)/bin/python -m tests.tools.benchmarks.extraction

bench: $(READY)  ## beside what one would do instead; fetches that into an environment of its own, writes docs/comparison.md (ten minutes; REPORTS=2000)
	@test -e build/bench/.ready || ($(PYTHON) -m venv --clear build/bench && $(VENV)/bin/uv pip install --quiet --python build/bench/bin/python -r tests/tools/benchmarks/others.txt && touch build/bench/.ready)
	@$(VENV)/bin/python -m tests.tools.benchmarks.others build/bench/bin/python $(or $(REPORTS),2000)

errors: $(READY)  ## plant errors of every kind in generated reports; writes docs/planted-errors.md (ten minutes; COUNT=1000)
	@$(VENV)/bin/python -m tests.tools.benchmarks.errors $(COUNT)

review-order: $(READY)  ## how many decisions find planted wrong codes, by the order of review; writes docs/review.md (five minutes)
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(VENV)/bin/python -m tests.tools.benchmarks.review_order

fuzz: $(READY)  ## changed files of every format through readers and parser; writes docs/files.md (CASES=20000 SEED=1)
	@$(VENV)/bin/python -m tests.tools.fuzz

forms: $(READY)  ## one report in many forms: how far the facts agree; writes docs/files.md
	@$(VENV)/bin/python -m tests.tools.forms

faults: $(READY)  ## kills, full disks, lost sources, wrong clocks, damaged files; writes docs/faults.md (long; TRIALS=200 SEED=1)
	@$(VENV)/bin/python -m tests.tools.faults $(or $(TRIALS),200) $(or $(SEED),1)

dictionary: $(READY)  ## rebuild docs/data-dictionary*.md, docs/rules.md and the modules in docs/architecture.md
	@$(VENV)/bin/python -m schemas.dictionary
	@$(VENV)/bin/python -m expectations.rulebook
	@$(VENV)/bin/python -m tests.tools.architecture

messages: $(READY)  ## bring schemas/locale/zh.po up to date with the messages in the code
	@$(VENV)/bin/python -m tests.tools.messages

questions: $(READY)  ## answer docs/questions.toml on the samples and write docs/questions.md
	@$(FAZHI) run samples --data build/questions > /dev/null
	@$(VENV)/bin/python -m tests.tools.questions build/questions/warehouse.duckdb

samples: $(READY)  ## rebuild samples/ from tests/gold/samples
	@$(VENV)/bin/python -m tests.tools.make_samples

lint: $(READY)  ## style, the direction of imports, types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --quiet --check $(TYPED)
	@$(VENV)/bin/lint-imports
	@$(VENV)/bin/mypy --strict $(TYPED)

clean:  ## what set-up and tools made; the warehouse in data/ stays
	rm -rf $(VENV) build *.egg-info
