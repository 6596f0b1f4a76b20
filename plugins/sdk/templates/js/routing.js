// {{name}}: proposes the handling unit of an order by the words that stand in it.
//
// The exports are the contract's interfaces, wit/routing.wit and wit/types.wit: names become camelCase,
// a variant is { tag, val }, and a result's error is thrown.
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
      kind: 'routing',
      summary: '按关键词推荐承办单位',
      settingsSchema,
    };
  },
};

export const settings = {
  /** Takes settings.toml as JSON. Every problem is told, not only the first one. */
  configure(json) {
    const given = JSON.parse(json);
    const problems = [];
    const check = (good, path, message) => good || problems.push({ path, message });
    for (const name of Object.keys(given)) {
      check(['candidates_max', 'units'].includes(name), name, 'unknown field');
    }
    const most = given.candidates_max;
    check(Number.isInteger(most) && most > 0, 'candidates_max', 'must be a number from 1 on');
    check(Array.isArray(given.units), 'units', 'must be a list of units');
    for (const [n, unit] of (given.units ?? []).entries()) {
      for (const name of ['code', 'name']) check(unit[name], `units[${n}].${name}`, 'must not be empty');
      const words = unit.words?.length && unit.words.every(Boolean);
      check(words, `units[${n}].words`, 'must hold a word, and no empty one');
    }
    if (problems.length > 0) throw problems;
    rules = given;
  },
};

export const routing = {
  /**
   * Which unit should handle this order? Depends on nothing but the rules and the question: there is no
   * network and no file, and no clock.
   */
  route(question) {
    const text = [question.subject, question.text, question.category ?? ''].join('\n');
    const candidates = [];
    for (const unit of rules.units) {
      const found = unit.words.filter((word) => text.includes(word));
      if (found.length === 0 || question.excludedUnits.includes(unit.code)) continue;
      const words = found.map((word) => `“${word}”`).join('');
      candidates.push({
        unit: unit.code,
        scorePermille: Math.min(600 + 100 * found.length, 1000),
        reason: `诉求提到${words}，属${unit.name}职责`,
      });
    }
    if (candidates.length === 0) return { tag: 'no-opinion' };
    candidates.sort((a, b) => b.scorePermille - a.scorePermille);
    return { tag: 'ranked', val: candidates.slice(0, rules.candidates_max) };
  },
};
