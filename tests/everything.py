"""A topology with a text wherever one can stand, and the places of all these texts.

The places are found by walking the schema, so that a new key cannot be left out. Each text
is a word of its own, which another text can be put in place of, wherever it is mentioned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import every_key
import yaml

from diagtool.loading import catalogue_file, loader, schema
from diagtool.loading.loader import Loaded

CATALOGUE: dict[str, Any] = {
    "format": 1,
    "product": "Qproduct",
    "release": "Qrelease",
    "groups": {
        "Qsection": {
            "Qoption": {
                "type": "string",
                "default": "Qdefault",
                "choices": ["Qvalue <Qplace>", "Qvalue Qexample", "Qchoice", "Qdefault", "Qfilled"],
                "renamed_from": ["Qoldgroup/Qoldname"],
                "deprecated": {"since": "Qsince", "reason": "Qreason"},
                "help": "Qhelp",
            },
            "other": {"type": "string", "sample_default": "Qsample", "help": "Plain."},
            "many": {"type": "list", "items": "string", "help": "Plain."},
        },
        "Qconfsection": {"Qconfoption": {"type": "string", "help": "Plain."}},
        "Qownsection": {"Qownoption": {"type": "multi", "help": "Plain."}},
        "Qdriversection": {"Qdriveroption": {"type": "string", "help": "Plain."}},
        "Qportsection": {"Qportoption": {"type": "port", "help": "Plain."}},
        "Qlistensection": {"Qlistenoption": {"type": "port", "help": "Plain."}},
    },
}
BASE: dict[str, Any] = {
    "format": 1,
    "name": "Qname",
    "catalogues": ["c.json"],
    "intro": ["QintroM, `QintroL` and [QintroW](https://a.test/QintroU)", {"warning": "QalertM"}],
    "networks": {"net": {"label": "Qnetwork", "range": "192.0.2.0/24"}},
    "hosts": {
        "h": {
            "label": "Qmachine",
            "address": "<Qhost>",
            "addresses": {"net": "<Qhost>"},
            "networks": ["net"],
            "facts": {"Qfact": "Qfactvalue"},
        },
    },
    "promises": [{"text": "QpromiseM, `QpromiseL`", "lost": ["lonely"], "still": ["web"]}],
    "zones": {"north": {"label": "Qzone"}, "south": {}},
    "components": {
        "db": {
            "name": "Qcomponent",
            "label": "Qbox",
            "address": "<Qhost>",
            "cluster": {"members": 2, "address": "<Qhost>"},
            "zone": "north",
            "description": "QaboutM, `QaboutL` and [QaboutW](https://a.test/QaboutU)",
            "connections": [
                {
                    "to": "disk",
                    "label": "Qbetween",
                    "flows": [{"purpose": "Qstreams", "port": 5}],
                    "on_loss": {
                        "effect": "degrades",
                        "text": "QlostM, `QlostL`",
                        "source": "QseenM, `QseenL`",
                    },
                }
            ],
            "when_stopped": {"text": "QstopM, `QstopL`", "source": "QwhereM, `QwhereL`"},
            "listen": {"option": "Qportoption", "section": "Qportsection"},
            "config": {
                "Qconfsection": {"Qconfoption": "Qconfvalue"},
                "Qportsection": {"Qportoption": "5672"},
            },
            "silenced": {"single-point": "QsilenceM"},
        },
        "disk": {},
        "lonely": {"front": True},
        "spare": {},
        "entrance": {
            "front": True,
            "cluster": {"members": 2},
            "balancing": {"address": "<Qhost>", "port": 8080},
        },
    },
    "services": {
        "web": {
            "name": "Qservice",
            "server": "Qserver",
            "at_least": {"servers": 1, "source": "QenoughM, `QenoughL` tried"},
            "when_stopped": {"text": "QdownM, `QdownL`", "source": "QlogM, `QlogL` seen"},
            "servers": "Qall",
            "replicas": 2,
            "cluster": {"mode": "active-passive", "address": "<Qhost>"},
            "kubernetes": {"image": "<Qplace>"},
            "zones": ["north", "south"],
            "description": "QdoesM, `QdoesL` and [QdoesW](https://a.test/QdoesU)",
            "connections": [
                {
                    "to": "db",
                    "label": "Qline",
                    "flows": [{"purpose": "Qasks"}],
                    "on_loss": {
                        "effect": "stops",
                        "text": "QhaltM, `QhaltL`",
                        "source": "QproofM, `QproofL`",
                    },
                },
                {"from": "entrance"},
            ],
            "listen": {
                "option": "Qlistenoption",
                "section": "Qlistensection",
                "health": "/health",
                "prefix": "/shop",
            },
            "snippets": {
                "one": {"options": {"Qsection": {"Qoption": "Qvalue <Qplace>"}}},
                "two": {
                    "alternative_to": "one",
                    "options": {"Qsection": {"other": "Qothervalue"}},
                },
            },
            "config": {
                "Qownsection": {"Qownoption": ["Qownvalue", "plain"]},
                "Qlistensection": {"Qlistenoption": "8081"},
            },
            "notes": [
                "QnoteM, `QnoteL`, [QnoteW](https://a.test/QnoteU), {web.options.Qoption}, {db}",
                {"warning": "QwarningM, `QwarningL`"},
                {"warning": {"rule": "r"}},
                {"rule": "r"},
                {"snippet": "one"},
                {"snippet": "two"},
            ],
            "silenced": {"no-balancer": "QquietM"},
        },
        "batch": {"job": "Qjob", "replicas": 1, "connections": [{"to": "db"}]},
    },
    "placeholders": {
        "Qplace": {"description": "Qplacedescribed", "example": "Qexample"},
        "Qhost": {"description": "Plain.", "example": "shop.example.org"},
    },
    "rules": {
        "r": {
            "when": {"service": "web"},
            "needs": {"option": ["Qoption"], "section": "Qsection"},
            "text": "QruleM, `QruleL`",
        },
    },
    "silenced": {"even-cluster": "QhushM"},
    "views": {"v": {"title": "Qview", "boxes": [{"label": "Qboxed", "parts": ["db", "disk"]}]}},
    "drivers": {"Qdriversection": {"Qdriveroption": {"library": "tooz"}}},
}
VARIANT: dict[str, Any] = {
    "format": 1,
    "name": "Variant",
    "extends": {"base": "base.yaml", "remove": ["components/spare"]},
    "services": {
        "web": {
            "config": {"Qownsection": {"Qownoption": ["Qother"]}},
            "notes": [
                {
                    "difference": {
                        "about": "Qownoption",
                        "text": "QdiffM, `QdiffL`",
                        "source": "QsourceM and [QsourceW](https://a.test/QsourceU)",
                    }
                },
            ],
        }
    },
}
_WORD = re.compile("Q[A-Za-z]+")

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Files:
    """A topology, a variant of it, and the catalogue that both name, as trees."""

    base: Any
    variant: Any
    catalogue: Any

    def write(self, folder: Path) -> None:
        """As files of a folder."""
        (folder / "base.yaml").write_text(yaml.safe_dump(self.base, sort_keys=False), "utf-8")
        (folder / "variant.yaml").write_text(yaml.safe_dump(self.variant, sort_keys=False), "utf-8")
        (folder / "c.json").write_text(json.dumps(self.catalogue), "utf-8")

    def load(self, folder: Path) -> Loaded:
        """What the loader makes of the variant, and so of all three."""
        self.write(folder)
        return loader.read(folder / "variant.yaml")


def put(text: str) -> Files:
    """The files with a text in place of every word, less the characters that it may not hold.

    A word that ends in M stands where there is markup, in L within a literal, in W and U
    within the words and the address of a link. Without a text all of it is harmless.
    """
    # What a key may be goes before what a text may be that mentions it.
    ordered = sorted(SPOTS, key=lambda spot: spot.is_key)
    stated = {word: spot for spot in ordered for word in _WORD.findall(spot.text)}
    keys = {word for spot in SPOTS if spot.is_key for word in _WORD.findall(spot.text)}

    def said(match: re.Match[str]) -> str:
        word = match[0]
        fitting = _fitting(text, word, stated.get(word, Spot("", schema.NAME, False, word)))
        match word[-1]:
            case "M" | "W":
                return "".join(f"\\{c}" if c in "\\`[]{}" else c for c in fitting)
            case "L":
                return fitting.replace("`", "'")
            case "U":
                return re.sub(r'[\s()<>"]', "_", fitting)
            case _:
                # Two sections or options of one name would be one, and <a> is a placeholder.
                if word in keys:
                    return re.sub("[{}]", "", word + fitting[:60])
                return re.sub("[<>]", "", fitting)

    def changed(tree: Any) -> Any:
        match tree:
            case str():
                return _WORD.sub(said, tree) if text else tree
            case list():
                return [changed(item) for item in tree]
            case dict():
                return {changed(key): changed(value) for key, value in tree.items()}
            case _:
                return tree

    return Files(*map(changed, (BASE, VARIANT, CATALOGUE)))


def _fitting(text: str, word: str, spot: Spot) -> str:
    """What of a text the schema lets through in place of a word."""

    def fits(new: str) -> bool:
        return bool(re.fullmatch(spot.spec.pattern, spot.text.replace(word, new)))

    kept = "".join(c for c in text if fits(f"a{c}a")).strip()
    return next(new for new in (kept, f"a{kept}", f"{kept}a", f"a{kept}a") if fits(new))


@dataclass(frozen=True)
class Spot:
    """A text of a tree: the keys on the way to it, what it may be, and whether it is a key."""

    path: str
    spec: schema.Str
    is_key: bool
    text: str


def spots(spec: schema.Spec, tree: Any, path: str = "") -> Iterator[Spot]:
    """All texts of a tree in which words stand."""
    match spec:
        case schema.Record() if isinstance(tree, dict):
            for name, value in tree.items():
                yield from spots(spec.keys[name].spec, value, f"{path}/{name}")
        case schema.Record() if spec.scalar:
            yield from spots(spec.scalar, tree, path)
        case schema.MapOf():
            for name, value in tree.items():
                if isinstance(spec.key, schema.Str):
                    yield Spot(f"{path}/name", spec.key, True, name)
                yield from spots(spec.value, value, f"{path}/*")
        case schema.ListOf() | schema.OneOrMore():
            for value in tree if isinstance(tree, list) else [tree]:
                yield from spots(spec.item, value, path)
        case schema.Str() if _WORD.search(str(tree)):
            yield Spot(path, spec, False, tree)


SPOTS = [spot for tree in (BASE, VARIANT) for spot in spots(schema.TOPOLOGY, tree)]


# --- that nothing is left out -----------------------------------------------------------


@cache
def takes_signs(spec: schema.Str) -> bool:
    """Whether a text of the samples is still one of these with a sign of some language in it."""
    return any(
        re.fullmatch(spec.pattern, f"{text[:-1]}{sign}{text[-1:]}")
        for text in every_key.written()
        if re.fullmatch(spec.pattern, text)
        for sign in "`*\"'<\\| "
    )


def fields(spec: schema.Spec, path: str = "") -> Iterator[str]:
    """Where in a file there can be a text of any signs, by the keys on the way to it."""
    match spec:
        case schema.Str():
            if takes_signs(spec):
                yield path
        case schema.OneOrMore():
            yield from fields(spec.item, path)
        case schema.ListOf():
            yield from fields(spec.item, path)
        case schema.MapOf():
            if isinstance(spec.key, schema.Str):
                yield f"{path}/name"
            yield from fields(spec.value, f"{path}/*")
        case schema.Record():
            if spec.scalar:
                yield from fields(spec.scalar, path)
            for name, key in spec.keys.items():
                yield from fields(key.spec, f"{path}/{name}")


PATHS = {"/catalogues", "/evidence", "/extends", "/extends/base", "/extends/remove"}
"""Where there are no words for readers but paths, and ids."""


def left_out() -> set[str]:
    """The fields of the schema that no word stands in."""
    return {*fields(schema.TOPOLOGY)} - {spot.path for spot in SPOTS} - PATHS


def left_out_of_catalogues() -> set[str]:
    """The texts of the catalogue's format that no word stands in."""
    texts = (catalogue_file.ValueKind.TEXT, catalogue_file.ValueKind.TEXTS)
    named = {
        name
        for keys in (catalogue_file.CATALOGUE, catalogue_file.OPTION, catalogue_file.DEPRECATED)
        for name, key in keys.items()
        if key.kind in texts
    }

    def stated(tree: Any) -> Iterator[str]:
        for name, value in tree.items() if isinstance(tree, dict) else ():
            if _WORD.search(json.dumps(value)):
                yield name
            yield from stated(value)

    return named - {*stated(CATALOGUE)} - {"type", "items"}
