"""Hand-written pages against the topology: what contradicts it is found, all else left alone."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from prose_pages import lint_marked, marked_pages

from diagtool.checks import prose
from diagtool.checks.prose import notes, pages
from diagtool.cli.main import main
from diagtool.loading.loader import load
from diagtool.model import wording
from diagtool.model.diagnostics import Diagnostic

ROOT = Path(__file__).parents[1]
_ALL = re.MULTILINE | re.DOTALL
DATA = Path(__file__).parent / "data" / "prose"
TOPOLOGY = load(ROOT / "topology" / "designate.yaml")

SHOP = """
format: 1
name: Shop
components:
  edge: {name: edge proxy, front: true}
  queue: {name: job queue}
  store: {name: order database, shape: database}
services:
  web-front:
    replicas: 4
    connections: [from: edge, to: queue]
  web-orders:
    replicas: 2
    connections: [from: queue, with: store]
"""


def lines(name: str) -> list[str]:
    return (DATA / name).read_text("utf-8").splitlines()


@pytest.fixture
def lint(tmp_path: Path):
    """Lints a page about Designate; gives its findings but for hints."""

    def check(text: str) -> list[Diagnostic]:
        path = tmp_path / "page.rst"
        title = "Running it\n==========\n\nThis is about designate-api.\n\n"
        path.write_text(title + dedent(text), "utf-8")
        page = pages.read(path, wording.values(TOPOLOGY))
        return [d for d in prose.lint({"": TOPOLOGY}, [page]) if d.code != "prose-name"]

    return check


def codes(found: Sequence[Diagnostic]) -> list[str]:
    return [finding.code for finding in found]


@pytest.mark.parametrize("sentence", lines("contradicting.txt"))
def test_a_sentence_that_contradicts_is_found(lint, sentence: str) -> None:
    assert lint(sentence)


@pytest.mark.parametrize("sentence", lines("agreeing.txt"))
def test_a_sentence_that_does_not_is_left_alone(lint, sentence: str) -> None:
    assert lint(sentence) == []


@pytest.mark.parametrize("system", ["beacon", "fleetwatch", "parcel"])
def test_each_kind_of_statement_is_judged_in_several_systems(system: str, tmp_path: Path) -> None:
    topology = load(DATA / system / "topology.yaml")

    def contradicts(sentence: str) -> bool:
        path = tmp_path / "page.rst"
        path.write_text(f"System\n======\n\n{sentence}\n", "utf-8")
        page = pages.read(path, {})
        page.reference = pages.ROLE
        return any(d.code != "prose-name" for d in prose.lint({"": topology}, [page]))

    assert [s for s in lines(f"{system}/contradicting.txt") if not contradicts(s)] == []
    assert [s for s in lines(f"{system}/agreeing.txt") if contradicts(s)] == []


@pytest.mark.parametrize("path", marked_pages(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_contradicts_is_found_among_what_does_not(path: Path) -> None:
    found, spans, elsewhere = lint_marked(path)
    marks = re.findall(r"[«‹]", path.read_text("utf-8"))
    assert elsewhere == []
    assert found == {number for number, mark in enumerate(marks) if mark == "«"}
    assert len(spans) == len(marks)


@pytest.mark.parametrize(
    ("sentence", "code", "message"),
    [
        (
            "Restart designate-agent first.",
            "prose-unknown",
            "there is no service 'designate-agent'",
        ),
        (
            "There are five designate-central servers.",
            "prose-count",
            "designate-central has 3 servers, not 5",
        ),
        (
            "designate-worker reads the database.",
            "prose-connection",
            "the topology does not say that designate-worker reads from Database",
        ),
        (
            "designate-producer does not need AMQP.",
            "prose-connection",
            "the topology says that designate-producer needs AMQP",
        ),
        (
            "Set ``backend_url`` to ``mysql://db``.",
            "prose-option",
            "'(secret)' is not the value of backend_url",
        ),
    ],
)
def test_a_finding_says_what_is_wrong(lint, sentence: str, code: str, message: str) -> None:
    (finding,) = lint(sentence)
    assert (finding.code, finding.message) == (code, message)


def test_a_number_beside_a_role_is_still_typed_by_hand(lint) -> None:
    (finding,) = lint("All is well.\nThere are five :topo:service:`designate-sink` servers.")
    assert (finding.code, finding.place.line, finding.place.column) == ("prose-count", 7, 11)


def test_a_finding_has_the_place_of_its_words_and_that_of_the_fact(lint) -> None:
    (finding,) = lint("All is well.\nBut ``designate-worker``\nreads the database, too.\n")
    assert (finding.place.line, finding.place.column) == (7, 7)
    assert finding.source == "But ``designate-worker``"
    worker = TOPOLOGY.services["designate-worker"].place
    assert str(worker) in finding.hint


@pytest.mark.parametrize(
    "page",
    [
        "* designate-worker reads the database.",
        "========  ====\nA         B\n========  ====\nx         designate-worker reads the "
        "database.\n========  ====\n",
        ".. note::\n\n   designate-worker reads the database.\n",
        ".. versionadded:: 2.0\n   designate-worker reads the database.\n",
        "designate-worker\n   Reads the database.\n",
        "designate-worker\n----------------\n\nIt reads the database.\n",
        ":ref:`designate-worker` reads the :term:`database`.",
        "*designate-worker* reads the **database**.",
        "The :topo:service:`designate-worker` reads the :topo:component:`db_servers`.",
        "A mail queue has it so that :topo:service:`designate-worker` needs the database.",
    ],
)
def test_words_count_wherever_they_stand(lint, page: str) -> None:
    assert codes(lint(page)) == ["prose-connection"]


@pytest.mark.parametrize(
    "page",
    [
        ".. code-block:: python\n\n   'designate-worker reads the database'\n",
        "::\n\n   designate-worker reads the database.\n",
        ".. an aside: designate-worker reads the database.\n",
        ".. blockdiag::\n\n   blockdiag { designate-agent -> database; }\n",
        "There are :topo:value:`designate-central.replicas` designate-central servers.",
        "Restart the OVN controller.",
        "Create the ``designate-agent`` service account with designate-central.",
        "designate-central talks to <designate-pod>.",
        "See :file:`/etc/designate-agent/` and https://example.org/designate-agent.",
    ],
)
def test_what_is_not_a_writers_own_statement_is_left_alone(lint, page: str) -> None:
    assert lint(page) == []


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ("[coordination]\nbackend_url = kazoo://zk.example.org:2181", []),
        ("[coordination]\nbackend_url = mysql://db.example.org", ["prose-option"]),
        ("[service:api]\nenable_host_header = true", []),
        ("[service:api]\nenable_host_header = false", ["prose-option"]),
        ("[oslo_messaging]\nother = 1", []),
        ("[service:worker]\nworkers = 7", ["prose-option"]),
        ("[service:api]\nworkers = 7", []),
        ("[storage:sqlalchemy]\nconnection = postgresql://a:b@c/designate", ["prose-option"]),
        ("[storage:sqlalchemy]\nconnection = mysql+pymysql://a:b@c/designate", []),
    ],
)
@pytest.mark.parametrize("block", [".. code-block:: ini", "::"])
def test_config_blocks_are_held_against_the_topology(
    lint, block: str, config: str, found: list[str]
) -> None:
    body = "".join(f"   {line}\n" for line in config.splitlines())
    assert codes(lint(f"{block}\n\n{body}")) == found


@pytest.mark.parametrize(
    ("lead", "config", "found"),
    [
        ("Set this on each host:", "[service:worker]\nworkers = 7", ["prose-option"]),
        ("When you use another driver, say so:", "[service:worker]\nworkers = 7", []),
        ("To use the noop driver:", "[service:worker]\nworkers = 7", []),
        ("Set this:", "[service:worker]\nworkers = 7\nspeed = 3\ncolour = red", []),
        ("Set this:", "[service:worker]\nworkers = 7\n[noop]\nhost = 3", []),
        ("Set this:", "[service:worker]\nworkers = 7\nspeed = 3", []),
        ("To disable it, set", "[service:worker]\nworkers = 7", []),
        ("Set this:", "[service:worker]\nworkers = <number>", []),
        ("Noop driver\n-----------\n\nSet this:", "[service:worker]\nworkers = 7", []),
        ("Set this:", "workers = 7", []),
    ],
)
def test_config_of_other_deployments_is_left_alone(
    lint, lead: str, config: str, found: list[str]
) -> None:
    body = "".join(f"   {line}\n" for line in config.splitlines())
    assert codes(lint(f"{lead}\n\n.. code-block:: ini\n\n{body}")) == found


def test_a_page_about_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "page.rst"
    path.write_text("The load balancer needs the database.\n", "utf-8")
    page = pages.read(path, wording.values(TOPOLOGY))
    assert prose.lint({"": TOPOLOGY}, [page]) == []
    page.reference = pages.ROLE
    assert codes(prose.lint({"": TOPOLOGY}, [page])) == ["prose-connection"]


@pytest.mark.parametrize(
    ("table", "found"),
    [
        (("Service", "Must reach", "designate-sink", "AMQP, Database"), ["prose-connection"]),
        (("Service", "Must reach", "designate-central", "AMQP, Database"), []),
        (("Service", "Purpose", "designate-producer", "Starts the tasks that recur."), []),
        (("Option", "Value", "``enable_host_header``", "``False``"), ["prose-option"]),
        (("Option", "Value", "``enable_host_header``", "``True``"), []),
    ],
)
def test_a_cell_is_about_what_its_row_begins_with(
    lint, table: tuple[str, ...], found: list[str]
) -> None:
    one, other, row, cell = table
    page = (
        f".. list-table::\n   :header-rows: 1\n\n   * - {one}\n     - {other}\n"
        f"   * - {row}\n     - {cell}\n"
    )
    assert codes(lint(page)) == found


# --- included files -------------------------------------------------------------------


def _tree(folder: Path, files: dict[str, str]) -> list[tuple[str, int, str]]:
    """Writes files, lints the first one, and gives the files, lines and codes of what is found."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    read = pages.read(folder / next(iter(files)), wording.values(TOPOLOGY))
    found = prose.lint({"": TOPOLOGY}, [read])
    return [(Path(d.place.path).name, d.place.line, d.code) for d in found]


