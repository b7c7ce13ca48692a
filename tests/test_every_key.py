"""Whatever a topology can say is read, stated as a fact and compared.

A key that something forgets fails the test that is named after it. What is left out on
purpose stands in one of the tables below, with the reason.
"""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import TypeVar

import every_key
import pytest
from docutils import nodes
from every_key import Edit, Use

import diagtool
from diagtool import exporting
from diagtool.checks.prose.notes import page
from diagtool.checks.readers import File, rst
from diagtool.checks.verify import verify
from diagtool.guide import markdown, renderer
from diagtool.guide.rst import Rst
from diagtool.loading import schema
from diagtool.loading.loader import read
from diagtool.model import (
    Link,
    Literal,
    Place,
    Plain,
    Reference,
    Service,
    Topology,
    facts,
    failure_report,
    failures,
)
from diagtool.model.catalogue import Catalogue
from diagtool.model.diff_formats import as_json, as_text
from diagtool.model.diff_picture import picture
from diagtool.model.diff_sentences import compare
from diagtool.model.evidence import Evidence
from diagtool.scaffolding.importing.from_files import from_files

T = TypeVar("T")

NOT_CHANGEABLE = {
    "there is only one format": "topology.format",
    "the samples hold no second topology to extend": "extension.base",
    "there is no second file of a test run": "topology.evidence",
}
"""Keys that no edit of a sample can give another value, by the reason."""

IN_NO_FACT = {
    "how it is drawn, which says nothing of the system": """
        component.shape component.width component.stacked defaults.width
        service.shape service.width
    """,
    "one box or several: the picture says it of each": "defaults.fold_from service.fold_from",
    "what a picture is called, which its caption may say otherwise": "view.title",
    "a sentence for people, which lint reads if it says what the topology says": """
        component.description service.description topology.name block-of-an-intro.warning
        block-of-an-intro.rule difference.about difference.text difference.source
        loss-of-the-other-end.source servers-that-carry-the-load.source
        consequence-of-a-stop.source
    """,
    "what is wrong with the topology, which no artefact says": """
        rule.severity condition.service condition.replicas need.option need.section
        need.component need.front promise-after-a-loss.lost
        promise-after-a-loss.still component.silenced
        service.silenced topology.silenced
    """,
    "what the options are held against, which no artefact says": """
        topology.catalogues driver-choice.* placeholder.type
    """,
    "what a test run found: it tells of the facts, and is none": "topology.evidence",
    "a sentence about a placeholder": "placeholder.description placeholder.example",
    "how clients are answered: the config of load balancers holds it": """
        balancing.port balancing.tls balancing.headers snippet.relies_on
        listener.health listener.prefix listener.front_port
    """,
    "which snippet is in force: facts.of_sample tells of the whole file": "service.uses",
    "tables and files say it, which are made again and compared whole": """
        listener.network flow.network component.outside
        kubernetes.kind kubernetes.image
    """,
}
"""Keys that no fact states, by the reason. A fact is what an artefact can say wrongly."""

NOT_COMPARED = {
    "two topologies that say the same are the same, whatever they are called": "topology.name",
    "it says why there is a difference": "difference.about difference.text difference.source",
    "they are files beside the topology": "topology.catalogues topology.evidence",
}
"""Keys that ``diff`` does not look at, by the reason."""

NOT_VERIFIED = {
    "no sample has as many servers": "defaults.fold_from service.fold_from",
    "the samples say what follows without it": "balancing.headers",
    "it is about the topology itself": """
        rule.severity condition.* need.* driver-choice.* listener.name
        topology.silenced component.silenced service.silenced
    """,
    "explain says it, and no page of the samples": """
        component.critical service.critical consequence-of-a-stop.source
    """,
    "files that are made on request say it": "cluster.members cluster.quorum component.address",
    "pictures that are drawn say it": "view.title",
}
"""Keys of which pictures, plain pages and sample files say nothing, by the reason."""

