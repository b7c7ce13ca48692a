"""What only some programs take for the end of a line proves nothing, wherever it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from text_formats import TEXTS

import diagtool
from diagtool import exporting
from diagtool.checks.verify import verify
from diagtool.checks.verify.normal_forms import suffixes
from diagtool.guide import markdown, renderer
from diagtool.model import Topology

SHOP = Path(__file__).parents[1] / "examples" / "webshop" / "topology"
ENDS = ("\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\r")


@pytest.fixture(scope="module")
def topology() -> Topology:
    return diagtool.load(SHOP)


@pytest.fixture(scope="module")
def texts(topology: Topology, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A file of each kind that is made of lines, by name."""
    folder = tmp_path_factory.mktemp("pictures")
    exporting.export(topology, TEXTS, folder)
    pictures = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    pages = renderer.render(topology, dialect=markdown.MarkdownDialect())
    texts = {**pictures, **pages, **renderer.render(topology)}
    kinds = {"".join(Path(name).suffixes) or name: name for name in sorted(texts)}
    return {name: texts[name] for name in kinds.values()}


@pytest.mark.slow
def test_a_line_end_for_another_one_proves_nothing(
    topology: Topology, texts: dict[str, str], tmp_path: Path
) -> None:
    for number, end in enumerate(ENDS):
        for name, text in texts.items():
            lines = text.split("\n")
            full = [n for n in range(len(lines) - 1) if lines[n] and lines[n + 1]]
            at = max(full, key=lambda n: lines[n].strip().startswith("#"))
            kept = "\n".join(lines[: at + 1]), "\n".join(lines[at + 1 :])
            path = tmp_path / str(number) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(end.join(kept).encode())
    result = verify(topology, [tmp_path])
    assert result.files == len(ENDS) * len(texts)
    assert result.proved == 0
    assert not result.silent


def test_line_ends_of_windows_are_proved(
    topology: Topology, texts: dict[str, str], tmp_path: Path
) -> None:
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.replace("\n", "\r\n").encode())
    unread = [name for name in texts if not name.endswith(tuple(suffixes()))]
    assert not unread, f"add a normal form for {unread} to diagtool/checks/verify/normal_forms"
    result = verify(topology, [tmp_path])
    refused = [name for name in texts if name.endswith(".nft")]
    assert [Path(d.place.path).name for d in result.diagnostics] == refused
    assert result.proved == result.files - len(refused) == len(texts) - len(refused)


def test_a_blank_that_does_not_break_is_part_of_a_line(
    topology: Topology, texts: dict[str, str], tmp_path: Path
) -> None:
    for name, text in texts.items():
        # Whether one counts between the cells of a table is for its format to say.
        if not name.endswith((".json", ".rst", ".md")):
            (tmp_path / name).write_text(text.rstrip() + "\u00a0\n", "utf-8")
    result = verify(topology, [tmp_path])
    assert result.proved == 0


@pytest.mark.parametrize("end", ENDS)
def test_a_finding_stands_in_the_line_that_editors_count(
    topology: Topology, texts: dict[str, str], tmp_path: Path, end: str
) -> None:
    name = "storefront.conf"
    lines = texts[name].split("\n")
    at = next(n for n, line in enumerate(lines) if " = " in line and line[0] != "#")
    lines[at] = lines[at].split("=")[0] + "= wrong"
    (tmp_path / name).write_bytes("\n".join([f"# mine{end}", *lines]).encode())
    found = verify(topology, [tmp_path]).diagnostics
    assert [d.place.line for d in found if d.code == "fact-differs"] == [at + 2]
