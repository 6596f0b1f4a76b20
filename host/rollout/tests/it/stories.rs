//! Stories: who asks what at which instant, what the log says to it, and what answers then. Each file is
//! a test: the lines at the margin are told, the lines below them are what came of them. To add a story,
//! write its lines and run with `UPDATE_EXPECT=1`.

mod script;

use std::fs;
use std::path::Path;

use expect_test::expect_file;

use script::tell;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "stories are files; the crate itself reads none"
)]
fn stories_end_as_they_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/stories");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "txt") {
            let story = fs::read_to_string(&path).unwrap();
            expect_file![&path].assert_eq(&tell(&story));
            count += 1;
        }
    }
    assert!(count > 0, "no story was found");
}