NOT_TAKEN_BACK = {
    "init is told the name of the system": "topology.name",
    "it stands in tables of ports and of losses, which init does not read": """
        balancing.port listener.port listener.health listener.front_port
        consequence-of-a-stop.text connection.on_loss loss-of-the-other-end.effect
        loss-of-the-other-end.text promise-after-a-loss.text promise-after-a-loss.lost
        promise-after-a-loss.still
    """,
    "it stands in the entry of a component or in what is said of balancing, which init does not "
    "read": """
        component.name component.description component.outside component.stacked component.front
        balancing.address balancing.tls listener.tls listener.prefix
    """,
    "a frame of a picture says it, which init only remarks on": """
        zone.label host.zone host.zones component.zone component.runs_on service.zones
        service.runs_on service.servers
    """,
    "it is in a sentence of its own, which init takes for a note": """
        cluster.mode cluster.address placeholder.description placeholder.example
        service.description block-of-an-intro.warning
    """,
    "of two components, a sentence says it, which init takes for a note": "connection.needed",
    "it decides what pages say, and is not said itself": "service.uses snippet.relies_on",
    "pages say which releases it is about, and not where that is known from": "topology.catalogues",
}
"""Keys that pages show and that ``init --from`` does not take back, by the reason."""

NOT_EXPLAINED = {
    "how it is drawn or called together": """
        topology.name defaults.fold_from defaults.width component.label component.shape
        component.width component.stacked connection.label service.server service.servers
        service.shape service.width service.fold_from view.* joint-box.*
    """,
    "how it is reached, which says nothing of what happens when it is lost": """
        network.range host.address host.addresses host.facts component.front component.address
        component.outside balancing.* flow.listener flow.port flow.transport listener.name
        listener.port listener.option listener.section listener.transport listener.protocol
        listener.tls listener.health listener.prefix listener.front_port
        flow.protocol flow.tls flow.purpose flow.opened_by cluster.address service-cluster.address
        service-cluster.mode kubernetes.*
    """,
    "which options it has": """
        component.config service.config service.uses snippet.* topology.catalogues driver-choice.*
        placeholder.*
    """,
    "what pages say beside it": """
        block.* block-of-an-intro.* warning.rule component.description service.description
        difference.* topology.evidence
    """,
    "where it is known from: pages of losses list the sources": """
        consequence-of-a-stop.source loss-of-the-other-end.source
        servers-that-carry-the-load.source
    """,
    "no sample says it of a connection over a network that it states": "connection.direct",
    "check tells what breaks a rule or a promise": """
        rule.* condition.* need.* component.silenced service.silenced topology.silenced
        promise-after-a-loss.*
    """,
}
"""Keys that change nothing that ``explain`` says of any single loss, by the reason."""

NOT_LINTED = {
    "it says what differs from the base": "difference.text",
    "it says what shows that something is so": "*.source",
    "it says what a loss does, as the model has it beside it": """
        consequence-of-a-stop.text loss-of-the-other-end.text promise-after-a-loss.text
    """,
    "it is about a value": "placeholder.description",
}
"""Keys with sentences that ``lint`` does not read, by the reason."""

NOT_IN_REFERENCE = {
    "it heads the entry or section": "component.name service.name",
    "the entry shows sample config": "component.front component.balancing",
    "it is the service that is called so where it needs others": "service.server",
    "the needs of a service": "service.connections",
    "its notes show them": "service.snippets",
}
"""Keys that an entry or a section shows, and that the reference says in other words."""

NOT_WALKED = {Place, Catalogue, Evidence, Plain, Literal, Link, Reference}
"""Classes of what a topology does not hold itself, and of the parts of a text."""

IN_NO_KEY = {
    "the key of a mapping": """
        Component.id Service.id Snippet.id View.id Zone.id Network.id Host.id Host.pattern Rule.id
        Silence.rule Placeholder.name Option.section Option.name DriverChoice.section
        DriverChoice.name
    """,
    "where it stands": "Connection.owner Topology.id Topology.base",
}
"""Fields of the model that no key sets, by the reason."""


