"""Nothing that was edited is proved, and what other programs do to a file contradicts nothing."""

from __future__ import annotations

import gzip
import re
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import text_formats
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

import diagtool
from diagtool import exporting
from diagtool.checks.readers import png
from diagtool.checks.readers._picture import Box, Link, Rect, Text, stand
from diagtool.checks.verify import Given, verify
from diagtool.checks.verify.normal_forms._pdf_file import spaced_once
from diagtool.cli.main import main
from diagtool.guide import markdown, renderer
from diagtool.model import NOWHERE, Topology, diagram
from diagtool.pictures import formats

SHOP = """\
format: 1
name: Shop
components:
  lb: {front: true, balancing: {address: lb.example.org}}
  db: {label: Base, description: Holds all.}
  mq: {label: Queue, description: Hands on.}
services:
  web:
    replicas: 2
    listen: {port: 8000}
    connections: [{from: lb, label: requests}, {to: db}]
    snippets:
      s: {options: {web: {url: "http://a/", on: "true"}}}
    config: {web: {auth: keystone, password: <password>}}
    notes: ["Run {web.replicas} of {web}.", {snippet: s}, {warning: Mind the gap.}]
  job: {replicas: 2, connections: [{with: mq}]}
placeholders: {password: {example: example}}
"""
FORMATS = formats.names()


