//! The lines of a story: `09:00 anna propose A from=10:00`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::about::Kind;
use rollout::{
    CandidateEnd, Command, Limits, Mode, Place, Policy, Proposal, Recorded, State, TrialPolicy,
    TryResult, apply, decide,
};

use crate::fixture::{CITY, actor, clock, digest, image, letter};

/// Tells a story: each line at the margin with what came of it.
pub(crate) fn tell(story: &str) -> String {
    let mut state = State::default();
    let mut told = String::new();
    for line in story
        .lines()
        .filter(|it| !it.is_empty() && !it.starts_with(' '))
    {
        let words: Vec<&str> = line.split(' ').collect();
        let now = clock(words[0]);
        let answer = match words[1] {
            "table" => table(&state, now),
            "next" => state
                .next_change_after(now)
                .map_or("never".to_owned(), |at| at.format("%H:%M").to_string()),
            "wanted" => {
                let wanted = state.wanted_images(now, words[2].parse().unwrap());
                wanted.iter().map(letter).collect()
            }
            "history" => history(&state, now),
            who => {
                let decided = decide(&state, command(&words, now), &actor(who), now);
                match decided {
                    Ok(events) => {
                        let mut said = Vec::new();
                        for event in events {
                            let recorded = Recorded {
                                seq: state.seq() + 1,
                                at: state.instant(now),
                                by: actor(who),
                                event,
                            };
                            said.push(format!("{} {}", recorded.seq, recorded.event.name()));
                            state = apply(state, &recorded).unwrap();
                        }
                        said.join(", ")
                    }
                    Err(rejection) => format!("! {}: {rejection}", rejection.code()),
                }
            }
        };
        told.extend([line, "\n    ", answer.as_str(), "\n"]);
    }
    told
}

fn table(state: &State, now: DateTime<Utc>) -> String {
    let rows = state.table(now).placements;
    let row = rows.iter().map(|((kind, scope), placement)| {
        let active = placement.active.as_ref();
        let active = active.map_or("-".to_owned(), |(id, image)| {
            format!("{} by {id}{}", letter(image), at(&placement.place))
        });
        let candidate = placement.candidate.as_ref().map(|it| {
            let mode = match &it.mode {
                Mode::Active => "active",
                Mode::Shadow => "shadow",
                Mode::Canary { .. } => "canary",
            };
            format!(", {mode} {} by {}", letter(&it.image), it.activation)
        });
        format!("{kind} {scope}: {active}{}", candidate.unwrap_or_default())
    });
    let rows: Vec<String> = row.collect();
    if rows.is_empty() {
        return "nothing".to_owned();
    }
    rows.join("\n    ")
}

/// Where an image is asked, unless in the host.
fn at(place: &Place) -> String {
    let url = place.function();
    url.map(|url| format!(" at {}", url.authority()))
        .unwrap_or_default()
}

fn history(state: &State, now: DateTime<Utc>) -> String {
    let rows = state.activations().map(|it| {
        let image = it.image.as_ref().map_or("-".to_owned(), letter);
        let standing = state.standing(it.id, now).unwrap().name();
        let json = serde_json::to_value(it).unwrap();
        let words = ["mode", "origin"].map(|field| json[field].as_str().unwrap().to_owned());
        let words = words.join(" ");
        format!("{} {image}{} {words} {standing}", it.id, at(&it.place))
    });
    rows.collect::<Vec<_>>().join("\n    ")
}

#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
fn command(words: &[&str], now: DateTime<Utc>) -> Command {
    let verb = words[2];
    let object = words.get(3).filter(|it| !it.contains('=')).copied();
    let options: BTreeMap<&str, &str> = words.iter().filter_map(|it| it.split_once('=')).collect();
    let option = |name: &str, default: &str| (*options.get(name).unwrap_or(&default)).to_owned();
    let number = |name: &str, default: &str| option(name, default).parse::<u16>().unwrap();
    let id = || object.unwrap().parse().unwrap();
    let kind = |default: &str| match option("kind", default).as_str() {
        "routing" => Some(Kind::Routing),
        "escalation" => Some(Kind::Escalation),
        "knowledge" => Some(Kind::Knowledge),
        _ => None,
    };
    let named = object.and_then(|it| it.chars().next()).unwrap_or('?');
    let scope = option("scope", CITY);
    let note = option("note", "because");
    match verb {
        "push" => Command::Push(image(named)),
        "try" => Command::RecordTry {
            image: digest(named),
            scope,
            kind: Kind::Routing,
            result: TryResult {
                decisions: 100,
                changed_permille: number("changed", "0"),
                failed_permille: number("failed", "0"),
                since: options.get("since").map(|it| clock(it)),
                until: options.get("until").map(|it| clock(it)),
                at: now,
            },
        },
        "propose" => Command::Propose(Proposal {
            scope,
            kind: kind("routing").unwrap(),
            image: (object != Some("none")).then(|| digest(named)),
            mode: mode(words, &options),
            place: options
                .get("at")
                .map_or(Place::Embedded, |url| Place::Function {
                    url: url.parse().unwrap(),
                }),
            from: options.get("from").map(|from| clock(from)),
            note,
        }),
        "approve" => Command::Approve { id: id() },
        "withdraw" => Command::Withdraw {
            id: id(),
            reason: note,
        },
        "rollback" => Command::Rollback {
            scope,
            kind: Kind::Routing,
            to: object.map(|it| it.parse().unwrap()),
            note,
        },
        "end" => Command::EndCandidate {
            activation: id(),
            why: CandidateEnd::Person { note },
        },
        "fails" => Command::EndCandidate {
            activation: id(),
            why: CandidateEnd::Failures {
                decisions: 100,
                failed: 9,
            },
        },
        "policy" => Command::SetPolicy {
            scope,
            kind: kind("all"),
            policy: Policy {
                approval: option("approval", "no") == "yes",
                trial: options.get("try").map(|max| TrialPolicy {
                    changed_permille_max: max.parse().unwrap(),
                    failed_permille_max: number("fail", "0"),
                    days: number("days", "7"),
                }),
            },
            note,
        },
        other => panic!("no command: {other}"),
    }
}

fn mode(words: &[&str], options: &BTreeMap<&str, &str>) -> Mode {
    if words.contains(&"shadow") {
        return Mode::Shadow;
    }
    if !words.contains(&"canary") {
        return Mode::Active;
    }
    let number = |name: &str, default: u16| {
        let given = options.get(name).map(|it| it.parse::<u16>().unwrap());
        given.unwrap_or(default)
    };
    Mode::Canary {
        share_permille: number("share", 100),
        limits: Limits {
            failures_permille_max: number("failures", 10),
            divergence_permille_max: 200,
            decisions_min: number("min", 50).into(),
        },
    }
}
