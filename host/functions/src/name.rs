//! Names of dependencies, as Spin reads them.

use std::fmt;

/// What a dependency satisfies: a plain import (`about`), one interface
/// (`kapok:plugin/routing@0.1.0`), or every interface of a package (`kapok:plugin@0.1.0`); without a
/// version, of any version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DependencyName {
    text: String,
    /// `kapok:plugin`, or the whole plain name.
    base: String,
    interface: Option<String>,
    version: Option<String>,
}

impl DependencyName {
    /// Reads a name. Every text is one; whether it names an import shows when it is composed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let (name, version) = split(text, '@');
        let (base, interface) = split(name, '/');
        Self {
            text: text.to_owned(),
            base: base.to_owned(),
            interface: interface.map(str::to_owned),
            version: version.map(str::to_owned),
        }
    }

    /// The package, or the plain name. Spin composes one dependency for each.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The interface, without its version, where the name has one.
    #[must_use]
    pub fn interface(&self) -> Option<&str> {
        self.interface.as_deref()
    }

    /// Whether this dependency satisfies an import.
    #[must_use]
    pub fn matches(&self, import: &str) -> bool {
        let import = Self::new(import);
        let interface_fits = self.interface.is_none() || self.interface == import.interface;
        let version_fits = self.version.is_none() || self.version == import.version;
        self.base == import.base && interface_fits && version_fits
    }
}

impl fmt::Display for DependencyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at)
        .map_or((text, None), |(left, right)| (left, Some(right)))
}

#[cfg(test)]
mod tests {
    use super::DependencyName;

    #[test]
    fn names_match_imports_as_in_spin() {
        let rows = [
            ("foo:bar/baz@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo:bar/baz", "foo:bar/baz@0.1.0", true),
            ("foo:bar/baz", "foo:bar/baz", true),
            ("foo:bar", "foo:bar/baz@0.1.0", true),
            ("foo:bar@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo-bar", "foo-bar", true),
            ("foo:bar/baz@0.1.0", "foo:bar/baz", false),
            ("foo:bar/baz@0.1.0", "foo:bar/baz@0.1.1", false),
            ("foo:bar/baz", "foo:bar/bub@0.1.0", false),
            ("foo:bar", "foo:bub/bib", false),
            ("foo:bar@0.1.0", "foo:bar/baz", false),
            ("foo:bar/baz", "foo-bar", false),
            ("foo-bar", "foo:bar/baz", false),
        ];
        for (name, import, matches) in rows {
            assert_eq!(
                DependencyName::new(name).matches(import),
                matches,
                "{name} {import}"
            );
        }
    }
}
