// Huangpu's escalation: water, power and gas first, enterprises next, everything else as in the city;
// and orders that have waited long are told to the district before any deadline.
//
// The exports are the contract's interfaces, wit/escalation.wit and wit/types.wit: names become
// camelCase, a variant is { tag, val }, an instant counts by BigInt, and a result's error is thrown.

import { problemsOf } from './settings.js';
// build.mjs makes this module of the JSON beside it.
import settingsSchema from './settings.schema.js';

const MS_PER_HOUR = 3_600_000n;

/** Set by `configure` while the image is baked, and frozen with it. */
let rules;

export const about = {
  describe() {
    return {
      name: 'huangpu-escalation',
      version: '0.1.0',
      kind: 'escalation',
      summary: '黄埔区：水电气民生事项优先，企业诉求提前预警，积压工单报区热线工作机构',
      settingsSchema,
    };
  },
};

export const settings = {
  configure(json) {
    const given = JSON.parse(json);
    const problems = problemsOf(given);
    if (problems.length > 0) throw problems;
    rules = given;
  },
};

export const escalation = {
  escalate(question) {
    if (question.district !== rules.district) return { tag: 'no-opinion' };
    const group = groupOf(question.category ?? '');
    const { tag, val } = question.trigger;
    switch (tag) {
      case 'due-soon':
        // A warning that this district does not want is not wanted from the city either.
        return verdict(dueSoon(question, group, val), 'nothing');
      case 'one-of-many':
        return verdict(oneOfMany(group, val), 'no-opinion');
      // The city's ladder decides about the rest, supervision included.
      default:
        return { tag: 'no-opinion' };
    }
  },
};

/** The first group with a word in the category; the last one fits everything. */
function groupOf(category) {
  return rules.groups.find(
    ({ category_words: words }) => words.length === 0 || words.some((word) => category.includes(word)),
  );
}

function dueSoon(question, group, days) {
  const proposals = [];
  const left = days === 0 ? '办理期限今日24时届满' : `距办理期限届满还有${days}个工作日`;
  if (days <= group.warn_days && question.unit !== undefined) {
    proposals.push(notify('handling-unit', `${group.name}：${left}，请抓紧办理`));
  }
  const hours = Number((question.now.unixMs - question.registeredAt.unixMs) / MS_PER_HOUR);
  if (hours >= group.hours_max) {
    proposals.push(notify('district-office', `${group.name}：登记已${hours}小时未办结，请跟进`));
    proposals.push(raise(group.priority, `${group.name}：登记超过${group.hours_max}小时，建议优先办理`));
  }
  if (days === 0 && question.unit !== undefined) {
    proposals.push(notify('leader-in-charge', `${group.name}：${left}，请分管领导督促当日办结`));
  }
  return proposals;
}

function oneOfMany(group, count) {
  if (count < group.many) return [];
  const alike = `${group.name}：同类未办结诉求已有${count}件`;
  const proposals = [
    notify('district-office', `${alike}，请统筹研判`),
    raise(group.priority, `${alike}，建议优先办理`),
  ];
  if (count >= rules.coordinate_from) {
    proposals.push({
      action: { tag: 'open-coordination' },
      reason: `${alike}，建议启动疑难工单协调办理`,
    });
  }
  return proposals;
}

function notify(audience, reason) {
  return { action: { tag: 'notify', val: audience }, reason };
}

function raise(priority, reason) {
  return { action: { tag: 'raise-priority', val: priority }, reason };
}

/** Proposals, or what to say without any: `nothing` ends the search, `no-opinion` asks the city. */
function verdict(proposals, otherwise) {
  return proposals.length > 0 ? { tag: 'actions', val: proposals } : { tag: otherwise };
}
