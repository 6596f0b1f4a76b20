//! Trying an image on decisions of the past: how fast, and in how much memory.

use std::convert::Infallible;
use std::time::Instant;

use anyhow::Context as _;
use contract::routing::Question;
use engine::ports::{
    Advisor as _, DecisionContext, DecisionCursor, StoredAdvice, StoredDecision, Subject,
};
use lifecycle::ids::{DistrictCode, OrderId};
use plugins::{Image, Limits, Runtime, Trial};

use crate::decision::question;
use crate::platform::{CITY, GOOD, everywhere, resident_mib};
use crate::{fastest, report, root};

/// Different questions; the decisions are made of them in turn.
const QUESTIONS: usize = 1000;

/// Decisions of the first trial, and of the one that is compared with it.
const FEW: usize = 100_000;
const MANY: usize = 1_000_000;

/// Threads of a trial: one for each core.
const THREADS: usize = 2;

pub(crate) fn run() -> anyhow::Result<()> {
    let image = |name: &str| -> anyhow::Result<Image> {
        let path = root().join(format!("target/images/{name}.wasm"));
        Ok(Image::load(&path).context("run `make images` first")?.0)
    };
    let runtime = Runtime::new(&Limits::shipped(), None)?;
    let city = runtime.load(&image("routing-city")?)?;
    let candidate = runtime.load(&image("routing-440106")?)?;
    runtime.follow(&everywhere(1, &city)?);
    let stored: Vec<StoredDecision> = (0..QUESTIONS)
        .map(|n| stored(&runtime, n))
        .collect::<anyhow::Result<_>>()?;
    let one = asked(0);
    let context = context(0);
    let alone = fastest(100, || {
        std::hint::black_box(runtime.route_with(GOOD, &candidate, &context, &one));
    });
    let trial = Trial {
        runtime: &runtime,
        candidate: &candidate,
        scope: GOOD,
        threads: THREADS,
        samples_max: 20,
    };
    let mut marks = Vec::new();
    for count in [FEW, MANY] {
        let begin = Instant::now();
        let decisions = stored.iter().cycle().take(count).zip(0_u128..);
        let decisions = decisions.map(|(decision, id)| Ok::<_, Infallible>(again(decision, id)));
        let shown = trial.run(decisions, &|_seen| {})?;
        let seconds = begin.elapsed().as_secs_f64();
        anyhow::ensure!(
            shown.asked == u64::try_from(count)?,
            "{} of {count} asked",
            shown.asked
        );
        report(
            &format!("trial of {count}: decisions/s per core"),
            count as f64 / seconds / THREADS as f64,
            1.0 / alone.as_secs_f64(),
            "1/s",
            "≥ 0.8",
        );
        marks.push(resident_mib()?);
    }
    let [few, many] = marks.as_slice() else {
        anyhow::bail!("two marks")
    };
    report(
        "memory after a trial of 1,000,000, of 100,000",
        *many,
        *few,
        "MiB",
        "≤ 1.10",
    );
    Ok(())
}

fn asked(n: usize) -> Question {
    let mut question = question();
    question.text = format!("{}第{n}次反映。", question.text);
    question
}

fn context(n: u128) -> DecisionContext {
    DecisionContext {
        id: uuid::Uuid::from_u128(n),
        now: question().registered_at,
        key: format!("20260918-{n:010}"),
        scopes: vec![GOOD.to_owned(), CITY.to_owned()],
    }
}

/// A decision that the city's rule made, as the journal has it.
fn stored(runtime: &Runtime, n: usize) -> anyhow::Result<StoredDecision> {
    let question = asked(n);
    let context = context(u128::try_from(n)?);
    let advice = runtime.route(&context, &question);
    anyhow::ensure!(advice.verdict.is_some(), "the city's rule must answer");
    Ok(StoredDecision {
        subject: Subject::Order(OrderId::new(context.key)),
        seq: 2,
        at: chrono::DateTime::from_timestamp_millis(context.now.unix_ms)
            .context("no such instant")?,
        district: Some(DistrictCode::new(GOOD)),
        advice: StoredAdvice::Routing(advice),
        question: Some(serde_json::to_vec(&question)?),
        cursor: DecisionCursor { at_ms: 0, link: 0 },
    })
}

/// The same as a decision of its own.
fn again(decision: &StoredDecision, id: u128) -> StoredDecision {
    let mut decision = decision.clone();
    if let StoredAdvice::Routing(advice) = &mut decision.advice {
        advice.decision = uuid::Uuid::from_u128(id);
    }
    decision
}
