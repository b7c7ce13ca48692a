"""Roles and directives of the domain: what they say, where they lead, when they fail."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sphinx_project import DESIGNATE, Project

MakeProject = Callable[..., Project]

SHOP = """\
    format: 1
    name: Shop
    components:
      cache: {name: Cache}
    services:
      web:
        connections: [{to: cache}]
        snippets:
          main: {options: {DEFAULT: {workers: 4}}}
          other: {options: {DEFAULT: {workers: 8}}, alternative_to: main}
        notes:
          - The {web} runs {web.replicas} times and needs {web.needs}.
          - snippet: main
          - snippet: other
    """


def references(html: str) -> list[tuple[str, str]]:
    """Where the domain's references lead, and what they say."""
    found = re.findall(
        r'<a class="reference internal" href="([^"]+)"[^>]*>'
        r'<\w+ class="(?:\w+ )*?xref topo[^>]*>(.*?)</',
        html,
    )
    return [(link, re.sub("<.*?>", "", text)) for link, text in found]


def test_roles_say_what_the_model_says_and_lead_to_it(project: MakeProject) -> None:
    made = project(
        index="""\
        Prose
        =====

        :topo:service:`designate-mdns`, :topo:service:`the worker <designate-worker>`,
        :topo:component:`amqp_servers`, :topo:value:`designate-api.replicas`,
        :topo:value:`designate-mdns.needs`, :topo:value:`db_servers.label`,
        :topo:value:`designate-producer.options.backend_url`, :any:`designate-sink`,
        :any:`dlm_servers`

        .. toctree::

           guide
        """,
        guide="""\
        Guide
        =====

        .. topo:guide::
        """,
    )
    build = made.build()
    assert build.warnings == ""
    html = build.text("index.html")
    assert references(html) == [
        ("guide.html#designate-mdns", "designate-mdns"),
        ("guide.html#designate-worker", "the worker"),
        ("guide.html#amqp_servers", "AMQP"),
        ("guide.html#designate-api", "3"),
        ("guide.html#designate-mdns", "AMQP, Database and DNS Servers"),
        ("guide.html#db_servers", "Database Servers"),
        ("guide.html#option-coordination-backend-url", "backend_url"),
    ]
    assert 'href="guide.html#designate-sink"' in html
    assert 'href="guide.html#dlm_servers"' in html


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "message"),
    [
        (
            ":topo:service:`designate-ap`",
            "no service 'designate-ap' in topology 'designate' (did you mean 'designate-api'?)",
        ),
        (":topo:service:`amqp_servers`", "'amqp_servers' is a component: use :topo:component:"),
        (":topo:component:`designate-api`", "'designate-api' is a service: use :topo:service:"),
        (
            ":topo:component:`Database Servers`",
            "no component 'Database Servers' in topology 'designate' (did you mean 'db_servers'?)",
        ),
        (":topo:value:`AMQP.needs`", "(did you mean 'amqp_servers'?)"),
        (
            ":topo:component:`amqp_server`",
            "no component 'amqp_server' in topology 'designate' (did you mean 'amqp_servers'?)",
        ),
        (
            ":topo:value:`designate-api.replica`",
            "no value 'replica' in 'designate-api' (did you mean 'replicas'?)",
        ),
        (":topo:value:`amqp_servers.replicas`", "no value 'replicas' in 'amqp_servers'"),
        (
            ":topo:value:`designate-producer.options.backend_uri`",
            "(did you mean 'options.backend_url'?)",
        ),
        (
            ":topo:service:`designat/designate-api`",
            "no topology 'designat' in topo_topologies (did you mean 'designate'?)",
        ),
    ],
)
def test_a_role_that_names_nothing_fails_a_strict_build(
    project: MakeProject, role: str, message: str
) -> None:
    made = project(index=f"Page\n====\n\nSee\n{role}.\n\n.. topo:guide::\n")
    for options in (["-W"], ["-n", "-W"]):
        build = made.build("html", "-E", *options, strict=False)
        assert build.status != 0
        (warning,) = build.warnings.strip().split("\n")
        assert re.search(r"index\.rst:[45]: WARNING: ", warning)
        assert message in warning and warning.endswith("[topo.unknown]")