def write(topology: Topology, out: Path) -> None:
    """Everything that a topology gives, in a folder."""
    exporting.export(topology, FORMATS, out)
    pages = renderer.render(topology, dialect=markdown.MarkdownDialect())
    for name, text in {**pages, **renderer.render(topology)}.items():
        (out / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(SHOP)
    write(diagtool.load(folder / "shop.yaml"), folder / "out")
    return folder


@pytest.fixture(scope="module")
def topology(written: Path) -> Topology:
    return diagtool.load(written / "shop.yaml")


@pytest.fixture
def edit(written: Path, tmp_path: Path) -> Callable[..., Path]:
    """A file of the topology with a pattern in it replaced, in one of its parts if it is packed."""

    def edited(name: str, old: str, new: str, part: str = "") -> Path:
        path = tmp_path / name
        shutil.copy(written / "out" / name, path)
        if part:
            repacked(path, part, lambda text: re.sub(old, new, text))
        else:
            text = path.read_text("utf-8")
            assert re.search(old, text)
            path.write_text(re.sub(old, new, text), "utf-8")
        return path

    return edited


def repacked(path: Path, part: str, change: Callable[[str], str]) -> None:
    """Changes a part of an archive."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    assert change(text) != text
    parts[part] = change(text).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


SLIDE, NOTES = "ppt/slides/slide1.xml", "ppt/notesSlides/notesSlide1.xml"
EVERYDAY = [
    ("web.svg", "<desc[^>]*>[^<]*", "<desc>lb: none. No arrow leads to Base.", "", "description"),
    ("web.svg", "<title[^>]*>Layout of web", "<title>Layout of job", "", "title"),
    ("web.pptx", "web Server 2", "web Server 9", NOTES, "notes"),
    ("web.pptx", "Run 2 of", "Run 7 of", NOTES, "Run 7 of web"),
    ("web.pptx", 'descr="[^"]*"', 'descr="Something else that it shows"', SLIDE, "description"),
    ("web.drawio", 'description="[^"]*Base', 'description="lb: Redis', "", "description"),
    ("guide.rst", "Needs access to:", "Does not need access to:", "", "Does not need access to:"),
    ("guide.rst", "Needed by web", "Not needed by web", "", "Not needed by web"),
    ("guide.rst", "   on = true", "   # on = true", "", "# on = true"),
    ("guide.rst", "Run 2 of", "Run 7 of", "", "Run 7 of"),
    ("guide.rst", ":caption: Layout of web", ":caption: How 5 servers reach it", "", "5 servers"),
    ("guide.rst", "   (Mind the gap.)", r"   \1\n\n.. warning::\n\n   Beware.", "", "Beware"),
    ("guide.rst", ":alt: .*", ":alt: Nothing leads to Base.", "", "Nothing leads"),
    ("guide.md", "Needs access to:", "Does not need access to:", "", "Does not need access to:"),
    ("guide.md", "Needed by web", "Not needed by web", "", "Not needed by web"),
    ("guide.md", "\non = true", "\n# on = true", "", "# on = true"),
    ("guide.md", "Run 2 of", "Run 7 of", "", "Run 7 of"),
    ("guide.md", r"\*Layout of web\*", "*How 5 servers reach it*", "", "Layout of web"),
    ("guide.md", "(> .*Mind the gap.*)", r"\1\n\n> **Warning:** Beware.", "", "Beware"),
    ("guide.md", "accDescr: .*", "accDescr: Nothing leads", "", "Nothing leads"),
    ("guide.md", "## Components", "## Not in use", "", "## Components"),
    ("guide.md", r'\["Base"\]', '["Redis"]', "", "Redis"),
    ("guide.md", "<-->", "-->", "", "arrow"),
    ("guide.md", "(?s)```mermaid.*?```", "", "", "leaves out the paragraph"),
    ("guide.md", "\n(- db)", r"\n    \1", "", "db"),
    ("web.conf", "auth = keystone", "auth = keystone\nauth: none", "", "none"),
    ("web.conf", "auth = keystone", "# auth = keystone", "", "auth"),
    ("web.conf", r"\[web\]", "[ web ]", "", "[ web ]"),
    ("web.conf", "Example: example", "Example: other", "", "other"),
    ("lb.haproxy.cfg", "(server web-2 .*)", r"\1 backup", "", "backup"),
    ("lb.haproxy.cfg", "(server web-2 .*)", r"\1 disabled", "", "disabled"),
    ("lb.haproxy.cfg", "(server web-2 .*)", r"\1 weight 0", "", "weight 0"),
    ("lb.haproxy.cfg", ":8000", ":8001", "", "8001"),
    ("lb.haproxy.cfg", "bind :80", "bind :443 ssl crt /etc/x.pem", "", "443"),
    ("lb.haproxy.cfg", "default_backend web", "default_backend elsewhere", "", "elsewhere"),
    ("lb.nginx.conf", "(server <web server 2>:8000)", r"\1 down", "", "down"),
    ("lb.apache.conf", r'2>:8000"', '2>:8000" status=+D', "", "status"),
    ("web.mmd", "Base", "Redis", "", "Redis"),
    ("web.d2", "Base", "Redis", "", "Redis"),
    ("web.puml", "Base", "Redis", "", "Redis"),
    ("web.mmd", "& web_Server_2 --> db|web_server_2 --> db", "web_server_2 --- db", "", "line"),
    ("web.dot", 'label = "Base"', 'label = "Redis"', "", "Redis"),
    ("web.diag", 'label = "Base"', 'label = "Redis"', "", "Redis"),
    ("job.mmd", "<-->", "-->", "", "an arrow leads"),
    ("job.d2", "<->(.*2)", r"->\1", "", "an arrow leads"),
    ("job.puml", "<-->", "-->", "", "an arrow leads"),
    ("web.diag", 'label = "Base", stacked', 'label = "Base"', "", "Base: stacked"),
    ("web.dot", 'label = "Base"', 'label = "Base", shape = egg', "", "Base: shape = egg"),
    ("web.svg", "(Base</title>)<path", r"\1<rect/><path", "", "Base: rect, path"),
    ("web.drawio", '(value="Base" style=")', r"\1shape=cloud;", "", "Base: cloud"),
    ("web.pptx", "(?s)(Base.*?prst=\")roundRect", r"\1can", SLIDE, "can"),
    ("web.pptx", "<p:sldId [^>]*/>", "", "ppt/presentation.xml", "Layout of web"),
    ("lb.haproxy.cfg", "balance roundrobin", "balance source", "", "balance source"),
    ("lb.apache.conf", "lbmethod=byrequests", "lbmethod=bybusyness", "", "bybusyness"),
    ("lb.nginx.conf", "proxy_next_upstream [^;]*", "proxy_next_upstream off", "", "upstream off"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "part", "told"), EVERYDAY)
def test_everyday_edits_contradict(
    edit: Callable[..., Path],
    topology: Topology,
    name: str,
    old: str,
    new: str,
    part: str,
    told: str,
) -> None:
    result = verify(topology, [edit(name, old, new, part)])
    assert result.proved == 0
    assert any(told in finding.message for finding in result.diagnostics)
    assert {"fact-differs", "fact-extra", "fact-missing"} & {d.code for d in result.diagnostics}


MALICE = [
    ("web.svg", "<style>", "<style>.topo-edges{display:none}", ""),
    ("web.svg", "</svg>", '<image width="100%" height="100%" href="other.png"/></svg>', ""),
    ("web.svg", "</svg>", '<rect x="-1" y="-1" width="100%" height="100%" fill="#fff"/></svg>', ""),
    ("web.svg", "<svg ", "<?xml-stylesheet href='x.css'?><svg ", ""),
    ("web.svg", 'fill="[^"]*"( [^>]*>Base)', r'fill="transparent"\1', ""),
    ("web.drawio", "html=0;", "html=0;textOpacity=0;", ""),
    ("web.pptx", "<p:sld ", '<p:sld show="0" ', SLIDE),
    ("web.pptx", '<a:rPr lang="en-US"', '<a:rPr lang="en-US" strike="sngStrike"', SLIDE),
    ("web.dot", "rankdir = LR;", "rankdir = LR; splines = none;", ""),
    ("web.diag", 'label = "Base"', 'label = "Base", shape = none', ""),
    ("lb.haproxy.cfg", "timeout server 60s", "timeout server 1s", ""),
    ("guide.md", "(?s)(## web.*)(## job)", r"<!--\n\n\1\n\n-->\n\n\2", ""),
    ("guide.md", "- db", "- ~~db~~", ""),
    ("guide.md", "\n```\n", r"\n    ```\n", ""),
    ("guide.md", "\n(> .*Warning)", r"\n    \1", ""),
    ("guide.md", "\n(## web)", r"\n    \1", ""),
    ("guide.md", "```mermaid", "```text", ""),
    ("guide.md", "```mermaid", "<div hidden>\n```mermaid", ""),
    ("guide.md", "(?m)^(### db)", r"[//]: # (\1)", ""),
]


@pytest.mark.parametrize(("name", "old", "new", "part"), MALICE)
def test_nothing_that_was_touched_is_proved(
    edit: Callable[..., Path], topology: Topology, name: str, old: str, new: str, part: str
) -> None:
    result = verify(topology, [edit(name, old, new, part)])
    assert result.proved == 0
    assert result.diagnostics


@pytest.mark.parametrize(
    ("name", "comment"),
    [("web.conf", "# Set by me."), ("lb.haproxy.cfg", "# Mine."), ("web.mmd", "%% Mine.")],
)
def test_comments_of_ones_own_contradict_nothing(
    edit: Callable[..., Path], topology: Topology, name: str, comment: str
) -> None:
    (finding,) = verify(topology, [edit(name, r"\Z", f"{comment}\n")]).diagnostics
    assert finding.code == "not-proved"
    assert comment in finding.message


@pytest.mark.parametrize("line", ["Something that nobody reads", "? = !"])
@pytest.mark.parametrize("suffix", text_formats.SUFFIXES)
def test_a_line_that_no_source_has_is_more_than_not_proved(
    edit: Callable[..., Path], topology: Topology, suffix: str, line: str
) -> None:
    """What looks like words can be a box, and signs alone none."""
    path = edit(f"web{suffix}", r"\A(.*\n)", rf"\1{line}\n")
    assert {d.code for d in verify(topology, [path]).diagnostics} - {"not-proved"}, (
        f"have the normal form of {suffix} say what it does not understand, line by line"
    )


def test_what_moved_into_another_block_contradicts(tmp_path: Path) -> None:
    shop = diagtool.load(Path(__file__).parent.parent / "examples/webshop/topology")
    config = renderer.render(shop)["ssh_config"]
    one, other = re.findall(r"HostName (\S+)", config)[:2]
    swapped = config.replace(one, "x", 1).replace(other, one, 1).replace("x", other, 1)
    (tmp_path / "ssh_config").write_text(swapped, "utf-8")
    first, second = verify(shop, [tmp_path / "ssh_config"]).diagnostics
    assert first.code == second.code == "fact-differs"
    assert f"'HostName {other}' is under 'Host edge1'" in first.message
    assert "puts it under 'Host edge2'" in first.message


@pytest.mark.parametrize("suffix", text_formats.SUFFIXES)
def test_the_picture_of_another_view_is_named(
    written: Path, topology: Topology, tmp_path: Path, suffix: str
) -> None:
    shutil.copy(written / f"out/job{suffix}", tmp_path / f"web{suffix}")
    (finding,) = verify(topology, [tmp_path / f"web{suffix}"]).diagnostics
    assert finding.message == "expected the picture of web, found that of job"


@pytest.mark.parametrize("keyword", [b"Title", b"Description"])
def test_a_picture_without_its_description_is_not_proved(
    written: Path, topology: Topology, tmp_path: Path, keyword: bytes
) -> None:
    from PIL import Image, PngImagePlugin

    with Image.open(written / "out/web.png") as picture:
        kept = PngImagePlugin.PngInfo()
        for name, text in picture.text.items():  # type: ignore[attr-defined]
            if name != keyword.decode():
                kept.add_itxt(name, text)
        picture.save(tmp_path / "web.png", pnginfo=kept)
    (finding,) = verify(topology, [tmp_path / "web.png"]).diagnostics
    assert finding.code == "not-proved"
    assert keyword.decode().lower() in finding.message


def test_strict_names_each_file_that_is_not_proved(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "other.rst").write_text("Something else.\n")
    shutil.copy(written / "out/web.svg", tmp_path)
    command = ["verify", str(tmp_path), "-t", str(written / "shop.yaml")]
    assert main(command) == 0
    assert main([*command, "--strict"]) == 1
    assert "other.rst:1:1: not-verified" in capsys.readouterr().out


def test_an_image_over_a_box_is_told_of(edit: Callable[..., Path], topology: Topology) -> None:
    image = '<image width="100%" height="100%" href="other.png"/></svg>'
    found = verify(topology, [edit("web.svg", "</svg>", image)]).diagnostics
    assert any(
        finding.code == "not-proved"
        and "an image over" in finding.message
        and "Base" in finding.message
        for finding in found
    )


# --- what other programs do -----------------------------------------------------------


def test_what_git_and_packers_do_is_proved(
    written: Path, topology: Topology, tmp_path: Path
) -> None:
    for path in (written / "out").iterdir():
        if path.suffix not in (".png", ".pdf", ".pptx"):
            content = path.read_bytes().replace(b"\n", b"\r\n")
            (tmp_path / path.name).write_bytes(content)
    (tmp_path / "web.svgz").write_bytes(gzip.compress((written / "out/web.svg").read_bytes()))
    shutil.copy(written / "out/web.pptx", tmp_path)
    repacked(tmp_path / "web.pptx", SLIDE, lambda text: text.replace("?>", "?>\n", 1))
    result = verify(topology, [tmp_path])
    assert result.diagnostics == ()
    assert result.proved == result.files


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "arguments", "proved"),
    [
        ("optipng", ("-quiet", "-o2", "{new}.png"), True),
        ("optipng", ("-quiet", "-strip", "all", "{new}.png"), False),
        ("pdfunite", ("{old}.pdf", "{old}.pdf", "{new}.pdf"), False),
        ("dot", ("-Tcanon", "-o{new}.dot", "{old}.dot"), False),
        ("dot", ("-Tsvg", "-o{new}.svg", "{old}.dot"), False),
        ("rsvg-convert", ("-f", "svg", "-o", "{new}.svg", "{old}.svg"), False),
    ],
)
def test_other_programs_contradict_nothing(
    program: str,
    arguments: tuple[str, ...],
    proved: bool,
    written: Path,
    topology: Topology,
    tmp_path: Path,
    tool: Callable[..., str],
) -> None:
    old, new = written / "out/web", tmp_path / "web"
    shutil.copy(f"{old}.png", f"{new}.png")
    command = [argument.format(old=old, new=new) for argument in arguments]
    subprocess.run([tool(program), *command], check=True)
    result = verify(topology, [tmp_path])
    assert {d.code for d in result.diagnostics} <= {"not-proved"}
    assert (result.proved == result.files) is proved


def test_a_label_that_draw_io_takes_for_html(edit: Callable[..., Path], topology: Topology) -> None:
    found = verify(topology, [edit("web.drawio", "html=0", "html=1")]).diagnostics
    assert {finding.code for finding in found} == {"not-proved"}


# --- what is left over ----------------------------------------------------------------


def test_what_is_left_over_is_named(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(written / "out", tmp_path / "out")
    shop = tmp_path / "shop.yaml"
    shop.write_text(SHOP[: SHOP.index("  job:")] + SHOP[SHOP.index("placeholders:") :])
    topology = diagtool.load(shop)
    exporting.export(topology, FORMATS, tmp_path / "out", force=True)
    pages = renderer.render(topology, dialect=markdown.MarkdownDialect())
    for name, text in {**pages, **renderer.render(topology)}.items():
        (tmp_path / "out" / name).write_text(text, "utf-8")
    found = verify(topology, [tmp_path / "out"]).diagnostics
    left = {Path(d.place.path).name for d in found if d.code == "left-over"}
    jobs = {path.name for path in (tmp_path / "out").glob("job.*")}
    assert len(jobs) == len(FORMATS)
    assert left == jobs
    assert all("job" in finding.message for finding in found)
    arguments = ["export", "-t", str(shop), "-o", str(tmp_path / "out"), "--check"]
    for format in FORMATS:
        arguments += ["-f", format]
    assert main(arguments) == 1
    said = capsys.readouterr().out
    assert all(f"{name}: it shows" in said for name in jobs)


def test_a_load_balancer_that_balances_no_more(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = tmp_path / "shop.yaml"
    shop.write_text(SHOP.replace(", balancing: {address: lb.example.org}", ""))
    config = sorted((written / "out").glob("lb.*"))
    found = verify(diagtool.load(shop), config).diagnostics
    assert [finding.code for finding in found] == ["left-over"] * 3
    out = tmp_path / "out"
    main(["render", "-t", str(shop), "-o", str(out)])
    shutil.copy(written / "out/lb.nginx.conf", out)
    assert main(["render", "-t", str(shop), "-o", str(out), "--check"]) == 1
    assert "lb.nginx.conf: it is the config of lb" in capsys.readouterr().out


# --- secrets --------------------------------------------------------------------------


def test_no_value_is_printed(
    written: Path, topology: Topology, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {
        "password": "MARKER-pa55",
        "web server 1": "marker-one.example",
        "web server 2": "marker-two.example",
    }
    file = tmp_path / "values.yaml"
    file.write_text("".join(f"{name}: {value}\n" for name, value in values.items()))
    shop, out = str(written / "shop.yaml"), tmp_path / "etc"
    assert main(["render", "-t", shop, "-o", str(out), "--values", str(file)]) == 0
    config = [str(path) for path in sorted(out.iterdir())]
    assert main(["verify", "-t", shop, *config, "--values", str(file), "--strict"]) == 0
    assert verify(topology, [out], given=Given(values)).proved == len(config)
    for path in out.iterdir():
        if path.suffix != ".rst":
            text = path.read_text()
            text = text.replace("MARKER-pa55", "MARKER-old").replace("marker-two", "marker-other")
            path.write_text(text.replace("keystone", "none").replace(":8000", ":8001"))
    capsys.readouterr()
    for form in ("text", "json", "github", "sarif"):
        for extra in ((), ("--values", str(file))):
            assert main(["verify", "-t", shop, *config, *extra, "--format", form]) == 1
    main(["render", "-t", shop, "-o", str(out), "--values", str(file), "--check"])
    main(["render", "-t", shop, "-o", str(out), "--check"])
    said = capsys.readouterr()
    assert "auth" in said.out
    assert "marker" not in (said.out + said.err).casefold()


def test_a_lie_in_what_blockdiag_draws_contradicts(tmp_path: Path) -> None:
    shop = diagtool.load(Path(__file__).parent.parent / "examples/webshop/topology")
    exporting.export(shop, ["blockdiag"], tmp_path)
    source = tmp_path / "checkout.diag"
    program = "import diagtool.blockdiag_compat, sys; from blockdiag.command import main\n"
    program += "main(['-Tsvg', sys.argv[1]])"
    subprocess.run([sys.executable, "-c", program, str(source)], check=True)
    picture = source.with_suffix(".svg")
    picture.write_text(picture.read_text("utf-8").replace("Job Queue", "Job Stack"), "utf-8")
    told = [d.message for d in verify(shop, [picture]).diagnostics if d.code == "fact-differs"]
    assert any("Job Stack" in message for message in told)


@pytest.mark.slow
def test_a_deck_of_losses_that_was_saved_and_sorted_again_contradicts_nothing(
    tmp_path: Path,
) -> None:
    """Which of a deck's pictures each is, its title tells, in whatever order they come."""
    path = Path(__file__).parent.parent / "examples/webshop/topology"
    deck = tmp_path / "story.pptx"
    assert main(["export", "-t", str(path), "--story", "failures", "-o", str(deck)]) == 0
    shop = diagtool.load(path)
    assert verify(shop, [deck]).proved == 1
    for number in range(1, 8):
        slide = f"ppt/slides/slide{number}.xml"
        repacked(deck, slide, lambda text: text.replace('lang="en-US"', 'lang="de-DE"'))
    swapped = re.compile("(<p:sldId [^>]*/>)(<p:sldId [^>]*/>)")
    repacked(deck, "ppt/presentation.xml", lambda text: swapped.sub(r"\2\1", text))
    assert {d.code for d in verify(shop, [deck]).diagnostics} == {"not-proved"}

    repacked(deck, "ppt/slides/slide3.xml", lambda text: text.replace("1 of 2 left", "lost"))
    found = verify(shop, [deck]).diagnostics
    assert any(d.code == "fact-differs" and "(lost)" in d.message for d in found)


BY_HAND = """\
# Our shop

## web

This is how we run it.

![the web tier](web.svg)

Needs access to:

- db

Set this on each of them:

```ini
[web]
url = http://a/
on = true
auth = keystone
```
"""


def test_a_page_by_hand_whose_pictures_stand_beside_it_has_each_warning(
    written: Path, topology: Topology, tmp_path: Path
) -> None:
    shutil.copy(written / "out/web.svg", tmp_path)
    page = tmp_path / "shop.md"
    page.write_text(f"{BY_HAND}\n> **Warning:** Mind the gap.\n")
    assert not [d for d in verify(topology, [tmp_path]).diagnostics if "web" in d.message]
    page.write_text(BY_HAND)
    found = verify(topology, [tmp_path]).diagnostics
    assert [d.code for d in found if "says: Mind the gap." in d.message] == ["fact-missing"]


def test_a_warning_in_the_notes_of_a_slide_that_nobody_stated_contradicts(
    edit: Callable[..., Path], topology: Topology
) -> None:
    warning = "<a:p><a:r><a:t>Warning: Restart it daily.</a:t></a:r></a:p>"
    path = edit("web.pptx", "<a:p><a:r><a:t>Warning", rf"{warning}\g<0>", NOTES)
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "fact-extra"
    assert "Restart it daily." in finding.message


def test_an_option_that_became_a_comment_is_said_to_be_one(
    edit: Callable[..., Path], topology: Topology
) -> None:
    (finding,) = verify(topology, [edit("web.conf", "\nauth", r"\n# auth")]).diagnostics
    assert finding.code == "fact-missing"
    assert "[web] auth = keystone" in finding.message
    assert finding.message.endswith("the line is a comment")


def test_a_text_far_from_all_lines_is_the_label_of_none(
    edit: Callable[..., Path], topology: Topology
) -> None:
    note = '<text x="-300" y="-200">slow</text>'
    found = verify(topology, [edit("web.svg", "</svg>", rf"{note}\g<0>")]).diagnostics
    assert {finding.code for finding in found} == {"fact-extra", "not-proved"}
    assert not any("the line between" in finding.message for finding in found)


BUS = """\
format: 1
name: Shop
services:
  web: {snippets: {s: {options: {mq: {url: "amqp://<user>@<host>:5672/"}}}}, notes: [{snippet: s}]}
placeholders: {user: {}, host: {}}
"""


def test_what_stands_beside_all_placeholders_is_shown(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(BUS)
    shop = diagtool.load(tmp_path / "shop.yaml")
    (tmp_path / "web.conf").write_text(renderer.render(shop)["web.conf"].replace("5672", "5671"))
    (finding,) = verify(shop, [tmp_path / "web.conf"]).diagnostics
    assert "url = amqp://<user>@<host>:5671/, but" in finding.message


def test_a_slide_that_was_removed_is_named(topology: Topology, tmp_path: Path) -> None:
    deck = tmp_path / "all.pptx"
    views = [view for view in diagram.views(topology) if view.name != "overview"]
    deck.write_bytes(exporting.together(topology, "pptx", views).content)
    repacked(deck, "ppt/presentation.xml", lambda text: re.sub("<p:sldId .*?/>", "", text, count=1))
    (finding,) = verify(topology, [deck]).diagnostics
    assert finding.code == "fact-missing"
    assert f"the slide '{views[0].title}'" in finding.message


def test_a_slide_with_the_title_of_another_is_still_the_picture_that_it_shows(
    edit: Callable[..., Path], topology: Topology
) -> None:
    path = edit("web.pptx", "<a:t>Layout of web", "<a:t>Layout of job", SLIDE)
    found = verify(topology, [path]).diagnostics
    assert found
    assert all("Layout of job" in finding.message for finding in found)


def test_a_text_between_two_lines_stands_at_the_nearer_one() -> None:
    """As far as files tell where that is, and not where they round."""
    box = Box("Base", Rect(0, 0, 10, 10), NOWHERE)
    text = Text("reads", Rect(40, 5, 60, 15), 1, NOWHERE)
    ways = [[(0.0, 2.3), (100.0, 2.3)], [(0.0, 18.0), (100.0, 18.0)], [(0.0, 2.26), (99.0, 2.26)]]
    links = [Link(box, box, False, True, NOWHERE) for _ in ways]
    stand([text], links, ways)
    assert [link.label.strip() for link in links] == ["reads", "", "reads"]


KUBERNETES = """\
format: 1
name: Shop
components: {db: {listen: {port: 5432}}}
services: {web: {kubernetes: {}, replicas: 2, listen: {port: 80}, connections: [{to: db}]}}
"""


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("flows.json", '"Port": "5432"', '"Port": "1", "Port": "5432"'),
        ("kubernetes.yaml", "              app.kubernetes", "            app.kubernetes"),
    ],
)
def test_what_a_program_would_read_otherwise_is_not_proved(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    (tmp_path / "shop.yaml").write_text(KUBERNETES)
    shop = diagtool.load(tmp_path / "shop.yaml")
    text = renderer.render(shop)[name]
    assert old in text
    (tmp_path / name).write_text(text, "utf-8")
    assert verify(shop, [tmp_path / name]).proved == 1
    (tmp_path / name).write_text(text.replace(old, new, 1), "utf-8")
    assert verify(shop, [tmp_path / name]).proved == 0


def test_a_line_that_is_indented_less_says_something_else(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(KUBERNETES)
    shop = diagtool.load(tmp_path / "shop.yaml")
    text = renderer.render(shop)["kubernetes.yaml"]
    path = tmp_path / "kubernetes.yaml"
    path.write_text(text.replace("              app.kubernetes", "            app.kubernetes", 1))
    (finding,) = verify(shop, [path]).diagnostics
    assert finding.code == "fact-differs"
    assert "labelSelector: matchLabels: app.kubernetes" in finding.message
    path.write_text("")
    (finding,) = verify(shop, [path]).diagnostics
    assert finding.code == "not-proved"
    assert "is missing" in finding.message


OPTIONAL = """\
format: 1
name: Shop
components: {lb: {front: true}, cache: {label: Cache}}
services: {web: {replicas: 2, connections: [{from: lb}, {to: cache, needed: false}]}}
"""


@pytest.fixture(scope="module")
def optional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("optional")
    (folder / "shop.yaml").write_text(OPTIONAL)
    exporting.export(diagtool.load(folder / "shop.yaml"), FORMATS, folder)
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "part"),
    [
        ("web.svg", ' stroke-dasharray="[^"]*"', "", ""),
        ("web.drawio", "dashed=1;", "", ""),
        ("web.pptx", "<a:prstDash [^>]*>", "", SLIDE),
        ("web.dot", "style = dashed", "style = solid", ""),
        ("web.diag", "style = dashed", "style = solid", ""),
        ("web.mmd", "-.->", "-->", ""),
        ("web.puml", r"\.\.>", "-->", ""),
    ],
)
def test_a_line_that_is_dashed_no_more_contradicts(
    optional: Path, tmp_path: Path, name: str, old: str, new: str, part: str
) -> None:
    path = tmp_path / name
    shutil.copy(optional / name, path)
    if part:
        repacked(path, part, lambda text: re.sub(old, new, text))
    else:
        path.write_text(re.sub(old, new, path.read_text("utf-8")), "utf-8")
    found = verify(diagtool.load(optional / "shop.yaml"), [path]).diagnostics
    (first, *_) = found
    assert first.code == "fact-missing"
    assert "the line between Cache and web Server" in first.message
    assert "is dashed: optional" in first.message
    assert first.place.line > 2 or name.endswith((".svg", ".pptx"))


