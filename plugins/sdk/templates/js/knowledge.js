// {{name}}: checks a knowledge point before it is published.
//
// The exports are the contract's interfaces, wit/knowledge.wit and wit/types.wit: names become
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
      kind: 'knowledge',
      summary: '检查知识点的标题长度和绝对化用语',
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
      check(['title_chars_max', 'forbidden_words'].includes(name), name, 'unknown field');
    }
    const most = given.title_chars_max;
    check(Number.isInteger(most) && most > 0, 'title_chars_max', 'must be a number from 1 on');
    check(Array.isArray(given.forbidden_words), 'forbidden_words', 'must be a list of words');
    for (const [n, word] of (given.forbidden_words ?? []).entries()) {
      check(typeof word === 'string' && word, `forbidden_words[${n}]`, 'must be a word');
    }
    if (problems.length > 0) throw problems;
    rules = given;
  },
};

export const knowledge = {
  /**
   * Is this knowledge point fit to be published? Depends on nothing but the rules and the point: there
   * is no network and no file, and no clock.
   */
  check(point) {
    const findings = [];
    const chars = [...point.title].length;
    if (chars > rules.title_chars_max) {
      findings.push({
        severity: 'warn',
        field: 'title',
        code: 'title-too-long',
        message: `标题有${chars}字，建议不超过${rules.title_chars_max}字`,
      });
    }
    for (const word of rules.forbidden_words.filter((word) => point.body.includes(word))) {
      findings.push({
        severity: 'block',
        field: 'body',
        code: 'forbidden-word',
        message: `正文含有“${word}”，请改用不作绝对承诺的表述`,
      });
    }
    return findings;
  },
};
