"""A built page is held against what its directives and roles generated, whatever was edited."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Comment, Tag
from sphinx_project import Project, make

from diagtool.checks.verify import Given, verify
from diagtool.guide import site_record
from diagtool.loading.loader import load
from diagtool.model import Severity

SHOP = """\
format: 1
name: Shop
catalogues: [options.json]
intro: [Read *this* first.]
components:
  proxy:
    front: true
    description: Ends TLS.
    balancing: {address: <shop>}
  queue: {name: job queue, description: Hands jobs on.}
  mirror: {description: Holds a copy.}
services:
  web:
    description: Answers all.
    replicas: 2
    connections: [{from: proxy}, {to: queue, label: puts jobs}, {to: mirror}]
    listen: {port: 8080}
    snippets:
      address:
        relies_on: address
        options: {web: {base_url: http://<shop>/, threads: "4", password: "hunter2"}}
    notes:
      - Run {web.replicas} of {web}; see [the manual](https://example.org/manual).
      - snippet: address
      - warning: Mind the {queue}.
  worker:
    connections: [{with: queue}]
placeholders:
  shop: {description: Where it is., example: shop.example.org}
"""
OPTIONS = """\
{"format": 1, "product": "shop", "release": "1.0", "groups":
 {"web": {"base_url": {"type": "uri", "help": "Where clients find it."},
          "password": {"type": "string", "secret": true},
          "threads": {"type": "integer", "default": "4"}}}}
"""
INDEX = """\
Shop
====

By hand: :topo:value:`web.replicas` of :topo:service:`web`.

.. topo:guide::

.. blockdiag::
   :caption: Drawn

   left -> right;

More by hand
============

Nothing of ours.

.. topo:diagram:: overview
"""
CONF = """\
    topo_topologies = {"shop": "shop.yaml"}
    topo_downloads = ["svg", "blockdiag"]
    html_static_path = ["own"]
    html_css_files = ["own.css"]
    """


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shop's guide."""
    made = make(tmp_path_factory.mktemp("shop"), CONF)
    made.write("index.rst", INDEX)
    made.write("shop.yaml", SHOP)
    made.write("options.json", OPTIONS)
    made.write("own/own.css", "p{margin:0}")
    build = made.build()
    assert build.warnings == ""
    return made


@pytest.fixture
def site(built: Project, tmp_path: Path) -> Path:
    """A copy of it to edit."""
    return Path(shutil.copytree(built.root / "_build" / "html", tmp_path / "site"))


def found(built: Project, path: Path) -> list[str]:
    """What is wrong with a page, an error or a warning a line."""
    result = verify([load(built.root / "shop.yaml")], [path])
    return [f"{d.code}: {d.message}" for d in result.diagnostics]


def test_what_was_built_is_proved(built: Project, site: Path) -> None:
    result = verify([load(built.root / "shop.yaml")], [site / "index.html"])
    assert result.diagnostics == ()
    assert result.proved == 1


def test_a_site_without_its_record_is_not_proved(built: Project, site: Path) -> None:
    (site / site_record.NAME).unlink()
    result = verify([load(built.root / "shop.yaml")], [site])
    (line,) = [d.message for d in result.diagnostics if d.place.path == f"{site}/index.html"]
    assert line.startswith("the record of the site, which says")
    pages = {Path(path).name for path in result.silent if path.endswith(".html")}
    assert pages <= {"genindex.html", "search.html"}


def test_the_record_is_the_same_for_the_same_site(built: Project, tmp_path: Path) -> None:
    shutil.copytree(built.root, tmp_path / "other", ignore=shutil.ignore_patterns("_build"))
    again = Project(tmp_path / "other").build()
    one, other = (
        (site / site_record.NAME).read_bytes()
        for site in (built.root / "_build" / "html", again.out)
    )
    assert one == other
    assert str(tmp_path).encode() not in other
    known = site_record.read(again.out)
    assert known is not None and site_record.written(known) == other


MakeProject = Callable[..., Project]
Edit = Callable[[BeautifulSoup], object]


def tag(soup: BeautifulSoup, name: str, words: str) -> Tag:
    """The innermost element with these words."""
    tags = [t for t in soup.find_all(name) if words in " ".join(t.get_text().split())]
    return min(tags, key=lambda t: len(t.get_text()))


def reworded(soup: BeautifulSoup, name: str, old: str, text: str) -> None:
    """Writes words in another way."""
    string = tag(soup, name, old).string
    assert string is not None
    string.replace_with(string.replace(old, text))


def new(markup: str) -> BeautifulSoup:
    return BeautifulSoup(markup, "html.parser")


def say(name: str, words: str, instead: str) -> Edit:
    """Other words in an element."""

    def edit(soup: BeautifulSoup) -> None:
        element = tag(soup, name, words)
        text = next(t for t in element.find_all(string=True) if words in t)
        text.replace_with(text.replace(words, instead))

    return edit


def put(name: str, words: str, attribute: str, value: str) -> Edit:
    """Another attribute at an element."""
    return lambda soup: tag(soup, name, words).__setitem__(attribute, value)


def beside(name: str, words: str, markup: str) -> Edit:
    """More behind an element."""
    return lambda soup: tag(soup, name, words).insert_after(new(markup))


EDITS: dict[str, tuple[Edit, str]] = {
    "needs-denied": (say("p", "Needs access to:", "Does not need access to:"), "differs.*Does not"),
    "needs-nothing": (say("p", "Needs access to:", "May need:"), "differs"),
    "entry-gone": (lambda s: tag(s, "li", "job queue").decompose(), "missing.*job queue"),
    "entry-hidden": (
        put("li", "job queue", "hidden", ""),
        "missing.*queue",
    ),
    "entry-styled-away": (
        put("li", "job queue", "style", "DISPLAY : none"),
        "missing.*queue",
    ),
    "entry-struck-out": (lambda s: tag(s, "li", "job queue").wrap(s.new_tag("del")), "missing"),
    "entry-added": (
        lambda s: tag(s, "li", "job queue").insert_after(new("<li>Redis</li>")),
        "Redis",
    ),
    "entry-renamed": (say("li", "job queue", "job queues"), "job queues"),
    "entries-swapped": (
        lambda s: tag(s, "li", "job queue").insert_before(tag(s, "li", "mirror").extract()),
        "fact-",
    ),
    "second-list": (
        beside("ul", "job queue", "<p>Also:</p><ul><li>db</li></ul>"),
        "extra.*db",
    ),
    "component-renamed": (say("dt", "mirror", "replica"), "component replica"),
    "component-added": (
        lambda s: tag(s, "dt", "mirror").insert_before(new("<dt>cache</dt><dd><p>Fast.</p></dd>")),
        "cache",
    ),
    "needed-by-denied": (say("p", "Needed by", "Not needed by"), "Not needed by"),
    "front-of-other": (
        lambda s: (
            s.find("dt", id="proxy").find_next("a", href="#web").span.string.replace_with("x")
        ),
        "proxy stands in front of x",
    ),
    "number": (
        lambda s: tag(s, "p", "see the manual").find("span").string.replace_with("5"),
        "Run 5 of web",
    ),
    "number-by-role": (
        lambda s: tag(s, "p", "By hand").find("span").string.replace_with("5"),
        "differs.*'5'.*topo:value",
    ),
    "name-by-role": (say("span", "web", "api"), "'api'"),
    "role-unwrapped": (
        lambda s: tag(s, "p", "By hand").find("a").replace_with("three"),
        "",
    ),
    "warning-changed": (say("p", "Mind the", "Do not mind the"), "Do not mind"),
    "warning-gone": (lambda s: s.find(class_="warning").decompose(), "missing.*Mind the"),
    "warning-added": (
        lambda s: s.find(class_="warning").insert_after(
            new('<div class="admonition warning"><p>Warning</p><p>It loses data.</p></div>')
        ),
        "extra.*a warning says 'It loses data",
    ),
    "caption": (say("figcaption", "Layout of web", "How five servers work"), "caption says"),
    "alternative-text": (
        lambda s: s.find("svg").find("desc").string.replace_with("Nothing leads anywhere."),
        "description says 'Nothing leads",
    ),
    "title-of-the-picture": (lambda s: s.find("svg").find("title").string.replace_with("x"), "'x'"),
    "label-in-the-picture": (say("text", "job queue", "job stack"), "job stack"),
    "line-label": (say("text", "puts jobs", "takes jobs"), "takes jobs"),
    "label-gone": (lambda s: tag(s, "text", "job queue").decompose(), "job queue"),
    "picture-gone": (lambda s: s.find("figure").decompose(), "missing"),
    "picture-of-another": (
        lambda s: s.find("figure").replace_with(new(str(s.find_all("figure")[1]))),
        "fact-",
    ),
    "line-of-config": (say("pre", "4", "40"), "threads = 40"),
    "line-commented-out": (
        lambda s: tag(s, "span", "threads").insert_before("# "),
        "# threads = 4",
    ),
    "line-gone": (
        lambda s: tag(s, "pre", "threads").find("span", string="base_url").decompose(),
        "base_url",
    ),
    "line-added": (lambda s: tag(s, "pre", "threads").append("tls = false\n"), "tls = false"),
    "server-of-the-balancer": (say("pre", "8080", "8081"), "8081"),
    "placeholder": (say("li", "shop.example.org", "x.example.net"), "x.example.net"),
    "description": (say("p", "Answers all.", "Answers nobody."), "Answers nobody"),
    "intro": (say("p", "first", "last"), "last"),
    "heading": (say("h2", "worker", "workers"), "a heading says"),
    "section-gone": (lambda s: s.find("section", id="worker").decompose(), "missing.*worker"),
    "link-elsewhere": (
        lambda s: tag(s, "li", "job queue").find("a").__setitem__("href", "#mirror"),
        "href=#mirror",
    ),
    "manual-elsewhere": (
        lambda s: s.find("a", href="https://example.org/manual").__setitem__(
            "href", "http://e.org"
        ),
        "href=http://e.org",
    ),
    "download-elsewhere": (
        lambda s: s.find("a", string="SVG").__setitem__("href", "other.svg"),
        "other.svg",
    ),
    "download-gone": (lambda s: s.find("a", string="source").decompose(), "source"),
    "download-renamed": (say("p", "web.conf", "api.conf"), "a download says 'api.conf"),
    "cell": (lambda s: s.find("td").p.string.replace_with("removed"), "a cell says 'removed'"),
    "row-gone": (lambda s: s.find("tbody").find("tr").decompose(), "missing.*a cell"),
    "default-of-an-option": (say("p", "Default:", "Default is not:"), "Default is not"),
    "picture-by-hand": (say("text", "left", "right?"), "blockdiag"),
    "all-of-a-directive": (
        lambda s: s.find("section", id="more-by-hand").find("figure").decompose(),
        "missing.*topo:diagram overview",
    ),
    "contents": (
        lambda s: s.find(class_="sphinxsidebar").find("a", href="#web").string.replace_with("api"),
        "a link says 'api', but Sphinx generates 'web'",
    ),
    "hidden-around": (
        lambda s: s.find("section", id="shop").__setitem__("hidden", ""),
        "hidden or struck out",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_contradicts(built: Project, site: Path, name: str) -> None:
    edit, message = EDITS[name]
    page = site / "index.html"
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    edit(soup)
    page.write_text(str(soup), "utf-8")
    result = verify([load(built.root / "shop.yaml")], [page])
    told = [f"{d.code}: {d.message}" for d in result.diagnostics if d.severity is Severity.ERROR]
    assert result.proved == 0
    assert any(re.search(message, line) for line in told), told
    assert "hunter2" not in str(result.diagnostics)


def test_a_secret_is_not_told(built: Project, site: Path) -> None:
    page = site / "index.html"
    page.write_text(page.read_text("utf-8").replace("hunter2", "hunter3"), "utf-8")
    result = verify([load(built.root / "shop.yaml")], [page])
    assert any("(secret)" in finding.message for finding in result.diagnostics)
    assert "hunter" not in str(result.diagnostics)


@pytest.mark.parametrize("said", ["text", "title"])
def test_a_value_of_a_placeholder_is_not_told(built: Project, site: Path, said: str) -> None:
    page = site / "index.html"
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    if said == "title":
        soup.find("a", href="https://example.org/manual")["title"] = "It takes MARKER-pa55."
    else:
        tag(soup, "p", "Answers all").append(" It takes MARKER-pa55.")
    page.write_text(str(soup), "utf-8")
    given = Given({"shop": "MARKER-pa55"})
    found = verify([load(built.root / "shop.yaml")], [page], given=given).diagnostics
    assert any("(secret)" in finding.message for finding in found)
    assert "MARKER" not in str(found)


LOOKS: dict[str, Edit] = {
    "script": lambda s: s.head.append(new("<script>document.body.remove()</script>")),
    "style": lambda s: s.body.append(new("<style>li{display:none}</style>")),
    "sheet": lambda s: s.head.append(new('<link rel="stylesheet" href="more.css"/>')),
    "handler": lambda s: s.body.__setitem__("onload", "run()"),
    "frame": lambda s: s.body.append(new('<iframe src="x.html"></iframe>')),
    "arrow": lambda s: s.find("path", class_="topo-node-line").__setitem__("fill", "#fff"),
    "class": lambda s: tag(s, "li", "job queue").__setitem__("class", "visually-hidden"),
    "emphasis": lambda s: tag(s, "p", "Answers all").string.wrap(s.new_tag("strong")),
    "blank": lambda s: reworded(s, "p", "Answers all", "Answers\xa0all"),
    "comment": lambda s: tag(s, "p", "Answers all").insert(0, Comment("not all")),
    "comment in a picture": lambda s: tag(s, "text", "mirror").append(Comment("two of them")),
    "indented option": lambda s: tag(s, "pre", "threads").insert(-1, "  "),
    "transparent": lambda s: tag(s, "text", "mirror").__setitem__("class", "x"),
}


@pytest.mark.parametrize("name", LOOKS)
def test_another_look_is_not_proved(built: Project, site: Path, name: str) -> None:
    page = site / "index.html"
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    LOOKS[name](soup)
    page.write_text(str(soup), "utf-8")
    result = verify([load(built.root / "shop.yaml")], [page])
    assert result.proved == 0
    assert {d.code for d in result.diagnostics} == {"not-proved"}


def prettified(text: str) -> str:
    return str(BeautifulSoup(text, "html.parser").prettify())


def by_lxml(text: str) -> str:
    from lxml import html

    tree = html.fromstring(text)
    return str(html.tostring(tree, encoding="unicode", pretty_print=True))


HARMLESS: dict[str, Callable[[str], str]] = {
    "prettified": prettified,
    "lxml": by_lxml,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "attributes in another order": lambda text: re.sub(
        r'<a class="reference internal" (href="[^"]*")', r'<a \1 class="reference internal"', text
    ),
    "quotes": lambda text: re.sub(r'href="([^"\']*)"', r"href='\1'", text),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_nobody_sees_is_proved(built: Project, site: Path, name: str) -> None:
    page = site / "index.html"
    text = page.read_text("utf-8")
    changed = HARMLESS[name](text)
    assert changed != text
    page.write_text(changed, "utf-8", newline="")
    assert found(built, page) == []


@pytest.mark.parametrize(
    "old, new",
    [
        ("Nothing of ours.", "Something else."),
        ("<p>Nothing", "<p>New.</p><p>Nothing"),
        ("<title>", "<title>New "),
    ],
)
def test_what_the_author_wrote_is_not_proved_once_it_differs(
    built: Project, site: Path, old: str, new: str
) -> None:
    page = site / "index.html"
    text = page.read_text("utf-8")
    assert old in text
    page.write_text(text.replace(old, new, 1), "utf-8")
    assert found(built, page) == [
        "not-proved: it is not the page that the site was built with, "
        "and nothing generated differs on it"
    ]


@pytest.mark.parametrize("name", ["genindex.html", "search.html"])
def test_pages_of_no_document_are_proved_as_they_were_built(
    built: Project, site: Path, name: str
) -> None:
    assert found(built, site / name) == []
    (site / name).write_text((site / name).read_text("utf-8").replace("<body>", "<body>x"))
    assert found(built, site / name) == [
        "not-proved: it is not the page that the site was built with, "
        "and nothing generated differs on it"
    ]


def test_text_behind_the_end_of_a_page(built: Project, site: Path) -> None:
    page = site / "index.html"
    page.write_text(page.read_text("utf-8") + "two of them are gone", "utf-8")
    assert len(found(built, page)) == 1


def test_marks_that_are_gone(built: Project, site: Path) -> None:
    page = site / "index.html"
    page.write_text(re.sub("<!--.*?-->", "", page.read_text("utf-8")), "utf-8")
    assert found(built, page) == ["not-proved: the marks around what was generated are gone"]


def test_a_mark_that_names_another_topology(built: Project, site: Path) -> None:
    page = site / "index.html"
    text = page.read_text("utf-8")
    mark = re.search(r"<!--topo:(topo:guide[^>]*)-->", text)
    assert mark
    page.write_text(text.replace(mark[0], "<!--topo:topo:guide%20other-->", 1), "utf-8")
    (told,) = found(built, page)
    assert told.startswith("not-proved: it is marked as what topo:guide other generates, not ")


def test_a_page_that_was_not_built(built: Project, site: Path) -> None:
    shutil.copy(site / "index.html", site / "copy.html")
    assert found(built, site / "copy.html") == [
        "not-proved: the record of the site has no such page"
    ]


def test_a_file_that_a_page_offers_and_that_is_gone(built: Project, site: Path) -> None:
    offered = sorted(path for path in (site / "_downloads").rglob("*") if path.is_file())
    offered[0].unlink()
    (line,) = found(built, site / "index.html")
    assert line.endswith(f"{offered[0].name}, which it shows or offers, no longer exists")


def test_a_page_that_is_gone(built: Project, site: Path) -> None:
    (site / "genindex.html").unlink()
    assert found(built, site / "index.html") == [
        "fact-missing: genindex.html, which the site was built with, no longer exists"
    ]


def test_a_style_sheet_that_was_changed(built: Project, site: Path) -> None:
    (site / "_static" / "own.css").write_text("li{display:none}")
    (line,) = found(built, site / "index.html")
    assert line.startswith("not-proved: _static/own.css, which it loads or offers, differs")


@pytest.mark.parametrize("name", ["searchindex.js", "objects.inv"])
def test_an_index_of_the_site_that_was_changed(built: Project, site: Path, name: str) -> None:
    (site / name).write_bytes((site / name).read_bytes() + b";alert(1)")
    (line,) = found(built, site / "search.html")
    assert line.startswith(f"not-proved: {name}, which it loads or offers, differs")


def test_the_source_of_a_page_that_was_changed(built: Project, site: Path) -> None:
    source = site / "_sources" / "index.rst.txt"
    source.write_text(source.read_text("utf-8").replace("right", "left"), "utf-8")
    (line,) = found(built, site / "index.html")
    name = "_sources/index.rst.txt"
    assert line.startswith(f"not-proved: {name}, which it loads or offers, differs")
    source.unlink()
    (line,) = found(built, site / "index.html")
    assert line == f"not-proved: {name}, which it shows or offers, no longer exists"


def test_a_record_that_was_changed(built: Project, site: Path) -> None:
    known = site / site_record.NAME
    known.write_text(known.read_text("utf-8").replace("Answers all.", "Answers none."), "utf-8")
    assert any(
        "it is not as the build wrote it" in line for line in found(built, site / "index.html")
    )


def test_a_page_of_an_older_topology(built: Project, site: Path, tmp_path: Path) -> None:
    for name in ("shop.yaml", "options.json"):
        shutil.copy(built.root / name, tmp_path)
    topology = tmp_path / "shop.yaml"
    topology.write_text(SHOP.replace("Holds a copy.", "Holds copies."), "utf-8")
    result = verify([load(topology)], [site])
    (stale,) = [d for d in result.diagnostics if d.code == "outdated"]
    assert "topo:component mirror would say something else since diagtool " in stale.message
    assert "shop was " in stale.message
    # What is not shown makes nothing stale.
    topology.write_text("# Written down\n" + SHOP, "utf-8")
    assert verify([load(topology)], [site / "index.html"]).diagnostics == ()


def test_a_download_is_held_against_the_record(built: Project, site: Path) -> None:
    (path,) = site.rglob("worker.svg")
    assert verify([load(built.root / "shop.yaml")], [path]).proved == 1
    path.write_text(path.read_text("utf-8").replace(">job queue</text>", ">cache</text>"), "utf-8")
    assert any("cache" in line for line in found(built, path))


def test_a_page_of_another_topology_is_not_proved(
    built: Project, site: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("format: 1\nname: Other\nservices:\n  web: {}\n", "utf-8")
    result = verify([load(other)], [site / "index.html"])
    assert result.proved == 0
    assert any(
        "it mentions shop, but was not compared with it" in d.message for d in result.diagnostics
    )


# --- translated sites -----------------------------------------------------------------

NAMES = """\
format: 1
name: Names
components:
  db: {}
services:
  worker: {name: Cleanup, server: Worker, replicas: 2, connections: [to: db]}
  web: {connections: [to: db]}
"""
WORDS = {"Cleanup": "Aufräumer", "Workers": "Aufräumer", "web": "Netz", "db": "Ablage"}


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A translated site, with two names of one translation and a label that is a name."""
    conf = (
        'topo_topologies = {"names": "names.yaml"}\nlocale_dirs = ["locale"]\ntopo_verify = True\n'
    )
    made = make(tmp_path_factory.mktemp("names"), f'{conf}topo_downloads = ["svg", "png"]')
    made.write("names.yaml", NAMES)
    made.write("index.rst", "N\n=\n\n.. topo:guide::\n")
    words = "\n".join(f'msgid "{old}"\nmsgstr "{new}"\n' for old, new in WORDS.items())
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    made.write("locale/de/LC_MESSAGES/index.po", f"{head}\n{words}")
    for _ in range(2):  # the second one holds what the first one wrote
        build = made.build("html", "-W", "-D", "language=de", strict=False)
        assert build.warnings == ""
    assert "Aufräumer" in build.text("index.html")
    return made


def test_a_translated_site_is_proved_without_its_catalogue(german: Project) -> None:
    site = german.root / "_build" / "html"
    result = verify([load(german.root / "names.yaml")], [site])
    assert result.diagnostics == ()
    assert len([*site.rglob("*.png")]) <= result.proved


@pytest.mark.parametrize(
    ("old", "new"), [("Aufräumer", "Netz"), ("Layout of ", "Kein Bild von "), ("Ablage", "db")]
)
def test_an_edited_translation_contradicts(
    german: Project, tmp_path: Path, old: str, new: str
) -> None:
    site = Path(shutil.copytree(german.root / "_build" / "html", tmp_path / "site"))
    page = site / "index.html"
    page.write_text(page.read_text("utf-8").replace(old, new, 1), "utf-8")
    result = verify([load(german.root / "names.yaml")], [page])
    assert result.diagnostics
    assert all(finding.code.startswith("fact-") for finding in result.diagnostics)


# --- builds ---------------------------------------------------------------------------


def test_what_was_edited_between_builds_stays_edited(built: Project, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(built.root, root)
    made = Project(root)
    made.build()
    page = root / "_build" / "html" / "index.html"
    page.write_text(page.read_text("utf-8").replace("Answers all.", "Answers none."), "utf-8")
    made.write("other.rst", ":orphan:\n\nOther\n=====\n\n:topo:value:`web.replicas`\n")
    assert made.build().written == ["other"]
    result = verify([load(root / "shop.yaml")], [root / "_build" / "html"])
    assert any("Answers none." in finding.message for finding in result.diagnostics)


def test_a_record_that_is_gone_is_made_again(built: Project, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    shutil.copytree(built.root, root)
    made = Project(root)
    before = (made.build().out / site_record.NAME).read_bytes()
    (root / "_build" / "html" / site_record.NAME).unlink()
    build = made.build()
    assert build.read == []
    assert (build.out / site_record.NAME).read_bytes() == before


@pytest.mark.slow
def test_several_processes_leave_the_same_record(built: Project, tmp_path: Path) -> None:
    records = []
    for jobs in ("1", "4"):
        root = tmp_path / jobs
        shutil.copytree(built.root, root, ignore=shutil.ignore_patterns("_build"))
        made = Project(root)
        for number in range(8):
            made.write(f"p{number}.rst", ":orphan:\n\nP\n=\n\n.. topo:needs:: web\n")
        build = made.build("html", "-j", jobs)
        assert build.status == 0
        records.append((build.out / site_record.NAME).read_bytes())
    assert records[0] == records[1]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"format": 1}', '{"format": 2}', "[" * 5000, "\ufeff{}"]
)
def test_what_is_no_record_is_refused(tmp_path: Path, content: str) -> None:
    body = content.removeprefix("{")
    seal = site_record.digest(content)
    for text in (content, f'{{"digest": "{seal}",\n{body}\n'):
        (tmp_path / site_record.NAME).write_text(text, "utf-8")
        with pytest.raises(site_record.RecordError):
            site_record.read(tmp_path)


@pytest.mark.parametrize(("builder", "page"), [("dirhtml", "more/index"), ("singlehtml", "index")])
def test_other_sites_have_a_record_too(project: MakeProject, builder: str, page: str) -> None:
    made = project(CONF.replace("html_", "# "), index="Home\n====\n\n.. toctree::\n\n   more\n")
    made.write("shop.yaml", SHOP)
    made.write("options.json", OPTIONS)
    made.write("more.rst", "More\n====\n\n.. topo:service:: web\n")
    build = made.build(builder)
    path = build.out / f"{page}.html"
    assert found(made, path) == []
    path.write_text(path.read_text("utf-8").replace("Mind the", "Never mind the"), "utf-8")
    assert any("Never mind the" in line for line in found(made, path))