def test_a_dashed_line_that_somebody_drew_can_mean_anything(optional: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.dot").write_text(
        'digraph { lb -> "web Server 1" -> Cache; Cache -> "web Server 2" [style = dashed] }'
    )
    found = verify(diagtool.load(optional / "shop.yaml"), [tmp_path / "mine.dot"]).diagnostics
    assert any("web Server 2" in finding.message for finding in found)
    assert not any("is dashed:" in finding.message for finding in found)


# --- what a file carries and says of itself -------------------------------------------


def test_pages_in_another_order_contradict(topology: Topology, tmp_path: Path) -> None:
    views = list(diagram.views(topology))
    content = exporting.together(topology, "drawio", views).content.decode()
    pages = re.findall("(?s)  <diagram .*?</diagram>\n", content)
    assert len(pages) > 2
    path = tmp_path / "shop.drawio"
    path.write_text(content)
    assert verify(topology, [path]).proved == 1
    path.write_text(content.replace(pages[0] + pages[1], pages[1] + pages[0]))
    (finding,) = verify(topology, [path]).diagnostics
    assert finding.code == "fact-differs"
    assert "its pages are '2, 1, 3'" in finding.message
    path.write_text(content.replace(pages[1], "").replace('pages="3"', 'pages="2"'))
    (finding,) = verify(topology, [path]).diagnostics
    assert "its pages are '1, 3'" in finding.message


