"""Themes: each can be read by everybody, and a project can add its own."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from diagtool.pictures import themes
from diagtool.pictures.themes import Palette, ThemeError


def test_contrast_is_wcags() -> None:
    assert themes.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert themes.contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.01)


PALETTES = list(product(themes.names(), ("light", "dark")))


def palette(theme: str, kind: str) -> Palette:
    chosen: Palette = getattr(themes.load(theme), kind)
    return chosen


@pytest.mark.parametrize(("theme", "kind"), PALETTES)
@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("node_text", "node_fill"),
        ("group_text", "group_fill"),
        ("group_text", "page"),
        ("edge_text", "page"),
        ("edge_text", "group_fill"),
    ],
)
def test_text_is_legible(theme: str, kind: str, text: str, behind: str) -> None:
    colors = palette(theme, kind)
    assert themes.contrast(getattr(colors, text), getattr(colors, behind)) >= 4.5


@pytest.mark.parametrize(("theme", "kind"), PALETTES)
@pytest.mark.parametrize(
    ("line", "behind"),
    [
        ("node_line", "node_fill"),
        ("node_line", "page"),
        ("node_line", "group_fill"),
        ("edge_line", "page"),
        ("edge_line", "group_fill"),
        ("group_line", "page"),
        ("accent", "page"),
        ("accent", "group_fill"),
        ("accent", "node_fill"),
    ],
)
def test_lines_can_be_made_out(theme: str, kind: str, line: str, behind: str) -> None:
    colors = palette(theme, kind)
    assert themes.contrast(getattr(colors, line), getattr(colors, behind)) >= 3


def test_a_dark_set_is_dark() -> None:
    for name in themes.names():
        theme = themes.load(name)
        assert themes.contrast(theme.light.page, "#ffffff") < 1.2
        assert themes.contrast(theme.dark.page, "#000000") < 1.2


def test_a_projects_theme_changes_what_it_names(tmp_path: Path) -> None:
    file = tmp_path / "corporate.toml"
    file.write_text('[light]\nnode-line = "#AA0044"\n[shape]\nnode-radius = 0\n')
    theme, clean = themes.load(str(file)), themes.load("clean")
    assert theme.name == "corporate"
    assert theme.light.node_line == "#aa0044"
    assert theme.shape.node_radius == 0
    assert theme.light.node_fill == clean.light.node_fill
    assert theme.dark == clean.dark


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[light\n", "line 1"),
        ("[lihgt]", "unknown: lihgt"),
        ('light = "#ffffff"', "light must be a table"),
        ('[light]\nnode-colour = "#ffffff"', "[light] has no node-colour"),
        ('[light]\npage = "white"', "[light] page is 'white'"),
        ('[light]\npage = "#fff;}"', "[light] page is '#fff;}'"),
        ("[light]\npage = 7", "[light] page is 7"),
        ("[shape]\nnode-radius = -1", "[shape] node-radius is -1"),
        ("[shape]\nnode-radius = nan", "[shape] node-radius is nan"),
        ("[shape]\nnode-radius = true", "[shape] node-radius is True"),
        ("[shape]\nshadow = 3", "[shape] shadow is 3"),
        ("[shape]\nshadow = [inf, 0]", "[shape] shadow is [inf, 0]"),
    ],
)
def test_a_bad_theme_says_what_is_wrong(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(content)
    with pytest.raises(ThemeError) as error:
        themes.load(str(file))
    assert complaint in str(error.value)
    assert "bad.toml" in str(error.value)


@pytest.mark.parametrize("name", ["klean", "../clean", "", "no/such.toml"])
def test_a_theme_that_does_not_exist(name: str) -> None:
    with pytest.raises(ThemeError):
        themes.load(name)


def test_a_theme_that_is_no_text(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ThemeError, match="cannot be read"):
        themes.load(str(file))