def left_out(table: Mapping[str, str], name: str) -> bool:
    """Whether a table says why something is left out."""
    return any(fnmatch(name, each) for names in table.values() for each in names.split())


def _fields() -> Iterator[str]:
    """Every field of every class that a topology is made of, as ``Class.field``."""
    seen: set[type] = set()

    def walk(kind: object) -> Iterator[str]:
        if isinstance(kind, type) and is_dataclass(kind) and kind not in seen | NOT_WALKED:
            seen.add(kind)
            hints = typing.get_type_hints(kind)
            for field in fields(kind):
                if hints[field.name] is not Place:
                    yield f"{kind.__name__}.{field.name}"
                yield from walk(hints[field.name])
        for inner in typing.get_args(kind):
            yield from walk(inner)

    yield from walk(Topology)


KEYS = [key for key in every_key.leaves() if not left_out(NOT_CHANGEABLE, key)]
FIELDS = list(_fields())


def edited(key: str) -> tuple[Edit, ...]:
    assert every_key.uses()[key], f"no sample uses {key}: see test_a_sample_uses_it"
    found = every_key.edits(key)
    assert found, (
        f"nothing reads {key}: no change of it in the samples changes the model. Read it in "
        "diagtool/loading/building.py"
    )
    return found


@pytest.mark.parametrize("key", every_key.every())
def test_a_sample_uses_it(key: str) -> None:
    assert every_key.uses()[key], (
        f"no sample uses {key}: add it to tests/data/topologies/good/full.yaml"
    )


@pytest.mark.parametrize("key", KEYS)
def test_a_fact_states_it(key: str) -> None:
    stated = any(map(differ, edited(key)))
    assert stated or left_out(IN_NO_FACT, key), (
        f"{key} is in no fact and not said to be left out: state it in diagtool/model/facts.py, "
        "or say in IN_NO_FACT of tests/test_every_key.py why nothing can say it wrongly"
    )
    assert not (stated and left_out(IN_NO_FACT, key)), f"{key} is in a fact: see IN_NO_FACT"


def differ(edit: Edit) -> bool:
    """Whether any fact of the one topology is none of the other."""
    return facts.state(edit.old).keys() != facts.state(edit.new).keys()


@pytest.mark.parametrize("key", KEYS)
def test_diff_tells_it(key: str) -> None:
    told = [(edit, compare(edit.old, edit.new)) for edit in edited(key)]
    assert any(changes for _, changes in told) or left_out(NOT_COMPARED, key), (
        f"diff does not tell of {key}: compare it in diagtool/model/diff_sentences.py, or say in "
        "NOT_COMPARED of tests/test_every_key.py why not"
    )
    for edit, changes in told:
        assert not (changes and left_out(NOT_COMPARED, key)), f"{key} is told: see NOT_COMPARED"
        assert changes or not differ(edit), f"diff does not tell of {key}, and facts differ"
        assert as_text(changes, edit.old, edit.new).count("\n") >= len(changes)
        assert as_json(changes, edit.old, edit.new)
        assert picture(edit.old, edit.new).nodes


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Topology], Path]:
    """Gives the folder with all that a topology is published as, in text."""

    @cache
    def publish(sample: str) -> Path:
        folder = tmp_path_factory.mktemp("published")
        topology = diagtool.load(sample)
        exporting.export(topology, ["blockdiag"], folder)
        for name, content in renderer.render(topology).items():
            (folder / name).write_text(content, encoding="utf-8")
        return folder

    return lambda topology: publish(topology.sources[0])


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_verify_notices_it(key: str, published: Callable[[Topology], Path]) -> None:
    """What was published before the key was changed is no longer right."""
    found = any(verify(edit.new, [published(edit.old)]).diagnostics for edit in edited(key))
    assert found or left_out(NOT_VERIFIED, key), (
        f"verify does not notice that {key} was changed: have diagtool/guide or "
        "diagtool/pictures show it, or say in NOT_VERIFIED of tests/test_every_key.py why not"
    )
    assert not (found and left_out(NOT_VERIFIED, key)), f"verify notices {key}: see NOT_VERIFIED"


