"""Projects for real Sphinx, and the guide of Designate as every builder has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx_project import GUIDE, Build, Project, make


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Project]:
    """Makes a project: ``project(conf, index="...", page="...")``."""

    def with_pages(conf: str = "", **pages: str) -> Project:
        return make(tmp_path, conf, pages)

    return with_pages


@pytest.fixture(scope="session")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Build]:
    """The guide of Designate, built once by each builder."""
    project = make(tmp_path_factory.mktemp("guide"), pages=GUIDE)
    builds: dict[str, Build] = {}

    def built(builder: str) -> Build:
        if builder not in builds:
            builds[builder] = project.build(builder)
        return builds[builder]

    return built
