//! The WIT package is frozen: plugins that districts have built against it run for years.
#![cfg(test)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// `kapok:plugin@0.1.0`, without comments and layout.
const FROZEN: &str = "524c24fc0dbf6aecc23c6d24c8a03ced7ea133de1e18730ab09a009b08661a51";

/// A text of WIT without comments, and with no more space than its words need.
fn normalised(text: &str) -> String {
    let mut normal = String::new();
    let lines = text
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    for word in lines.flat_map(str::split_whitespace) {
        let glued = |letter: Option<char>| letter.is_none_or(|it| "{}()<>,:;=".contains(it));
        if !glued(normal.chars().last()) && !glued(word.chars().next()) {
            normal.push(' ');
        }
        normal.push_str(word);
    }
    normal
}

#[test]
fn package_is_as_it_was_frozen() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut whole = String::new();
    // In the order of the alphabet, whatever the file system's is.
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|it| it == "wit"))
        .collect();
    files.sort();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = normalised(&fs::read_to_string(&path).unwrap());
        writeln!(whole, "{name}\n{text}").unwrap();
    }
    assert!(whole.contains("package kapok:plugin@0.1.0;"), "{whole}");
    assert_eq!(
        hex::encode(Sha256::digest(&whole)),
        FROZEN,
        "the package kapok:plugin@0.1.0 is frozen: plugins that were built against it must go on running. \
         Take the change back, and make it in a new version of the package beside this one"
    );
}

/// Comments and layout may get better, the contract may not.
#[test]
fn comments_and_layout_do_not_count() {
    let text = "/// A.\ninterface a {\n    b: func() -> list<u8>; // c\n}\n";
    assert_eq!(normalised(text), "interface a{b:func()->list<u8>;}");
    assert_eq!(
        normalised("interface a { b:\nfunc()-> list<u8>;\n}"),
        normalised(text)
    );
    assert_ne!(normalised(&text.replace("u8", "u16")), normalised(text));
}
