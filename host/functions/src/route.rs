//! Which route takes a path, by Spin's rules.

use std::fmt;

/// A trigger's route: exact (`/cart`), or with a trailing wildcard (`/users/...`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// This path, with or without a slash at its end.
    Exact(String),
    /// This path and every path below it.
    Below(String),
}

impl Pattern {
    /// Reads a route as the manifest writes it, or says what is wrong with it.
    pub(crate) fn new(route: &str) -> Result<Self, String> {
        if !route.starts_with('/') {
            return Err(format!("`{route}` does not begin with a slash"));
        }
        if route.contains([':', '*']) {
            return Err(format!(
                "`{route}` has a wildcard within; only `/...` at the end is served"
            ));
        }
        Ok(match route.strip_suffix("/...") {
            Some(prefix) => Self::Below(prefix.to_owned()),
            None => Self::Exact(route.trim_end_matches('/').to_owned()),
        })
    }

    /// How well this route fits a path: longer is better, and exact before wildcard.
    fn fit(&self, path: &str) -> Option<(usize, bool)> {
        match self {
            Self::Exact(exact) => (path == exact).then_some((exact.len(), true)),
            Self::Below(prefix) => path
                .strip_prefix(prefix.as_str())
                .filter(|rest| rest.is_empty() || rest.starts_with('/'))
                .map(|_| (prefix.len(), false)),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(path) if path.is_empty() => f.write_str("/"),
            Self::Exact(path) => f.write_str(path),
            Self::Below(prefix) => write!(f, "{prefix}/..."),
        }
    }
}

/// The best of these for a path: an exact one, else the longest prefix.
pub(crate) fn find<'a, T>(
    routes: impl IntoIterator<Item = (&'a Pattern, T)>,
    path: &str,
) -> Option<T> {
    let path = path.trim_end_matches('/');
    routes
        .into_iter()
        .filter_map(|(pattern, target)| Some((pattern.fit(path)?, target)))
        .max_by_key(|(fit, _)| *fit)
        .map(|(_, target)| target)
}

#[cfg(test)]
mod tests {
    use super::{Pattern, find};

    #[test]
    fn longest_match_wins() {
        let patterns: Vec<Pattern> = [
            "/users/...",
            "/users/admin",
            "/users/admin/...",
            "/cart",
            "/",
        ]
        .iter()
        .map(|route| Pattern::new(route).unwrap())
        .collect();
        let rows = [
            ("/users", Some("/users/...")),
            ("/users/1/edit", Some("/users/...")),
            ("/usersX", None),
            ("/users/admin", Some("/users/admin")),
            ("/users/admin/", Some("/users/admin")),
            ("/users/admin/x", Some("/users/admin/...")),
            ("/users/administrator", Some("/users/...")),
            ("/cart", Some("/cart")),
            ("/cart/checkout", None),
            ("/Cart", None),
            ("/", Some("/")),
            ("", Some("/")),
            ("/x", None),
        ];
        for (path, expected) in rows {
            let found = find(patterns.iter().map(|pattern| (pattern, pattern)), path);
            assert_eq!(
                found.map(ToString::to_string).as_deref(),
                expected,
                "{path}"
            );
        }
        let all = Pattern::new("/...").unwrap();
        assert_eq!(find([(&all, ())], "/x/y"), Some(()));
        assert_eq!(find([(&all, ())], "/"), Some(()));
    }

    #[test]
    fn routes_that_are_not_served_are_refused() {
        for route in ["", "cart", "/users/:id", "/users/*", "..."] {
            assert!(Pattern::new(route).unwrap_err().contains(route), "{route}");
        }
    }
}
