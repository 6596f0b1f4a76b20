//! Taking a manifest and its images anew: requests in work end on the old one, a bad one is refused.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use functions::{Config, Reloaded};
use plugins::{Baker, Limits};

use super::client::{begin, post, replies, send};
use super::{QUESTION, Server, load, root};

/// A manifest with one function, `/x`, whose image says what it is told.
struct Folder {
    folder: tempfile::TempDir,
    baker: Baker,
}

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let baker = Baker::new(&Limits::shipped()).unwrap();
        let this = Self { folder, baker };
        this.write("/x");
        this
    }

    fn manifest(&self) -> PathBuf {
        self.folder.path().join("spin.toml")
    }

    /// Writes the manifest with this route.
    fn write(&self, route: &str) {
        let adapter = root().join("target/wasm32-wasip2/plugin/http_routing.wasm");
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"x\"\n\
             [[trigger.http]]\nroute = \"{route}\"\ncomponent = \"x\"\n\
             [component.x]\nsource = {adapter:?}\n[component.x.dependencies]\n\
             \"kapok:plugin/routing@0.1.0\" = {{ path = \"x.wasm\" }}\n\
             about = {{ path = \"x.wasm\", export = \"kapok:plugin/about@0.1.0\" }}\n"
        );
        fs::write(self.manifest(), text).unwrap();
    }

    /// Bakes the image anew.
    fn bake(&self, says: &str) {
        let path = root().join("target/wasm32-wasip2/plugin/examples/moody.wasm");
        let settings = format!(r#"{{"says":"{says}"}}"#);
        let image = self
            .baker
            .bake(&fs::read(path).unwrap(), &settings)
            .unwrap();
        let new = self.folder.path().join("new");
        fs::write(&new, image.bytes).unwrap();
        fs::rename(new, self.folder.path().join("x.wasm")).unwrap();
    }
}

const fn reloaded(unchanged: usize, changed: usize, gone: usize) -> Reloaded {
    Reloaded {
        unchanged,
        changed,
        gone,
    }
}

#[test]
fn a_reload_takes_the_new_image_and_refuses_a_bad_one() {
    let folder = Folder::new();
    folder.bake("old");
    let service = Arc::new(load(&folder.manifest(), Config::STANDARD));
    let server = Server::with(service.clone(), None);
    let reload = || service.reload(&functions::compile);
    let ask = |path: &str| post(server.address, path, QUESTION);
    assert!(ask("/x").text().contains("old"));
    assert_eq!(reload().unwrap(), reloaded(1, 0, 0));

    // One that has begun ends on the image that it began with.
    let mut busy = begin(server.address, "/x", QUESTION);
    folder.bake("new");
    assert_eq!(reload().unwrap(), reloaded(0, 1, 0));
    let new = ask("/x");
    assert!(new.text().contains("new"), "{new:?}");
    busy.write_all(QUESTION.as_bytes()).unwrap();
    let old = replies(busy).remove(0);
    assert!(old.text().contains("old"), "{old:?}");
    assert_ne!(old.header(functions::IMAGE), new.header(functions::IMAGE));

    // Nothing is taken of what is wrong, and it is said what is.
    let image = folder.folder.path().join("x.wasm");
    let good = fs::read(&image).unwrap();
    fs::write(&image, &good[..good.len() / 2]).unwrap();
    folder.write("/y");
    let error = reload().unwrap_err().to_string();
    assert!(error.contains("component `x`"), "{error}");
    fs::write(&image, good).unwrap();
    folder.write("no route");
    let error = reload().unwrap_err().to_string();
    assert!(error.contains("trigger.http[0].route"), "{error}");
    assert!(ask("/x").text().contains("new"));
    assert_eq!(ask("/y").status, 404);

    // Another route needs nothing compiled.
    folder.write("/y");
    let same = service.reload(&|_: &_, _: &_| Err("nothing is compiled here".into()));
    assert_eq!(same.unwrap(), reloaded(1, 0, 0));
    assert_eq!(ask("/x").status, 404);
    assert!(ask("/y").text().contains("new"));
    let metrics = send(server.address, "GET", "/metrics");
    for line in [
        r#"kapok_functions_reloads_total{outcome="taken"} 3"#,
        r#"kapok_functions_reloads_total{outcome="refused"} 2"#,
    ] {
        assert!(metrics.text().contains(line), "{}", metrics.text());
    }
}

#[test]
fn no_request_is_dropped_while_images_change() {
    let folder = Folder::new();
    folder.bake("0");
    let service = Arc::new(load(&folder.manifest(), Config::STANDARD));
    let server = Server::with(service.clone(), None);
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut asked = 0;
                    while !is_over.load(Ordering::Relaxed) {
                        let reply = post(server.address, "/x", QUESTION);
                        assert_eq!(reply.status, 200, "{reply:?}");
                        asked += 1;
                    }
                    asked
                })
            })
            .collect();
        for n in 1..=5 {
            folder.bake(&n.to_string());
            service.reload(&functions::compile).unwrap();
        }
        is_over.store(true, Ordering::Relaxed);
        for client in clients {
            assert!(client.join().unwrap() > 0);
        }
    });
    assert!(post(server.address, "/x", QUESTION).text().contains('5'));
}
