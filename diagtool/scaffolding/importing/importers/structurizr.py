"""Containers become services, or components if they are databases; people and other software
systems are components outside. Relationships are connections, with their descriptions as labels.
"""

from __future__ import annotations

import re

from diagtool.checks import data
from diagtool.checks.readers import File, ReadError
from diagtool.loading.yaml_file import Node
from diagtool.model import Shape
from diagtool.scaffolding.importing import markup, software
from diagtool.scaffolding.importing.draft import Draft, Kind, Part, cleaned

WHAT = "workspaces of Structurizr in JSON"


def fits(file: File) -> bool:
    return file.path.lower().endswith(".json") and b'"softwareSystems"' in file.content


def take(file: File, draft: Draft) -> None:
    root = next(iter(data.documents(file)), None)
    model = data.get(root, "model")
    if model is None:
        raise ReadError("it has no model")
    walker = _Walker(draft)
    for person in data.items(model, "people"):
        part = walker.part(person, Kind.COMPONENT)
        part.shape, part.front, part.outside = Shape.ACTOR, True, True
    for system in data.items(model, "softwareSystems"):
        walker.system(system)
    walker.join()
    for key, _ in data.entries(root):
        if key.value in ("views", "documentation"):
            draft.remark(key.place, f"the {key.value} of the workspace")
    for node in data.items(model, "deploymentNodes"):
        draft.remark(node.place, f"the deployment node {cleaned(data.text(node, 'name'), 60)}")


class _Walker:
    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.parts: dict[str, Part] = {}
        self.systems: dict[str, str] = {}
        self.elements: list[Node] = []

    def part(self, element: Node, kind: Kind) -> Part:
        part = self.draft.part(data.text(element, "name"), element.place, kind=kind)
        description = cleaned(data.text(element, "description"), 1000)
        part.description = part.description or markup.plain(description)
        self.parts[data.text(element, "id")] = part
        self.elements.append(element)
        return part

    def system(self, system: Node) -> None:
        """A software system: what it consists of, or one that others run."""
        containers = data.items(system, "containers")
        if not containers:
            self.part(system, Kind.COMPONENT).outside = True
            return
        self.systems[data.text(system, "id")] = data.text(system, "name")
        self.elements.append(system)
        for container in containers:
            part = self.container(container)
            for inner in data.items(container, "components"):
                # What a component of a container talks to, the container does.
                self.parts[data.text(inner, "id")] = part
                self.elements.append(inner)

    def container(self, container: Node) -> Part:
        technology = cleaned(data.text(container, "technology"), 100)
        said = re.findall(r"[a-z]+", f"{data.text(container, 'tags')} {technology}".lower())
        known = (software.KNOWN[word] for word in said if word in software.KNOWN)
        is_database = "database" in said or any(each.shape is Shape.DATABASE for each in known)
        part = self.part(container, Kind.COMPONENT if is_database else Kind.SERVICE)
        if is_database:
            part.shape, part.stacked = Shape.DATABASE, False
        else:
            part.replicas = 1
        if technology:
            self.draft.remark(container.place, f"the technology {technology}", part)
        return part

    def join(self) -> None:
        """The relationships of all elements, once these are known."""
        for element in self.elements:
            for relationship in data.items(element, "relationships"):
                self.line(relationship)

    def line(self, relationship: Node) -> None:
        ends = [data.text(relationship, key) for key in ("sourceId", "destinationId")]
        tail, head = (self.parts.get(end) for end in ends)
        label = cleaned(data.text(relationship, "description"), 100)
        if tail and head:
            if tail is not head:
                self.draft.join(tail, head, relationship.place, label=label)
        elif not data.text(relationship, "linkedRelationshipId"):
            wholes = [cleaned(self.systems[end], 60) for end in ends if end in self.systems]
            ends_at = f"{' and '.join(wholes)} as a whole" if wholes else "what is not here"
            message = f"the relationship '{label}' with {ends_at}"
            self.draft.remark(relationship.place, message)
