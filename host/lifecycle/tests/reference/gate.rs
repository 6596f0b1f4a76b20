//! Who may do what, and where an order must stand for it: the catalogue's R3 and stages, as a table.

use contract::types::OrderType;
use lifecycle::command::{CommandKind as Kind, ConcealmentScope};
use lifecycle::event::CloseCode;
use lifecycle::ids::{Actor, Role, UnitCode};

use crate::model::{Model, Stage};

/// Somebody with a part in an order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Party {
    /// Kapok itself: timers, effects.
    Kapok,
    /// The hotline centre.
    Centre,
    /// A channel, for the requester.
    Requester,
    /// The unit that has the order.
    Unit,
    /// An assisting unit.
    Assisting,
    /// An authority that was asked.
    Adviser,
    /// A unit that is supervised.
    Supervised,
    /// The district's hotline office.
    District,
}

/// Who, and in which stages (the letters of [`Stage::letter`]).
fn row(kind: Kind) -> (&'static [Party], &'static str) {
    use Party::{Adviser, Assisting, Centre, District, Kapok, Requester, Supervised, Unit};
    const ANY: &str = "IQVRCHDUWOEFTX";
    const OPEN: &str = "IQVRCHDUWOEFT";
    match kind {
        Kind::Register => (&[Centre, Requester, Kapok], ""),
        Kind::RequestInformation => (&[Centre], "Q"),
        Kind::RecordInformationNotice => (&[Kapok], "I"),
        Kind::SupplyInformation => (&[Centre, Requester], "I"),
        Kind::AssessInformation | Kind::CloseIncomplete => (&[Centre], "I"),
        Kind::Conceal | Kind::FlagConduct | Kind::SetPriority => (&[Centre], OPEN),
        // The long-term matter itself says which orders it has (Art. 26).
        Kind::ListLongTerm => (&[Kapok], ANY),
        // Nobody need attend to what is closed.
        Kind::CountAlike => (&[Kapok], OPEN),
        Kind::LinkOrders => (&[Centre, Kapok], ANY),
        Kind::DismissProposal => (&[Centre], ANY),
        Kind::Reclassify => (&[Centre], "QVH"),
        Kind::AnswerDirectly => (&[Centre], "Q"),
        Kind::Route => (&[Centre, Kapok], "Q"),
        Kind::Dispatch => (&[Centre, Kapok], "QC"),
        Kind::AcceptDuty => (&[Unit], "V"),
        Kind::RequestReturn => (&[Unit], "VH"),
        Kind::AllowLateReturn => (&[Centre], "VH"),
        Kind::DecideReturn => (&[Centre], "R"),
        Kind::NameAssistingUnits => (&[Unit], "VH"),
        Kind::RecordAssistance | Kind::ObjectToAssisting => (&[Assisting], "VH"),
        Kind::DecideObjection => (&[Centre], "VH"),
        Kind::OpenCoordination => (&[Centre], "Q"),
        Kind::RequestOpinion => (&[Centre], "C"),
        Kind::RecordOpinion => (&[Centre, Adviser], "C"),
        Kind::Extend | Kind::RecordExtensionNotice => (&[Unit], "VH"),
        Kind::AddStatement => (&[Centre, Requester], "QVRCH"),
        Kind::JudgeStatement => (&[Unit], "VH"),
        Kind::RecordContactAttempt => (&[Centre, Unit], "IVH"),
        Kind::RecordReply | Kind::Submit => (&[Unit], "VH"),
        Kind::ReviewAtDistrict => (&[District], "D"),
        Kind::Review => (&[Centre], "U"),
        Kind::Withdraw => (&[Centre, Requester], "IQVRCHDUOEFT"),
        Kind::CloseWithdrawn => (&[Unit], "W"),
        Kind::RecordRatingOffer => (&[Kapok], "O"),
        Kind::RecordDelivery => (&[Kapok], "IE"),
        Kind::Rate => (&[Requester], "E"),
        Kind::RateService => (&[Requester], ANY),
        Kind::RecordFollowUp | Kind::SendBack | Kind::CloseDissatisfied => (&[Centre], "F"),
        Kind::FileDiligenceStatement => (&[Unit], "T"),
        Kind::Supervise | Kind::ReviewSupervision => (&[Centre], ANY),
        Kind::AnswerSupervision => (&[Supervised], ANY),
        Kind::MarkDue | Kind::RecomputeDeadlines => (&[Kapok], ANY),
    }
}

/// What stands against a command before its content is looked at: permission, then existence, then
/// stage, then type of the matter.
pub(crate) fn refusal(order: Option<&Model>, kind: Kind, by: &Actor) -> Option<Vec<&'static str>> {
    let (parties, stages) = row(kind);
    if let Some(code) = not_permitted(order, parties, by) {
        return Some(vec![code]);
    }
    let Some(order) = order else {
        return (kind != Kind::Register).then(|| vec!["order-not-found"]);
    };
    if kind == Kind::Register {
        return Some(vec!["already-registered"]);
    }
    if !stages.contains(order.stage.letter()) {
        return Some(vec![wrong_stage(order, kind)]);
    }
    // Each calls while the order is with it (Art. 12): the centre before, the unit after the dispatch.
    // Where the unit may not know the number, the centre calls for it (Art. 9(2)).
    let asking = order.stage == Stage::Information;
    let centre = by.role == Role::Operator;
    let relays = centre && order.hides_number && !asking;
    if kind == Kind::RecordContactAttempt && asking != centre && !relays {
        return Some(vec!["wrong-stage"]);
    }
    wrong_type(order, kind).map(|code| vec![code])
}