def test_a_pdf_of_several_views_that_was_packed(topology: Topology, tmp_path: Path) -> None:
    path = tmp_path / "shop.pdf"
    path.write_bytes(exporting.together(topology, "pdf", list(diagram.views(topology))).content)
    writer = PdfWriter(path)
    entries = writer._info
    assert entries is not None
    for name, text in list(entries.items()):
        if "sha256:" in text:  # so that it cannot be found in the bytes
            entries[NameObject(name)] = ByteStringObject(text.encode())
    writer.write(path)
    assert b"sha256:" not in path.read_bytes()
    assert verify(topology, [path]).proved == 1


def test_labels_of_a_pdf_that_changed_places(topology: Topology, tmp_path: Path) -> None:
    path = tmp_path / "web.pdf"
    view = diagram.view(topology, "web")
    path.write_bytes(exporting.together(topology, "pdf", [view]).content)
    writer = PdfWriter(path)
    data = writer.pages[0].get_contents()
    assert data is not None
    first, second = b"web Server 1", b"web Server 2"
    parts = [part.replace(second, first) for part in data.get_data().split(first)]
    assert first in data.get_data()
    assert second in data.get_data()
    data.set_data(second.join(parts))
    writer.pages[0].replace_contents(data)
    writer.write(path)
    found = verify(topology, [path]).diagnostics
    said = "a label says 'web Server 2', but .* gives 'web Server 1'"
    assert any(re.search(said, finding.message) for finding in found)
    assert not any("carries no digest" in finding.message for finding in found)


