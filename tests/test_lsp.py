"""``diagtool lsp``, spoken to over the real protocol by a real client."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls", reason="not installed: pygls (pip install 'diagtool[lsp]')")

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from diagtool.loading import schema
from diagtool.serving.lsp import cursor, names
from diagtool.serving.lsp.completing import Known, complete
from diagtool.serving.lsp.project import Project

ROOT = Path(__file__).parents[1]
SHOP = """\
format: 1
name: Shop
components:
  queue:
    label: Queue
  disk:
services:
  web:
    connections:
      - to: queue
      - to: disk
    notes:
      - The {queue} of 𝛑 {web} is fast.
      - snippet: limits
    snippets:
      limits:
        options:
          web:
            host: <the host>
placeholders:
  the host:
"""
RULE = """\
rules:
  limits-set:
    when: {service: web}
    needs: {option: host}
    text: Nobody knows which host is meant.
"""
PAGE = """\
Shop
====

The :topo:ref:`queue` and `queue` and :topo:ref:`the line <queue>`.

.. topo:service:: web
"""


class Editor(LanguageClient):
    """An editor with a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__("editor", "1")
        self.folder = folder
        self.findings: dict[str, list[lsp.Diagnostic]] = {}
        self.versions: dict[str, int] = {}

        @self.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def take(params: lsp.PublishDiagnosticsParams) -> None:
            self.findings[params.uri] = list(params.diagnostics)

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    async def open(self, name: str, text: str | None = None) -> None:
        text = (self.folder / name).read_text("utf-8") if text is None else text
        item = lsp.TextDocumentItem(self.uri(name), "yaml", 1, text)
        self.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        await self.settle(name)

    async def change(self, name: str, text: str) -> list[lsp.Diagnostic]:
        version = self.versions[name] = self.versions.get(name, 1) + 1
        document = lsp.VersionedTextDocumentIdentifier(version, self.uri(name))
        whole = lsp.TextDocumentContentChangeWholeDocument(text)
        self.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [whole]))
        await self.settle(name)
        return self.findings.get(self.uri(name), [])

    async def settle(self, name: str) -> None:
        """Waits for an answer: what the server sent before it has come, too."""
        document = lsp.TextDocumentIdentifier(self.uri(name))
        await self.text_document_folding_range_async(lsp.FoldingRangeParams(document))

    def at(self, name: str, line: int, column: int) -> dict[str, Any]:
        return {
            "text_document": lsp.TextDocumentIdentifier(self.uri(name)),
            "position": lsp.Position(line, column),
        }

    async def complete(self, name: str, line: int, column: int) -> list[str]:
        found = await self.text_document_completion_async(
            lsp.CompletionParams(**self.at(name, line, column))
        )
        assert isinstance(found, list)
        return [item.label for item in found]


def session(folder: Path, script: Callable[[Editor], Awaitable[None]]) -> None:
    """Runs a script with an editor whose server runs in a folder."""

    async def run() -> None:
        editor = Editor(folder)
        await editor.start_io(sys.executable, "-m", "diagtool", "lsp")
        workspace = [lsp.WorkspaceFolder(folder.as_uri(), "project")]
        await editor.initialize_async(
            lsp.InitializeParams(lsp.ClientCapabilities(), workspace_folders=workspace)
        )
        editor.initialized(lsp.InitializedParams())
        await script(editor)
        await editor.shutdown_async(None)
        editor.exit(None)
        await editor.stop()

    asyncio.run(asyncio.wait_for(run(), 400))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "topology").mkdir()
    (tmp_path / "topology/shop.yaml").write_text(SHOP, "utf-8")
    (tmp_path / "index.rst").write_text(PAGE, "utf-8")
    return tmp_path


NAME = "topology/shop.yaml"


