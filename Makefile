# make docs and make test need Python 3.11 or later (with venv), make and git; everything else
# comes into a virtual environment of its own.

VENV ?= .venv
PYTEST_ARGS ?=
GUIDE := docs/_build/html

# The first Python that really runs, is new enough and can make a virtual environment: a name on
# the PATH may be a version manager's stub, and Debian splits venv off.
CHECK := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
CANDIDATES := python3.13 python3.12 python3.11 python3 python
PYTHON ?= $(shell for python in $(CANDIDATES); do \
	$$python -c '$(CHECK)' >/dev/null 2>&1 && echo $$python && break; done)

.PHONY: help docs test clean

help:
	@echo "make docs   build the guide"
	@echo "make test   run the tests (PYTEST_ARGS=... passes arguments on)"
	@echo "make clean  remove what was built, and the virtual environment"
	@echo "PYTHON=...  names the Python to use"

docs: $(VENV)/ready
	$(VENV)/bin/sphinx-build -n -W --keep-going -j auto -c . -b html docs $(GUIDE)
	@echo "The guide is in $(CURDIR)/$(GUIDE)/index.html"

# Tests start hundreds of processes, which are not to compile diagtool anew each time.
test: $(VENV)/ready
	PYTHONDONTWRITEBYTECODE= $(VENV)/bin/pytest -n auto --dist loadfile $(PYTEST_ARGS)

# --group came with pip 25.1.
$(VENV)/ready: pyproject.toml
	@test -n "$(PYTHON)" || { \
		echo "No Python 3.11 or later with venv among: $(CANDIDATES)." >&2; \
		echo "Install one (Debian: python3-venv), or name it: make PYTHON=/path/to/python" >&2; \
		exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(VENV)/bin/python -m pip install --quiet --editable '.[all]' --group dev
	@touch $@

clean:
	rm -rf $(VENV) docs/_build dist .tox
