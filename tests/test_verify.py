"""``diagtool verify``: what contradicts the topology is found, told and placed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from text_formats import LINEWISE

import diagtool
from diagtool import exporting
from diagtool.checks.verify import verify
from diagtool.cli.main import main
from diagtool.guide import markdown, renderer
from diagtool.model import Severity, Topology
from diagtool.pictures import formats

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


@pytest.mark.parametrize("format", formats.names())
def test_what_is_not_proved_is_named(format: str, tmp_path: Path, topology: Topology) -> None:
    views = [view for view in diagtool.views(topology) if view.name == "designate-mdns"]
    (path,) = exporting.export(topology, [format], tmp_path, views=views)
    copy = path.with_stem("resolver")
    shutil.copy(path, copy)
    (tmp_path / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    result = verify(topology, [tmp_path])
    named = {finding.place.path for finding in result.diagnostics}
    assert result.silent == (f"{tmp_path}/icon.svg",)
    assert result.files == result.proved + len(named) + 1
    assert result.proved == 2 or named == {str(copy)}


def test_the_rest_of_the_files_is_counted(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert main(["verify", str(out), "-t", str(DESIGNATE)]) == 0
    said = capsys.readouterr().err
    assert "6 files verified: no contradiction found; 5 proved, 1 not made from" in said


def test_findings_for_programs(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turn(out / "designate-mdns.diag")
    assert main(["verify", str(out), "-t", str(DESIGNATE), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {finding["code"] for finding in found} == {"fact-differs"}


def test_no_path_is_wrong_usage() -> None:
    assert main(["verify"]) == 2


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
        told = "and would carry sha256:" if suffix == "png" else "designate-mdns Server 4"
        assert told in finding.message


def test_an_arrow_that_is_there_twice(tmp_path: Path, topology: Topology) -> None:
    views = [view for view in diagtool.views(topology) if view.name == "designate-mdns"]
    (path,) = exporting.export(topology, ["d2"], tmp_path, views=views)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, next(line for line in lines if " <- " in line)]))
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.message.startswith("an arrow says '")


def test_what_was_edited_after_it_was_made(out: Path, topology: Topology) -> None:
    path = out / "designate-mdns.svg"
    path.write_text(path.read_text().replace(">DNS Servers</text>", ">Name Servers</text>"))
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "fact-differs"
    assert "shows Name Servers" in finding.message
    assert "edited after it was made" in finding.hint


def test_a_bitmap_that_was_changed_after_it_was_made(out: Path, topology: Topology) -> None:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    path = out / "designate-mdns.png"
    with Image.open(path) as picture:
        texts = PngInfo()
        for key, value in picture.text.items():  # type: ignore[attr-defined]
            texts.add_text(key, value)
        picture.putpixel((5, 5), (1, 2, 3))
        picture.save(path, pnginfo=texts)
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "altered"


def test_a_picture_of_a_service_that_is_gone(out: Path, topology: Topology) -> None:
    services = {id: s for id, s in topology.services.items() if id != "designate-mdns"}
    changed = replace(topology, services=services)
    codes = {d.code for d in verify(changed, [out / "designate-mdns.svg"]).diagnostics}
    assert codes == {"left-over"}


def test_what_has_no_digest_is_never_clean(out: Path, topology: Topology) -> None:
    from PIL import Image

    for name in ("designate-mdns.png", "other.png"):
        Image.new("RGB", (9, 9)).save(out / name)
        (finding,) = verify(topology, [out / name]).diagnostics
        assert finding.code == "cannot-verify"
    codes = {Path(d.place.path).name: d.code for d in verify(topology, [out]).diagnostics}
    assert codes == {"designate-mdns.png": "cannot-verify", "other.png": "not-verified"}


def test_a_format_that_nobody_knows(tmp_path: Path, topology: Topology) -> None:
    path = tmp_path / "designate-mdns.xyz"
    path.write_text("x")
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "cannot-verify"


@pytest.mark.parametrize("format", LINEWISE)
def test_sources_that_are_compared_line_by_line(
    format: str, tmp_path: Path, topology: Topology
) -> None:
    views = [view for view in diagtool.views(topology) if view.name == "designate-mdns"]
    (path,) = exporting.export(topology, [format], tmp_path, views=views)
    assert verify(topology, [path]).proved == 1
    text = path.read_text()
    path.write_text("x")
    assert any(d.severity is Severity.ERROR for d in verify(topology, [path]).diagnostics), (
        f"add a normal form for {format} to diagtool/checks/verify/normal_forms"
    )
    edited = text.replace("mdns Server 3", "mdns Server 9", 1)
    edited = (
        text.replace("mdns#32;Server#32;3", "mdns#32;Server#32;9", 1) if edited == text else edited
    )
    assert edited != text
    path.write_text(edited)
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "fact-differs"
    assert "Server" in edited.splitlines()[finding.place.line - 1]
    assert "9" in finding.message and "3" in finding.message


def test_what_is_not_of_the_topology_is_left_alone(tmp_path: Path, topology: Topology) -> None:
    (tmp_path / "logo.svg").write_text('<svg viewBox="0 0 9 9"><text>Hello</text></svg>')
    (tmp_path / "other.html").write_text(
        "<h1>Cooking</h1><ul><li>Salt</li></ul><pre>[oven]\nheat = 200\n</pre>"
    )
    assert not verify(topology, [tmp_path]).diagnostics


def test_a_page_edited_by_hand(tmp_path: Path, topology: Topology) -> None:
    page = renderer.render(topology)["guide.rst"]
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
    assert "sets [coordination] backend_url" in finding.message
    assert page.splitlines()[finding.place.line - 1].strip() == "backend_url = redis://host"


def test_a_translated_page(tmp_path: Path, topology: Topology) -> None:
    page = renderer.render(topology)["guide.rst"].replace("DNS Servers", "DNS-Server")
    (tmp_path / "guide.rst").write_text(page)
    assert verify(topology, [tmp_path]).diagnostics
    originals = {"DNS-Server": "DNS Servers"}
    found = verify(topology, [tmp_path], originals=originals).diagnostics
    assert [d.code for d in found] == ["not-proved"]


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
    from diagtool.model import diff_picture

    changed = replace(topology, services=dict(list(topology.services.items())[1:]))
    picture = diff_picture.picture(topology, changed)
    exporting.export(changed, ["svg", "pptx", "blockdiag"], tmp_path, views=[picture])
    codes = {d.code for d in verify(topology, [tmp_path]).diagnostics}
    assert codes == {"not-verified"}


SHOP = """\
format: 1
name: Shop
components:
  queue:
    config:
      DEFAULT:
        transport_url: rabbit://<user>:<password>@<host>:5672/