def test_what_a_page_includes_is_read_where_it_stands(tmp_path: Path) -> None:
    found = _tree(
        tmp_path,
        {
            "page.rst": "designate-worker\n================\n\n.. include:: parts/one.inc\n\n"
            "There are five designate-sink servers.\n",
            "parts/one.inc": "All is well.\n\nIt needs the database.\n\n.. include:: two.inc\n",
            "parts/two.inc": "Nothing of\n\n.. start\n\nThere are two designate-api servers.\n",
        },
    )
    assert found == [
        ("page.rst", 6, "prose-count"),
        ("one.inc", 3, "prose-connection"),
        ("two.inc", 5, "prose-count"),
    ]


def test_a_block_of_code_below_an_include_is_told_at_its_own_place(tmp_path: Path) -> None:
    code = ".. code-block:: ini\n\n   [service:worker]\n   workers = 9\n"
    page = f"Designate\n=========\n\n.. include:: one.inc\n\n{code}\nThe end.\n"
    files = {"page.rst": page, "one.inc": f"All\n\nis\n\nwell.\n\n{code}\nSo far.\n"}
    found = {(name, line) for name, line, _ in _tree(tmp_path, files)}
    assert found == {("page.rst", 9), ("one.inc", 10)}


def test_only_the_wanted_lines_of_a_file_are_read(tmp_path: Path) -> None:
    included = (
        "designate-sink needs the database.\n\n.. begin\n\ndesignate-sink needs the DLM.\n\n"
        ".. end\n\ndesignate-sink needs the DNS servers.\n"
    )
    for options in ("start-after: begin\n   :end-before: end", "start-line: 3\n   :end-line: 6"):
        page = f"About designate-sink.\n\n.. include:: one.inc\n   :{options}\n"
        found = _tree(tmp_path, {"page.rst": page, "one.inc": included})
        assert found == [("one.inc", 5, "prose-connection")]


