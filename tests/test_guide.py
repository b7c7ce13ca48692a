"""The guide as plain reStructuredText: complete, in order, and safe with any text."""

from pathlib import Path

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives

import diagtool
from diagtool.guide import renderer
from diagtool.guide.renderer import Guide, GuideError, PlainDialect

TOPOLOGY = Path("topology/designate.yaml")
EXAMPLE = Path("examples/webshop/topology")


class Blockdiag(Directive):
    """Keeps what a page hands to the blockdiag directive."""

    has_content = True
    option_spec = {"caption": directives.unchanged, "alt": directives.unchanged}  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        text = "\n".join(self.content)
        return [nodes.literal_block(text, text, classes=["diagram"], **self.options)]


@pytest.fixture(autouse=True)
def blockdiag_directive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(directives._directives, "blockdiag", Blockdiag)


def read(page: str) -> nodes.document:
    return publish_doctree(page, settings_overrides={"report_level": 2, "halt_level": 2})


def sections(document: nodes.document) -> dict[str, nodes.section]:
    return {section[0].astext(): section for section in document.findall(nodes.section)}


def test_the_guide_has_every_service_with_picture_needs_notes_and_snippets() -> None:
    files = renderer.render(diagtool.load(TOPOLOGY))
    samples = {f"{name}.conf" for name in diagtool.load(TOPOLOGY).services}
    assert {"guide.rst", *samples} <= files.keys()
    found = sections(read(files["guide.rst"]))
    needs = {
        "designate-api": ["AMQP"],
        "designate-central": ["AMQP", "Database"],
        "designate-mdns": ["AMQP", "Database", "DNS Servers"],
        "designate-worker": ["AMQP", "DNS Servers"],
        "designate-producer": ["AMQP", "DLM"],
        "designate-sink": ["AMQP"],
    }
    assert list(found) == [*needs, "Components", "Options"]
    for name, needed in needs.items():
        bullets = next(iter(found[name].findall(nodes.bullet_list)))
        assert [item.astext() for item in bullets] == needed
        (picture,) = (
            block
            for block in found[name].findall(nodes.literal_block)
            if "diagram" in block["classes"]
        )
        assert f"{name.removeprefix('designate-')}_server_3" in picture.astext()
        assert picture["alt"].endswith(".")
        assert found[name]["names"] == [name]


def test_snippets_are_shown_where_the_notes_mention_them() -> None:
    document = read(renderer.render(diagtool.load(TOPOLOGY))["guide.rst"])
    shown = [
        block.astext()
        for block in document.findall(nodes.literal_block)
        if "diagram" not in block["classes"] and "frontend" not in block.astext()
    ]
    assert shown == [
        "[service:api]\napi_base_uri = http://<load balancer URI>/\nenable_host_header = True",
        "[oslo_middleware]\nenable_proxy_headers_parsing = true",
        "[coordination]\nbackend_url = kazoo://<zookeeper url>:<zookeeper port>",
    ]
    (warning,) = document.findall(nodes.warning)
    assert "backend_url" in warning.astext()
    links = [r["refuri"] for r in document.findall(nodes.reference) if "refuri" in r]
    assert links == ["https://docs.openstack.org/tooz/latest/user/compatibility.html#grouping"]


def test_load_balancers_have_config_on_the_page_and_as_files() -> None:
    files = renderer.render(diagtool.load(TOPOLOGY))
    document = read(files["guide.rst"])
    (block,) = (b for b in document.findall(nodes.literal_block) if "frontend" in b.astext())
    assert block.astext() == files["loadbalancer.haproxy.cfg"].rstrip("\n")
    for name in ("haproxy.cfg", "apache.conf", "nginx.conf"):
        assert files[f"loadbalancer.{name}"].count("<api server 3>:9001") == 1
        assert f"loadbalancer.{name}" in document.astext()


def test_what_to_put_in_place_of_a_placeholder_stands_below_its_snippet(tmp_path: Path) -> None:
    document = read(renderer.render(diagtool.load(TOPOLOGY))["guide.rst"])
    producer = sections(document)["designate-producer"]
    (block,) = (b for b in producer.findall(nodes.literal_block) if "backend_url" in b.astext())
    below = block.next_node(descend=False, siblings=True)
    assert isinstance(below, nodes.bullet_list)
    assert [item.astext() for item in below] == [
        "<zookeeper url>: The host name or address of a ZooKeeper server. "
        "Example: zookeeper.example.org.",
        "<zookeeper port>: The port of that server. Example: 2181.",
    ]
    assert [n.astext() for n in below.findall(nodes.literal)][:2] == [
        "<zookeeper url>",
        "zookeeper.example.org",
    ]
    proxy = [b for b in document.findall(nodes.literal_block) if "proxy_headers" in b.astext()]
    after = proxy[0].next_node(descend=False, siblings=True)
    assert isinstance(after, nodes.paragraph), "a snippet without placeholders needs no list"