services:
  web:
    connections: [to: queue]
    config:
      web:
        max_upload: 25
    snippets:
      limits:
        options:
          web:
            trust_proxy: true
            timeout: 5
    notes: [snippet: limits]
placeholders: {user: , password: , host: }
"""


def shop_says(folder: Path, *lines: str, heading: str = "Tuning") -> list[str]:
    """What is found in a block of config on a page: each line, with what is wrong with it."""
    (folder / "shop.yaml").write_text(SHOP)
    block = "".join(f"   {line}\n" for line in lines)
    code = f".. code-block:: ini\n   :caption: web.conf\n\n{block}"
    page = folder / "page.rst"
    page.write_text(f"Shop\n====\n\n{heading}\n------\n\n{code}\nIt takes effect at once.\n")
    found = verify(diagtool.load(folder / "shop.yaml"), [page]).diagnostics
    written = page.read_text().splitlines()
    lines_of = [written[d.place.line - 1] for d in found]
    for finding, line in zip(found, lines_of, strict=True):
        # What stands in place of a placeholder is not shown.
        assert finding.source == ("" if "://" in line else line)
        assert finding.place.column == 4
    return [f"{line.strip()} {d.code} {d.hint}" for d, line in zip(found, lines_of, strict=True)]


@pytest.mark.parametrize("heading", ["Tuning", "web"])
def test_options_beside_the_snippets_count_on_any_page(tmp_path: Path, heading: str) -> None:
    right = ("[web]", "max_upload = 25", "mine = 3", "", "[DEFAULT]")
    url = "transport_url = rabbit://shop:pw@mq.example.org:5672/"
    assert not shop_says(tmp_path, *right, url, heading=heading)
    wrong = shop_says(tmp_path, "[web]", "max_upload = 26", "mine = 3", heading=heading)
    assert [said.partition(" fact-differs ")[0] for said in wrong] == ["max_upload = 26"]
    for value in ("kafka://shop:pw@mq:5672/", "rabbit://@:5672/", "rabbit://a:b@c:5672/x"):
        line = f"transport_url = {value}"
        (said,) = shop_says(tmp_path, "[DEFAULT]", line, heading=heading)
        assert said.startswith(f"{line} fact-differs")


@pytest.mark.parametrize("heading", ["Tuning", "web"])
@pytest.mark.parametrize("beside", [(), ("timeout = 5",)])
def test_a_misspelt_option_on_any_page(
    tmp_path: Path, heading: str, beside: tuple[str, ...]
) -> None:
    lines = ("[web]", "trust_porxy = true", *beside)
    assert shop_says(tmp_path, *lines, heading=heading) == [
        "trust_porxy = true fact-extra did you mean 'trust_proxy'?"
    ]
    assert shop_says(tmp_path, "[web]", "max_uplod = 25", *beside, heading=heading) == [
        "max_uplod = 25 fact-extra did you mean 'max_upload'?"
    ]
    # Both are there, in another section, or not much alike.
    assert not shop_says(tmp_path, "[web]", "timeout = 5", "timeouts = 5", heading=heading)
    assert not shop_says(tmp_path, "[oven]", "trust_porxy = true", heading=heading)
    assert not shop_says(tmp_path, "[web]", "trusted = true", heading=heading)


def test_a_misspelt_option_that_a_catalogue_knows(tmp_path: Path, topology: Topology) -> None:
    page = tmp_path / "page.rst"
    said = "designate-api\n=============\n\n::\n\n  [service:api]\n  {} = x\n"
    page.write_text(said.format("enable_host_headers"))
    (finding,) = verify(topology, [page]).diagnostics
    assert finding.hint == "did you mean 'enable_host_header'?"
    catalogue = topology.catalogues[-1]
    known = [o.name for o in catalogue.options if o.group == "service:api"]
    assert "enable_api_v2" in known and "enable_api_admin" in known
    page.write_text(said.format("enable_api_admin"))
    assert not verify(topology, [page]).diagnostics


def test_a_truth_value_in_other_words(tmp_path: Path, topology: Topology) -> None:
    pages = renderer.render(topology)
    for name in ("designate-api.conf", "guide.rst"):
        page = tmp_path / name
        for other, code in (("on", "not-proved"), ("TRUE", "not-proved"), ("off", "fact-differs")):
            text = pages[name].replace("enable_host_header = True", f"enable_host_header = {other}")
            page.write_text(text)
            assert {d.code for d in verify(topology, [page]).diagnostics} == {code}
        page.unlink()


def test_what_is_secret_is_in_no_message(tmp_path: Path, topology: Topology) -> None:
    config = tmp_path / "designate-mdns.conf"
    config.write_text("[DEFAULT]\ntransport_url = rabbit://me:pa55@queue/\n")
    page = tmp_path / "page.rst"
    block = "::\n\n  [DEFAULT]\n  {} = rabbit://me:pa55@queue/\n\n"
    page.write_text(f"{block.format('transport_url')}{block.format('transport_ulr')}")
    found = verify(topology, [config, page]).diagnostics
    assert [(d.place.line, d.code) for d in found if d.place.path == page.as_posix()] == [
        (4, "fact-differs"),
        (9, "fact-extra"),
    ]
    assert any("transport_url = (secret)" in finding.message for finding in found)
    assert "pa55" not in str(found)


def test_an_option_beside_the_snippets_in_a_guide(tmp_path: Path, topology: Topology) -> None:
    page = renderer.render(topology)["guide.rst"]
    heading = "designate-worker\n----------------\n"
    assert page.count(heading) == 1
    for value, codes in (("2", ["not-proved"]), ("9", ["fact-differs"])):
        block = f"\n::\n\n  [service:worker]\n  workers = {value}\n"
        (tmp_path / "guide.rst").write_text(page.replace(heading, heading + block))
        assert [d.code for d in verify(topology, [tmp_path]).diagnostics] == codes


def test_a_name_that_starts_with_a_number(tmp_path: Path) -> None:
    needs = "connections: [{to: db}]"
    services = f"{{a: {{{needs}}}, b: {{{needs}}}, c: {{name: 100 % sure, {needs}}}}}"
    text = f"format: 1\nname: T\ncomponents: {{db: {{}}}}\nservices: {services}\n"
    (tmp_path / "t.yaml").write_text(text)
    shop = diagtool.load(tmp_path / "t.yaml")
    for name, text in renderer.render(shop).items():
        (tmp_path / name).write_text(f"{text}\n.. Mine.\n" if name.endswith(".rst") else text)
    found = verify(shop, [tmp_path / "guide.rst"]).diagnostics
    assert {d.code for d in found} == {"not-proved"}


def test_files_that_a_page_names_and_that_are_gone(topology: Topology, tmp_path: Path) -> None:
    for name, text in renderer.render(topology, dialect=markdown.MarkdownWithSvg()).items():
        (tmp_path / name).write_text(text)
    exporting.export(topology, ["svg"], tmp_path)
    assert verify(topology, [tmp_path]).diagnostics == ()
    for gone in ("designate-mdns.svg", "loadbalancer.nginx.conf"):
        (tmp_path / gone).unlink()
    picture, config = verify(topology, [tmp_path]).diagnostics
    assert str(picture.place) == f"{tmp_path}/guide.md:1:1"
    assert picture.code == "fact-missing"
    assert picture.message == "designate-mdns.svg, which it names, is not beside it"
    assert (config.place, config.code) == (picture.place, "not-proved")
    assert config.message == "loadbalancer.nginx.conf, which it names, is not beside it"


def test_a_line_that_lost_its_end_is_told_as_it_is(tmp_path: Path) -> None:
    topology = diagtool.load(DESIGNATE.parents[1] / "tests/data/topologies/good/balanced.yaml")
    (name,) = (name for name in renderer.render(topology) if name.endswith(".haproxy.cfg"))
    text = renderer.render(topology)[name]
    path = tmp_path / name
    path.write_text(text.replace("bind :8443 ssl crt <certificate>", "bind :8443"))
    told = [finding.message for finding in verify(topology, [path]).diagnostics]
    assert "a line says 'bind :8443', which the topology does not" in told