@pytest.mark.parametrize(
    ("one", "other"),
    [(rb"(a \001\)) Tj", b"<61200129>  Tj"), (b"(a b) Tj", b"<612062> Tj"), (rb"(\51)", rb"(\))")],
)
def test_strings_of_a_pdf_by_signs_and_by_numbers(one: bytes, other: bytes) -> None:
    assert spaced_once(one) == spaced_once(other) != spaced_once(b"(a  b) Tj")


def test_an_encrypted_pdf(topology: Topology, tmp_path: Path) -> None:
    path = tmp_path / "web.pdf"
    view = diagram.view(topology, "web")
    path.write_bytes(exporting.together(topology, "pdf", [view]).content)
    writer = PdfWriter(path)
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)
    (finding,) = verify(topology, [path]).diagnostics
    assert str(finding).endswith("it is encrypted")


def saved_pdf(old: Path, new: Path, **entries: str) -> None:
    """A PDF that another program saved, with other entries in what it says of itself."""
    writer = PdfWriter(old)
    writer.add_metadata({f"/{name}": text for name, text in entries.items()})
    writer.compress_identical_objects()
    writer.write(new)


@pytest.mark.parametrize(
    ("name", "text"),
    [("Keywords", "Layout of job"), ("Company", "Others"), ("Title", "Layout of job")],
)
def test_a_pdf_that_says_something_else_of_itself(
    written: Path, topology: Topology, tmp_path: Path, name: str, text: str
) -> None:
    saved_pdf(written / "out/web.pdf", tmp_path / "web.pdf")
    assert verify(topology, [tmp_path / "web.pdf"]).proved == 1
    saved_pdf(written / "out/web.pdf", tmp_path / "web.pdf", **{name: text})
    result = verify(topology, [tmp_path / "web.pdf"])
    assert result.proved == 0
    assert any(text in finding.message for finding in result.diagnostics)


