"""{{name}}: checks a knowledge point before it is published.

The classes are the contract's interfaces, wit/knowledge.wit and wit/types.wit; componentize-py makes
the modules that are imported here from them. What the plugin was not built for, it refuses: it raises
Err(types.Refusal_Unsupported("why")), with `types` from wit_world.imports.
"""

import json
from pathlib import Path
from typing import Any

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import about, knowledge, settings

# Read while the component is built; a running plugin has no files.
SCHEMA = Path(__file__).with_name("settings.schema.json").read_text(encoding="utf-8")

# Set by `configure` while the image is baked, and frozen with it.
rules: dict[str, Any] = {}


class About(exports.About):
    def describe(self) -> about.Description:
        return about.Description(
            name="{{name}}",
            version="0.1.0",
            kind=about.Kind.KNOWLEDGE,
            summary="检查知识点的标题长度和绝对化用语",
            settings_schema=SCHEMA,
        )


class Settings(exports.Settings):
    def configure(self, text: str) -> None:
        """Takes settings.toml as JSON. Every problem is told, not only the first one."""
        given = json.loads(text)
        problems = []
        for name in given.keys() - {"title_chars_max", "forbidden_words"}:
            problems.append(settings.Problem(name, "unknown field"))
        most = given.get("title_chars_max")
        if not isinstance(most, int) or most < 1:
            problems.append(settings.Problem("title_chars_max", "must be a number from 1 on"))
        words = given.get("forbidden_words")
        if not isinstance(words, list):
            problems.append(settings.Problem("forbidden_words", "must be a list of words"))
        for n, word in enumerate(words or []):
            if not isinstance(word, str) or not word:
                problems.append(settings.Problem(f"forbidden_words[{n}]", "must be a word"))
        if problems:
            raise Err(problems)
        rules.update(given)


class Knowledge(exports.Knowledge):
    def check(self, point: knowledge.Point) -> list[knowledge.Finding]:
        """Is this knowledge point fit to be published? Depends on nothing but the rules and the point:
        there is no network and no file, and the clock stands at the day of the check."""
        findings = []
        if len(point.title) > rules["title_chars_max"]:
            findings.append(
                knowledge.Finding(
                    severity=knowledge.Severity.WARN,
                    field=knowledge.Field.TITLE,
                    index=None,
                    code="title-too-long",
                    message=f"标题有{len(point.title)}字，建议不超过{rules['title_chars_max']}字",
                )
            )
        for word in rules["forbidden_words"]:
            if word in point.body:
                findings.append(
                    knowledge.Finding(
                        severity=knowledge.Severity.BLOCK,
                        field=knowledge.Field.BODY,
                        index=None,
                        code="forbidden-word",
                        message=f"正文含有“{word}”，请改用不作绝对承诺的表述",
                    )
                )
        return findings