def test_a_placeholder_is_told_as_far_as_it_is_known(tmp_path: Path) -> None:
    source = tmp_path / "shop.yaml"
    source.write_text(
        """
format: 1
name: Shop
services:
  web:
    connections: [{with: worker}]
    snippets:
      all: {options: {a: {x: <one>, y: <two>, z: "<three>:<four>"}}}
    notes: [snippet: all]
  worker:
placeholders:
  one: {description: "*One* of `these`_."}
  two: {example: "`2`"}
  three:
  four: {description: Four., example: "4"}
""",
        encoding="utf-8",
    )
    document = read(renderer.render(diagtool.load(source))["guide.rst"])
    lists = [[item.astext() for item in bullets] for bullets in document.findall(nodes.bullet_list)]
    assert [
        "<one>: *One* of `these`_.",
        "<two>. Example: `2`.",
        "<four>: Four. Example: 4.",
    ] in lists


def test_a_sample_file_explains_placeholders_and_comments_alternatives_out() -> None:
    sample = renderer.render(diagtool.load(TOPOLOGY))["designate-api.conf"]
    assert "<load balancer URI>: The address" in sample
    active = [line for line in sample.splitlines() if line and not line.startswith("#")]
    assert active == [
        "[DEFAULT]",
        "transport_url = rabbit://<queue user>:<queue password>@<queue host>:5672/",
        "[service:api]",
        "auth_strategy = keystone",
        "api_base_uri = http://<load balancer URI>/",
        "enable_host_header = True",
    ]
    assert "# enable_proxy_headers_parsing = true" in sample


def test_an_option_that_is_set_twice_keeps_both_values() -> None:
    sample = renderer.render(diagtool.load(EXAMPLE))["storefront.conf"]
    assert "servers = <cache host>:11211\nservers = <cache host>:11212\n" in sample


def test_the_second_topology_makes_a_guide_without_a_word_of_the_first() -> None:
    page = renderer.render(diagtool.load(EXAMPLE))["guide.rst"]
    assert list(sections(read(page))) == ["checkout", "fulfilment", "storefront", "Components"]
    assert "esignate" not in page


def test_hostile_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    evil = ".. raw:: html|*x*|`y`_ {{ 7*7 }} <script>"
    as_text = evil.replace("{", "\\{").replace("`", "\\`")
    source = tmp_path / "evil.yaml"
    source.write_text(
        f"""
format: 1
name: '{evil}'
components:
  db:
    name: '{evil}'
    label: '{evil}'
    description: '{as_text}'
services:
  a:
    connections: [{{to: db}}]
    notes: ['{as_text}']
""",
        encoding="utf-8",
    )
    document = read(renderer.render(diagtool.load(source))["guide.rst"])
    assert not list(document.findall(nodes.raw))
    assert not list(document.findall(nodes.emphasis))
    notes = [p.astext() for p in document.findall(nodes.paragraph)]
    assert evil in notes
    (item,) = document.findall(nodes.term)
    assert item.astext() == evil


def test_a_project_overrides_one_template_and_keeps_the_others(tmp_path: Path) -> None:
    (tmp_path / "needs.rst").write_text("It wants {{ topology.needs(service.id) | length }}.\n")
    topology = diagtool.load(TOPOLOGY)
    page = renderer.render(topology, [tmp_path])["guide.rst"]
    assert "It wants 3." in page
    assert "Needs access to" not in page
    assert ".. rubric:: Notes" in page
    assert Guide(topology, PlainDialect(), [tmp_path]).templates() == (f"{tmp_path}/needs.rst",)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("fine\n{% if %}", 2),
        ("fine\n\n{{ nonsense }}", 3),
        ("{{ topology.__class__.__mro__ }}", 1),
        ("{{ 1 / 0 }}", 1),
        ("{% include 'absent.rst' %}", 1),
    ],
)
def test_a_bad_template_is_named_with_its_line(tmp_path: Path, template: str, line: int) -> None:
    file = tmp_path / "needs.rst"
    file.write_text(template)
    with pytest.raises(GuideError) as caught:
        renderer.render(diagtool.load(TOPOLOGY), [tmp_path])
    assert (caught.value.place.path, caught.value.place.line) == (str(file), line)


def test_lines_lead_back_to_the_facts_that_they_state() -> None:
    lines = Guide(diagtool.load(TOPOLOGY), PlainDialect()).notes("designate-sink")
    (line,) = [line for line in lines if line.text.startswith("Start as many")]
    source = TOPOLOGY.read_text().splitlines()
    assert line.place.path == "topology/designate.yaml"
    assert "- >-" in source[line.place.line - 1]
    assert "{designate-sink}" in source[line.place.line]