@pytest.mark.parametrize(
    ("name", "part"),
    [("web.svg", ""), ("web.drawio", ""), ("web.pptx", "docProps/core.xml")],
)
@pytest.mark.parametrize(
    ("old", "new"),
    [("shop/web|topology=.shop.", "other/web"), ("sha256:[0-9a-f]{4}", "sha256:aaaa")],
)
def test_a_picture_that_carries_the_origin_of_another(
    edit: Callable[..., Path], topology: Topology, name: str, part: str, old: str, new: str
) -> None:
    new = 'topology="other"' if name == "web.drawio" and "other" in new else new
    result = verify(topology, [edit(name, old, new, part)])
    assert result.proved == 0
    assert result.diagnostics


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("web.svg", "</metadata>", r"\g<0><metadata>diagtool shop/job sha256:1</metadata>"),
        ("web.svg", "</metadata>", r"<dc xmlns='x'>Old picture</dc>\g<0>"),
        ("web.svg", "<svg ", r'<!DOCTYPE svg SYSTEM "https://a.example/x.dtd">\g<0>'),
        ("web.drawio", ' digest="sha256:[0-9a-f]*" pages', ' digest="sha256:0" pages'),
        ("web.drawio", 'view="web" digest="[^"]*"', 'view="web" digest="sha256:0"'),
        ("web.drawio", 'math="0"', 'math="1"'),
    ],
)
def test_what_a_picture_carries_beside_is_not_proved(
    edit: Callable[..., Path], topology: Topology, name: str, old: str, new: str
) -> None:
    result = verify(topology, [edit(name, old, new)])
    assert [finding.code for finding in result.diagnostics] == ["not-proved"]