@pytest.mark.parametrize(
    "include",
    [
        ".. include:: page.rst",
        ".. include:: missing.inc",
        ".. include::",
        ".. include:: one.inc\n   :literal:",
        ".. include:: /etc/hostname",
        ".. include:: .",
    ],
)
def test_what_cannot_be_included_is_left_out(tmp_path: Path, include: str) -> None:
    page = f"About designate-sink.\n\n{include}\n\nIt needs the database.\n"
    (tmp_path / "one.inc").write_text("It needs the database.\n", "utf-8")
    found = _tree(tmp_path, {"page.rst": page})
    assert set(found) == {("page.rst", page.count("\n"), "prose-connection")}


def test_what_two_pages_include_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "one.inc").write_text("designate-sink needs the database.\n", "utf-8")
    read = []
    for name in ("a.rst", "b.rst"):
        (tmp_path / name).write_text(".. include:: one.inc\n", "utf-8")
        read.append(pages.read(tmp_path / name, wording.values(TOPOLOGY)))
    assert len(prose.lint({"": TOPOLOGY}, read)) == 1


# --- silences -------------------------------------------------------------------------


def test_a_silence_with_a_reason_covers_the_next_block_only(lint) -> None:
    page = """
    .. diagtool: ignore prose-connection a test bed, not the layout of the guide

    designate-worker reads the database.

    designate-sink reads the database.
    """
    (finding,) = lint(page)
    assert "designate-sink" in finding.message


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("prose-count", "'prose-count' is silenced without a reason"),
        ("prose-counts as we like it", "there is no rule 'prose-counts'"),
        ("prose-count all is well", "there is nothing of 'prose-count' to silence here"),
    ],
)
def test_a_silence_must_be_of_use(lint, comment: str, message: str) -> None:
    (finding,) = lint(f"All is well.\n\n.. diagtool: ignore {comment}\n\nIt still is.\n")
    assert (finding.code, finding.message, finding.place.line) == ("prose-silence", message, 8)


def test_a_silence_covers_the_section_below_it_and_hides_no_other_mistake(lint) -> None:
    silence = ".. diagtool: ignore prose-{} as we test it\n\n"
    sentence = "Five designate-worker servers need the database.\n"
    page = f"One\n---\n\nAll is well.\n\n{silence.format('connection')}Two\n---\n\nStill.\n\n"
    assert codes(lint(page + sentence)) == ["prose-count"]
    assert codes(lint(silence.format("count") + sentence)) == ["prose-connection"]


def test_a_silence_without_a_reason_silences_nothing(lint) -> None:
    found = lint(".. diagtool: ignore prose-connection\n\ndesignate-worker reads the database.\n")
    assert sorted(codes(found)) == ["prose-connection", "prose-silence"]


def test_a_comment_in_a_topology_silences_what_stands_below_it(tmp_path: Path) -> None:
    text = SHOP.replace(
        "queue: {name: job queue}",
        "queue: {name: job queue}\n  # diagtool: ignore prose-count two of them are spares\n"
        "  cache: {name: cache, description: 'All seven web-front servers fill it.'}",
    )
    path = tmp_path / "shop.yaml"
    for shown, found in (
        (text, ["prose-name"]),
        (text.replace("prose-count", "prose-note"), ["prose-silence", "prose-count", "prose-name"]),
    ):
        path.write_text(shown, "utf-8")
        page = notes.page(load(path), {str(path): shown.splitlines()})
        assert codes(prose.lint({"": load(path)}, [page])) == found


def test_a_page_that_is_not_judged_is_named_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, "utf-8")
    page = tmp_path / "page.rst"
    page.write_text("The queue is read by nobody.\n", "utf-8")
    assert main(["lint", str(page), "-t", str(path)]) == 0
    told = capsys.readouterr().err
    assert f"{page.as_posix()}: not judged: it names neither Shop nor one of its services" in told
    assert "0 pages judged" in told
    page.write_text("In the shop, the job queue needs the order database.\n", "utf-8")
    assert main(["lint", str(page), "-t", str(path)]) == 1
    page.write_text("Sweep the floor. " * 60 + "Three web-fronts run.\n", "utf-8")
    assert main(["lint", str(page), "-t", str(path)]) == 0
    assert "not judged: it names too few parts of Shop" in capsys.readouterr().err
    page.write_text("Sweep the floor. " * 60 + "web-front, the web-sweeper service.\n", "utf-8")
    assert main(["lint", str(page), "-t", str(path)]) == 1


def test_a_cell_is_told_at_its_own_place_in_a_row(lint) -> None:
    table = """
    ================  ========  ====  ===
    Service           Database  AMQP  DLM
    ================  ========  ====  ===
    designate-worker  no        no    no
    designate-api               yes   no
    ================  ========  ====  ===
    """
    (finding,) = lint(table)
    assert (finding.place.line, finding.place.column) == (10, 29)


