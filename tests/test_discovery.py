"""Which topology is meant where none is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagtool.loading.discovery import DiscoveryError, find


def touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["topology/shop.yaml"], "topology/shop.yaml"),
        (["topology/shop.yml"], "topology/shop.yml"),
        (["topology/shop/topology.yaml"], "topology/shop"),
        (["topology/topology.yaml", "topology/web.yaml"], "topology"),
        (["topology/shop.yaml", "topology/options/web.yaml"], "topology/shop.yaml"),
        (["topology/shop.yaml", "topology/topology.schema.json"], "topology/shop.yaml"),
        (["topology/shop.yaml", "topology/.draft.yaml", "shop.yaml"], "topology/shop.yaml"),
        (["topology/shop.yaml", "topology/dir.yaml/x"], "topology/shop.yaml"),
    ],
)
def test_only_topology_is_found(tmp_path: Path, names: list[str], found: str) -> None:
    touch(tmp_path, *names)
    assert find(tmp_path) == tmp_path / found


def test_pyproject_names_one_of_several(tmp_path: Path) -> None:
    touch(tmp_path, "topology/a.yaml", "topology/b.yaml")
    (tmp_path / "pyproject.toml").write_text('[tool.diagtool]\ntopology = "topology/b.yaml"\n')
    assert find(tmp_path) == tmp_path / "topology/b.yaml"


@pytest.mark.parametrize("text", ["", "[tool.other]\n", "[tool.diagtool]\n", "tool = 1\n"])
def test_pyproject_that_names_none(tmp_path: Path, text: str) -> None:
    touch(tmp_path, "topology/a.yaml")
    (tmp_path / "pyproject.toml").write_text(text)
    assert find(tmp_path) == tmp_path / "topology/a.yaml"


def test_several_are_listed(tmp_path: Path) -> None:
    touch(tmp_path, "topology/b.yaml", "topology/a/topology.yaml", "topology/options/x.yaml")
    with pytest.raises(DiscoveryError) as raised:
        find(tmp_path)
    listed = str(raised.value).splitlines()[1:]
    assert listed == [f"  {tmp_path.as_posix()}/topology/{name}" for name in ("a", "b.yaml")]


@pytest.mark.parametrize("names", [[], ["topology/options/x.yaml"], ["topology"]])
def test_none_is_an_error_that_helps(tmp_path: Path, names: list[str]) -> None:
    touch(tmp_path, *names)
    with pytest.raises(DiscoveryError, match="-t PATH"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[tool", "cannot be read"),
        (b"\xff", "cannot be read"),
        (b"[tool.diagtool]\ntopology = 1\n", "is not a path"),
    ],
)
def test_broken_pyproject_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    touch(tmp_path, "topology/a.yaml")
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(DiscoveryError, match=said) as raised:
        find(tmp_path)
    assert "pyproject.toml" in str(raised.value)
