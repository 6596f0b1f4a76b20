//! Lives of orders that take every command, each given well and refused once: what is written down of
//! them is in `lives/*.txt`.

mod intake;

mod returns;

mod rounds;

mod supervised;

use std::collections::BTreeSet;

use axum::http::Method;
use expect_test::{ExpectFile, expect_file};
use lifecycle::ids::{Actor, DistrictCode, Role, UnitCode};

use super::document::Document;

/// Tokens, which are also the names of their actors: the centre, systems, and a unit by its code.
fn actors() -> Vec<Actor> {
    let unit = |code| Role::Unit(UnitCode::new(code));
    let district = |code| Role::District(DistrictCode::new(code));
    let actors = [
        ("operator", Role::Operator),
        ("channel", Role::Channel),
        ("admin", Role::Admin),
        ("auditor", Role::Auditor),
        ("district", district("440106")),
        ("other-district", district("440115")),
        ("chengguan", unit("GZ-CGJ")),
        ("shijian", unit("GZ-SCJG")),
        ("shengtai", unit("GZ-STHJ")),
        ("gongan", unit("GZ-GAJ")),
        ("bianban", unit("GZ-BB")),
        ("tianhe", unit("GZ-D106-CG")),
    ];
    let actor = |(name, role): (&str, Role)| Actor {
        role,
        name: name.to_owned(),
    };
    actors.map(actor).to_vec()
}

fn check(log: &str, expected: &ExpectFile) {
    expected.assert_eq(log);
}

#[tokio::test]
async fn what_is_missing_is_asked_for_once() {
    check(
        &intake::by_telephone().await,
        &expect_file!["lives/by_telephone.txt"],
    );
    check(
        &intake::by_network().await,
        &expect_file!["lives/by_network.txt"],
    );
}

#[tokio::test]
async fn what_needs_the_real_name_or_is_hidden() {
    check(
        &intake::who_asks().await,
        &expect_file!["lives/who_asks.txt"],
    );
}

#[tokio::test]
async fn an_order_is_marked_added_to_extended_and_withdrawn() {
    check(
        &intake::withdrawn().await,
        &expect_file!["lives/withdrawn.txt"],
    );
}

#[tokio::test]
async fn an_order_is_returned_until_it_is_coordinated() {
    check(
        &returns::to_coordination().await,
        &expect_file!["lives/to_coordination.txt"],
    );
}

#[tokio::test]
async fn an_order_is_coordinated_by_hand() {
    check(
        &returns::to_coordination_by_hand().await,
        &expect_file!["lives/by_hand.txt"],
    );
}

#[tokio::test]
async fn an_order_is_handled_twice() {
    check(&rounds::twice().await, &expect_file!["lives/twice.txt"]);
}

#[tokio::test]
async fn an_order_ends_early_or_is_not_handled_again() {
    check(
        &rounds::other_ends().await,
        &expect_file!["lives/other_ends.txt"],
    );
}

#[tokio::test]
async fn an_overdue_order_is_supervised() {
    check(
        &supervised::overdue().await,
        &expect_file!["lives/overdue.txt"],
    );
}

/// What other lives give, see `life.rs`, and the question that is no command, see `progress.rs`.
const ELSEWHERE: [&str; 4] = ["answer", "route", "contact-attempts", "progress"];

#[tokio::test]
async fn every_command_is_given_and_refused() {
    let logs = [
        intake::by_telephone().await,
        intake::by_network().await,
        intake::who_asks().await,
        intake::withdrawn().await,
        returns::to_coordination().await,
        returns::to_coordination_by_hand().await,
        rounds::twice().await,
        rounds::other_ends().await,
        supervised::overdue().await,
    ];
    let given = |outcome: &str| -> BTreeSet<String> {
        let lines = logs.iter().flat_map(|log| log.lines());
        let found = lines.filter_map(|line| {
            let (command, rest) = line.split_once(" by ")?;
            let (_, result) = rest.split_once(": ")?;
            result.starts_with(outcome).then(|| command.to_owned())
        });
        found.collect()
    };
    let (good, refused) = (given("200"), given("4"));
    for (method, template) in Document::get().operations() {
        let Some(command) = template.strip_prefix("/api/v1/orders/{id}/") else {
            continue;
        };
        if method != Method::POST || ELSEWHERE.contains(&command) {
            continue;
        }
        assert!(good.contains(command), "{command} is never given well");
        assert!(refused.contains(command), "{command} is never refused");
    }
}