def test_a_part_that_no_page_describes_is_warned_of_by_nitpicky_builds(
    project: MakeProject,
) -> None:
    made = project(index="Page\n====\n\nSee :topo:component:`db_servers`.\n")
    build = made.build("html", "-W", strict=False)
    assert build.status == 0
    assert "Database" in build.text("index.html")
    build = made.build("html", "-E", "-n", strict=False)
    assert "index.rst:4: WARNING: 'db_servers' is described on no page" in build.warnings


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("service:: designate-ap", "did you mean 'designate-api'?"),
        ("diagram:: designate-cental", "did you mean 'designate-central'?"),
        ("diagram:: amqp_servers", "'amqp_servers' is a component"),
        ("needs:: nothing", "no service 'nothing'"),
        ("notes:: nothing", "no service 'nothing'"),
        ("snippet:: nothing", "no service 'nothing'"),
        ("snippet:: designate-api\n   :only: base", "no snippet 'base'"),
        ("component:: designate-api", "'designate-api' is a service"),
        ("components:: other", "no topology 'other'"),
        ("guide:: other", "no topology 'other'"),
        ("topology:: other", "no topology 'other'"),
    ],
)
def test_a_directive_that_names_nothing_fails_every_build(
    project: MakeProject, directive: str, message: str
) -> None:
    made = project(index=f"Page\n====\n\nText.\n\n.. topo:{directive}\n")
    build = made.build(strict=False)
    assert build.status != 0
    assert re.search(rf"index\.rst:6: ERROR: topo:.*{re.escape(message)}", build.warnings)


def test_parts_can_stand_alone(project: MakeProject) -> None:
    made = project(
        index="""\
        Page
        ====

        .. topo:diagram:: designate-api
           :caption: How the *API* stands
           :alt: Three servers
           :name: api
           :align: left
           :class: wide

        .. topo:needs:: designate-api

        .. topo:notes:: designate-worker

        .. topo:snippet:: designate-api

        .. topo:snippet:: designate-api
           :only: proxy-headers

        .. topo:diagram:: overview

        See :ref:`api` and :numref:`api`.

        .. topo:components::
        """
    )
    build = made.build("html", "-W", strict=False)
    assert build.warnings == ""
    html = build.text("index.html")
    figure = re.search(r'<figure class="align-left" id="api">(.*?)</figure>', html, re.DOTALL)
    assert figure is not None
    assert "How the <em>API</em> stands" in figure[1]
    assert re.search("<title[^>]*>How the API stands</title>", figure[1])
    assert re.search("<desc[^>]*>Three servers</desc>", figure[1])
    assert 'class="topo-scroll wide"' in figure[1]
    assert html.count('<div class="highlight-ini') == 3
    assert html.count('<span class="na">api_base_uri</span>') == 1
    assert "Overview of Designate" in html
    assert '<span class="std std-ref">How the API stands</span>' in html
    assert '<span class="std std-numref">Fig. 1</span>' in html


def test_a_page_says_which_topology_it_speaks_of(project: MakeProject) -> None:
    conf = 'topo_topologies = {"designate": "designate.yaml", "shop": "shop.yaml"}'
    made = project(
        conf,
        index="""\
        Home
        ====

        :topo:service:`shop/web` and :topo:service:`designate-api`

        .. toctree::

           designate
           shop
        """,
        designate="""\
        Designate
        =========

        .. topo:guide::
        """,
        shop="""\
        Shop
        ====

        .. topo:topology:: shop

        .. topo:guide::

        :topo:service:`web`, :topo:component:`cache`, :topo:service:`designate/designate-api`
        """,
    )
    made.write("designate.yaml", DESIGNATE.read_text("utf-8"))
    made.write("shop.yaml", SHOP)
    build = made.build()
    assert build.warnings == ""
    assert references(build.text("index.html")) == [
        ("shop.html#shop-web", "web"),
        ("designate.html#designate-api", "designate-api"),
    ]
    shop = build.text("shop.html")
    assert re.search(r'<section id="shop-web">', shop)
    assert '<a href="#shop-cache"' in shop
    assert references(shop)[-3:] == [
        ("#shop-web", "web"),
        ("#shop-cache", "Cache"),
        ("designate.html#designate-api", "designate-api"),
    ]
    assert "The <a" in shop and "runs" in shop


