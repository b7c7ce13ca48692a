"""``diagtool verify``: what contradicts the topology is found, told and placed."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import diagtool
from diagtool import exporting, guide
from diagtool.cli import main
from diagtool.model import Topology
from diagtool.verify import verify

sys.path.insert(0, str(Path(__file__).parent / "mutation"))
import run as mutation

DESIGNATE = Path(__file__).parents[1] / "topology/designate.yaml"


@pytest.fixture(scope="module")
def topology() -> Topology:
    return diagtool.load(DESIGNATE)


@pytest.fixture
def out(topology: Topology, tmp_path: Path) -> Path:
    formats = ["blockdiag", "svg", "png", "pdf", "pptx"]
    views = [view for view in diagtool.views(topology) if view.name == "designate-mdns"]
    exporting.export(topology, formats, tmp_path, views=views)
    return tmp_path


def turn(path: Path) -> None:
    path.write_text(path.read_text().replace("<- db_servers", "-> db_servers"))


def test_one_arrow_turned(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = out / "designate-mdns.diag"
    turn(path)
    assert main(["verify", str(path), "-t", str(DESIGNATE)]) == 1
    said = capsys.readouterr()
    first = said.out.splitlines()[0]
    line = next(
        n for n, text in enumerate(path.read_text().splitlines(), 1) if "-> db_servers" in text
    )
    assert first.startswith(f"{path}:{line}:")
    assert (
        "an arrow leads from designate-mdns Server 1 to Database Servers, but "
        f"{DESIGNATE}:" in first
    )
    assert "an arrow leads from Database Servers to designate-mdns Server 1" in first
    assert "make the file again" in first
    place = first.partition(f"but {DESIGNATE}:")[2].partition(":")[0]
    assert DESIGNATE.read_text().splitlines()[int(place) - 1].strip() == "- from: db_servers"
    assert "1 file verified: 3 errors" in said.err


def test_clean_files_exit_with_0(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(out), "-t", str(DESIGNATE), "--strict"]) == 0
    assert "5 files verified: no mistake found" in capsys.readouterr().err


def test_findings_for_programs(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turn(out / "designate-mdns.diag")
    assert main(["verify", str(out), "-t", str(DESIGNATE), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {finding["code"] for finding in found} == {"fact-differs"}


def test_no_path_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["verify"])
    assert caught.value.code == 2


def test_a_missing_file_is_an_error(tmp_path: Path, topology: Topology) -> None:
    (finding,) = verify(topology, [tmp_path / "no.svg"]).diagnostics
    assert finding.code == "unreadable-artefact"


def test_what_was_exported_before_the_last_change(out: Path, topology: Topology) -> None:
    mdns = topology.services["designate-mdns"]
    changed = replace(topology, services={**topology.services, mdns.id: replace(mdns, replicas=4)})
    for suffix, code, hint in (
        ("pptx", "fact-missing", "carries the digest of an older topology"),
        ("svg", "fact-missing", "carries the digest of an older topology"),
        ("png", "outdated", "make it again"),
    ):
        (finding,) = verify(changed, [out / f"designate-mdns.{suffix}"]).diagnostics
        assert finding.code == code
        assert hint in finding.hint
        assert suffix == "png" or "designate-mdns Server 4" in finding.message


def test_what_was_edited_after_it_was_made(out: Path, topology: Topology) -> None:
    path = out / "designate-mdns.svg"
    path.write_text(path.read_text().replace(">DNS Servers</text>", ">Name Servers</text>"))
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "fact-differs"
    assert "shows Name Servers" in finding.message
    assert "edited after it was made" in finding.hint


def test_what_has_no_digest_is_never_clean(out: Path, topology: Topology) -> None:
    from PIL import Image

    for name in ("designate-mdns.png", "other.png"):
        Image.new("RGB", (9, 9)).save(out / name)
        (finding,) = verify(topology, [out / name]).diagnostics
        assert finding.code == "cannot-verify"
    codes = {Path(d.place.path).name: d.code for d in verify(topology, [out]).diagnostics}
    assert codes == {"designate-mdns.png": "cannot-verify", "other.png": "not-verified"}


@pytest.mark.parametrize("suffix", [".mmd", ".d2", ".puml", ".xyz"])
def test_formats_that_cannot_be_read(suffix: str, tmp_path: Path, topology: Topology) -> None:
    path = tmp_path / f"designate-mdns{suffix}"
    path.write_text("x")
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "cannot-verify"


def test_what_is_not_of_the_topology_is_left_alone(tmp_path: Path, topology: Topology) -> None:
    (tmp_path / "logo.svg").write_text('<svg viewBox="0 0 9 9"><text>Hello</text></svg>')
    (tmp_path / "other.html").write_text(
        "<h1>Cooking</h1><ul><li>Salt</li></ul><pre>[oven]\nheat = 200\n</pre>"
    )
    assert not verify(topology, [tmp_path]).diagnostics


def test_a_page_edited_by_hand(tmp_path: Path, topology: Topology) -> None:
    page = guide.render(topology)["guide.rst"]
    edited = page.replace("* DNS Servers\n", "* DNS Serfers\n", 1)
    assert edited != page
    (tmp_path / "guide.rst").write_text(edited)
    (finding,) = verify(topology, [tmp_path]).diagnostics
    assert finding.code == "fact-differs"
    assert "designate-mdns needs DNS Serfers" in finding.message
    assert edited.splitlines()[finding.place.line - 1] == "* DNS Serfers"


def test_hand_written_warnings_and_config_are_the_authors(
    tmp_path: Path, topology: Topology
) -> None:
    page = "designate-sink\n==============\n\n.. warning:: Mind the gap.\n\n"
    page += "::\n\n  [apache]\n  a = 1\n"
    (tmp_path / "page.rst").write_text(page)
    assert not verify(topology, [tmp_path]).diagnostics


def test_an_option_on_any_page(tmp_path: Path, topology: Topology) -> None:
    page = "Tuning\n======\n\n::\n\n  [coordination]\n  backend_url = redis://host\n"
    (tmp_path / "page.rst").write_text(page)
    (finding,) = verify(topology, [tmp_path]).diagnostics
    assert "backend_url = redis://host" in finding.message


def test_a_translated_page(tmp_path: Path, topology: Topology) -> None:
    page = guide.render(topology)["guide.rst"].replace("DNS Servers", "DNS-Server")
    (tmp_path / "guide.rst").write_text(page)
    assert verify(topology, [tmp_path]).diagnostics
    originals = {"DNS-Server": "DNS Servers"}
    found = verify(topology, [tmp_path], originals=originals).diagnostics
    assert not found


@pytest.mark.parametrize("format", ["blockdiag", "svg", "drawio", "conf"])
def test_every_changed_fact_is_noticed(format: str) -> None:
    table: mutation.Table = {}
    mutation.run(DESIGNATE, table, (format,))
    assert sum(tally.tried for tally in table.values()) > 10
    assert [s for tally in table.values() for s in tally.survivors] == []


def test_topologies_that_have_services_of_the_same_name(
    out: Path, topology: Topology, tmp_path: Path
) -> None:
    text = DESIGNATE.read_text("utf-8")
    new = tmp_path / "new.yaml"
    shutil.copytree(DESIGNATE.parent / "options", tmp_path / "options")
    new.write_text(text.replace("- from: db_servers", "- to: db_servers"), "utf-8")
    both = [topology, diagtool.load(new)]
    assert verify(both[1], [out]).diagnostics
    assert not verify(both, [out]).diagnostics
    path = out / "designate-mdns.diag"
    path.write_text(path.read_text("utf-8").replace("AMQP Servers", "Queues"), "utf-8")
    assert {d.code for d in verify(both, [out]).diagnostics} == {"fact-differs"}


def test_a_picture_of_differences_is_not_taken_for_the_system(
    tmp_path: Path, topology: Topology
) -> None:
    from diagtool import comparing

    changed = replace(topology, services=dict(list(topology.services.items())[1:]))
    picture = comparing.picture(topology, changed)
    exporting.export(changed, ["svg", "pptx", "blockdiag"], tmp_path, views=[picture])
    codes = {d.code for d in verify(topology, [tmp_path]).diagnostics}
    assert codes == {"not-verified"}
