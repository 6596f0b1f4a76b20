"""Panyu's check of knowledge points: names of streets that are out of use, places of other districts,
guides that do not say where to go.

This file is the component: it translates between the contract's types and `rules.py`.
"""

from pathlib import Path

from componentize_py_types import Err
from rules import Rules, Text, read
from wit_world import exports
from wit_world.exports import about, knowledge, settings
from wit_world.imports import types

# Read while the component is built; a running plugin has no files.
SCHEMA = Path(__file__).with_name("settings.schema.json").read_text(encoding="utf-8")

# Set by `configure` while the image is baked, and frozen with it.
rules: Rules | None = None


class About(exports.About):
    def describe(self) -> about.Description:
        return about.Description(
            name="panyu-knowledge",
            version="0.1.0",
            kind=about.Kind.KNOWLEDGE,
            summary="番禺区：检查知识点中的镇街旧名、外区地名和办理地点",
            settings_schema=SCHEMA,
        )


class Settings(exports.Settings):
    def configure(self, json: str) -> None:
        global rules
        rules, problems = read(json)
        if problems:
            raise Err([settings.Problem(path, message) for path, message in problems])


class Knowledge(exports.Knowledge):
    def check(self, point: knowledge.Point) -> list[knowledge.Finding]:
        if rules is None:
            raise Err(types.Refusal_Internal("not configured"))
        kind = point.kind.name.lower()
        return [
            knowledge.Finding(
                severity=knowledge.Severity[found.severity.upper()],
                field=knowledge.Field[found.field.upper()],
                index=found.index,
                code=found.code,
                message=found.message,
            )
            for found in rules.check(kind, point.scope, point.body, texts(point))
        ]


def texts(point: knowledge.Point) -> list[Text]:
    """What people read of a point."""
    listed = [Text("conditions", text, n) for n, text in enumerate(point.conditions)]
    asked = [
        Text("faqs", f"{faq.question}\n{faq.answer}", n) for n, faq in enumerate(point.faqs)
    ]
    named = [Text("attachments", name, n) for n, name in enumerate(point.attachments)]
    return [
        Text("title", point.title),
        Text("body", point.body),
        Text("scope", point.scope),
        *listed,
        *asked,
        *named,
    ]