def test_each_sentence_of_a_paragraph_is_told_at_its_own_place(lint) -> None:
    page = (
        "If AMQP is reached, all is well. designate-sink reads from the DLM and writes to\n"
        "the database. There are five designate-sink servers.\n"
    )
    found = lint(page)
    assert [(each.code, each.place.line) for each in found] == [
        ("prose-connection", 6),
        ("prose-connection", 7),
        ("prose-count", 7),
    ]


def test_a_sentence_late_in_a_long_paragraph_is_told_at_its_place(lint) -> None:
    (finding,) = lint("Yes.\n" * 70 + "designate-worker has five servers.\n")
    assert finding.place.line == 76


def test_a_figure_of_nothing_known_is_no_end_of_the_run(lint) -> None:
    assert codes(lint(".. figure:: x.png\n\n   .. toctree::\n\ndesignate-sink needs it.")) == []


def test_one_mistake_is_told_once(lint) -> None:
    assert len(lint("Five designate-sink servers, that is five copies of designate-sink, run.")) < 3
    assert len(lint("designate-sink reads, queries and uses the database.")) == 1


# --- other topologies -----------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, "utf-8")
    return path


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("web-front reads the order database.", "prose-connection"),
        ("web-orders does not need the job queue.", "prose-connection"),
        ("The edge proxy stands in front of web-orders.", "prose-connection"),
        ("Three web-orders servers carry orders out.", "prose-count"),
        ("web-mailer sends the bills.", "prose-unknown"),
        ("The four web-front servers stand behind the edge proxy.", ""),
        ("web-orders takes jobs from the queue and writes to the order database.", ""),
        ("Only web-orders needs the order database.", ""),
        ("The web-based console is another matter.", ""),
        ("A picture of web-front has 25 edges.", ""),
    ],
)
def test_the_rules_know_no_system_by_name(shop: Path, sentence: str, code: str) -> None:
    topology = load(shop)
    path = shop.with_suffix(".rst")
    path.write_text(f"Here is web-front.\n\n{sentence}\n", "utf-8")
    found = prose.lint({"": topology}, [pages.read(path, wording.values(topology))])
    assert codes(found) == ([code] if code else [])


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("Three instances of ``web-orders`` divide the orders.", "web-orders has 2 servers, not 3"),
        ("Two instances of ``web-orders`` divide the orders.", ""),
        ("``web-orders`` is a singleton.", "web-orders has 2 servers"),
        ("``web-orders`` runs only once.", "web-orders has 2 servers"),
        ("``web-orders`` is not a singleton.", ""),
        ("There is only one ``web-orders``.", "web-orders has 2 servers, not 1"),
        ("There is more than one ``web-orders``.", ""),
        ("Shop is made up of five separate services.", "Shop has 2 services and 3 components"),
        ("Shop consists of two services.", ""),
        ("Shop has six components.", "Shop has 2 services and 3 components"),
        ("Shop has one service that takes orders.", ""),
    ],
)
def test_copies_and_services_are_counted_whatever_was_named_before(
    shop: Path, sentence: str, message: str
) -> None:
    topology = load(shop)
    path = shop.with_name("page.rst")
    path.write_text(f"web-front\n=========\n\nCustomers use the edge proxy. {sentence}\n", "utf-8")
    found = prose.lint({"": topology}, [pages.read(path, wording.values(topology))])
    messages = [each.message for each in found if each.code != "prose-name"]
    assert messages == [message] * bool(message)


def test_a_loss_is_judged_by_what_is_stated_of_it(tmp_path: Path) -> None:
    path = tmp_path / "topology.yaml"
    path.write_text(
        "format: 1\nname: Shop\ncomponents: {cache: {name: Cache}, db: {name: Database}}\n"
        "services:\n  api:\n    name: API\n    connections:\n"
        "      - {to: cache, on_loss: {effect: continues}}\n"
        "      - {to: db, on_loss: {effect: stops}}\n"
    )
    page = tmp_path / "page.rst"
    page.write_text(
        "The Shop is about the Shop. API keeps working when the Cache is lost, and API stops when "
        "the Database is lost. API stops when the Cache is lost. API keeps working when the "
        "Database is lost.\n"
    )
    found = prose.lint({"": load(path)}, [pages.read(page, {})])
    assert [each.message.partition(" (")[0] for each in found if each.code != "prose-name"] == [
        "API continues when Cache is lost",
        "API stops when Database is lost",
    ]


BAKERY = """
format: 1
name: Bakery
zones: {mill: {label: Mill Street}, dock: {label: Dockside}}
hosts: {oven: {count: 2, zones: [mill, dock]}, till: {count: 2, zones: [mill]}}
components:
  gate: {name: gate proxy, front: true}
  ledger:
    name: ledger
    listen: {port: 5432, protocol: postgresql}
    cluster: {members: 2, mode: primary-replica}
    runs_on: [oven]
    description: The Galera pair that holds the prices.
services:
  tillfront: {server: Till-Front, replicas: 3}
  orders:
    replicas: 4
    runs_on: [till]
    listen: {port: 9300, transport: udp}
    connections:
      - {from: gate}
      - to: ledger
        on_loss: {effect: stops, text: No loaf can be ordered.}
  baking:
    replicas: 2
    runs_on: [oven]
    connections:
      - to: ledger
        on_loss: {effect: continues, text: Ovens under fire go on.}
      - {to: orders, on_loss: {effect: degrades, text: Bread is baked later.}}
    config: {oven: {preheat_minutes: 20, rack_count: 6}}
"""


