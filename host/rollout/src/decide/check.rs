//! What every command must fit: who asks, and what was given.

use chrono::{DateTime, Utc};
use contract::about::Kind;
use lifecycle::ids::{Actor, Role};

use crate::scope::has_name;
use crate::{Activation, Digest, Limits, Mode, PERMILLE, Place, Rejection, Standing, State};

/// Longest note or reason, in characters.
const NOTE_MAX: usize = 2000;
/// Longest scope, source or name of an image, in characters.
const NAME_MAX: usize = 200;

/// Whether the system asks; the admin may too, and nobody else.
pub(super) fn is_system(by: &Actor, command: &'static str) -> Result<bool, Rejection> {
    if by.role == Role::System {
        return Ok(true);
    }
    is_admin(by, command).map(|()| false)
}

/// Whether the system asks; the admin may too, and districts, which write plugins. What they push has no
/// effect before the admin activates it.
pub(super) fn is_author(by: &Actor, command: &'static str) -> Result<bool, Rejection> {
    match by.role {
        Role::District(_) => Ok(false),
        Role::System
        | Role::Admin
        | Role::Operator
        | Role::Unit(_)
        | Role::Leader(_)
        | Role::Channel
        | Role::Auditor => is_system(by, command),
    }
}

pub(super) fn is_admin(by: &Actor, command: &'static str) -> Result<(), Rejection> {
    if by.role == Role::Admin {
        return Ok(());
    }
    Err(Rejection::NotPermitted {
        command,
        who: "ask the platform admin",
    })
}

pub(super) fn activation<'a>(
    state: &'a State,
    field: &'static str,
    id: u64,
) -> Result<&'a Activation, Rejection> {
    let found = state.activation(id);
    found.ok_or(Rejection::UnknownActivation { field, id })
}

pub(super) fn standing(state: &State, activation: &Activation, now: DateTime<Utc>) -> Standing {
    let found = state.standing(activation.id, now);
    found.unwrap_or(Standing::Withdrawn)
}

pub(super) fn check_image(state: &State, image: &Digest, kind: Kind) -> Result<(), Rejection> {
    let Some(known) = state.image(image) else {
        return Err(Rejection::UnknownImage {
            image: image.clone(),
        });
    };
    if known.kind != kind {
        return Err(Rejection::WrongKind {
            asked: kind,
            found: known.kind,
        });
    }
    Ok(())
}

pub(super) fn check_mode(mode: &Mode, image: Option<&Digest>) -> Result<(), Rejection> {
    if mode.is_candidate() && image.is_none() {
        return Err(Rejection::BadField {
            field: "image",
            problem: "a candidate without an image has nothing to say".to_owned(),
            way_out: "name an image, or activate no image",
        });
    }
    let Mode::Canary {
        share_permille,
        limits,
    } = mode
    else {
        return Ok(());
    };
    let Limits {
        failures_permille_max,
        divergence_permille_max,
        decisions_min,
    } = *limits;
    permille("share_permille", *share_permille, 1)?;
    permille("failures_permille_max", failures_permille_max, 0)?;
    permille("divergence_permille_max", divergence_permille_max, 0)?;
    if decisions_min == 0 {
        return Err(Rejection::BadField {
            field: "decisions_min",
            problem: "a limit without decisions says nothing".to_owned(),
            way_out: "wait for at least 1 decision",
        });
    }
    Ok(())
}

/// A candidate is compared with the active image decision by decision, and trials run here, so both need
/// the image in the host.
pub(super) fn check_place(
    place: &Place,
    mode: &Mode,
    image: Option<&Digest>,
) -> Result<(), Rejection> {
    let refused = |problem: &str, way_out| {
        Err(Rejection::BadField {
            field: "placement",
            problem: problem.to_owned(),
            way_out,
        })
    };
    match (place, image) {
        (Place::Embedded, _) => Ok(()),
        (Place::Function { .. }, None) => refused(
            "a function needs an image that it is to run",
            "name the image that the function runs",
        ),
        (Place::Function { .. }, Some(_)) if mode.is_candidate() => refused(
            "a candidate is asked in the host",
            "leave the placement out, or activate the image as a function",
        ),
        (Place::Function { .. }, Some(_)) => Ok(()),
    }
}

pub(super) fn permille(field: &'static str, value: u16, least: u16) -> Result<(), Rejection> {
    if (least..=PERMILLE).contains(&value) {
        return Ok(());
    }
    Err(Rejection::BadField {
        field,
        problem: format!("{value} ‰ is no share"),
        way_out: "give thousandths, up to 1000; a share of orders is at least 1",
    })
}

/// Whether this is a scope of that kind; of no kind in particular where a policy is for all.
pub(super) fn check_scope(scope: &str, kind: Option<Kind>) -> Result<(), Rejection> {
    let named = has_name(scope).filter(|_| scope.len() <= NAME_MAX);
    let (problem, way_out) = match (named, kind) {
        (Some(false), _) | (Some(true), Some(Kind::Knowledge) | None) => return Ok(()),
        (Some(true), Some(Kind::Routing | Kind::Escalation)) => (
            "only checks of knowledge points stand beside each other under names",
            "leave out the name, or have the scope's one rule do both",
        ),
        (None, _) => (
            "it is no code",
            "give 440100 for the city, a district's code, or a unit's code; for a further check of \
             knowledge points, a name after it, such as 440100/citations",
        ),
    };
    Err(Rejection::BadField {
        field: "scope",
        problem: problem.to_owned(),
        way_out,
    })
}

pub(super) fn digest(field: &'static str, text: &str) -> Result<Digest, Rejection> {
    text.parse()
        .map_err(|error: crate::BadDigest| Rejection::BadField {
            field,
            problem: error.to_string(),
            way_out: "give the SHA-256 of its bytes in hex",
        })
}

pub(super) fn fits(field: &'static str, text: &str) -> Result<(), Rejection> {
    if (1..=NAME_MAX).contains(&text.trim().chars().count()) {
        return Ok(());
    }
    Err(Rejection::BadField {
        field,
        problem: "it is empty or too long".to_owned(),
        way_out: "give 1 to 200 characters",
    })
}

/// A note or reason, without the space around it.
pub(super) fn said(field: &'static str, text: &str) -> Result<String, Rejection> {
    let text = text.trim();
    if (1..=NOTE_MAX).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Rejection::BadField {
        field,
        problem: "it is empty or too long".to_owned(),
        way_out: "say why, in 1 to 2000 characters",
    })
}
