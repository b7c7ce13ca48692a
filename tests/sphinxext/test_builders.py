"""The guide in the form of every builder: six pictures, or their words."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable
from html import unescape
from xml.etree import ElementTree

import pytest
from sphinx_project import BUILDERS, Build, Project

Guide = Callable[[str], Build]

SERVICES = ("api", "central", "mdns", "worker", "producer", "sink")
IDS = [f"designate-{service}" for service in SERVICES]
OPTIONS = (
    "api_base_uri",
    "enable_host_header",
    "enable_proxy_headers_parsing",
    "backend_url",
)
WORDS = "An arrow leads from L7 Load Balancer to each of the API Servers."


@pytest.mark.slow
@pytest.mark.parametrize("builder", BUILDERS)
def test_no_builder_warns(guide: Guide, builder: str) -> None:
    build = guide(builder)
    assert build.warnings == ""
    assert build.status == 0


@pytest.mark.parametrize(
    ("builder", "page"),
    [("html", "guide.html"), ("dirhtml", "guide/index.html"), ("singlehtml", "index.html")],
)
def test_html_has_six_sections_six_pictures_and_three_snippets(
    guide: Guide, builder: str, page: str
) -> None:
    html = guide(builder).text(page)
    for id in IDS:
        assert html.count(f'<section id="{id}">') == 1
    pictures = re.findall(r"<svg .*?</svg>", html, re.DOTALL)
    assert len(pictures) == 6
    assert html.count("<figcaption>") == 6
    assert WORDS in unescape(pictures[0])
    assert html.count('<div class="highlight-ini') == 3
    for option in OPTIONS:
        assert option in html
    assert html.count('class="admonition warning"') == 1
    assert "https://docs.openstack.org/tooz/latest/user/compatibility.html#grouping" in html


@pytest.mark.parametrize(
    ("builder", "page"),
    [("html", "guide.html"), ("dirhtml", "guide/index.html"), ("singlehtml", "index.html")],
)
def test_every_link_of_a_page_leads_somewhere(guide: Guide, builder: str, page: str) -> None:
    build = guide(builder)
    html = build.text(page)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    here = (build.out / page).parent
    # The links of a single page's table of contents are Sphinx's own affair.
    own = re.sub(r'<li class="toctree-l.*?</a>', "", html, flags=re.DOTALL)
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', own)]
    pictures = "".join(re.findall(r"<svg .*?</svg>", html, re.DOTALL))
    boxes = re.findall(r'<a href="([^"]+)"', pictures)
    # A box for each server, each server's group and each component that it talks with.
    assert len(boxes) == 6 * 4 + 12
    for link in links:
        if link.startswith("#") and link != "#":
            assert link[1:] in ids, link
        elif link not in ("genindex.html", "search.html") and not re.match(r"[a-z]+:|#", link):
            path = here / link.partition("#")[0].partition("?")[0]
            assert path.is_file() or (path / "index.html").is_file(), link


def test_html_boxes_lead_to_what_they_stand_for(guide: Guide) -> None:
    html = guide("html").text("guide.html")
    first = re.search(r"<svg .*?</svg>", html, re.DOTALL)
    assert first is not None
    box = re.search(r'data-id="amqp_servers">.*?<a href="([^"]+)"', first[0]) or re.search(
        r'<a href="(#amqp_servers)"', first[0]
    )
    assert box is not None and box[1] == "#amqp_servers"
    assert re.search(r'<dt id="amqp_servers"', html)


def test_the_keyboard_scrolls_wide_code(guide: Guide) -> None:
    html = guide("html").text("guide.html")
    generated = re.findall(r"(?s)<!--topo:.*?<!--/topo:-->", html)
    assert sum(part.count('<pre tabindex="0">') for part in generated) == 4
    assert not any("<pre>" in part for part in generated)


def test_html_offers_the_files_of_each_figure(guide: Guide) -> None:
    build = guide("html")
    links = re.findall(
        r'<a class="reference download internal" download="" href="([^"]+)">',
        build.text("guide.html"),
    )
    for id in IDS:
        for suffix in ("svg", "png", "diag"):
            (link,) = [link for link in links if link.endswith(f"/{id}.{suffix}")]
            assert (build.out / link).stat().st_size > 200
    (sample,) = {link for link in links if link.endswith("/designate-producer.conf")}
    assert "backend_url = kazoo://<zookeeper url>:<zookeeper port>" in build.text(sample)


def test_html_offers_a_sample_once_below_the_last_snippet(guide: Guide) -> None:
    html = guide("html").text("guide.html")
    section = html[html.index('id="designate-api"') : html.index('id="designate-central"')]
    assert section.count("/designate-api.conf") == 1
    assert section.index("enable_proxy_headers_parsing") < section.index("/designate-api.conf")


@pytest.mark.parametrize("builder", ["html", "text", "latex", "man"])
def test_pages_say_what_to_put_in_place_of_placeholders(guide: Guide, builder: str) -> None:
    build = guide(builder)
    (path,) = (
        path
        for path in build.out.rglob("*")
        if path.suffix in (".html", ".txt", ".tex", ".7") and "ZooKeeper server" in path.read_text()
    )
    text = " ".join(re.sub("<[^>]*>", "", path.read_text("utf-8")).split())
    assert re.search(r"The port of that server\. Example: .{0,50}2181", text)


def test_a_snippet_by_itself_says_it_too(project: Callable[..., Project]) -> None:
    made = project(index="Page\n====\n\n.. topo:snippet:: designate-producer\n")
    build = made.build()
    assert build.warnings == ""
    html = re.sub("<[^>]*>", "", build.text("index.html"))
    assert "&lt;zookeeper port&gt;: The port of that server. Example: 2181." in html
    assert html.count("designate-producer.conf") == 1
    made.change("designate.yaml", "The port of that server", "Its port")
    again = made.build()
    assert again.read == ["index"]
    assert "Its port" in again.text("index.html")


def test_html_figures_are_numbered(guide: Guide) -> None:
    html = guide("html").text("guide.html")
    assert re.findall(r'<span class="caption-number">Fig\. (\d) </span>', html) == list("123456")


def test_html_finds_pictures_and_parts_by_search(guide: Guide) -> None:
    index = guide("html").text("searchindex.js")
    assert '"topo:service"' in index and '"topo:component"' in index
    assert '"designate-producer"' in index and '"dlm_servers"' in index
    # "balancer" stands in labels and notes; "AMQP Servers" stands in pictures only.
    assert re.search(r'\b"?balanc"?:', index)


def test_inventory_holds_services_and_components(guide: Guide) -> None:
    from sphinx.util.inventory import InventoryFile

    build = guide("html")
    inventory = InventoryFile.loads((build.out / "objects.inv").read_bytes(), uri="")
    services = inventory.data["topo:service"]
    assert set(services) == set(IDS)
    assert services["designate-api"].uri == "guide.html#designate-api"
    assert "amqp_servers" in inventory.data["topo:component"]


def test_epub_holds_six_pictures_in_its_manifest(guide: Guide) -> None:
    build = guide("epub")
    with zipfile.ZipFile(build.out / "demo.epub") as book:
        manifest = ElementTree.fromstring(book.read("content.opf"))
        pictures = [
            item.get("href", "")
            for item in manifest.iter("{http://www.idpf.org/2007/opf}item")
            if item.get("media-type") == "image/svg+xml"
        ]
        assert len(pictures) == 6
        for picture in pictures:
            assert ElementTree.fromstring(book.read(picture)).tag.endswith("svg")
        page = ElementTree.fromstring(book.read("guide.xhtml"))
        images = list(page.iter("{http://www.w3.org/1999/xhtml}img"))
        assert {image.get("src") for image in images} == set(pictures)
        assert WORDS in (images[0].get("alt") or "")
        text = book.read("guide.xhtml").decode()
    assert "_downloads" not in text and ".conf<" not in text


def test_latex_shows_six_pdf_files(guide: Guide) -> None:
    build = guide("latex")
    names = re.findall(r"\\sphinxincludegraphics\{\{(.+?)\}\.pdf\}", build.text("demo.tex"))
    assert len(names) == len(set(names)) == 6
    for name in names:
        content = (build.out / f"{name}.pdf").read_bytes()
        # XeTeX refuses a file with anything after its end.
        assert content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")
    assert build.text("demo.tex").count(r"\caption{") == 6


def test_texinfo_finds_its_six_pictures(guide: Guide, tool: Callable[..., str]) -> None:
    build = guide("texinfo")
    images = re.findall(r"@image\{([^,]+),[^,]*,[^,]*,(.*?),png\}", build.text("demo.texi"))
    assert len(images) == 6
    for name, _ in images:
        assert (build.out / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert WORDS in images[0][1]
    made = subprocess.run(
        [tool("makeinfo"), "--html", "--no-split", "-o", "guide.html", "demo.texi"],
        cwd=build.out,
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stderr == ""
    assert build.text("guide.html").count("<img ") == 6


@pytest.mark.parametrize(("builder", "page"), [("text", "guide.txt"), ("man", "demo.7")])
def test_text_and_man_tell_each_picture_in_words(guide: Guide, builder: str, page: str) -> None:
    text = " ".join(guide(builder).text(page).replace("\\-", "-").split())
    assert WORDS in text
    for service in SERVICES:
        servers = "API Servers" if service == "api" else f"designate-{service} Servers"
        assert len(re.findall(rf"{servers}: \S+ Server 1, ", text)) == 1
        assert len(re.findall(rf"Layout of designate-{service}\b", text)) == 1
    assert "[image" not in text
    for option in OPTIONS:
        assert option in text


def test_man_page_reads_well(guide: Guide, tool: Callable[..., str]) -> None:
    shown = subprocess.run(
        [tool("man"), "-l", "demo.7"],
        cwd=guide("man").out,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "UNINDENT" not in shown
    assert re.search(r"passes them on\.\n\n +Layout of designate.api\n", shown)


def test_catalogue_holds_the_words_of_pictures_and_no_file_names(guide: Guide) -> None:
    catalogue = guide("gettext").text("guide.pot")
    messages = re.findall(r'^msgid "(.*)"$', catalogue, re.MULTILINE)
    assert len(messages) == len(set(messages))
    for message in (
        "L7 Load Balancer",
        "designate-sink Server 3",
        "Layout of designate-mdns",
        "Takes requests over HTTP and passes them on.",
    ):
        assert message in messages
    assert any(WORDS in message for message in messages)
    for message in messages:
        assert not re.search(r"\.(svg|png|pdf|diag|conf|yaml)\b|\.\. ", message), message


def test_catalogue_names_the_line_of_the_topology(guide: Guide) -> None:
    build = guide("gettext")
    source = (build.out / "../../designate.yaml").resolve().read_text("utf-8").split("\n")
    catalogue = build.text("guide.pot")
    entry = re.search(r'((?:#: .+\n)+)msgid "Without :topo:value:', catalogue)
    assert entry is not None
    place = re.fullmatch(r"#: \.\./\.\./designate\.yaml:(\d+)\n", entry[1])
    assert place is not None
    assert source[int(place[1]) - 1].strip() == "shared-work:"
    title = re.search(r'((?:#: .+\n)+)msgid "designate-central"', catalogue)
    assert title is not None
    lines = {int(number) for number in re.findall(r":(\d+)$", title[1], re.MULTILINE)}
    assert "designate-central:" in {source[number - 1].strip() for number in lines}
