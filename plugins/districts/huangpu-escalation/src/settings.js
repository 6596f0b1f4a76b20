// The settings: what is wrong with them, each with its path.

const FIELDS = ['district', 'coordinate_from', 'groups'];

const GROUP = {
  name: (value) => isWord(value) || 'must be a name',
  category_words: (value) =>
    (Array.isArray(value) && value.every(isWord)) || 'must be a list of words, without an empty one',
  warn_days: (value) => from(0, value),
  hours_max: (value) => from(1, value),
  many: (value) => from(2, value),
  priority: (value) => ['high', 'urgent'].includes(value) || 'must be `high` or `urgent`',
};

/** Every problem of the settings, not only the first one. */
export function problemsOf(given) {
  const problems = [];
  const check = (result, path) => result === true || problems.push({ path, message: result });
  for (const name of Object.keys(given)) check(FIELDS.includes(name) || 'unknown field', name);
  check(/^[0-9]{6}$/.test(given.district) || 'must be a six-digit code, such as `440112`', 'district');
  check(from(2, given.coordinate_from), 'coordinate_from');
  if (!Array.isArray(given.groups) || given.groups.length === 0) {
    check('must be a list with at least one group', 'groups');
    return problems;
  }
  for (const [n, group] of given.groups.entries()) {
    for (const name of Object.keys(group)) {
      check(name in GROUP || 'unknown field', `groups[${n}].${name}`);
    }
    for (const [name, rule] of Object.entries(GROUP)) check(rule(group[name]), `groups[${n}].${name}`);
  }
  if (given.groups.at(-1).category_words?.length !== 0) {
    const message = 'the last group must have no words, so that every matter has its group';
    check(message, `groups[${given.groups.length - 1}].category_words`);
  }
  return problems;
}

function isWord(value) {
  return typeof value === 'string' && value.trim() !== '';
}

function from(least, value) {
  return (Number.isInteger(value) && value >= least) || `must be a number from ${least} on`;
}
