"""Whether a load balancer, and the options of the services behind it, say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from diagtool.config import hosts
from diagtool.config.values import NO_PLACEHOLDER, filled, unlike
from diagtool.loading.building import Builder
from diagtool.loading.findings import Findings
from diagtool.model import (
    Balancing,
    Component,
    Headers,
    Reliance,
    Service,
    Snippet,
    Topology,
    ports,
)
from diagtool.model.catalogue import OptionType


def unlike_host(text: str) -> str:
    """What the host of a URL would be, in words; empty where a text is one."""
    if text.startswith("[") and text.endswith("]"):
        return "an IPv6 address" if unlike(OptionType.IP, text[1:-1]) else ""
    if ":" in text and not unlike(OptionType.IP, text):
        return "in brackets, as an IPv6 address is in a URL"
    return unlike(OptionType.DOMAIN, text)


def _prefix(service: Service) -> str:
    """The path under which clients find a service at a load balancer."""
    return service.balanced.prefix if service.balanced else ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Checks the components that balance; ``built`` knows where they say how."""

    findings: Findings
    built: Builder

    def check(self, topology: Topology) -> None:
        """Reports what disagrees, each at the line that is easier to change."""
        for component in topology.components.values():
            if component.balancing is not None:
                self._check(topology, component, component.balancing)

    def _check(self, topology: Topology, component: Component, balancing: Balancing) -> None:
        fronted = topology.fronted_by(component.id)
        services = topology.balanced_by(component.id)
        if not component.front:
            message = f"'{component.id}' is not in front of anything"
            self._bad(component, message, "add 'front: true' to it")
        elif not fronted:
            message = f"no service is behind '{component.id}'"
            self._bad(component, message, f"connect one with '- from: {component.id}'")
        right = self._check_host(topology, component, balancing)
        for service in fronted:
            if service.balanced is None or not ports.of(service, service.balanced):
                message = (
                    f"'{service.id}' is behind '{component.id}', but does not say where it takes "
                    "requests"
                )
                hint = "add 'listen' to it"
                if service.listen and service.balanced is None:
                    hint = "add 'front_port' where it listens: it is not HTTP"
                self.findings.report("bad-balancing", service.place, message, hint)
        self._check_shares(component, balancing, services)
        for service in services:
            for snippet in service.snippets:
                if snippet.relies_on is Reliance.ADDRESS and balancing.address and right:
                    self._check_address(component, balancing, service, snippet)
            for snippet in service.eligible:
                if snippet.relies_on is Reliance.ADDRESS and not balancing.address:
                    message = (
                        f"'{snippet.id}' of '{service.id}' relies on the address of "
                        f"'{component.id}', which is not stated"
                    )
                    self._bad(component, message, "add 'address' to 'balancing'")
                self._check_headers(component, balancing, service, snippet)

    def _check_shares(
        self, component: Component, balancing: Balancing, services: tuple[Service, ...]
    ) -> None:
        """Each service has a port to itself, or a prefix at the port that they share."""
        taken: dict[tuple[int, str], str] = {}
        for service in services:
            listener = service.balanced
            assert listener is not None
            own, prefix = listener.front_port, listener.prefix
            if own is None and listener.is_passed_on:
                message = f"'{component.id}' can't read what it passes on to '{service.id}'"
                hint = "add 'front_port' where it listens"
                self.findings.report("bad-balancing", listener.place, message, hint)
                continue
            other = taken.setdefault((own or balancing.port, "" if own else prefix), service.id)
            if other != service.id:
                where, key = (f"port {own}", "front_port") if own else (prefix or "/", "prefix")
                place = self.built.prefixes.get(service.id, service.place)
                at = "at" if own else "under"
                message = f"'{service.id}' and '{other}' are both {at} {where} of '{component.id}'"
                self.findings.report("bad-balancing", place, message, f"give it another '{key}'")

    def _bad(self, component: Component, message: str, hint: str) -> None:
        assert component.balancing is not None
        self.findings.report("bad-balancing", component.balancing.place, message, hint)

    def _check_host(self, topology: Topology, component: Component, balancing: Balancing) -> bool:
        """Whether an address is that of a host, as far as is known, and nothing more."""
        address = filled(balancing.address, topology.placeholders)
        if not address or NO_PLACEHOLDER.search(balancing.address):
            return True
        # An example is bracketed where that is due, and what is written must be.
        host = address if address == balancing.address else hosts.in_url(address)
        if words := unlike_host(host):
            message = f"the address of '{component.id}' is not {words}"
            hint = "'tls', 'port' and 'prefix' say the rest of a URL"
            place = self.built.addresses[component.id]
            self.findings.report("bad-balancing", place, message, hint)
            return False
        return True

    def _check_address(
        self, component: Component, balancing: Balancing, service: Service, snippet: Snippet
    ) -> None:
        """An option must name the address at which clients reach the service, in full."""
        prefix = _prefix(service)
        url = balancing.url(prefix)
        usual = f"{'https' if balancing.tls else 'http'}://{balancing.address}:{balancing.port}"
        right = {f"{start}{end}" for start in (url, f"{usual}{prefix}") for end in ("", "/")}
        named = re.compile(rf"\w+://{re.escape(balancing.address)}(?![\w.-])")
        addresses = [option for option in snippet.options if named.match(option.value)]
        for option in addresses:
            if option.value not in right:
                message = f"clients reach '{service.id}' at {url}/ through '{component.id}'"
                hint = "write that, or change 'balancing' or 'listen'"
                self.findings.report("address-differs", option.place, message, hint)
        if not addresses:
            message = f"no option of '{snippet.id}' names {url}/, the address of '{component.id}'"
            self.findings.report("address-differs", snippet.place, message)

    def _check_headers(
        self, component: Component, balancing: Balancing, service: Service, snippet: Snippet
    ) -> None:
        """What the options in force rely on must reach the servers."""
        place = self.built.headers.get(component.id, snippet.place)
        said = balancing.headers
        if snippet.relies_on is Reliance.FORWARDED and said not in (None, Headers.FORWARDED):
            message = (
                f"'{snippet.id}' of '{service.id}' relies on X-Forwarded headers, which "
                f"'{component.id}' does not set"
            )
            hint = "write 'forwarded', or have the service use another snippet"
            self.findings.report("headers-differ", place, message, hint)
        elif snippet.relies_on is Reliance.HOST:
            missing = "the Host header" if said is Headers.NONE else ""
            missing = "the scheme, since TLS ends there" if balancing.tls else missing
            missing = "the prefix" if _prefix(service) else missing
            if missing:
                message = (
                    f"'{snippet.id}' of '{service.id}' relies on the Host header, and "
                    f"'{component.id}' does not pass on {missing}"
                )
                hint = (
                    "write 'host'"
                    if "Host" in missing
                    else "choose options that take it into account"
                )
                self.findings.report("headers-differ", place, message, hint)