@pytest.fixture
def bakery(tmp_path: Path) -> Callable[[str], list[Diagnostic]]:
    """What is found on a page about the bakery."""
    topology, page = tmp_path / "bakery.yaml", tmp_path / "page.rst"
    topology.write_text(BAKERY, "utf-8")

    def found(text: str) -> list[Diagnostic]:
        page.write_text(f"The Bakery\n==========\n\n{text}\n", "utf-8")
        return prose.lint({"": load(topology)}, [pages.read(page, {})])

    return found


@pytest.mark.parametrize(
    ("true", "wrong"),
    [
        (
            "The baking service goes on during a ledger outage.",
            "The baking service halts during a ledger outage.",
        ),
        ("baking is slower without orders.", "An outage of orders brings baking to a standstill."),
        (
            "The orders servers are spread over till1 and till2.",
            "The orders servers are spread over oven1 and oven2.",
        ),
        ("The second ledger member is in Dockside.", "The second ledger member is in Mill Street."),
        (
            "Of the ledger members, one is in Mill Street and one in Dockside.",
            "Of the ledger members, two are in Mill Street.",
        ),
        ("The ledger is reached at 5432.", "The ledger is reached at 5433."),
        (
            "If it is the ledger that is lost, orders stops.",
            "If it is the ledger that is lost, orders goes on.",
        ),
        (
            "baking writes to the ledger, which orders reads.",
            "orders keeps its prices in the ledger, which the gate proxy reads.",
        ),
        ("Open port 5432 to the ledger.", "Open port 5433 to the ledger."),
        (
            "\n\nbaking\n------\n\n=======  =========\nLost     Effect\n=======  =========\n"
            "ledger   continues\n=======  =========",
            "\n\nbaking\n------\n\n=======  =========\nLost     Effect\n=======  =========\n"
            "ledger   stops\n=======  =========",
        ),
        ("Nor does baking need the gate proxy.", "Nor does baking need the ledger."),
        (
            "In front of the ledger, every web service is active-active.",
            "The ledger is active-active.",
        ),
        ("If one orders server goes, three orders servers stay.", "Three orders servers exist."),
        (
            "orders opens the connection to the ledger.",
            "It is the ledger that opens the connection to orders.",
        ),
        ("Required by baking:\n\n* ledger", "Required by baking:\n\n* gate proxy"),
        ("At a time, one ledger member writes.", "Of the ledger, both members work at once."),
        (
            "Requests reach orders through the gate proxy.",
            "Requests reach baking through the gate.",
        ),
        ("The ledger is fast. baking needs it.", "The gate proxy is fast. baking needs it."),
        ("baking shares its machines with the ledger.", "orders shares its machines with ledger."),
        ("The ledger is a group of two.", "The ledger is a group of five."),
        ("The ledger is installed on the baking machines.", "orders is installed on the ledger."),
        (
            "\n\nbaking\n------\n\nThe ledger is needed by it.",
            "\n\nbaking\n------\n\nThe gate is needed by it.",
        ),
        ("The gate proxy calls at port 1234.", "The gate proxy calls orders at port 1234."),
        (
            "\n\nbaking\n------\n\nIf the ledger fails, it goes on.",
            "\n\norders\n------\n\nIf the ledger fails, it goes on.",
        ),
        ("There are three till-fronts.", "There are four till-fronts."),
        ("The ledger, Galera, has two members.", "The ledger's Galera has five members."),
        ("The ledger is made up of two members.", "The ledger is made up of six members."),
        ("At no time does baking need the gate proxy.", "At no time does baking need the ledger."),
        (
            "If, on the other hand, it is the ledger that is lost, orders stops.",
            "If, on the other hand, it is the ledger that is lost, orders goes on.",
        ),
        (
            "If the ledger fails, orders stops, as it can neither read nor write.",
            "If the ledger fails, orders goes on, as it can neither read nor write.",
        ),
        (
            "As long as the ledger is away, orders stops.",
            "As long as the ledger is away, orders goes on.",
        ),
        ("\n\nLedger down\n   The orders stop.", "\n\nLedger down\n   The orders go on."),
        ("\n\n* gate proxy to orders, UDP 9300", "\n\n* gate proxy to orders, UDP 9400"),
        (
            "\n\n====  =======\nPort  Of\n====  =======\n5432  ledger\n====  =======",
            "\n\n====  =======\nPort  Of\n====  =======\n5433  ledger\n====  =======",
        ),
        ("The first orders server has till1 to itself.", "The first orders server has oven1."),
    ],
)
def test_a_statement_is_judged_in_whichever_words(bakery, true: str, wrong: str) -> None:
    assert not bakery(f"This is the Bakery. {true}")
    assert bakery(f"This is the Bakery. {wrong}")


@pytest.mark.parametrize(
    ("heading", "true", "wrong"),
    [
        ("Storefront", "We run four of them.", "We run six of them."),
        ("Storefront", "There are four of these.", "There are three of these."),
        ("Storefront", "It is deployed four times.", "It is deployed five times."),
        ("Storefront", "The number of servers is four.", "The number of servers is five."),
        ("Storefront", "Five of the replies were late.", "Five of them run."),
        (
            "Storefront",
            "Four servers, two of which suffice.",
            "Four servers, one of which suffices.",
        ),
        ("Storefront", "The load needs two of them.", "The load needs three of them."),
        ("Storefront", "Two of them will do.", "One of them will do."),
        ("Storefront", "You can spare two of them.", "You can spare three of them."),
        ("Storefront", "Its port is 8080.", "Its port is 8443."),
        ("Storefront", "Shows goods, with four servers.", "Shows goods, with five servers."),
        ("Edge proxy", "One machine works, the other waits.", "Both machines work side by side."),
        ("Edge proxy", "Renew it on both machines at the same time.", "The two share the work."),
        ("Job queue", "It keeps its quorum with two nodes.", "It keeps its quorum with one node."),
        ("Job queue", "You may lose one of its nodes.", "You may lose two of its nodes."),
        ("Job queue", "Two nodes must be up.", "Just one node keeps it available."),
        ("Job queue", "With one node down, it goes on.", "With two nodes down, it goes on."),
        ("Options", "``prefetch`` matters. Four storefronts run.", "``prefetch`` has been 5."),
    ],
)
def test_what_is_meant_follows_from_what_was_said_before(
    tmp_path: Path, heading: str, true: str, wrong: str
) -> None:
    shop = load(ROOT / "examples" / "webshop" / "topology")

    def found(text: str) -> list[Diagnostic]:
        path = tmp_path / "page.rst"
        path.write_text(f"Web shop\n========\n\n{heading}\n{'-' * 40}\n\n{text}\n", "utf-8")
        return prose.lint({"": shop}, [pages.read(path, wording.values(shop))])

    assert not found(true)
    assert found(wrong)


