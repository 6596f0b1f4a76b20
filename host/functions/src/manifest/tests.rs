//! Manifests that are read, and manifests that are refused.

use std::error::Error as _;
use std::fs;
use std::time::Duration;

use contract::about::Kind;

use super::Manifest;

const GOOD: &str = r#"
spin_manifest_version = 2
[application]
name = "a"
version = "0.1.0"
[[trigger.http]]
route = "/x"
component = "x"
[[trigger.http]]
route = "/y/..."
component = "x"
[component.x]
source = "x.wasm"
[component.x.build]
command = "make"
[component.x.dependencies]
"k:p/q@0.1.0" = { component = "y" }
about = { path = "z.wasm", export = "k:p/about@0.1.0" }
[component.y]
source = "sub/y.wasm"
"#;

fn read(text: &str) -> Result<Manifest, crate::Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spin.toml");
    fs::write(&path, text).unwrap();
    let mut manifest = Manifest::read(&path)?;
    for component in manifest.components.values_mut() {
        for source in component
            .dependencies
            .iter_mut()
            .map(|dependency| &mut dependency.source)
            .chain([&mut component.source])
        {
            *source = source.strip_prefix(folder.path()).unwrap().to_owned();
        }
    }
    Ok(manifest)
}

#[test]
fn what_is_served_is_read() {
    let manifest = read(GOOD).unwrap();
    let routes: Vec<String> = manifest
        .triggers
        .iter()
        .map(|trigger| format!("{} {}", trigger.route, trigger.component))
        .collect();
    assert_eq!(routes, ["/x x", "/y/... x"]);
    let component = &manifest.components["x"];
    assert_eq!(component.source.to_str(), Some("x.wasm"));
    let dependencies: Vec<String> = component
        .dependencies
        .iter()
        .map(|one| format!("{} {} {:?}", one.name, one.source.display(), one.export))
        .collect();
    assert_eq!(
        dependencies,
        [
            "about z.wasm Some(\"k:p/about@0.1.0\")",
            "k:p/q@0.1.0 sub/y.wasm None"
        ]
    );
    assert!(manifest.components["y"].dependencies.is_empty());
    assert_eq!(component.image(), None);
}

#[test]
fn a_component_says_its_kind_its_image_and_its_bounds() {
    let text = GOOD
        .replace("k:p/q@0.1.0", "kapok:plugin/routing@0.1.0")
        .replace(
            "source = \"x.wasm\"",
            "source = \"x.wasm\"\n[component.x.tool.other]\nkey = 1\n\
         [component.x.tool.kapok]\ntime_ms = 500\nmemory_mib = 64",
        );
    let manifest = read(&text).unwrap();
    let component = &manifest.components["x"];
    assert_eq!(component.kind(), Some(Kind::Routing));
    assert_eq!(component.image().unwrap().to_str(), Some("sub/y.wasm"));
    assert_eq!(component.bounds.time, Some(Duration::from_millis(500)));
    assert_eq!(component.bounds.memory_bytes, Some(64 << 20));
    assert_eq!(component.bounds.running, None);
}

/// What is replaced in the good manifest, by what, and what the error must name.
const REFUSED: &[(&str, &str, &str)] = &[
    (
        "spin_manifest_version = 2",
        "spin_manifest_version = 1",
        "spin_manifest_version",
    ),
    ("spin_manifest_version = 2", "", "spin_manifest_version"),
    ("name = \"a\"", "title = \"a\"", "title"),
    (
        "[application]",
        "[variables]\nv = \"\"\n[application]",
        "variables",
    ),
    (
        "[component.y]",
        "[[trigger.redis]]\nchannel = \"c\"\n[component.y]",
        "redis",
    ),
    ("route = \"/x\"", "route = { private = true }", "route"),
    ("route = \"/x\"", "route = \"x\"", "trigger.http[0].route"),
    (
        "route = \"/x\"",
        "route = \"/y/...\"",
        "trigger.http[1].route",
    ),
    (
        "route = \"/x\"",
        "route = \"/:id\"",
        "trigger.http[0].route",
    ),
    (
        "component = \"x\"\n[[",
        "component = \"z\"\n[[",
        "trigger.http[0].component",
    ),
    (
        "route = \"/x\"",
        "route = \"/x\"\nexecutor = {}",
        "executor",
    ),
    ("source = \"x.wasm\"", "", "source"),
    (
        "source = \"x.wasm\"",
        "source = { url = \"u\", digest = \"d\" }",
        "source",
    ),
    (
        "source = \"x.wasm\"",
        "source = \"x\"\nfiles = [\"f\"]",
        "files",
    ),
    (
        "source = \"x.wasm\"",
        "source = \"x\"\nallowed_outbound_hosts = [\"https://*:*\"]",
        "component.x.allowed_outbound_hosts",
    ),
    (
        "source = \"x.wasm\"",
        "source = \"x\"\n[component.x.tool.kapok]\nfuel = 1",
        "fuel",
    ),
    (
        "source = \"x.wasm\"",
        "source = \"x\"\n[component.x.tool.kapok]\nrunning = 0",
        "component.x.tool.kapok.running",
    ),
    ("{ component = \"y\" }", "\">= 0.1.0\"", "k:p/q@0.1.0"),
    (
        "{ component = \"y\" }",
        "{ component = \"w\" }",
        "k:p/q@0.1.0",
    ),
    (
        "{ component = \"y\" }",
        "{ component = \"x\" }",
        "`x` has dependencies itself",
    ),
    (
        "{ component = \"y\" }",
        "{ component = \"y\", path = \"p\" }",
        "k:p/q@0.1.0",
    ),
    (
        "{ component = \"y\" }",
        "{ component = \"y\", inherit_configuration = true }",
        "inherit_configuration",
    ),
    (
        "about = {",
        "\"k:p/about@0.1.0\" = {",
        "one dependency for `k:p`",
    ),
];

#[test]
fn everything_else_is_refused_by_name() {
    for (old, new, named) in REFUSED {
        assert!(GOOD.contains(old), "{old}");
        let error = read(&GOOD.replacen(old, new, 1)).unwrap_err();
        let mut message = error.to_string();
        if let Some(source) = error.source() {
            message = format!("{message}: {source}");
        }
        assert!(message.contains(named), "{new}: {message}");
    }
}
