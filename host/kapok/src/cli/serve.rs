//! `kapok serve`: the hotline itself.

use std::net::SocketAddr;

use anyhow::{Context as _, bail};
use api::metrics::Metrics;
use api::{AppState, Limits};
use chrono::{DateTime, Utc};
use clap::Args;
use lifecycle::ids::Role;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::config::{ClockKind, DataOptions, NotifyOptions, RuleOptions};
use crate::demo::{Users, role_name};
use crate::wiring::{self, Clock, Embedded};
use crate::{output, values};

/// Start the hotline: HTTP interface, timers, effects.
///
/// Opens the embedded store in the data directory (one process at a time), loads the rule images, and
/// serves /api/v1. Prints the address, one token for every role and three commands to try. SIGHUP takes
/// the rule images anew after `kapok bake`, without dropping a request. SIGINT and SIGTERM end it
/// after the requests in work are answered; after anything harder, nothing that was acknowledged is
/// lost.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  kapok serve
  kapok serve --listen 0.0.0.0:8345 --data /var/lib/kapok --log json
  kapok serve --data training --clock manual --clock-start 2026-09-18T09:00
                                                  an admin advances it: PUT /api/v1/clock
  kapok serve --listen 127.0.0.1:0 --json         one JSON object {\"address\",\"tokens\"} when ready

Files:
  DATA/kapok.db      orders, personal data, timers, imported calendar years
  DATA/tokens.json   users with role and token, mode 0600; made with demo users at the first start,
                     read at every start: {\"users\":[{\"name\":\"…\",\"role\":\"operator\",\"token\":\"…\"}]}
                     Roles: \"admin\", \"operator\", {\"unit\":\"GZ-STHJ\"}, {\"district\":\"440106\"},
                     \"channel\", \"auditor\"
  DATA/search/       search index of the knowledge base; can be removed at any time
  DATA/synonyms.txt  the centre's synonyms, read again on change: 公积金, 住房公积金   # one group a line
  DATA/cache/        compiled rule images; can be removed at any time
  NOTIFY             channels and who is told by which; unknown keys are errors:
                       [channels.mail]
                       smtp = \"smtps://mail.example.org\"    # smtp://HOST[?tls=required] too
                       from = \"12345 <hotline@example.org>\"
                       user = \"hotline\"                     # with a password, or neither
                       password = { file = \"mail-password\" }
                       [channels.sms]
                       webhook = \"https://sms.example.org/kapok\"
                       secret = { env = \"KAPOK_SMS_SECRET\" }
                       timeout_seconds = 10
                       [routes]
                       requester = { phone = \"sms\" }        # and account = CHANNEL
                       center = [{ channel = \"mail\", to = \"duty@example.org\" }]
                       units.GZ-STHJ = [{ channel = \"mail\", to = \"sthj@example.org\" }]
                       leaders.GZ-STHJ = [{ channel = \"sms\", to = \"13900000000\" }]
                       districts.440106 = [{ channel = \"mail\", to = \"th@example.org\" }]

  FUNCTIONS          hosts of rules that run as HTTP functions; without a line of its own, a host is asked
                     by https with the system's certificates, or by http on this machine:
                       budget_ms = 2000                     # a question with all its repetitions
                       attempts_max = 3
                       [functions.\"https://tianhe.example.org\"]
                       ca = \"tianhe-ca.pem\"                # in place of the system's
                       certificate = \"kapok.pem\"           # mutual TLS, with its key
                       key = \"kapok-key.pem\"
                       token = { file = \"tianhe-token\" }   # Authorization: Bearer
                       sign = { key = \"kapok-2026\", secret = { env = \"KAPOK_TIANHE_SECRET\" } }
                       [functions.\"http://rules.tianhe.svc\"]
                       plain = true                         # no TLS although it is another machine
                       image_header = \"absent\"            # a server that cannot name the image

Addresses: /healthz alive, /readyz ready, /metrics for Prometheus, /api/v1/openapi.json

Exit codes: 0 stopped by SIGINT or SIGTERM, 1 cannot start or the store failed, 2 usage")]
pub(crate) struct Arguments {
    /// Address to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "KAPOK_LISTEN",
        value_name = "ADDR",
        default_value = "127.0.0.1:8345"
    )]
    listen: SocketAddr,
    /// Clock to run on. Default: the one that the data directory was left on, the machine's for a new
    /// one.
    #[arg(long, env = "KAPOK_CLOCK", value_enum)]
    clock: Option<ClockKind>,
    /// Where a manual clock begins, in a data directory without orders. Default: now.
    #[arg(
        long,
        env = "KAPOK_CLOCK_START",
        value_name = "INSTANT",
        value_parser = values::instant,
        requires = "clock"
    )]
    clock_start: Option<DateTime<Utc>>,
    /// Print one JSON object {"address","tokens"} when ready.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    rules: RuleOptions,
    #[command(flatten)]
    notify: NotifyOptions,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let clock = match (arguments.clock, arguments.clock_start) {
        (Some(ClockKind::Manual), Some(start)) => Clock::ManualFrom(start),
        (Some(ClockKind::System), Some(_)) => bail!("--clock-start goes with --clock manual"),
        (Some(kind), None) => Clock::Kind(kind),
        (None, _) => Clock::AsLeft,
    };
    let Arguments {
        data,
        rules,
        notify,
        ..
    } = arguments;
    let embedded = Embedded::open_with(data, rules, notify, clock)?;
    let users = Users::load_or_make(&arguments.data.data, embedded.engine.directory())?;
    let state = AppState::new(
        embedded.engine.clone(),
        users.auth()?,
        Limits::standard(),
        Metrics::install()?,
    );
    let indexer = embedded.start_indexer(data)?;
    let state = state.with_index(indexer.index());
    let follower = embedded.start_follower()?;
    let ticker = embedded.start_ticker()?;
    let deliverer = embedded.start_deliverer()?;
    wiring::block_on(async {
        let stop = wiring::stop_signal()?;
        let listener = TcpListener::bind(arguments.listen).await.with_context(|| {
            format!("cannot listen on {}; is the port taken?", arguments.listen)
        })?;
        let address = listener
            .local_addr()
            .context("the listener has no address")?;
        let address = format!("http://{address}");
        if arguments.json {
            output::json(&ready(&address, &users))?;
        } else {
            output::line(&welcome(&address, &users))?;
        }
        tokio::spawn(wiring::retake_on_hangup(
            embedded.rules.clone(),
            embedded.engine.clone(),
        ));
        api::serve(listener, state, stop)
            .await
            .context("the HTTP server failed")
    })?;
    drop(ticker);
    drop(indexer);
    drop(follower);
    drop(deliverer);
    tracing::info!("stopped");
    Ok(())
}

fn ready(address: &str, users: &Users) -> Value {
    let tokens: Map<String, Value> = users
        .one_per_role()
        .into_iter()
        .map(|user| {
            let role = role_name(&user.role);
            let role = role.split(' ').next().unwrap_or_default().to_owned();
            (role, json!(user.token))
        })
        .collect();
    json!({ "address": address, "tokens": tokens })
}

fn welcome(address: &str, users: &Users) -> String {
    let process = std::process::id();
    let mut lines = vec![
        format!("Kapok 木棉 on {address}, process {process}"),
        String::new(),
    ];
    for user in users.one_per_role() {
        lines.push(format!("  {:<18} {}", role_name(&user.role), user.token));
    }
    let operator = users.token_of(&Role::Operator).unwrap_or("TOKEN");
    lines.push(format!(
        "
Try, in another terminal:

  # File an order and see it routed.
  curl -s {address}/api/v1/orders -H 'authorization: Bearer {operator}' \\
    -H 'content-type: application/json' -H 'idempotency-key: first-order' \\
    -d '{{\"order_type\":\"complaint\",\"channel\":\"phone\",\"district\":\"440106\",\"street\":\"员村街道\",\"subject\":\"工地凌晨打桩\",\"text\":\"工地连续三晚凌晨一点还在打桩，噪声很大，要求停止夜间施工。\",\"requester\":{{\"phone\":\"13800000001\"}}}}'

  # What waits for a person to route it.
  curl -s '{address}/api/v1/orders?stage=awaiting_dispatch' -H 'authorization: Bearer {operator}'

  # By when a complaint that is dispatched before the National Day holiday must be handled.
  curl -s '{address}/api/v1/deadline?type=complaint&dispatched=2026-09-18T16:00:00%2B08:00' -H 'authorization: Bearer {operator}'
"
    ));
    lines.join("\n")
}