@pytest.mark.parametrize(
    "change",
    [
        lambda found: [*found[:1], (b"tEXt", b"Source\0diagtool shop/job sha256:0"), *found[1:]],
        lambda found: [chunk for chunk in found if not chunk[1].startswith(b"Pixels")],
        lambda found: [(n, re.sub(rb" sha256:\w+", b" sha256:0", body)) for n, body in found],
        lambda found: [
            (n, body.replace(b"Title\0\0\0\0", b"Title\0\0\0\0job")) for n, body in found
        ],
    ],
)
def test_what_a_bitmap_carries_beside_is_not_proved(
    written: Path,
    topology: Topology,
    tmp_path: Path,
    change: Callable[[list[tuple[bytes, bytes]]], list[tuple[bytes, bytes]]],
) -> None:
    content = (written / "out/web.png").read_bytes()
    packed = b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in change(list(png.chunks(content)))
    )
    (tmp_path / "web.png").write_bytes(content[:8] + packed)
    result = verify(topology, [tmp_path / "web.png"])
    assert [finding.code for finding in result.diagnostics] == ["not-proved"]


def bookmark_leads_away(root: DictionaryObject) -> None:
    first = root["/Outlines"]["/First"]  # type: ignore[index]
    del first["/Dest"]
    action = {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("x")}
    first[NameObject("/A")] = DictionaryObject(action)


