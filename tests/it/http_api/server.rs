//! A server in process: the real router on the real engine, store and rules, one data directory each.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use api::metrics::Metrics;
use api::{AppState, Auth, Limits, TokenHash};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::{DateTime, Utc};
use engine::ports::{BoxOnly, Clock, ManualClock, Notifier, SystemClock};
use engine::{Engine, Parts};
use http_body_util::BodyExt as _;
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, DistrictCode, Role, UnitCode};
use lifecycle::ruleset::RuleBook;
use plugins::{RuleWorkshop, Runtime};
use serde_json::{Value, json};
use store::{Options, SqliteStore};
use tempfile::TempDir;
use tower::ServiceExt as _;

use super::document::Document;
use crate::artefacts::{root, shipped_rules};

/// The unit that Tianhe's own rule gives night construction to.
pub(crate) const UNIT: &str = "GZ-D106-CG";

/// Tokens, which are also the names of their actors.
const ACTORS: [&str; 10] = [
    "operator",
    "unit",
    "leader",
    "other-unit",
    "district",
    "other-district",
    "channel",
    "other-channel",
    "auditor",
    "admin",
];

fn role(name: &str) -> Role {
    match name {
        "operator" => Role::Operator,
        "unit" => Role::Unit(UnitCode::new(UNIT)),
        "leader" => Role::Leader(UnitCode::new(UNIT)),
        "other-unit" => Role::Unit(UnitCode::new("GZ-CGJ")),
        "district" => Role::District(DistrictCode::new("440106")),
        "other-district" => Role::District(DistrictCode::new("440115")),
        "channel" | "other-channel" => Role::Channel,
        "auditor" => Role::Auditor,
        "admin" => Role::Admin,
        other => panic!("no actor {other}"),
    }
}

fn actor(name: &str) -> Actor {
    Actor {
        role: role(name),
        name: name.to_owned(),
    }
}

/// The shipped rules, loaded once for all tests.
fn rules() -> Arc<Runtime> {
    static RULES: LazyLock<Arc<Runtime>> = LazyLock::new(|| {
        let runtime = Runtime::new(&plugins::Limits::shipped(), None).expect("an engine");
        for (scope, _, image) in shipped_rules() {
            let rule = runtime.load(&image).expect("a good image");
            runtime.activate(&scope, &rule);
        }
        Arc::new(runtime)
    });
    Arc::clone(&RULES)
}

pub(crate) struct Server {
    router: Router,
    engine: Arc<Engine>,
    index: Arc<search::Index>,
    data: TempDir,
    actors: Vec<Actor>,
}

impl Server {
    /// A server whose clock stands at Friday 2026-09-18 09:00 until an admin advances it.
    pub(crate) fn new() -> Self {
        Self::at("2026-09-18T09:00:00+08:00")
    }

    pub(crate) fn at(instant: &str) -> Self {
        Self::acted_by(&ACTORS.map(actor), instant)
    }

    /// A server for these actors, whose names are their tokens, with a manual clock.
    pub(crate) fn acted_by(actors: &[Actor], instant: &str) -> Self {
        Self::with(actors, manual(instant), Limits::standard())
    }

    /// The same, in a city where the hotline offices of these districts review reports first (Art. 5).
    pub(crate) fn reviewed_by(districts: &[String], actors: &[Actor], instant: &str) -> Self {
        let mut text = organisations();
        for district in districts {
            let line = format!("code = \"{district}\"");
            assert!(text.contains(&line), "{district} is no district");
            text = text.replacen(&line, &format!("{line}\nreviews = true"), 1);
        }
        let data = tempfile::tempdir().expect("a folder");
        Self::within(
            toml::from_str(&text).expect("a directory"),
            data,
            actors.to_vec(),
            manual(instant),
            Limits::standard(),
            Arc::new(BoxOnly),
        )
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let clock = manual("2026-09-18T09:00:00+08:00");
        Self::with(&ACTORS.map(actor), clock, limits)
    }

    pub(crate) fn with_system_clock() -> Self {
        Self::with(
            &ACTORS.map(actor),
            Arc::new(SystemClock),
            Limits::standard(),
        )
    }