fn not_permitted(order: Option<&Model>, parties: &[Party], by: &Actor) -> Option<&'static str> {
    let any = |wanted: &[Party]| wanted.iter().any(|party| parties.contains(party));
    let role_may = match &by.role {
        Role::System => any(&[Party::Kapok]),
        Role::Operator => any(&[Party::Centre]),
        Role::Channel => any(&[Party::Requester]),
        Role::Unit(_) | Role::Leader(_) => any(&[
            Party::Unit,
            Party::Assisting,
            Party::Adviser,
            Party::Supervised,
        ]),
        Role::District(_) => any(&[Party::District]),
        Role::Admin | Role::Auditor => false,
    };
    if !role_may {
        return Some("not-permitted");
    }
    match (&by.role, order) {
        (Role::Unit(unit) | Role::Leader(unit), order) => {
            // A complaint about a unit's staff is its leader's alone (Art. 8(4)).
            let staff = matches!(by.role, Role::Unit(_));
            let order = order.filter(|it| !staff || it.against.as_ref() != Some(unit));
            let has_part = order.is_some_and(|order| {
                (any(&[Party::Unit]) && order.holder() == Some(unit))
                    || (any(&[Party::Assisting]) && order.assists(unit))
                    || (any(&[Party::Adviser]) && order.advises(unit))
                    || (any(&[Party::Supervised]) && order.supervises(unit))
            });
            (!has_part).then_some("not-the-handling-unit")
        }
        (Role::District(district), order) => {
            let theirs = order.is_some_and(|order| match &order.stage {
                Stage::DistrictReview { district: of } => of == district,
                _ => order.district.as_ref() == Some(district),
            });
            (!theirs).then_some("not-permitted")
        }
        _ => None,
    }
}

fn wrong_stage(order: &Model, kind: Kind) -> &'static str {
    match (&order.stage, kind) {
        (Stage::Closed { code }, _) => when_closed(order, *code, kind),
        // Nobody rates what is withdrawn (Art. 27(2)).
        (Stage::Withdrawn, Kind::Rate) => "withdrawn-not-rated",
        (Stage::Withdrawn, Kind::Withdraw | Kind::AddStatement) => "already-withdrawn",
        // No plain dispatch any more (Art. 18).
        (Stage::Coordination, Kind::Route) => "coordination-required",
        // The first choice stands (Art. 27(3)).
        (Stage::FollowUp { .. } | Stage::Statement { .. }, Kind::Rate) => "already-rated",
        (Stage::Statement { .. }, Kind::RecordFollowUp) => "already-followed-up",
        (Stage::Statement { .. }, Kind::SendBack) => "rehandled-before",
        (Stage::Information, Kind::AddStatement) => "wrong-stage",
        (_, Kind::AddStatement) => "statement-too-late",
        _ => "wrong-stage",
    }
}

/// What a time that is over says does not depend on whether the order has ended with it.
fn when_closed(order: &Model, code: CloseCode, kind: Kind) -> &'static str {
    let rating = order.ratings.last().map(|(rating, _)| rating);
    match (kind, code, rating) {
        (Kind::Rate, CloseCode::Withdrawn, _) => "withdrawn-not-rated",
        (Kind::Rate, _, Some(Some(_))) => "already-rated",
        (Kind::Rate, _, Some(None)) => "rating-too-late",
        (Kind::SupplyInformation, CloseCode::InformationLate, _) => "information-too-late",
        (Kind::FileDiligenceStatement, CloseCode::StatementLapsed, _) => "statement-window-over",
        _ => "order-closed",
    }
}

fn wrong_type(order: &Model, kind: Kind) -> Option<&'static str> {
    let at_unit = matches!(order.stage, Stage::Verification | Stage::Handling);
    match kind {
        // The hotline asks and answers before it dispatches (Art. 12(1), 13(1)).
        Kind::RequestInformation | Kind::AnswerDirectly if !order.tasks.is_empty() => {
            Some("wrong-stage")
        }
        Kind::AnswerDirectly if order.order_type != OrderType::Consultation => {
            Some("not-a-consultation")
        }
        // A withdrawal is possible until a rating is given (Art. 27(2)).
        Kind::Withdraw if !order.ratings.is_empty() => Some("already-rated"),
        // A commendation is read and ended, without report and reply (Art. 23(1)).
        Kind::Submit | Kind::RecordReply | Kind::RecordContactAttempt
            if order.order_type == OrderType::Commendation && at_unit =>
        {
            Some("commendation")
        }
        _ => None,
    }
}

impl Model {
    fn assists(&self, unit: &UnitCode) -> bool {
        let assisting = self.task().map(|task| &task.assisting);
        assisting.is_some_and(|all| all.iter().any(|it| it.unit == *unit && !it.released))
    }

    fn advises(&self, unit: &UnitCode) -> bool {
        self.opinions.iter().any(|it| it.adviser == *unit)
    }

    fn supervises(&self, unit: &UnitCode) -> bool {
        let mut addressees = self.supervisions.iter().flat_map(|it| &it.addressees);
        addressees.any(|it| it.unit == *unit)
    }
}

/// Whether a concealment keeps something from the units.
pub(crate) fn hides_from_units(scope: ConcealmentScope) -> bool {
    scope != ConcealmentScope::ThirdParties
}