def bookmark_is_white(root: DictionaryObject) -> None:
    first = root["/Outlines"]["/First"]  # type: ignore[index]
    first[NameObject("/C")] = ArrayObject([NumberObject(1)] * 3)


def language(root: DictionaryObject) -> None:
    root[NameObject("/Lang")] = TextStringObject("de")


@pytest.mark.parametrize("change", [bookmark_leads_away, bookmark_is_white, language])
def test_what_a_pdf_carries_beside_is_not_proved(
    written: Path, topology: Topology, tmp_path: Path, change: Callable[[DictionaryObject], None]
) -> None:
    path = tmp_path / "web.pdf"
    writer = PdfWriter(written / "out/web.pdf")
    writer.write(path)
    assert verify(topology, [path]).proved == 1
    change(writer.root_object)
    writer.write(path)
    assert [finding.code for finding in verify(topology, [path]).diagnostics] == ["not-proved"]


def test_a_bookmark_of_a_pdf_leads_to_its_page(topology: Topology, tmp_path: Path) -> None:
    path = tmp_path / "all.pdf"
    content = exporting.together(topology, "pdf", list(diagram.views(topology))).content
    one, two = re.findall(rb"/Dest \[ \d+ 0 R /Fit \]", content)[:2]
    path.write_bytes(content.replace(one, two))
    assert [finding.code for finding in verify(topology, [path]).diagnostics] == ["not-proved"]


@pytest.mark.parametrize(("before", "behind"), [(b"<p>", b""), (b"", b"<p>")])
def test_data_around_a_document_is_not_proved(
    written: Path, topology: Topology, tmp_path: Path, before: bytes, behind: bytes
) -> None:
    path = tmp_path / "web.pdf"
    path.write_bytes(before + (written / "out/web.pdf").read_bytes() + behind)
    assert [finding.code for finding in verify(topology, [path]).diagnostics] == ["not-proved"]


RELATED = '<Relationship Id="rId9" Type="x/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/>'


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SLIDE, '<p:cSld name="web"', '<p:cSld name="job"'),
        ("_rels/.rels", "</Relationships>", rf"{RELATED}\g<0>"),
        ("docProps/app.xml", "<Company></Company>", "<Company>Others</Company>"),
        ("docProps/core.xml", "<dc:creator>diagtool", "<dc:creator>Others"),
        ("docProps/core.xml", "<dc:identifier>sha256:[^<]*", "<dc:identifier>sha256:0"),
        ("docProps/core.xml", "</dc:title>", r"\g<0><cp:contentStatus>Old</cp:contentStatus>"),
    ],
)
def test_what_a_deck_carries_beside_is_not_proved(
    edit: Callable[..., Path], topology: Topology, part: str, old: str, new: str
) -> None:
    result = verify(topology, [edit("web.pptx", old, new, part)])
    assert [finding.code for finding in result.diagnostics] == ["not-proved"]


def commented(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"Old"


def with_a_thumbnail(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("docProps/thumbnail.jpeg", "Old")


@pytest.mark.parametrize(
    "change",
    [
        commented,
        with_a_thumbnail,
        lambda path: path.write_bytes(b"Old" + path.read_bytes()),
        lambda path: path.write_bytes(path.read_bytes() + b"Old"),
    ],
)
def test_what_is_around_the_parts_of_a_deck_is_not_proved(
    written: Path, topology: Topology, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    path = Path(shutil.copy(written / "out/web.pptx", tmp_path))
    change(path)
    assert [finding.code for finding in verify(topology, [path]).diagnostics] == ["not-proved"]
