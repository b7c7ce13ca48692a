"""The language server: requests of an editor in, what :mod:`diagtool.serving.lsp` knows out."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from diagtool import __version__, exporting
from diagtool.loading import schema
from diagtool.model import Part, Place, Service, Severity, Topology, diagram, facts
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.facts import STATED_IN
from diagtool.model.markdown import Markdown
from diagtool.pictures.formats import FormatError, Look, svg
from diagtool.pictures.layout import LayoutError
from diagtool.serving.lsp import completing, pages, project
from diagtool.serving.lsp.completing import Known, Suggestion
from diagtool.serving.lsp.cursor import cursor, entries_of, help_of
from diagtool.serving.lsp.names import DEFINED_IN, NameKind, Occurrence
from diagtool.serving.lsp.project import PAGES, Project, State

_SEVERITY = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}
_WORD = re.compile(r"[\w.-]+")
_MEANT = re.compile(r"\(did you mean '([^']+)'\?\)$")
_WRONG = re.compile(r"'([^']+)'")
_FACTS = 12
"""How many facts of a part a hover tells."""
_DRAWING = ("Visual Studio Code", "VSCodium")
"""Editors that show pictures in a hover; others show their source."""


class TopologyServer(LanguageServer):
    """A server with the topologies of its editor's folder."""

    def __init__(self) -> None:
        super().__init__("diagtool", __version__)
        self.project = Project()
        self.shows_pictures = False
        self._published: set[str] = set()

    def path(self, uri: str) -> Path:
        """The file of an address."""
        return Path(to_fs_path(uri) or "")

    def take(self, uri: str) -> Path:
        """Takes over what the editor holds of a file."""
        path = self.path(uri)
        self.project.texts[path] = self.workspace.get_text_document(uri).source
        return path

    def check(self, uri: str) -> None:
        """Tells the editor what is wrong with the topologies that a file is part of."""
        path = self.path(uri)
        if path.suffix in PAGES:
            self._check_page(path)
            return
        found: dict[str, list[lsp.Diagnostic]] = {uri: []}
        for state in self.project.about(path):
            for finding in state.findings:
                address = from_fs_path(finding.place.path)
                if address:
                    shown = self._finding(address, finding)
                    if shown not in found.setdefault(address, []):
                        found[address].append(shown)
        for address in {*found, *self._published}:
            self.text_document_publish_diagnostics(
                lsp.PublishDiagnosticsParams(address, found.get(address, []))
            )
        self._published = {address for address, shown in found.items() if shown}
        for page in [each for each in self.project.texts if each.suffix in PAGES]:
            self._check_page(page)

    def _check_page(self, path: Path) -> None:
        """Tells the editor which names on a page mean nothing; of one that is closed, none."""
        uri = from_fs_path(path.as_posix()) or ""
        text = self.project.texts.get(path, "")
        states = self.project.about(path)
        known = {
            name: state.topology
            for state in states
            if state.topology
            for name in self.project.called(state, path)
        }
        # A topology that never was in order may have what the others have not.
        in_order = all(state.topology for state in states)
        found = pages.findings(path.as_posix(), text, known) if in_order else ()
        shown = [self._finding(uri, finding) for finding in found]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, shown))

    def _finding(self, uri: str, finding: Diagnostic) -> lsp.Diagnostic:
        place = finding.place
        rest = self._line(uri, place.line)[place.column - 1 :]
        word = _WORD.match(rest.lstrip("'\"{<")) if rest else None
        length = (len(rest) - len(rest.lstrip("'\"{<")) + word.end()) if word else 1
        hint = f" ({finding.hint})" if finding.hint else ""
        return lsp.Diagnostic(
            self.range(uri, place, length),
            f"{finding.message}{hint}",
            _SEVERITY[finding.severity],
            finding.code,
            source="diagtool",
        )

    def _line(self, uri: str, number: int) -> str:
        lines = self.workspace.get_text_document(uri).lines
        return lines[number - 1].rstrip("\r\n") if 0 < number <= len(lines) else ""

    def range(self, uri: str, place: Place, length: int) -> lsp.Range:
        """What stands at a place, as the editor counts."""
        line = self._line(uri, place.line)
        codec = self.workspace.position_codec
        start, end = (
            codec.client_num_units(line[: max(0, column)])
            for column in (place.column - 1, place.column - 1 + length)
        )
        number = max(0, place.line - 1)
        return lsp.Range(lsp.Position(number, start), lsp.Position(number, end))

    def column(self, uri: str, position: lsp.Position) -> int:
        """The column from 0 that an editor means, in characters."""
        document = self.workspace.get_text_document(uri)
        return document.position_from_client_units(position).character

    def location(self, occurrence: Occurrence) -> lsp.Location:
        """Where a name stands, for the editor."""
        uri = from_fs_path(occurrence.place.path) or ""
        return lsp.Location(uri, self.range(uri, occurrence.place, len(occurrence.name.id)))

    def named(
        self, uri: str, position: lsp.Position, *, pages: bool = False
    ) -> tuple[State, Occurrence, list[Occurrence]] | None:
        """What the name under a cursor names, and all places that name the same."""
        path = self.path(uri)
        found: list[Occurrence] = []
        first: tuple[State, Occurrence] | None = None
        for state in self.project.about(path):
            known = self.project.occurrences(state, pages=pages or path.suffix in PAGES)
            column = self.column(uri, position) + 1
            here = project.at(known, path, position.line + 1, column)
            if here is None or (first and here.name != first[1].name):
                continue
            first = first or (state, here)
            found += [o for o in known if o.name == here.name]
        return (*first, list(dict.fromkeys(found))) if first else None