@cache
def of_old(told: Callable[[Topology], T], sample: str) -> T:
    """What is told of a sample before the edit."""
    return told(diagtool.load(sample))


def page_of(topology: Topology) -> str:
    """The guide as one page, with the sources of its pictures."""
    return renderer.render(topology, dialect=markdown.MarkdownDialect())["guide.md"]


def imported(page: str, folder: Path) -> Topology:
    """The topology that a page is taken for."""
    path = folder / "guide.md"
    path.write_text(page, "utf-8")
    text = from_files([path], "System").text
    topology = read(folder / "system.yaml", {folder / "system.yaml": text}).topology
    assert topology
    return topology


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_init_takes_it_back(key: str, tmp_path: Path) -> None:
    """As what it is, or as other parts; what becomes a remark or a note is not taken."""

    def taken(edit: Edit, old: str, new: str) -> bool:
        found = set(every_key.changes(imported(old, tmp_path), imported(new, tmp_path)))
        parts = {name for name in found if name.startswith("Topology.")}
        own = {name for name in edit.fields if not name.startswith("Topology.")} or edit.fields
        return bool(found & own) or bool(found and found == parts)

    pages = [(e, of_old(page_of, e.old.sources[0]), page_of(e.new)) for e in edited(key)]
    shown = [each for each in pages if each[1] != each[2]]
    is_taken = any(taken(*each) for each in shown)
    assert is_taken or not shown or left_out(NOT_TAKEN_BACK, key), (
        f"a page shows {key}, and init does not take it back: read it in "
        "diagtool/scaffolding/importing/pages.py, or say in NOT_TAKEN_BACK of "
        "tests/test_every_key.py why not"
    )
    assert not (is_taken and left_out(NOT_TAKEN_BACK, key)), f"init takes {key}: see NOT_TAKEN_BACK"


def explained(topology: Topology) -> tuple[str, ...]:
    """All that ``explain`` says of single losses."""
    analysis = failures.Analysis(topology)
    lost = (analysis.lose([loss]) for loss in failures.every_loss(topology))
    points = failure_report.points_as_text(topology, failures.single_points(topology))
    return points, *(failure_report.as_text(topology, failure) for failure in lost)


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYS)
def test_explain_tells_it(key: str) -> None:
    told = any(of_old(explained, e.old.sources[0]) != explained(e.new) for e in edited(key))
    assert told or left_out(NOT_EXPLAINED, key), (
        f"explain does not tell of {key}: use it in diagtool/model/failures.py or "
        "failure_report.py, or say in NOT_EXPLAINED of tests/test_every_key.py why not"
    )
    assert not (told and left_out(NOT_EXPLAINED, key)), f"explain tells {key}: see NOT_EXPLAINED"


@pytest.mark.parametrize("key", [key for key in KEYS if key in every_key.texts()])
def test_lint_reads_it(key: str) -> None:
    def passages(topology: Topology) -> list[str]:
        return ["".join(piece.text for piece in p.pieces) for p in page(topology, {}).passages]

    read = any(passages(edit.old) != passages(edit.new) for edit in edited(key))
    assert read or left_out(NOT_LINTED, key), (
        f"lint does not read {key}: add it in diagtool/checks/prose/notes.py, or say in "
        "NOT_LINTED of tests/test_every_key.py why not"
    )
    assert not (read and left_out(NOT_LINTED, key)), f"lint reads {key}: see NOT_LINTED"


DESCRIBED = {"component": "topo:component", "service": "topo:service"}
"""Records of which something is shown as a whole, each with the directive that does."""


class WithoutPictures(renderer.PlainDialect):
    def picture(self, guide: renderer.Guide, service: Service) -> Rst:
        return Rst("")


def entries(topology: Topology) -> Mapping[tuple[str, str], Rst]:
    """The entry of each component and the section of each service."""
    dialect = WithoutPictures()
    guide = renderer.Guide(topology, dialect)
    components, services = topology.components.values(), topology.services.values()
    return {
        **{("component", c.id): dialect.component(guide, c) for c in components},
        **{("service", s.id): dialect.section(guide, s) for s in services},
    }


