//! `kapok spin export`: a district's application, from baked images and from a running server, served by
//! the functions server with the answers of the images.

use std::fs;
use std::path::Path;

use functions::{Access, Config, Manifest, Service};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::body::Bytes;
use lifecycle::advice::Outcome;
use plugins::Image;
use serde_json::Value;

use super::server::Server;
use super::{Data, check_contains, kapok, last, root, run};
use crate::artefacts::{decision, question, runtime};

/// Names and bytes of everything below a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = files(&path).into_iter();
            found.extend(below.map(|(below, bytes)| (format!("{name}/{below}"), bytes)));
        } else {
            found.push((name, fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// Serves an exported application, and asks it what the shipped image of Tianhe is asked.
fn answers_as_the_image(manifest: &Path) {
    let (image, _) = Image::load(&root().join("target/images/routing-440106.wasm")).unwrap();
    let rule = runtime().load(&image).unwrap();
    let service = Service::load(
        manifest,
        Config::STANDARD,
        Access::open(),
        &functions::compile,
    );
    let service = service.unwrap_or_else(|error| panic!("{:#}", anyhow::Error::new(error)));
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for subject in ["工地夜间施工", "路灯不亮", ""] {
        let question = question(subject);
        let (attempt, candidates) =
            runtime().route_with("440106", &rule, &decision(1, &[]), &question);
        assert!(
            !matches!(attempt.outcome, Outcome::Failed { .. }),
            "{attempt:?}"
        );
        let verdict = candidates.map_or(
            contract::routing::Verdict::NoOpinion,
            contract::routing::Verdict::Ranked,
        );
        let body = Full::new(Bytes::from(serde_json::to_vec(&question).unwrap()));
        let request = Request::post("http://localhost/routing/440106")
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let (head, body) = tokio.block_on(async {
            let (head, body) = service.handle(request).await.into_parts();
            (head, body.collect().await.unwrap().to_bytes())
        });
        assert_eq!(head.status, 200);
        assert_eq!(
            head.headers[functions::IMAGE],
            format!("sha256:{}", image.image)
        );
        assert_eq!(body, serde_json::to_vec(&verdict).unwrap());
    }
}

#[test]
fn a_district_s_application_is_whole_and_the_same_from_both_sources() {
    let data = Data::new();
    let (local, served) = (data.0.path().join("local"), data.0.path().join("served"));
    let line = format!(
        "spin export --scope 440106 --local --out {}",
        local.display()
    );
    let told = last(&line);
    assert_eq!(told["application"], "kapok-440106");
    assert_eq!(told["functions"][0]["route"], "/routing/440106");
    let names: Vec<String> = files(&local).into_iter().map(|(name, _)| name).collect();
    let expected = [
        "README.md",
        "adapters/http_routing.wasm",
        "images/SHA256SUMS",
        "images/routing-440106.wasm",
        "k8s/autoscaler.yaml",
        "k8s/spinapp.yaml",
        "spin.toml",
    ];
    assert_eq!(names, expected);
    // The same parser as the functions server's, with the shipped application's names.
    let manifest = Manifest::read(&local.join("spin.toml")).unwrap();
    let shipped = Manifest::read(&root().join("spin.toml")).unwrap();
    let [trigger] = manifest.triggers.as_slice() else {
        panic!("{manifest:?}")
    };
    let same = shipped.triggers.iter().find(|it| it.route == trigger.route);
    let names = |manifest: &Manifest, component: &str| -> Vec<String> {
        let component = &manifest.components[component];
        let dependencies = component.dependencies.iter();
        let mut names: Vec<String> = dependencies.map(|it| it.name.to_string()).collect();
        names.sort();
        names
    };
    let same = same.expect("the route of the shipped application");
    assert_eq!(
        names(&manifest, &trigger.component),
        names(&shipped, &same.component)
    );
    // From a server that has the same images active, the very same files.
    let server = Server::start(&format!("--data {}", data.path()));
    let line = format!("spin export --scope 440106 --out {}", served.display());
    run(&format!("{line} {}", server.by("admin")), 0);
    assert_eq!(files(&local), files(&served));
    server.stop();
    answers_as_the_image(&served.join("spin.toml"));
}

#[test]
fn texts_of_an_application_are_filled_in() {
    let data = Data::new();
    let out = data.0.path().join("city");
    let line = "spin export --scope 440100 --local --reference registry.gz.example.org/rules:7 \
                --replicas-min 3 --replicas-max 20 --out";
    run(&format!("{line} {}", out.display()), 0);
    let text = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    for name in [
        "README.md",
        "spin.toml",
        "k8s/spinapp.yaml",
        "k8s/autoscaler.yaml",
    ] {
        let text = text(name);
        assert!(
            !text.contains("{{") && !text.contains("}}"),
            "{name}\n{text}"
        );
    }
    let image: Value =
        serde_json::from_slice(&fs::read(root().join("target/images/routing-city.json")).unwrap())
            .unwrap();
    let digest = image["image"].as_str().unwrap();
    check_contains(
        &text("README.md"),
        &[
            "spin registry push registry.gz.example.org/rules:7",
            "`/routing/city`",
            digest,
            "--scope 440100 --kind escalation",
            "kapok functions --from spin.toml",
        ],
    );
    check_contains(
        &text("k8s/spinapp.yaml"),
        &[
            "kind: SpinApp",
            "image: \"registry.gz.example.org/rules:7\"",
            "executor: containerd-shim-spin",
            "enableAutoscaling: true",
            "limits:",
        ],
    );
    check_contains(
        &text("k8s/autoscaler.yaml"),
        &[
            "kind: HorizontalPodAutoscaler",
            "minReplicas: 3",
            "maxReplicas: 20",
            "name: kapok-440100",
        ],
    );
    check_contains(
        &text("images/SHA256SUMS"),
        &[&format!("{digest}  routing-440100.wasm\n")],
    );
    // What is there already is not written over unasked.
    let again = format!("{line} {}", out.display());
    check_contains(&run(&again, 1), &["not empty", "--force"]);
    assert!(
        kapok(&format!("{again} --force"))
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn nothing_to_export_is_told() {
    let data = Data::new();
    let out = data.0.path().display().to_string();
    let wrong = |line: &str, code: i32, parts: &[&str]| {
        check_contains(
            &run(&format!("spin export {line} --out {out}/x"), code),
            parts,
        );
    };
    wrong(
        "--scope 440103 --local",
        1,
        &["no rule is active in scope 440103"],
    );
    wrong("--scope a/b --local", 1, &["cannot stand in a route"]);
    wrong(
        "--scope 440106 --local --replicas-min 5 --replicas-max 2",
        1,
        &["--replicas-min is more"],
    );
    wrong(
        "--scope 440106 --local --adapters /nonexistent",
        1,
        &["http_routing.wasm", "make plugins"],
    );
    wrong(
        "--scope 440106 --server http://127.0.0.1:9",
        1,
        &["not reached"],
    );
}
