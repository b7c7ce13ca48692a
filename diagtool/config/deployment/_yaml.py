"""YAML for programs: what is a text is quoted wherever it could be taken for anything else."""

from __future__ import annotations

from typing import Any


class Unsafe(str):
    """A text that Ansible must not take for a template."""

    __slots__ = ()


def dump(*documents: Any) -> str:
    """Documents as YAML, with keys in the order that they have."""
    import yaml

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            super().increase_indent(flow, False)

    Dumper.add_representer(
        Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style="'")
    )
    return str(
        yaml.dump_all(
            documents,
            Dumper=Dumper,
            sort_keys=False,
            allow_unicode=True,
            default_flow_style=False,
            width=1_000,
            explicit_start=len(documents) > 1,
        )
    )
