//! Conversions between the contract's types and those generated from the WIT, written once as
//! macros because the generated types belong to the crate that generates them.

/// Conversions of an enumeration, both ways, case by case.
#[doc(hidden)]
#[macro_export]
macro_rules! __bridge_enum {
    ($ours:path, $theirs:path, [$($case:ident),+ $(,)?]) => {
        impl From<$ours> for $theirs {
            fn from(value: $ours) -> Self {
                type Ours = $ours;
                match value { $(Ours::$case => Self::$case,)+ }
            }
        }
        impl From<$theirs> for $ours {
            fn from(value: $theirs) -> Self {
                type Theirs = $theirs;
                match value { $(Theirs::$case => Self::$case,)+ }
            }
        }
    };
}

/// Conversions of a record, both ways, field by field. A field is converted as it stands (`plain`),
/// by `Into` (`into`), as an option (`option`) or as a list (`list`).
#[doc(hidden)]
#[macro_export]
macro_rules! __bridge_record {
    ($ours:path, $theirs:path, { $($field:ident: $how:ident),+ $(,)? }) => {
        impl From<$ours> for $theirs {
            fn from(value: $ours) -> Self {
                Self { $($field: $crate::__bridge_field!($how, value.$field),)+ }
            }
        }
        impl From<$theirs> for $ours {
            fn from(value: $theirs) -> Self {
                Self { $($field: $crate::__bridge_field!($how, value.$field),)+ }
            }
        }
    };
}

/// One field, see [`__bridge_record!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __bridge_field {
    (plain, $value:expr) => {
        $value
    };
    (into, $value:expr) => {
        ::core::convert::Into::into($value)
    };
    (option, $value:expr) => {
        $value.map(::core::convert::Into::into)
    };
    (list, $value:expr) => {
        $value
            .into_iter()
            .map(::core::convert::Into::into)
            .collect()
    };
}

/// Conversions for the bindings' module of `interface types`, imported as the given name.
#[macro_export]
macro_rules! types_bridge {
    ($types:ident) => {
        $crate::__bridge_record!($crate::types::Instant, $types::Instant, { unix_ms: plain });
        $crate::__bridge_record!(
            $crate::types::CivilDate, $types::CivilDate, { year: plain, month: plain, day: plain }
        );
        $crate::__bridge_enum!($crate::types::OrderType, $types::OrderType, [
            Consultation, Complaint, ViolationReport, HelpRequest, Suggestion, Commendation,
        ]);
        $crate::__bridge_enum!($crate::types::Channel, $types::Channel, [Phone, Online]);
        $crate::__bridge_enum!($crate::types::Rating, $types::Rating, [
            VerySatisfied, Satisfied, BasicallySatisfied, Dissatisfied, VeryDissatisfied,
        ]);
        impl From<$crate::types::Refusal> for $types::Refusal {
            fn from(value: $crate::types::Refusal) -> Self {
                match value {
                    $crate::types::Refusal::Unsupported(text) => Self::Unsupported(text),
                    $crate::types::Refusal::Internal(text) => Self::Internal(text),
                }
            }
        }
        impl From<$types::Refusal> for $crate::types::Refusal {
            fn from(value: $types::Refusal) -> Self {
                match value {
                    $types::Refusal::Unsupported(text) => Self::Unsupported(text),
                    $types::Refusal::Internal(text) => Self::Internal(text),
                }
            }
        }
    };
}

/// Conversions for the bindings' module of `interface about` alone.
#[macro_export]
macro_rules! description_bridge {
    ($about:ident) => {
        $crate::__bridge_enum!($crate::about::Kind, $about::Kind, [Routing, Escalation, Knowledge]);
        $crate::__bridge_record!($crate::about::Description, $about::Description, {
            name: plain, version: plain, kind: into, summary: plain, settings_schema: plain,
        });
    };
}

/// Conversions for the bindings' modules of `interface about` and `interface settings`.
#[macro_export]
macro_rules! about_bridge {
    ($about:ident, $settings:ident) => {
        $crate::description_bridge!($about);
        $crate::__bridge_record!($crate::about::Problem, $settings::Problem, {
            path: plain, message: plain,
        });
    };
}

/// Conversions for the bindings' module of `interface routing`.
#[macro_export]
macro_rules! routing_bridge {
    ($routing:ident) => {
        $crate::__bridge_record!($crate::routing::Question, $routing::Question, {
            order_type: into, channel: into, district: plain, street: plain, category: plain,
            subject: plain, text: plain, registered_at: into, excluded_units: plain,
        });
        $crate::__bridge_record!($crate::routing::Candidate, $routing::Candidate, {
            unit: plain, score_permille: plain, reason: plain,
        });
        impl From<$crate::routing::Verdict> for $routing::Verdict {
            fn from(value: $crate::routing::Verdict) -> Self {
                match value {
                    $crate::routing::Verdict::Ranked(list) =>
                        Self::Ranked($crate::__bridge_field!(list, list)),
                    $crate::routing::Verdict::NoOpinion => Self::NoOpinion,
                }
            }
        }
        impl From<$routing::Verdict> for $crate::routing::Verdict {
            fn from(value: $routing::Verdict) -> Self {
                match value {
                    $routing::Verdict::Ranked(list) =>
                        Self::Ranked($crate::__bridge_field!(list, list)),
                    $routing::Verdict::NoOpinion => Self::NoOpinion,
                }
            }
        }
    };
}

