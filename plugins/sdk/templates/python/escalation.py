"""{{name}}: reminds the unit before the deadline, and tells the district after several returns.

The classes are the contract's interfaces, wit/escalation.wit and wit/types.wit; componentize-py makes
the modules that are imported here from them. What the plugin was not built for, it refuses: it raises
Err(types.Refusal_Unsupported("why")), with `types` from wit_world.imports.
"""

import json
from pathlib import Path
from typing import Any

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports import about, escalation, settings

# Read while the component is built; a running plugin has no files.
SCHEMA = Path(__file__).with_name("settings.schema.json").read_text(encoding="utf-8")

# Set by `configure` while the image is baked, and frozen with it.
rules: dict[str, Any] = {}


class About(exports.About):
    def describe(self) -> about.Description:
        return about.Description(
            name="{{name}}",
            version="0.1.0",
            kind=about.Kind.ESCALATION,
            summary="到期前提醒承办单位，多次退回时报区热线工作机构",
            settings_schema=SCHEMA,
        )


class Settings(exports.Settings):
    def configure(self, text: str) -> None:
        """Takes settings.toml as JSON. Every problem is told, not only the first one."""
        given = json.loads(text)
        problems = []
        for name in given.keys() - {"warn_days", "returns_told"}:
            problems.append(settings.Problem(name, "unknown field"))
        for name, least in (("warn_days", 0), ("returns_told", 1)):
            value = given.get(name)
            if not isinstance(value, int) or value < least:
                problems.append(settings.Problem(name, f"must be a number from {least} on"))
        if problems:
            raise Err(problems)
        rules.update(given)


class Escalation(exports.Escalation):
    def escalate(self, question: escalation.Question) -> escalation.Verdict:
        """This order needs attention: what now? Depends on nothing but the rules and the question:
        there is no network and no file, and the clock stands at the question's own instant."""
        match question.trigger:
            case escalation.Trigger_DueSoon(days) if question.unit and days <= rules["warn_days"]:
                audience = escalation.Audience.HANDLING_UNIT
                reason = f"距办理期限届满还有{days}个工作日，请抓紧办理"
            case escalation.Trigger_Returned(times) if times >= rules["returns_told"]:
                audience = escalation.Audience.DISTRICT_OFFICE
                reason = f"工单已被退回{times}次，请区热线工作机构协调"
            case _:
                # The city's rules decide about the rest.
                return escalation.Verdict_NoOpinion()
        proposal = escalation.Proposal(escalation.Action_Notify(audience), reason)
        return escalation.Verdict_Actions([proposal])