def test_what_is_wrong_of_a_loss_is_told_once_at_the_part(bakery) -> None:
    (finding,) = bakery("If the ledger is down, orders goes on with every loaf.")
    assert finding.message == "orders stops when ledger is lost"
    assert finding.place.column == 24


def test_a_paragraph_in_bold_leaves_what_the_section_is_about(bakery) -> None:
    assert not bakery("baking\n------\n\n**Needs**\n\n* the ledger")
    assert bakery("baking\n------\n\n**Needs**\n\n* the gate proxy")


@pytest.mark.parametrize(
    "text",
    [
        "``preheat_minutes``\n-------------------\n\n.. versionadded:: 3007\n\nLong is better.",
        "To enable this, set:\n\n.. code-block:: ini\n\n   [oven]\n   preheat_minutes = 5",
        "Most likely, baking cannot reach the ledger.",
        "The ledger stands in Dockside and Mill Street, with none on till1.",
        "orders\n------\n\nIts four servers reside on till1 through till2.",
        "This starts orders on port 9999.",
        "To let orders listen on port 9999, edit its file.",
        "Some sites have three orders servers.",
        "Consider two orders servers at home.",
        ".. csv-table::\n   :header: From, To, Port\n\n   orders, ledger, 5432/tcp",
        "``preheat_minutes`` in seconds is ``20 ; minutes``.",
    ],
)
def test_what_looks_like_a_statement_and_is_none_is_left_alone(bakery, text: str) -> None:
    assert not bakery(text)


@pytest.mark.parametrize(
    "text",
    [
        "The ledger is fast. Two machines are there for baking.",
        "The orders service has four servers, on till1 to till2.",
        "baking bakes one loaf per oven. Both machines share the ledger's room.",
        "ledger\n------\n\n**Used by**\n\n* orders\n\nIt listens on port 5432.",
    ],
)
def test_a_word_for_something_named_before_is_only_taken_for_it_where_it_must_be(
    bakery, text: str
) -> None:
    assert not bakery(f"This is the Bakery. {text}")


def test_on_a_long_page_about_something_else_only_config_and_names_count(bakery) -> None:
    page, wrong = "Dough rests. " * 60 + "\n\n", "The orders servers listen on port 9999.\n\n"
    assert not bakery(page + wrong)
    assert bakery(page + "orders and baking need the ledger. " * 10 + wrong)
    assert bakery(page + ".. code-block:: ini\n\n   [oven]\n   preheat_minutes = 5\n")


def test_each_part_of_a_page_is_held_against_the_topology_that_it_names(shop: Path) -> None:
    path = shop.with_suffix(".rst")
    path.write_text(
        "designate-worker reads the database.\n\n.. topo:topology:: shop\n\n"
        "There are nine web-front servers. There are nine designate-sink servers.\n",
        "utf-8",
    )
    page = pages.read(path, {})
    both = {"": TOPOLOGY, "shop": load(shop)}
    hint = "prose-name"
    found = [code for code in codes(prose.lint(both, [page])) if code != hint]
    assert found == ["prose-connection", "prose-count"]
    found = [code for code in codes(prose.lint({"shop": both["shop"]}, [page])) if code != hint]
    assert found == ["prose-count"]