/// Conversions for the bindings' module of `interface escalation`.
#[macro_export]
macro_rules! escalation_bridge {
    ($escalation:ident) => {
        impl From<$crate::escalation::Trigger> for $escalation::Trigger {
            fn from(value: $crate::escalation::Trigger) -> Self {
                match value {
                    $crate::escalation::Trigger::DueSoon(n) => Self::DueSoon(n),
                    $crate::escalation::Trigger::Overdue(n) => Self::Overdue(n),
                    $crate::escalation::Trigger::Returned(n) => Self::Returned(n),
                    $crate::escalation::Trigger::RatedBadly(r) => Self::RatedBadly(r.into()),
                    $crate::escalation::Trigger::OneOfMany(n) => Self::OneOfMany(n),
                }
            }
        }
        impl From<$escalation::Trigger> for $crate::escalation::Trigger {
            fn from(value: $escalation::Trigger) -> Self {
                match value {
                    $escalation::Trigger::DueSoon(n) => Self::DueSoon(n),
                    $escalation::Trigger::Overdue(n) => Self::Overdue(n),
                    $escalation::Trigger::Returned(n) => Self::Returned(n),
                    $escalation::Trigger::RatedBadly(r) => Self::RatedBadly(r.into()),
                    $escalation::Trigger::OneOfMany(n) => Self::OneOfMany(n),
                }
            }
        }
        $crate::__bridge_record!($crate::escalation::Question, $escalation::Question, {
            trigger: into, order_type: into, district: plain, street: plain, category: plain,
            unit: plain,
            now: into, registered_at: into, due_at: option, extension_count: plain,
            return_count: plain, supervised: plain, priority: into,
        });
        $crate::__bridge_enum!($crate::escalation::Audience, $escalation::Audience, [
            HandlingUnit, LeaderInCharge, DistrictOffice, HotlineCenter,
        ]);
        $crate::__bridge_enum!($crate::escalation::Priority, $escalation::Priority, [
            Normal, High, Urgent,
        ]);
        impl From<$crate::escalation::Action> for $escalation::Action {
            fn from(value: $crate::escalation::Action) -> Self {
                match value {
                    $crate::escalation::Action::Notify(who) => Self::Notify(who.into()),
                    $crate::escalation::Action::Supervise => Self::Supervise,
                    $crate::escalation::Action::RaisePriority(p) => Self::RaisePriority(p.into()),
                    $crate::escalation::Action::OpenCoordination => Self::OpenCoordination,
                    $crate::escalation::Action::ListLongTerm => Self::ListLongTerm,
                }
            }
        }
        impl From<$escalation::Action> for $crate::escalation::Action {
            fn from(value: $escalation::Action) -> Self {
                match value {
                    $escalation::Action::Notify(who) => Self::Notify(who.into()),
                    $escalation::Action::Supervise => Self::Supervise,
                    $escalation::Action::RaisePriority(p) => Self::RaisePriority(p.into()),
                    $escalation::Action::OpenCoordination => Self::OpenCoordination,
                    $escalation::Action::ListLongTerm => Self::ListLongTerm,
                }
            }
        }
        $crate::__bridge_record!($crate::escalation::Proposal, $escalation::Proposal, {
            action: into, reason: plain,
        });
        impl From<$crate::escalation::Verdict> for $escalation::Verdict {
            fn from(value: $crate::escalation::Verdict) -> Self {
                match value {
                    $crate::escalation::Verdict::Actions(list) =>
                        Self::Actions($crate::__bridge_field!(list, list)),
                    $crate::escalation::Verdict::Nothing => Self::Nothing,
                    $crate::escalation::Verdict::NoOpinion => Self::NoOpinion,
                }
            }
        }
        impl From<$escalation::Verdict> for $crate::escalation::Verdict {
            fn from(value: $escalation::Verdict) -> Self {
                match value {
                    $escalation::Verdict::Actions(list) =>
                        Self::Actions($crate::__bridge_field!(list, list)),
                    $escalation::Verdict::Nothing => Self::Nothing,
                    $escalation::Verdict::NoOpinion => Self::NoOpinion,
                }
            }
        }
    };
}

/// Conversions for the bindings' module of `interface knowledge`.
#[macro_export]
macro_rules! knowledge_bridge {
    ($knowledge:ident) => {
        $crate::__bridge_enum!($crate::knowledge::PointKind, $knowledge::PointKind, [
            Policy, ServiceGuide, AnswerScript, Interpretation,
        ]);
        $crate::__bridge_record!($crate::knowledge::Faq, $knowledge::Faq, {
            question: plain, answer: plain,
        });
        $crate::__bridge_record!($crate::knowledge::English, $knowledge::English, {
            title: plain, summary: plain,
        });
        $crate::__bridge_record!($crate::knowledge::Point, $knowledge::Point, {
            owner: plain, kind: into, title: plain, body: plain, legal_basis: plain, scope: plain,
            districts: plain, subjects: plain, conditions: plain, relations: plain, faqs: list,
            attachments: plain, english: option, valid_from: into, valid_until: into,
            longer_validity_reason: plain, today: into,
        });
        $crate::__bridge_enum!($crate::knowledge::Severity, $knowledge::Severity, [Block, Warn]);
        $crate::__bridge_enum!($crate::knowledge::Field, $knowledge::Field, [
            Owner, Kind, Title, Body, LegalBasis, Scope, Districts, Subjects, Conditions, Relations,
            Faqs, Attachments, EnglishTitle, EnglishSummary, ValidFrom, ValidUntil,
            LongerValidityReason, Point,
        ]);
        $crate::__bridge_record!($crate::knowledge::Finding, $knowledge::Finding, {
            severity: into, field: into, index: plain, code: plain, message: plain,
        });
    };
}
