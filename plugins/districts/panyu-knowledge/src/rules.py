"""The district's rules over knowledge points. Nothing of WebAssembly here, so that this file can be
tested like any other."""

import json
from dataclasses import dataclass
from typing import Any, Iterator


@dataclass
class Finding:
    """A finding, in the contract's words."""

    severity: str
    field: str
    code: str
    message: str
    index: int | None = None


@dataclass
class Text:
    """A piece of the point that people read, and where it stands."""

    field: str
    text: str
    index: int | None = None


class Rules:
    """The settings, checked."""

    FIELDS = {"district", "streets", "wider", "former", "elsewhere", "service_guide"}

    def __init__(self, given: dict[str, Any]) -> None:
        self.district: str = given["district"]
        self.streets: list[str] = given["streets"]
        self.wider: list[str] = given["wider"]
        self.former: dict[str, str] = {one["name"]: one["now"] for one in given["former"]}
        self.elsewhere = {one["name"]: one["district"] for one in given["elsewhere"]}
        self.places: list[str] = given["service_guide"]["places"]
        self.remote: list[str] = given["service_guide"]["remote"]

    def check(self, kind: str, scope: str, body: str, texts: list[Text]) -> list[Finding]:
        """Everything that is found, in the order in which a person would look."""
        findings = list(self._scope(scope))
        for text in texts:
            findings.extend(self._names(text))
        if kind == "service_guide":
            findings.extend(self._where_to_go(body, [text.text for text in texts]))
        return findings

    def _scope(self, scope: str) -> Iterator[Finding]:
        if scope.strip() == "":
            # The city's own check asks for a scope.
            return
        known = [self.district, self.district.removesuffix("区"), *self.streets, *self.wider]
        if not any(name in scope for name in known):
            yield Finding(
                "warn",
                "scope",
                "scope-outside-district",
                f"适用范围未提及{self.district}及其镇街，请写明在{self.district}的适用范围",
            )

    def _names(self, text: Text) -> Iterator[Finding]:
        for old, now in self.former.items():
            if old in text.text:
                message = f"“{old}”已改为“{now}”，请更正"
                yield Finding("block", text.field, "former-name", message, text.index)
        for place, district in self.elsewhere.items():
            if place in text.text and district not in text.text:
                message = f"“{place}”现属{district}，请核对是否应由{district}发布"
                yield Finding("warn", text.field, "other-district", message, text.index)

    def _where_to_go(self, body: str, texts: list[str]) -> Iterator[Finding]:
        ways = self.places + self.remote
        if not any(way in text for text in texts for way in ways):
            message = f"办事指南未写明办理地点或网办渠道，例如“{self.places[0]}”“{self.remote[0]}”"
            yield Finding("warn", "body", "where-to-go", message)


def read(text: str) -> tuple[Rules | None, list[tuple[str, str]]]:
    """Settings from JSON; or what is wrong with them, each with its path."""
    given = json.loads(text)
    problems: list[tuple[str, str]] = []
    if not isinstance(given, dict):
        return None, [(".", "must be a table")]
    for name in sorted(given.keys() - Rules.FIELDS):
        problems.append((name, "unknown field"))
    for name in sorted(Rules.FIELDS - given.keys()):
        problems.append((name, "missing field"))
    if problems:
        return None, problems
    _words(given, "streets", "streets", problems)
    _words(given, "wider", "wider", problems)
    if not _is_word(given["district"]):
        problems.append(("district", "must be the district's name, such as `番禺区`"))
    for list_name, value in (("former", "now"), ("elsewhere", "district")):
        for n, entry in enumerate(given[list_name]):
            for name in ("name", value):
                if not _is_word(entry.get(name)):
                    problems.append((f"{list_name}[{n}].{name}", "must be a name"))
    streets = given["streets"] if isinstance(given["streets"], list) else []
    for n, entry in enumerate(given["former"]):
        if _is_word(entry.get("now")) and entry["now"] not in streets:
            problems.append((f"former[{n}].now", "must be one of `streets`"))
    for name in ("places", "remote"):
        _words(given["service_guide"], name, f"service_guide.{name}", problems)
    return (None, problems) if problems else (Rules(given), [])


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _words(table: dict[str, Any], name: str, path: str, problems: list[tuple[str, str]]) -> None:
    words = table.get(name)
    if not isinstance(words, list) or not words:
        problems.append((path, "must be a list with at least one word"))
        return
    for n, word in enumerate(words):
        if not _is_word(word):
            problems.append((f"{path}[{n}]", "must not be empty"))