@pytest.mark.parametrize(
    "key", [key for key in every_key.every() if key.partition(".")[0] in DESCRIBED]
)
def test_reference_says_that_an_entry_shows_it(key: str) -> None:
    record, _, name = key.partition(".")
    pairs = [(of_old(entries, e.old.sources[0]), entries(e.new)) for e in edited(key)]
    both = ((each, old, new) for old, new in pairs for each in old.keys() & new.keys())
    shown = any(each[0] == record and old[each] != new[each] for each, old, new in both)
    reference = (every_key.ROOT / "docs" / "reference" / "sphinx.rst").read_text("utf-8")
    _, _, after = reference.partition(f".. rst:directive:: .. {DESCRIBED[record]}::")
    said = bool(re.search(rf"\b{name.replace('_', '.')}\b", after.partition("\n.. ")[0]))
    assert said or not shown or left_out(NOT_IN_REFERENCE, key), (
        f"the entry of a {record} shows {key}: say so at {DESCRIBED[record]} in "
        "docs/reference/sphinx.rst, or in NOT_IN_REFERENCE of tests/test_every_key.py"
    )
    assert not (said and left_out(NOT_IN_REFERENCE, key)), f"{key} is said: see NOT_IN_REFERENCE"


ADDRESSES = [
    pytest.param(use, address, id=key)
    for key in every_key.leaves()
    for use in every_key.uses()[key]
    if use.spec != schema.OPTIONS
    for address in re.findall(r"\bhttps?://\w[\w./?#=&%-]*\w", json.dumps(use.value))
]
"""Where samples state the address of a page, in a text or as a value of its own."""


@pytest.mark.parametrize(("use", "address"), ADDRESSES)
def test_an_address_is_that_of_a_page(use: Use, address: str) -> None:
    other = re.sub("^https?", "javascript", address)
    assert not use.put(json.loads(json.dumps(use.value).replace(address, other))), (
        f"{use.name} may be {other}, which pages would link to: its pattern in "
        "diagtool/loading/schema.py must allow http and https alone"
    )


@cache
def guide_of(sample: Path) -> list[nodes.document]:
    """The pages of a guide."""
    files = renderer.render(diagtool.load(sample)).items()
    return [rst.document(File(n, text.encode())) for n, text in files if n.endswith(".rst")]


@pytest.mark.parametrize(("use", "address"), ADDRESSES)
def test_an_address_on_a_page_is_a_link(use: Use, address: str) -> None:
    texts = (text for page in guide_of(use.sample) for text in page.findall(nodes.Text))
    shown = [text.parent for text in texts if address in text.astext()]
    assert all(isinstance(parent, nodes.reference | nodes.literal_block) for parent in shown), (
        f"a page shows {address} of {use.name}, and not as a link: have a template make it by "
        "rst.link, see diagtool/guide/renderer.py"
    )


@pytest.mark.parametrize("field", FIELDS)
def test_a_key_sets_it(field: str) -> None:
    """The other way round: nothing in the model comes from nowhere."""
    sets = {name for key in every_key.every() for e in every_key.edits(key) for name in e.fields}
    assert field in sets or left_out(IN_NO_KEY, field), (
        f"no key sets {field}, and IN_NO_KEY of tests/test_every_key.py does not say why"
    )
    assert not (field in sets and left_out(IN_NO_KEY, field)), f"{field} has a key: see IN_NO_KEY"


def test_tables_name_what_there_is() -> None:
    tables = (
        *(NOT_CHANGEABLE, IN_NO_FACT, NOT_COMPARED, NOT_VERIFIED, NOT_TAKEN_BACK, NOT_EXPLAINED),
        *(NOT_LINTED, NOT_IN_REFERENCE, IN_NO_KEY),
    )
    for name in {name for table in tables for names in table.values() for name in names.split()}:
        assert any(fnmatch(known, name) for known in (*every_key.every(), *FIELDS)), name