def test_a_service_described_twice_is_warned_of(project: MakeProject) -> None:
    made = project(
        index="""\
        Page
        ====

        .. topo:service:: designate-sink

        .. topo:service:: designate-sink
        """
    )
    build = made.build(strict=False)
    assert "duplicate description of service 'designate-sink'" in build.warnings
    ids = re.findall(r'\sid="([^"]+)"', build.text("index.html"))
    assert len(ids) == len(set(ids))


def test_the_only_topology_of_a_project_is_found(project: MakeProject) -> None:
    made = project("topo_topologies = {}", index="Page\n====\n\n.. topo:service:: web\n")
    made.write("topology/shop.yaml", SHOP)
    build = made.build("html", "-W", strict=False)
    assert build.warnings == ""
    assert '<section id="web">' in build.text("index.html")


def test_a_project_without_topology_is_told_to_name_one(project: MakeProject) -> None:
    made = project("topo_topologies = {}", index="Page\n====\n\n.. topo:guide::\n")
    build = made.build(strict=False)
    assert build.status != 0
    assert re.search(r"index\.rst:4: ERROR: .*topo_topologies", build.warnings)


def test_findings_of_a_topology_stand_at_their_own_place(project: MakeProject) -> None:
    made = project("topo_topologies = {'shop': 'shop.yaml'}", index="Page\n====\n")
    made.write("shop.yaml", SHOP.replace("to: cache", "to: cachet").replace("web:", "web: ", 1))
    build = made.build(strict=False)
    assert build.status != 0
    assert re.search(
        r"shop\.yaml:7:\d+: ERROR: unknown-id .*\(did you mean 'cache'\?\)", build.warnings
    )


def test_a_warning_of_a_topology_fails_strict_builds_only(project: MakeProject) -> None:
    made = project("topo_topologies = {'shop': 'shop.yaml'}", index="Page\n====\n")
    made.write("shop.yaml", SHOP.replace("cache: {name: Cache}", "cache: {}\n      spare: {}"))
    assert made.build(strict=False).status == 0
    build = made.build("html", "-E")
    assert build.status != 0
    assert re.search(r"shop\.yaml:5:\d+: WARNING: unconnected ", build.warnings)


def test_a_project_has_its_own_words(project: MakeProject) -> None:
    made = project(
        "templates_path = ['templates']", index="Page\n====\n\n.. topo:service:: designate-sink\n"
    )
    made.write("templates/topo/service.rst", "Own words on {{ service.name }}.\n")
    build = made.build()
    assert build.warnings == ""
    assert "Own words on designate-sink." in build.text("index.html")
    assert made.build().read == []
    made.change("templates/topo/service.rst", "Own words", "Other words")
    build = made.build()
    assert build.read == ["index"]
    assert "Other words on designate-sink." in build.text("index.html")


def test_a_template_with_an_error_fails_at_its_place(project: MakeProject) -> None:
    made = project(
        "templates_path = ['templates']", index="Page\n====\n\n.. topo:service:: designate-sink\n"
    )
    made.write("templates/topo/service.rst", "One\n\n{% if %}\n")
    build = made.build(strict=False)
    assert build.status != 0
    assert re.search(r"templates/topo/service\.rst:3(:\d+)?: ERROR: ", build.warnings)