def server() -> TopologyServer:
    """The server with all that it answers."""
    ls = TopologyServer()

    @ls.feature(lsp.INITIALIZE)
    def start(params: lsp.InitializeParams) -> None:
        folders = params.workspace_folders or ()
        uri = folders[0].uri if folders else params.root_uri
        root = to_fs_path(uri) if uri else None
        ls.project.root = Path(root) if root else None
        editor = params.client_info.name if params.client_info else ""
        ls.shows_pictures = editor.startswith(_DRAWING)

    @ls.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        ls.take(params.text_document.uri)
        ls.check(params.text_document.uri)

    @ls.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        ls.take(params.text_document.uri)
        ls.check(params.text_document.uri)

    @ls.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        ls.check(params.text_document.uri)

    @ls.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        ls.project.texts.pop(ls.path(params.text_document.uri), None)
        ls.check(params.text_document.uri)

    @ls.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=[" ", "{", "<", ".", "`", ":"]),
    )
    def complete(params: lsp.CompletionParams) -> list[lsp.CompletionItem]:
        uri, position = params.text_document.uri, params.position
        path, column = ls.take(uri), ls.column(uri, position)
        known = [Known(s.topology, ls.project.defined(s)) for s in ls.project.about(path)]
        lines = [line.rstrip("\r\n") for line in ls.workspace.get_text_document(uri).lines]
        if path.suffix in PAGES:
            line = lines[position.line][:column] if position.line < len(lines) else ""
            found = completing.on_page(known, line)
        elif known:
            found = completing.complete(known[0], lines, position.line, column)
        else:
            found = []
        return [_item(suggestion) for suggestion in found]

    @ls.feature(lsp.TEXT_DOCUMENT_HOVER)
    def hover(params: lsp.HoverParams) -> lsp.Hover | None:
        uri, position = params.text_document.uri, params.position
        found = ls.named(uri, position)
        if found and found[0].topology:
            state, here, _ = found
            assert state.topology is not None
            told = _told(state.topology, here, pictures=ls.shows_pictures)
            where = ls.range(uri, here.place, len(here.name.id))
        else:
            told = _key_help(ls, uri, position)
            where = None
        content = lsp.MarkupContent(lsp.MarkupKind.Markdown, told)
        return lsp.Hover(content, where) if told else None

    @ls.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    def definition(params: lsp.DefinitionParams) -> list[lsp.Location]:
        found = ls.named(params.text_document.uri, params.position)
        return [ls.location(o) for o in found[2] if o.defines] if found else []

    @ls.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        found = ls.named(params.text_document.uri, params.position, pages=True)
        declared = params.context.include_declaration
        return [ls.location(o) for o in found[2] if declared or not o.defines] if found else []

    @ls.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        found = ls.named(params.text_document.uri, params.position)
        if not found:
            return None
        return ls.range(params.text_document.uri, found[1].place, len(found[1].name.id))

    @ls.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    def rename(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        found = ls.named(params.text_document.uri, params.position, pages=True)
        if not found:
            return None
        state, here, places = found
        _may_be_renamed(ls, state, here, params.new_name)
        edits: dict[str, list[lsp.TextEdit]] = {}
        for occurrence in places:
            location = ls.location(occurrence)
            edit = lsp.TextEdit(location.range, params.new_name)
            edits.setdefault(location.uri, []).append(edit)
        return lsp.WorkspaceEdit(changes=edits)

    @ls.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def outline(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        lines = ls.workspace.get_text_document(params.text_document.uri).lines
        return _symbols([line.rstrip("\r\n") for line in lines])

    @ls.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    def folds(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
        lines = ls.workspace.get_text_document(params.text_document.uri).lines
        ends = _ends(lines)
        return [lsp.FoldingRange(line, end) for line, end in ends.items() if end > line]

    @ls.feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind.QuickFix]),
    )
    def fixes(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        uri = params.text_document.uri
        offered = (_fix(ls, uri, finding) for finding in params.context.diagnostics)
        return [fix for fix in offered if fix]

    return ls


def _item(suggestion: Suggestion) -> lsp.CompletionItem:
    told = lsp.MarkupContent(lsp.MarkupKind.Markdown, Markdown.of(suggestion.help))
    return lsp.CompletionItem(
        suggestion.text,
        detail=suggestion.detail or None,
        documentation=told if suggestion.help else None,
    )


def _told(topology: Topology, here: Occurrence, *, pictures: bool) -> str:
    """What is known of a name."""
    name = here.name
    part = next((p for p in topology.parts if p.id == name.id), None)
    if name.kind is not NameKind.PART or part is None:
        title = Markdown("**{}** ({})").format(name.id, name.kind.value)
        known = topology.placeholders.get(name.id) if name.kind is NameKind.PLACEHOLDER else None
        said = [known.description] if known and known.description else []
        return Markdown("\n\n").join([title, *said])
    stated = [
        str(fact)
        for fact in facts.state(topology)
        if fact.about == part.id and fact.kind not in STATED_IN["picture"]
    ]
    lines = [Markdown("- {}").format(text) for text in stated[:_FACTS]]
    if len(stated) > _FACTS:
        lines.append(Markdown("- and {} more").format(len(stated) - _FACTS))
    what = "service" if isinstance(part, Service) else "component"
    title = Markdown("**{}** ({} {})").format(part.name, what, part.id)
    blocks = [title, Markdown("\n").join(lines)]
    if pictures and (picture := _picture(topology, part)):
        blocks.append(picture)
    return Markdown("\n\n").join(blocks)


def _picture(topology: Topology, part: Part) -> Markdown | None:
    """The layout of a service, else the overview."""
    name = part.id if isinstance(part, Service) else "overview"
    look = Look(warn=lambda warning: None)
    try:
        drawn = svg.write(exporting.draw(topology, diagram.view(topology, name), look), look)
    except (LayoutError, FormatError):
        return None
    return Markdown.image(name, f"data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}")


def _key_help(ls: TopologyServer, uri: str, position: lsp.Position) -> str:
    """What a key means, and what an option does."""
    path = ls.path(uri)
    if path.suffix in PAGES:
        return ""
    lines = [line.rstrip("\r\n") for line in ls.workspace.get_text_document(uri).lines]
    if position.line >= len(lines):
        return ""
    column = ls.column(uri, position)
    for start, key in entries_of(lines[position.line]):
        if key and start <= column <= start + len(key):
            at = cursor(lines, position.line, start)
            keys = (*at.keys, key)
            if told := help_of(keys):
                return Markdown("**{}**: {}").format(key, told)
            return _option_help(ls.project.about(path), keys)
    return ""


def _option_help(states: Iterable[State], keys: Sequence[str]) -> str:
    """What the newest catalogue says of an option."""
    topologies = [state.topology for state in states if state.topology]
    if len(keys) < 2:
        return ""
    for topology in topologies:
        for catalogue in reversed(topology.catalogues):
            if option := catalogue.option(keys[-2], keys[-1]):
                title = Markdown("**{}** ({}, {} {})").format(
                    option.name, option.type.value, catalogue.product, catalogue.release
                )
                return Markdown("\n\n").join([title, option.help])
    return ""


def _may_be_renamed(ls: TopologyServer, state: State, here: Occurrence, new: str) -> None:
    """Raises JsonRpcInvalidParams where a rename would break something."""
    broken = [path for path in state.files if not ls.project.is_current(path)]
    if broken:
        raise JsonRpcInvalidParams(f"{broken[0].as_posix()} is not valid YAML: correct it first")
    spec = schema.PLACEHOLDER.pattern if here.name.kind is NameKind.PLACEHOLDER else schema.ID
    if not re.fullmatch(spec, new):
        raise JsonRpcInvalidParams(f"'{new}' cannot be the name of a {here.name.kind.value}")
    if any(o.name == here.name._replace(id=new) for o in ls.project.occurrences(state)):
        raise JsonRpcInvalidParams(f"there is already a {here.name.kind.value} '{new}'")


def _ends(lines: Sequence[str]) -> dict[int, int]:
    """For each line with text the last one that belongs to it, by how far they are indented."""
    ends: dict[int, int] = {}
    open: list[tuple[int, int]] = []
    last = 0
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        while open and open[-1][1] >= indent:
            ends[open.pop()[0]] = last
        open.append((number, indent))
        last = number
    ends.update({number: last for number, _ in open})
    return dict(sorted(ends.items()))


def _symbols(lines: Sequence[str]) -> list[lsp.DocumentSymbol]:
    """The keys at the top of a topology, with the names that are defined under them."""
    ends = _ends(lines)
    found: list[lsp.DocumentSymbol] = []
    for number, key, column in _keys(lines):
        if column == 0:
            found.append(_symbol(lines, number, ends[number], key, 0, lsp.SymbolKind.Namespace))
            found[-1].children = []
        elif found and found[-1].name in DEFINED_IN:
            children = found[-1].children
            assert isinstance(children, list)
            beside = children[0].selection_range.start.character if children else column
            if column == beside:
                kind = lsp.SymbolKind.Object
                children.append(_symbol(lines, number, ends[number], key, column, kind))
    return found


def _keys(lines: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """The first key of each line, with the line's number and its column."""
    for number, line in enumerate(lines):
        for column, key in entries_of(line)[:1]:
            if key:
                yield number, key, column


def _symbol(
    lines: Sequence[str], start: int, end: int, name: str, column: int, kind: lsp.SymbolKind
) -> lsp.DocumentSymbol:
    def at(line: int, character: int) -> lsp.Position:
        return lsp.Position(line, character)

    whole = lsp.Range(at(start, 0), at(end, len(lines[end].encode("utf-16-le")) // 2))
    own = lsp.Range(at(start, column), at(start, column + len(name)))
    return lsp.DocumentSymbol(name, kind, whole, own)


def _fix(ls: TopologyServer, uri: str, finding: lsp.Diagnostic) -> lsp.CodeAction | None:
    """What a finding's hint offers: the word that was meant in place of the wrong one."""
    meant = _MEANT.search(finding.message)
    wrong = _WRONG.search(finding.message)
    if not meant or finding.source != "diagtool":
        return None
    number = finding.range.start.line + 1
    line = ls._line(uri, number)
    start = ls.column(uri, finding.range.start)
    words = [match[1] for match in _WRONG.finditer(_MEANT.sub("", finding.message))]
    for word in words if wrong else ():
        if (at := line.find(word, start)) >= 0:
            place = Place(uri, number, at + 1)
            edit = lsp.TextEdit(ls.range(uri, place, len(word)), meant[1])
            return lsp.CodeAction(
                f"Write '{meant[1]}'",
                lsp.CodeActionKind.QuickFix,
                diagnostics=[finding],
                edit=lsp.WorkspaceEdit(changes={uri: [edit]}),
                is_preferred=True,
            )
    return None