    fn with(actors: &[Actor], clock: Arc<dyn Clock>, limits: Limits) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        Self::on(data, actors.to_vec(), clock, limits, Arc::new(BoxOnly))
    }

    /// A server whose messages leave the house; [`Self::engine`] sends them.
    pub(crate) fn telling(notifier: Arc<dyn Notifier>) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let clock = manual("2026-09-18T09:00:00+08:00");
        let actors = ACTORS.map(actor).to_vec();
        Self::on(data, actors, clock, Limits::standard(), notifier)
    }

    /// A server of two admins with a plugin platform of its own, on which nothing is active yet.
    pub(crate) fn with_platform() -> Self {
        let mut actors = ACTORS.map(actor).to_vec();
        actors.push(Actor {
            role: Role::Admin,
            name: "second-admin".to_owned(),
        });
        let runtime = Runtime::new(&plugins::Limits::shipped(), None).expect("an engine");
        Self::asking(
            Arc::new(runtime),
            toml::from_str(&organisations()).expect("a directory"),
            tempfile::tempdir().expect("a folder"),
            actors,
            manual("2026-09-18T09:00:00+08:00"),
            Limits::standard(),
            Arc::new(BoxOnly),
        )
    }

    /// Where its data is.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Another server on the data of this one, which ends, with a manual clock.
    pub(crate) fn restarted_at(self, instant: &str) -> Self {
        let Self {
            router,
            engine,
            index,
            data,
            actors,
        } = self;
        drop((router, engine, index));
        let (clock, notifier) = (manual(instant), Arc::new(BoxOnly));
        Self::on(data, actors, clock, Limits::standard(), notifier)
    }

    fn on(
        data: TempDir,
        actors: Vec<Actor>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        notifier: Arc<dyn Notifier>,
    ) -> Self {
        let directory = toml::from_str(&organisations()).expect("a directory");
        Self::within(directory, data, actors, clock, limits, notifier)
    }

    fn within(
        directory: Directory,
        data: TempDir,
        actors: Vec<Actor>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        notifier: Arc<dyn Notifier>,
    ) -> Self {
        Self::asking(rules(), directory, data, actors, clock, limits, notifier)
    }

    fn asking(
        runtime: Arc<Runtime>,
        directory: Directory,
        data: TempDir,
        actors: Vec<Actor>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        notifier: Arc<dyn Notifier>,
    ) -> Self {
        let store = SqliteStore::open(data.path(), &Options::default()).expect("a store");
        let engine = Engine::new(Parts {
            store: Arc::new(store),
            advisor: runtime.clone(),
            clock,
            directory,
            rules: RuleBook::default(),
        });
        let token = |actor: &Actor| (TokenHash::of(&actor.name), actor.clone());
        let auth = Auth::new(actors.iter().map(token)).expect("different tokens");
        let metrics = Metrics::install().expect("the only recorder");
        let workshop = RuleWorkshop::new(runtime).expect("a baker");
        let engine = engine
            .expect("an engine")
            .with_notifier(notifier)
            .with_workshop(Arc::new(workshop));
        let engine = Arc::new(engine);
        let config = search::Config {
            commit: search::Commit::Manually,
            ..search::Config::default()
        };
        let index = Arc::new(search::Index::in_memory(&config).expect("an index"));
        let state = AppState::new(engine.clone(), auth, limits, metrics).with_index(index.clone());
        Self {
            router: api::router(state),
            engine,
            index,
            data,
            actors,
        }
    }

    /// Takes into the search index what has happened since.
    pub(crate) fn index(&self) {
        let mut reached = self.index.position();
        loop {
            let (position, more) =
                api::catch_up(&self.engine, &self.index, reached).expect("taken");
            reached = position;
            if !more {
                break;
            }
        }
        self.index.flush().expect("flushed");
    }

    /// Sends a request and checks the answer against the OpenAPI document.
    pub(crate) async fn send(&self, call: Call) -> Answer {
        let (answer, judged) = self.ask(call).await;
        if let Err(fault) = judged {
            panic!("{fault}");
        }
        answer
    }

    /// Sends a request; gives the answer, and what in it is not as documented.
    pub(crate) async fn ask(&self, call: Call) -> (Answer, Result<(), String>) {
        let (method, path) = (call.method.clone(), call.path.clone());
        let response = self
            .router
            .clone()
            .oneshot(call.into_request())
            .await
            .expect("an answer");
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes();
        let answer = Answer {
            status: head.status,
            headers: head.headers,
            bytes: bytes.to_vec(),
        };
        let judged = if answer.headers.contains_key("x-request-id") {
            Document::get().judge(&method, &path, &answer)
        } else {
            Err(format!("{method} {path}: no request id"))
        };
        (answer, judged)
    }

    pub(crate) async fn get(&self, actor: &'static str, path: &str) -> Answer {
        self.send(Call::get(path).by(actor)).await
    }

    pub(crate) async fn post(&self, actor: &'static str, path: &str, body: Value) -> Answer {
        self.send(Call::post(path).by(actor).json(&body)).await
    }

    /// Registers a request and gives its number.
    pub(crate) async fn register(&self, body: Value) -> String {
        let answer = self.post("operator", "/api/v1/orders", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        answer.json()["id"].as_str().expect("a number").to_owned()
    }

    pub(crate) async fn advance_to(&self, instant: &str) -> Value {
        let call = Call::put("/api/v1/clock")
            .by("admin")
            .json(&json!({ "now": instant }));
        let answer = self.send(call).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    }
}

fn organisations() -> String {
    let path = root().join("host/kapok/demo/organisations.toml");
    std::fs::read_to_string(path).expect("readable")
}

fn manual(instant: &str) -> Arc<dyn Clock> {
    let instant: DateTime<Utc> = instant.parse().expect("an instant");
    Arc::new(ManualClock::at(instant))
}

/// A request to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &str) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn put(path: &str) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(crate) fn by(self, actor: &str) -> Self {
        self.header("authorization", &format!("Bearer {actor}"))
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers
            .append(name, value.parse().expect("a header value"));
        self
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    fn into_request(self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().expect("an address");
        *request.headers_mut() = self.headers;
        request
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers
            .get(name)
            .map(|value| value.to_str().expect("text"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("text")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }

    /// Status, and the code if it is a problem.
    pub(crate) fn outcome(&self) -> String {
        let status = self.status.as_u16();
        if self.status.is_success() {
            return status.to_string();
        }
        format!("{status} {}", self.json()["code"].as_str().expect("a code"))
    }
}

/// Q05 of the rule catalogue: night construction in Tianhe, with personal data around it.
pub(crate) fn noise() -> Value {
    json!({
        "order_type": "complaint",
        "channel": "phone",
        "district": "440106",
        "street": "员村街道",
        "subject": "夜间施工噪声",
        "text": "天河区员村街道某工地连续三晚凌晨一点还在打桩，影响孩子中考复习，要求停止夜间施工。",
    })
}

/// A request that no rule knows what to do with.
pub(crate) fn unclear() -> Value {
    json!({"order_type": "help_request", "channel": "online", "text": "有件事想请你们帮忙。"})
}
