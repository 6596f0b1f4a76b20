// {{name}}: reminds the unit before the deadline, and tells the district after several returns.
//
// The exports are the contract's interfaces, wit/escalation.wit and wit/types.wit: names become
// camelCase, a variant is { tag, val }, and a result's error is thrown.
// What the plugin was not built for, it refuses: throw { tag: 'unsupported', val: 'why' }.

// build.mjs makes this module of the JSON beside it.
import settingsSchema from './settings.schema.js';

/** Set by `configure` while the image is baked, and frozen with it. */
let rules;

export const about = {
  describe() {
    return {
      name: '{{name}}',
      version: '0.1.0',
      kind: 'escalation',
      summary: '到期前提醒承办单位，多次退回时报区热线工作机构',
      settingsSchema,
    };
  },
};

export const settings = {
  /** Takes settings.toml as JSON. Every problem is told, not only the first one. */
  configure(json) {
    const given = JSON.parse(json);
    const least = { warn_days: 0, returns_told: 1 };
    const problems = [];
    for (const path of Object.keys(given)) {
      if (!(path in least)) problems.push({ path, message: 'unknown field' });
    }
    for (const [path, from] of Object.entries(least)) {
      if (!Number.isInteger(given[path]) || given[path] < from) {
        problems.push({ path, message: `must be a number from ${from} on` });
      }
    }
    if (problems.length > 0) throw problems;
    rules = given;
  },
};

export const escalation = {
  /**
   * This order needs attention: what now? Depends on nothing but the rules and the question: there is
   * no network and no file, and no clock.
   */
  escalate({ trigger, unit }) {
    if (trigger.tag === 'due-soon' && unit !== undefined && trigger.val <= rules.warn_days) {
      return notify('handling-unit', `距办理期限届满还有${trigger.val}个工作日，请抓紧办理`);
    }
    if (trigger.tag === 'returned' && trigger.val >= rules.returns_told) {
      return notify('district-office', `工单已被退回${trigger.val}次，请区热线工作机构协调`);
    }
    // The city's rules decide about the rest.
    return { tag: 'no-opinion' };
  },
};

function notify(audience, reason) {
  return { tag: 'actions', val: [{ action: { tag: 'notify', val: audience }, reason }] };
}
