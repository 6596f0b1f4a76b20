//! Scopes and the names in them.
//!
//! A scope is a code: the city, a district or a unit. All knowledge checks of a scope are asked, so that
//! it may hold several: its own under the code alone, and others under a name beside it, such as
//! `440100/citations`. Each has its own history, candidate and trial. Of routing and escalation the
//! narrowest verdict counts, so that a scope has one rule for each.

/// Between the code and the name.
const SEPARATOR: char = '/';

/// The code in a scope: `440100` of `440100/citations`, and of `440100`.
#[must_use]
pub fn scope_code(scope: &str) -> &str {
    scope.split_once(SEPARATOR).map_or(scope, |(code, _)| code)
}

/// What every named scope of this code begins with.
#[must_use]
pub fn named_scopes(code: &str) -> String {
    format!("{code}{SEPARATOR}")
}

/// Whether it has a name, or none where its form is no scope's.
pub(crate) fn has_name(scope: &str) -> Option<bool> {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    match scope.split_once(SEPARATOR) {
        None => word(scope).then_some(false),
        Some((code, name)) => (word(code) && word(name)).then_some(true),
    }
}