def test_notes_are_prose_too_but_not_those_that_report_a_difference(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text(
        SHOP + "    notes: ['There are five {web-orders} servers.', "
        "'There are {web-orders.replicas} {web-orders} servers.']\n",
        "utf-8",
    )
    topology = load(base)
    page = notes.page(topology, {str(base): base.read_text("utf-8").splitlines()})
    (finding,) = prose.lint({"": topology}, [page])
    assert (finding.code, finding.place.path) == ("prose-count", str(base))
    assert "five" in finding.source
    # Notes tell of the system, however few parts they name.
    base.write_text(base.read_text("utf-8").replace("['", "['" + "Sweep the floor. " * 60), "utf-8")
    assert codes(prose.lint({"": load(base)}, [notes.page(load(base), {})])) == ["prose-count"]
    assert (
        prose.lint(
            {"": load(ROOT / "topology" / "designate-23.yaml")},
            [notes.page(load(ROOT / "topology" / "designate-23.yaml"), {})],
        )
        == []
    )


# --- hints and the command ------------------------------------------------------------


def test_a_typed_name_is_a_hint_where_a_role_could_say_it(tmp_path: Path) -> None:
    path = tmp_path / "page.rst"
    path.write_text("designate-sink and :topo:service:`designate-api` listen.\n", "utf-8")
    (finding,) = prose.lint({"": TOPOLOGY}, [pages.read(path, wording.values(TOPOLOGY))])
    assert (finding.code, finding.hint) == ("prose-name", "write :topo:service:`designate-sink`")
    path.write_text("designate-sink and designate-api listen.\n", "utf-8")
    assert prose.lint({"": TOPOLOGY}, [pages.read(path, wording.values(TOPOLOGY))]) == []


def test_the_command_ends_with_1_after_a_contradiction(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = shop.parent / "docs"
    docs.mkdir()
    page = docs / "page.rst"
    page.write_text("web-front runs on four servers.\n", "utf-8")
    assert main(["lint", str(docs), "-t", str(shop)]) == 0
    assert "1 page judged: no mistake found" in capsys.readouterr().err
    page.write_text("web-front runs on six servers.\n", "utf-8")
    assert main(["lint", str(docs), "-t", str(shop), "--format", "json"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)
    assert (finding["code"], finding["line"], finding["path"]) == ("prose-count", 1, str(page))


def test_the_pre_commit_hook_reads_the_pages(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (hook,) = (hook for hook in hooks if hook["id"] == "diagtool-lint")
    assert re.search(hook["files"], "docs/running.rst")
    assert re.search(hook["files"], "topology/shop.yaml")
    docs = shop.parent / "docs"
    docs.mkdir()
    (docs / "page.rst").write_text("web-front runs on six servers.\n", "utf-8")
    monkeypatch.chdir(shop.parent)
    command = [*hook["entry"].split()[1:], *hook["args"], "-t", shop.name]
    assert main(command) == 1
    assert "docs/page.rst:1:" in capsys.readouterr().out


def test_the_command_says_what_it_cannot_read(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.parent / "bad.rst").write_bytes(b"\xff\xfe")
    deep = "".join(f"{' ' * 2 * depth}* x\n\n" for depth in range(900))
    (shop.parent / "deep.rst").write_text(deep, "utf-8")
    (shop.parent / "large.rst").write_text("word " * 500_000, "utf-8")
    for name in ("bad.rst", "missing.rst", "deep.rst", "large.rst"):
        assert main(["lint", str(shop.parent / name), "-t", str(shop)]) == 1
        assert "cannot be read" in capsys.readouterr().out


REFERENCE = (ROOT / "docs" / "reference" / "prose.rst").read_text("utf-8")
EXAMPLES = [
    (code, kind, example.strip())
    for code, section in re.findall(r"^\.\. _(prose-\w+):\n(.*?)(?=^\.\. _|\Z)", REFERENCE, _ALL)
    for kind, block in re.findall(r"^   :class: (\w+)\n((?:   .*\n|\n)+)", section, re.MULTILINE)
    for example in dedent(block).strip().split("\n\n")
]


def test_each_rule_has_an_example_of_what_is_wrong_and_of_what_is_right() -> None:
    shown = {(code, kind) for code, kind, _ in EXAMPLES}
    assert shown == {(rule, kind) for rule in prose.RULES for kind in ("wrong", "right")}


@pytest.mark.parametrize(("code", "kind", "example"), EXAMPLES)
def test_the_examples_of_the_reference_are_true(
    tmp_path: Path, code: str, kind: str, example: str
) -> None:
    path = tmp_path / "page.rst"
    path.write_text(f".. topo:topology:: designate\n\n{example}\n", "utf-8")
    page = pages.read(path, wording.values(TOPOLOGY))
    found = codes(prose.lint({"designate": TOPOLOGY}, [page]))
    if code != "prose-name":
        found = [other for other in found if other != "prose-name"]
    assert set(found) == ({code} if kind == "wrong" else set())


@pytest.mark.parametrize(
    ("block", "found"),
    [
        (
            "The job queue: its users\n........................\n\n"
            "Who uses it:\n\n* checkout\n* storefront",
            ["the topology does not say that storefront"],
        ),
        (
            "The job queue: its users\n........................\n\n"
            "checkout\n   Puts orders in it.\n\nstorefront\n   Puts orders in it.",
            ["the topology does not say that storefront"],
        ),
    ],
)
def test_an_item_or_a_cell_is_read_with_what_is_around_it(
    tmp_path: Path, block: str, found: Sequence[str]
) -> None:
    shop = load(ROOT / "examples" / "webshop" / "topology")
    page = tmp_path / "page.rst"
    page.write_text(f"Web shop\n========\n\nStorefront\n----------\n\n{block}\n")
    messages = [d.message for d in prose.lint({"": shop}, [pages.read(page, wording.values(shop))])]
    assert len(messages) == len(found)
    assert all(map(str.startswith, messages, found))


@pytest.mark.slow
@pytest.mark.parametrize("path", marked_pages(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_words_are_too_strange(tmp_path: Path, path: Path) -> None:
    """Sentences cut off, shuffled and joined with others: a writer may be in the middle of one."""
    rng = random.Random(path.stem)
    said = [line.strip().split() for line in re.split(r"[.\n«»‹›]", path.read_text("utf-8"))]
    said = [words for words in said if words]
    own = path.with_name("topology.yaml")
    topology = load(own if own.exists() else ROOT / "topology" / "designate.yaml")
    blocks = []
    for _ in range(300):
        words, others = rng.choice(said), rng.choice(said)
        cut = rng.randint(1, len(words))
        shuffled = rng.sample(words, len(words))
        words = rng.choice([words[:cut], words[cut:] + others, shuffled])
        words = [*words, *rng.choice([[], ["``[x``]"], ["``]``"], ["``=``"], ["``[a]b =``"]])]
        # In a section of its own, so that nothing has been spoken of.
        before = rng.choice(["", "It needs:\n\n* ", "Here\n====\n\n"])
        blocks.append(before + " ".join(words))
    page = tmp_path / "page.rst"
    page.write_text("\n\n".join(blocks), "utf-8")
    read = pages.read(page, wording.values(topology))
    read.reference = pages.ROLE
    prose.lint({"": topology}, [read])


@pytest.mark.slow
def test_our_own_documentation_contradicts_no_topology(
    capsys: pytest.CaptureFixture[str],
) -> None:
    readme = [ROOT / "README.rst", ROOT / "CONTRIBUTING.rst", ROOT / "CHANGES.rst"]
    paths = [str(path) for path in (ROOT / "docs", ROOT / "examples", *readme)]
    designate = ("topology/designate.yaml", "topology/designate-23.yaml")
    for path in (*designate, "docs/chat.yaml", "examples/webshop/topology"):
        main(["lint", *paths, "-t", str(ROOT / path), "--strict"])
        assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("sentence", "codes_"),
    [
        ("mail goes on without database.", []),
        ("mail keeps working without the database.", []),
        ("What mail does without database is not stated.", []),
        ("web stops without database.", []),
        ("web is degraded without cache.", []),
        ("web works without database.", ["prose-connection"]),
        ("web stops without cache.", ["prose-connection"]),
    ],
)
def test_what_is_stated_of_a_loss_is_no_denied_need(
    tmp_path: Path, sentence: str, codes_: list[str]
) -> None:
    (tmp_path / "shop.yaml").write_text(
        "format: 1\nname: Shop\ncomponents: {db: {name: database}, cache: {}}\nservices:\n"
        "  web: {connections: [{to: db, on_loss: stops}, {to: cache, on_loss: degrades}]}\n"
        "  mail: {connections: [{to: db, on_loss: continues}]}\n"
    )
    shop = load(tmp_path / "shop.yaml")
    page = tmp_path / "page.rst"
    page.write_text(f"web and mail are the services of Shop.\n\n{sentence}\n")
    found = prose.lint({"": shop}, [pages.read(page, wording.values(shop))])
    assert [d.code for d in found if d.code != "prose-name"] == codes_


def test_a_row_with_merged_cells_is_no_sentence_about_its_head(lint) -> None:
    table = """
    +-----------------+---------+---------+
    | Merged                    | Servers |
    +=================+=========+=========+
    | designate-api   | port    | 9292    |
    +-----------------+---------+---------+
    | designate-sink  | the worker needs  |
    +-----------------+---------+---------+
    | designate-agent is started there    |
    +-----------------+---------+---------+
    """
    assert codes(lint(table)) == ["prose-unknown"]


def test_names_that_begin_like_a_service_and_are_something_else_are_left_alone(lint) -> None:
    assert lint("The designate-core team reviews it.") == []
    assert lint("Volumes match designate-worker-volume-12 there.") == []
    assert lint("The management network is called 'designate-mgmt', as everywhere.") == []
    assert lint("The path in the configuration store of designate-api is free.") == []
    assert codes(lint("Restart designate-core first.")) == ["prose-unknown"]


@pytest.mark.parametrize(
    "text",
    [
        "Usually, five designate-central servers run.",
        "Running five designate-central servers takes more memory.",
        "A test installation is small. There are five designate-central servers.",
        "Messages from designate-api to designate-central are load-balanced by AMQP.",
        "designate-producer informs the database of it.",
        "designate-sink\n--------------\n\nLogs are kept in the database.",
        "``backend_url`` is set to one of these.",
        "``backend_url: etcd3://one``\n\nor ``backend_url: zake://two`` for designate-producer",
        "``workers - 1`` of them are for designate-worker.",
        "This shows the details of a single designate-central server.",
        "There are five designate-central servers, which is the default.",
        "It starts the designate-central and designate-sink daemons as a single process.",
        "For this, a backend is named::\n\n  [coordination]\n  backend_url = etcd3://host\n\n"
        "or::\n\n  [coordination]\n  backend_url = zake://host",
        "It has a form::\n\n  [coordination]\n  backend_url = etcd3://#USER@#HOST",
    ],
)
def test_what_says_nothing_about_this_system_is_left_alone(lint, text: str) -> None:
    assert lint(text) == []


def test_a_name_may_begin_like_the_ids_of_services(tmp_path: Path) -> None:
    (tmp_path / "bakery.yaml").write_text(
        "format: 1\nname: Bakery\ncomponents: {ledger: {}}\nservices:\n"
        "  bakery-orders: {name: orders, connections: [{with: ledger}]}\n"
        "  bakery-oven: {name: oven, connections: [{with: ledger}]}\n"
    )
    page = tmp_path / "page.rst"
    page.write_text(
        "orders and oven need the ledger. Restart ``bakery-mailer`` and then ``bakery-oven``.\n\n"
        "Stop ``bakery-scorer`` first.\n"
    )
    found = prose.lint({"": load(tmp_path / "bakery.yaml")}, [pages.read(page, {})])
    assert [d.message for d in found] == [
        "there is no service 'bakery-mailer'",
        "there is no service 'bakery-scorer'",
    ]


def test_a_name_alone_in_a_list_of_services_is_meant_as_one(lint) -> None:
    assert codes(lint("It has:\n\n* designate-api\n* designate-sink\n* designate-agent")) == [
        "prose-unknown"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Use ``designate-control`` to start designate-api.\n\n``designate-control`` is a script.",
        "Start designate-api with ``designate-direct``.\n\nThe ``designate-direct`` method is new.",
        "Run designate-api, and then:\n\n* designate-ft-v1\n* designate-ft-v2",
        "Run ``designate-recon`` on the machines of designate-api.",
        "See designate-api.\n\ndesignate-reload\n----------------\n\nMore.",
        "``listen = HOST_AND_PORT`` says where designate-api listens.",
        "For designate-producer, set ``backend_url`` to ``etcd3://HOST:PORT_NUMBER``.",
    ],
)
def test_what_only_looks_like_a_service_or_a_value_is_left_alone(lint, text: str) -> None:
    assert lint(text) == []
