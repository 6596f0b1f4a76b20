"""{{name}}: proposes the handling unit of an order by the words that stand in it.

The classes are the contract's interfaces, wit/routing.wit and wit/types.wit; componentize-py makes the
modules that are imported here from them. What the plugin was not built for, it refuses: it raises
Err(types.Refusal_Unsupported("why")), with `types` from wit_world.imports.
"""

import json
from pathlib import Path
from typing import Any

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import about, routing, settings

# Read while the component is built; a running plugin has no files.
SCHEMA = Path(__file__).with_name("settings.schema.json").read_text(encoding="utf-8")

# Set by `configure` while the image is baked, and frozen with it.
rules: dict[str, Any] = {}


class About(exports.About):
    def describe(self) -> about.Description:
        return about.Description(
            name="{{name}}",
            version="0.1.0",
            kind=about.Kind.ROUTING,
            summary="按关键词推荐承办单位",
            settings_schema=SCHEMA,
        )


class Settings(exports.Settings):
    def configure(self, text: str) -> None:
        """Takes settings.toml as JSON. Every problem is told, not only the first one."""
        given = json.loads(text)
        problems = []

        def check(good: bool, path: str, message: str) -> None:
            if not good:
                problems.append(settings.Problem(path, message))

        for name in given.keys() - {"candidates_max", "units"}:
            check(False, name, "unknown field")
        most = given.get("candidates_max")
        check(isinstance(most, int) and most > 0, "candidates_max", "must be a number from 1 on")
        check(isinstance(given.get("units"), list), "units", "must be a list of units")
        for n, unit in enumerate(given.get("units") or []):
            for name in ("code", "name"):
                check(bool(unit.get(name)), f"units[{n}].{name}", "must not be empty")
            words = unit.get("words") or [""]
            check(all(words), f"units[{n}].words", "must hold a word, and no empty one")
        if problems:
            raise Err(problems)
        rules.update(given)


class Routing(exports.Routing):
    def route(self, question: routing.Question) -> routing.Verdict:
        """Which unit should handle this order? Depends on nothing but the rules and the question:
        there is no network and no file, and the clock stands at the order's own instant."""
        text = "\n".join([question.subject, question.text, question.category or ""])
        candidates = []
        for unit in rules["units"]:
            found = [word for word in unit["words"] if word in text]
            if not found or unit["code"] in question.excluded_units:
                continue
            words = "".join(f"“{word}”" for word in found)
            candidates.append(
                routing.Candidate(
                    unit=unit["code"],
                    score_permille=min(600 + 100 * len(found), 1000),
                    reason=f"诉求提到{words}，属{unit['name']}职责",
                )
            )
        candidates.sort(key=lambda candidate: -candidate.score_permille)
        if not candidates:
            return routing.Verdict_NoOpinion()
        return routing.Verdict_Ranked(candidates[: rules["candidates_max"]])