@pytest.mark.slow
def test_findings_as_you_type(project: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open(NAME)
        assert editor.findings[editor.uri(NAME)] == []
        (found,) = await editor.change(NAME, SHOP.replace("to: queue", "to: qeue"))
        assert (found.code, found.severity) == ("unknown-id", lsp.DiagnosticSeverity.Error)
        assert found.message.endswith("'qeue' (did you mean 'queue'?)")
        assert found.range == lsp.Range(lsp.Position(9, 12), lsp.Position(9, 16))
        # Columns count UTF-16, in which a letter may be two.
        (found,) = await editor.change(NAME, SHOP.replace("{web}", "{wbe}"))
        assert found.range.start == lsp.Position(12, SHOP.splitlines()[12].index("{web") + 1)
        assert await editor.change(NAME, SHOP) == []

    session(project, script)


@pytest.mark.slow
def test_a_quick_fix(project: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open(NAME)
        for wrong, old, new in (
            ("to: qeue", "to: queue", "queue"),
            ("conections:", "connections:", "connections"),
            ("{wbe}", "{web}", "web"),
        ):
            text = SHOP.replace(old, wrong)
            found = await editor.change(NAME, text)
            document = lsp.TextDocumentIdentifier(editor.uri(NAME))
            context = lsp.CodeActionContext(found)
            actions = await editor.text_document_code_action_async(
                lsp.CodeActionParams(document, found[0].range, context)
            )
            assert actions
            action = actions[0]
            assert isinstance(action, lsp.CodeAction)
            assert (action.title, action.kind) == (f"Write '{new}'", "quickfix")
            assert action.edit and action.edit.changes
            assert applied(text, action.edit.changes[editor.uri(NAME)]) == SHOP

    session(project, script)


def applied(text: str, edits: Any) -> str:
    """A text after edits, which count in UTF-16."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda e: -e.range.start.character):
        line = lines[edit.range.start.line].encode("utf-16-le")
        start, end = (2 * p.character for p in (edit.range.start, edit.range.end))
        new = edit.new_text.encode("utf-16-le")
        lines[edit.range.start.line] = (line[:start] + new + line[end:]).decode("utf-16-le")
    return "\n".join(lines)


COMPLETIONS = {
    "keys of a component": ("    label: Queue\n", "    label: Queue\n    ", {"shape", "zone"}),
    "not those that are there": ("    label: Queue\n", "    label: Queue\n    ", {"!label"}),
    "keys of the top": ("name: Shop\n", "name: Shop\n", {"zones", "views", "!name"}),
    "ids": ("      - to: queue\n", "      - to: ", {"queue", "disk", "web"}),
    "keys of a new item": ("      - to: disk\n", "      - to: disk\n      - ", {"to", "from"}),
    "one of several keys": (
        "      - to: disk\n",
        "      - to: disk\n        ",
        {"label", "!from", "!to"},
    ),
    "a choice": ("    label: Queue\n", "    label: Queue\n    shape: ", {"cloud", "database"}),
    "true and false": ("    label: Queue\n", "    label: Queue\n    front: ", {"true", "false"}),
    "references": ("      - The {queue}", "      - The {", {"queue", "web"}),
    "what can be said of one": ("      - The {queue}", "      - The {queue.", {"name", "!web"}),
    "placeholders": ("host: <the host>", "host: <", {"the host"}),
    "in braces": ("      - to: queue\n", "      - {to: ", {"queue"}),
    "a snippet": ("    notes:\n", "    uses: ", {"limits"}),
    "rules about components": (
        "    label: Queue\n",
        "    label: Queue\n    silenced: {",
        {"single-point", "even-cluster", "!no-balancer", "!limits-set"},
    ),
    "rules about services": (
        "    notes:\n",
        "    silenced: {",
        {"no-balancer", "even-cluster", "limits-set", "!single-point"},
    ),
    "all rules": ("services:\n", "silenced: {", {"no-balancer", "single-point", "limits-set"}),
    "not where a rule of this topology is meant": (
        "    notes:\n",
        "    notes:\n      - rule: ",
        {"!no-balancer"},
    ),
    "nothing in a text": ("    label: Queue\n", "    label: Qu", {"!queue", "!shape"}),
}


@pytest.mark.parametrize("case", COMPLETIONS)
def test_completion(case: str, project: Path) -> None:
    """The file is half written and may be broken: what was good before is offered."""
    old, new, wanted = COMPLETIONS[case]
    shop = SHOP + RULE
    before, after = shop.split(old, 1)
    typed = before + new
    line, column = typed.count("\n"), len(typed) - typed.rfind("\n") - 1
    open_project = Project(project)
    path = project / NAME
    open_project.texts[path] = shop
    assert open_project.about(path)[0].topology
    open_project.texts[path] = typed + "\n" + after
    state = open_project.about(path)[0]
    found = {
        s.text
        for s in complete(Known(state.topology), (typed + "\n" + after).split("\n"), line, column)
    }
    assert {name for name in wanted if name[0] != "!"} <= found
    assert not {name[1:] for name in wanted if name[0] == "!"} & found


@pytest.mark.slow
def test_completion_over_the_protocol(project: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open(NAME)
        await editor.change(NAME, SHOP.replace("to: queue", "to: "))
        assert await editor.complete(NAME, 9, 12) == ["queue", "disk", "web"]
        await editor.open("index.rst", "See :topo:ref:`")
        assert await editor.complete("index.rst", 0, 15) == ["queue", "disk", "web"]
        await editor.open("other.md", "See {topo:ref}`the line <q\nand `q")
        assert await editor.complete("other.md", 0, 26) == ["queue", "disk", "web"]
        assert await editor.complete("other.md", 1, 6) == []

    session(project, script)


def test_options_come_from_the_catalogue() -> None:
    path = ROOT / "topology/designate.yaml"
    text = path.read_text("utf-8")
    open_project = Project(ROOT, {path: text})
    topology = open_project.about(path)[0].topology
    assert topology is not None
    line = next(n for n, t in enumerate(text.split("\n")) if "enable_host_header" in t)
    lines = text.split("\n")
    indent = len(lines[line]) - len(lines[line].lstrip())
    lines[line : line + 1] = [lines[line], " " * indent]
    found = {s.text: s for s in complete(Known(topology), lines, line + 1, indent)}
    assert "api_base_uri" not in found, "it is there already"
    assert found["listen"].help
    assert "list" in found["listen"].detail


@pytest.mark.slow
def test_hover(project: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open(NAME)

        async def told(line: int, column: int) -> str:
            found = await editor.text_document_hover_async(
                lsp.HoverParams(**editor.at(NAME, line, column))
            )
            if found is None:
                return ""
            assert isinstance(found.contents, lsp.MarkupContent)
            return found.contents.value

        queue = await told(9, 14)
        assert queue.startswith("**queue** (component queue)")
        assert "- queue is needed by web" in queue
        assert "image" not in queue
        assert (await told(4, 5)).startswith("**label**: What its box says.")
        assert await told(0, 9) == ""

    session(project, script)


@pytest.mark.slow
def test_definition_and_references(project: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open(NAME)
        there = editor.at(NAME, 9, 14)
        found = await editor.text_document_definition_async(lsp.DefinitionParams(**there))
        assert isinstance(found, list)
        assert [(Path(f.uri).name, f.range.start.line) for f in found] == [("shop.yaml", 3)]
        context = lsp.ReferenceContext(include_declaration=False)
        used = await editor.text_document_references_async(
            lsp.ReferenceParams(context=context, **there)
        )
        assert used is not None
        assert sorted((Path(u.uri).name, u.range.start.line) for u in used) == [
            ("index.rst", 3),
            ("index.rst", 3),
            ("shop.yaml", 9),
            ("shop.yaml", 12),
        ]
        await editor.open("index.rst")
        found = await editor.text_document_definition_async(
            lsp.DefinitionParams(**editor.at("index.rst", 5, 19))
        )
        assert isinstance(found, list)
        assert [f.range.start.line for f in found] == [7]

    session(project, script)


PAGES = {
    "page.rst": """\
Shop
====

The :topo:component:`queue`, :topo:component:`line <qeue>` and :topo:value:`web.sevrers`.

.. topo:service:: wbe

.. topo:diagram:: overview

.. code-block:: rst

   .. topo:service:: nothing

.. topo:component:: web
""",
    "page.md": """\
# Shop

The {topo:component}`queue`, {topo:component}`line <qeue>` and {topo:value}`web.sevrers`.

```{topo:service} wbe
```

```{topo:diagram} overview
```

```md
{topo:service}`nothing`
```

```{topo:component} web
```
""",
}
FOUND = [
    ("qeue", "no component 'qeue' in topology 'shop' (did you mean 'queue'?)"),
    ("web.sevrers", "no value 'sevrers' in 'web' (did you mean 'servers'?)"),
    ("wbe", "no service 'wbe' in topology 'shop' (did you mean 'web'?)"),
    ("web", "'web' is a service"),
]


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_findings_on_a_page(name: str, project: Path) -> None:
    text = PAGES[name]
    (project / name).write_text(text)

    async def script(editor: Editor) -> None:
        await editor.open(name)
        lines = text.splitlines()
        found = editor.findings[editor.uri(name)]
        named = [
            lines[f.range.start.line][f.range.start.character : f.range.end.character]
            for f in found
        ]
        assert [*zip(named, (f.message for f in found), strict=True)] == FOUND
        actions = await editor.text_document_code_action_async(
            lsp.CodeActionParams(
                lsp.TextDocumentIdentifier(editor.uri(name)),
                found[2].range,
                lsp.CodeActionContext([found[2]]),
            )
        )
        assert actions and isinstance(actions[0], lsp.CodeAction) and actions[0].edit
        assert actions[0].edit.changes
        (edit,) = actions[0].edit.changes[editor.uri(name)]
        assert (edit.new_text, edit.range) == ("web", found[2].range)
        # What the topology gets, its open pages have.
        await editor.open(NAME)
        await editor.change(NAME, SHOP.replace("services:\n", "services:\n  wbe:\n"))
        told = [f.message for f in editor.findings[editor.uri(name)]]
        assert told == [message for named, message in FOUND if named != "wbe"]
        # Of one that is broken, the last good state is known.
        await editor.change(NAME, SHOP + "  broken: [")
        assert len(editor.findings[editor.uri(name)]) == len(FOUND) - 1

    session(project, script)


@pytest.mark.slow
def test_rename_on_pages_in_markdown(project: Path) -> None:
    (project / "page.md").write_text(PAGES["page.md"])

    async def script(editor: Editor) -> None:
        await editor.open("page.md")
        there = editor.at("page.md", 2, PAGES["page.md"].splitlines()[2].index("queue") + 1)
        edit = await editor.text_document_rename_async(lsp.RenameParams(new_name="line", **there))
        assert edit and edit.changes
        page = edit.changes[editor.uri("page.md")]
        assert applied(PAGES["page.md"], page) == PAGES["page.md"].replace("queue", "line")
        assert applied(SHOP, edit.changes[editor.uri(NAME)]) == SHOP.replace("queue", "line")

    session(project, script)


@pytest.mark.slow
def test_pages_call_a_topology_as_their_conf_does(project: Path) -> None:
    (project / "docs").mkdir()
    conf = 'topo_topologies = {"ha": "../topology/shop.yaml", "x": paths[0]}\n'
    (project / "docs/conf.py").write_text(conf)
    names = ("ha/queue", "ha/qeue", "other/queue")
    page = "The {}, {} and {}.\n".format(*(f":topo:component:`{name}`" for name in names))
    (project / "docs/page.rst").write_text(page)

    async def script(editor: Editor) -> None:
        await editor.open("docs/page.rst")
        found = editor.findings[editor.uri("docs/page.rst")]
        told = "no component 'qeue' in topology 'ha' (did you mean 'queue'?)"
        assert [f.message for f in found] == [told]
        await editor.open(NAME)
        there = editor.at(NAME, 9, 14)
        edit = await editor.text_document_rename_async(lsp.RenameParams(new_name="line", **there))
        assert edit and edit.changes
        edits = edit.changes[editor.uri("docs/page.rst")]
        assert applied(page, edits) == page.replace("ha/queue", "ha/line")

    session(project, script)


@pytest.mark.slow
def test_a_topology_that_never_was_in_order_completes_its_names(project: Path) -> None:
    broken = SHOP.replace("to: queue", "to: qeue")
    (project / NAME).write_text(broken)
    line = broken.splitlines().index("      - to: qeue")

    async def script(editor: Editor) -> None:
        await editor.open(NAME)
        assert editor.findings[editor.uri(NAME)]
        assert {"queue", "web"} <= set(await editor.complete(NAME, line, 12))

    session(project, script)


@pytest.mark.slow
def test_rename_across_files_bases_and_pages(project: Path) -> None:
    more = "format: 1\nname: More\nextends: shop.yaml\nservices:\n  web:\n    connections:\n"
    more += "      - from: queue\n        on_loss: stops\npromises:\n  - text: All.\n"
    more += "    lost: ['queue:one', 'path:web/queue']\n    still: [web]\n"
    (project / "topology/more.yaml").write_text(more)

    async def script(editor: Editor) -> None:
        await editor.open(NAME)
        there = editor.at(NAME, 9, 14)
        for bad in ("disk", "not an id", "1", ""):
            with pytest.raises(Exception, match=r"already|cannot be the name"):
                await editor.text_document_rename_async(lsp.RenameParams(new_name=bad, **there))
        edit = await editor.text_document_rename_async(lsp.RenameParams(new_name="broker", **there))
        assert edit and edit.changes
        renamed = {}
        for uri, edits in edit.changes.items():
            path = Path(uri.removeprefix("file://"))
            renamed[path.name] = applied(path.read_text("utf-8"), edits)
        assert renamed["shop.yaml"] == SHOP.replace("queue", "broker")
        assert renamed["more.yaml"] == more.replace("queue", "broker")
        page = PAGE.replace("`queue` and `queue`", "`broker` and `queue`")
        assert renamed["index.rst"] == page.replace("<queue>", "<broker>")
        await editor.change(NAME, SHOP + "  broken: [")
        with pytest.raises(Exception, match="not valid YAML"):
            await editor.text_document_rename_async(lsp.RenameParams(new_name="broker", **there))

    session(project, script)


@pytest.mark.slow
def test_a_file_that_is_saved_or_closed_is_as_on_disk(project: Path) -> None:
    (project / "topology/more.yaml").write_text("format: 1\nname: More\nextends: shop.yaml\n")

    async def script(editor: Editor) -> None:
        wrong = SHOP.replace("to: queue", "to: qeue")
        await editor.open(NAME, wrong)
        assert [f.code for f in editor.findings[editor.uri(NAME)]] == ["unknown-id"]
        document = lsp.TextDocumentIdentifier(editor.uri(NAME))
        editor.text_document_did_close(lsp.DidCloseTextDocumentParams(document))
        await editor.settle(NAME)
        assert editor.findings[editor.uri(NAME)] == []

        await editor.open("topology/more.yaml")
        (project / NAME).write_text(wrong)
        document = lsp.TextDocumentIdentifier(editor.uri("topology/more.yaml"))
        editor.text_document_did_save(lsp.DidSaveTextDocumentParams(document))
        await editor.settle("topology/more.yaml")
        assert [f.code for f in editor.findings[editor.uri(NAME)]] == ["unknown-id"]

    session(project, script)


@pytest.mark.slow
def test_a_base_is_told_of_as_a_part_of_what_extends_it(project: Path) -> None:
    (project / "topology/base.yaml").write_text("format: 1\nname: B\ncomponents:\n  q:\n")
    (project / "topology/shop.yaml").write_text(
        "format: 1\nname: S\nextends: base.yaml\nservices:\n  web:\n    connections: [{to: q}]\n"
    )

    async def script(editor: Editor) -> None:
        await editor.open("topology/base.yaml")
        assert editor.findings[editor.uri("topology/base.yaml")] == []
        text = "format: 1\nname: B\ncomponents:\n  r:\n"
        await editor.change("topology/base.yaml", text)
        assert [f.code for f in editor.findings[editor.uri(NAME)]] == ["unknown-id"]

    session(project, script)


@pytest.mark.slow
def test_outline_and_folding(project: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open(NAME)
        document = lsp.TextDocumentIdentifier(editor.uri(NAME))
        symbols = await editor.text_document_document_symbol_async(
            lsp.DocumentSymbolParams(document)
        )
        assert symbols is not None
        shown = {s.name: [c.name for c in s.children or ()] for s in symbols}  # type: ignore[union-attr]
        assert shown == {
            "format": [],
            "name": [],
            "components": ["queue", "disk"],
            "services": ["web"],
            "placeholders": ["the host"],
        }
        folds = await editor.text_document_folding_range_async(lsp.FoldingRangeParams(document))
        assert folds is not None
        assert {(f.start_line, f.end_line) for f in folds} >= {(2, 5), (3, 4), (6, 18), (8, 10)}

    session(project, script)


@pytest.mark.slow
def test_other_yaml_is_left_alone(project: Path) -> None:
    async def script(editor: Editor) -> None:
        await editor.open("compose.yaml", "name: x\nother:\n  - [1\n")
        assert editor.findings[editor.uri("compose.yaml")] == []

    session(project, script)


@pytest.mark.slow
def test_every_prefix_of_the_tutorials_file(tmp_path: Path) -> None:
    """Whatever is half typed, each request is answered without an exception."""
    text = (ROOT / "docs/chat.yaml").read_text("utf-8")
    (tmp_path / "topology").mkdir()
    name = "topology/chat.yaml"
    (tmp_path / name).write_text(text, "utf-8")
    logged: list[str] = []

    async def script(editor: Editor) -> None:
        @editor.feature(lsp.WINDOW_LOG_MESSAGE)
        def log(params: lsp.LogMessageParams) -> None:
            logged.append(params.message)

        @editor.feature(lsp.WINDOW_SHOW_MESSAGE)
        def show(params: lsp.ShowMessageParams) -> None:
            logged.append(params.message)

        await editor.open(name)
        for end in range(len(text)):
            typed = text[:end]
            await editor.change(name, typed)
            line, column = typed.count("\n"), end - typed.rfind("\n") - 1
            at = editor.at(name, line, column)
            document = lsp.TextDocumentIdentifier(editor.uri(name))
            found = editor.findings.get(editor.uri(name), [])
            whole = lsp.Range(lsp.Position(0, 0), lsp.Position(line, column))
            context = lsp.CodeActionContext(found)
            await asyncio.gather(
                editor.complete(name, line, column),
                editor.text_document_hover_async(lsp.HoverParams(**at)),
                editor.text_document_definition_async(lsp.DefinitionParams(**at)),
                editor.text_document_prepare_rename_async(lsp.PrepareRenameParams(**at)),
                editor.text_document_document_symbol_async(lsp.DocumentSymbolParams(document)),
                editor.text_document_code_action_async(
                    lsp.CodeActionParams(document, whole, context)
                ),
            )

    session(tmp_path, script)
    assert logged == []


# --- the tables -----------------------------------------------------------------------


def keys_of(spec: schema.Spec, key: str, seen: set[str]) -> set[tuple[str, str]]:
    """The keys of the format whose values are ids, and those whose entries are named by ids."""
    found: set[tuple[str, str]] = set()
    if isinstance(spec, schema.Record):
        if spec.name in seen:
            return found
        for name, inner in spec.keys.items():
            found |= keys_of(inner.spec, name, {*seen, spec.name})
    elif isinstance(spec, schema.MapOf):
        if isinstance(spec.key, schema.Id):
            found.add((key, "entries"))
        found |= keys_of(spec.value, key, seen)
    elif isinstance(spec, schema.ListOf | schema.OneOrMore):
        found |= keys_of(spec.item, key, seen)
    elif isinstance(spec, schema.Id):
        found.add((key, "value"))
    return found


def test_every_id_of_the_format_is_known() -> None:
    """A key that names something and is in no table could be neither completed nor renamed."""
    for key, where in keys_of(schema.TOPOLOGY, "", set()):
        known = {**names.USED_IN, **(names.DEFINED_IN if where == "entries" else {})}
        assert key in known, key


def test_the_cursor_is_where_the_file_says() -> None:
    """Each key of a whole file is found under the keys that the loader finds it under."""
    text = (Path(__file__).parent / "data/topologies/good/full.yaml").read_text("utf-8")
    lines = text.split("\n")
    tried = 0
    for number, line in enumerate(lines):
        match = re.match(r"^[ -]*([a-z_]+):( |$)", line)
        if match and not line.lstrip().startswith("#"):
            keys = cursor.cursor(lines, number, match.start(1)).keys
            if cursor.help_of((*keys, match[1])):
                tried += 1
    assert tried > 80
