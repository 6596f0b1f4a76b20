//! Filings and registers: staff changes (Art. 7: R5), trainings (Art. 7: R6), the joint conference
//! (Art. 3: R2), own mechanisms (Art. 18(2): R35), publicity (Art. 32: R65).

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};

use super::contact::{Contact, ContactPart};
use super::deadline::{DossierDeadline, DossierDeadlineKind as Kind};
use super::draft::{Draft, bounded, filled};
use super::due;
use super::effect::Occasion;
use super::event::Event;
use super::register::{
    Filing, LiaisonFiling, Meeting, Publication, StaffChange, Submission, Training,
};
use super::rejection::Rejection;
use crate::command::RealNameGround;
use crate::effect::Recipient;
use crate::ids::{OrderId, TextId, UnitCode};

/// R5: a change that is complete starts the time for filing it; the day of completion does not count.
pub(super) fn announce(
    change: &StaffChange,
    filing: Option<&Filing>,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    draft.known_unit(&change.unit)?;
    draft.past_day("completed_on", change.completed_on)?;
    let trigger_at = calendar::midnight_at_start_of(change.completed_on);
    let file_by = draft.deadline(Kind::Filing, Some(&change.unit), trigger_at)?;
    draft.emit(Event::ChangeAnnounced {
        dossier: draft.id.clone(),
        change: change.clone(),
        file_by: file_by.clone(),
    });
    let Some(filing) = filing else {
        return Ok(());
    };
    if file_by.is_late(draft.now()) {
        due::pass(&file_by, draft);
    }
    filed(&change.unit, &file_by, filing, draft)
}

/// R5: a filing that comes late is filed all the same, and the lateness is a fact.
pub(super) fn file(
    announced: &LiaisonFiling,
    filing: &Filing,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    filed(&announced.change.unit, &announced.file_by, filing, draft)
}

fn filed(
    unit: &UnitCode,
    file_by: &DossierDeadline,
    filing: &Filing,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    if filing.old_staff.is_none() && filing.new_staff.is_none() {
        return Err(Rejection::Missing { field: "new_staff" });
    }
    for (field, staff) in [
        ("old_staff", &filing.old_staff),
        ("new_staff", &filing.new_staff),
    ] {
        if let Some(staff) = staff {
            filled(field, staff)?;
        }
    }
    let late = file_by.is_late(draft.now());
    draft.emit(Event::ChangeFiled {
        filing: filing.clone(),
        late,
    });
    let unit = unit.clone();
    draft.notify(Recipient::Center, Occasion::ChangeFiled { unit, late });
    Ok(())
}

/// R2: "every year" is the calendar year, so the register's time runs from its first day to
/// 24:00 of its last.
pub(super) fn open_register(year: i32, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let (first, last) = bounds(year).ok_or(Rejection::ImpossibleTime {
        field: "year",
        problem: "is none of the calendar",
    })?;
    let plenary_by = draft.deadline_until(Kind::Plenary, first, last)?;
    draft.emit(Event::RegisterOpened {
        dossier: draft.id.clone(),
        year,
        plenary_by,
    });
    Ok(())
}

/// 00:00 of the first day and 24:00 of the last day of a year.
fn bounds(year: i32) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    let last = NaiveDate::from_ymd_opt(year, 12, 31)?;
    Some((
        calendar::midnight_at_start_of(first),
        calendar::end_of(last),
    ))
}

/// R2: the first meeting of a year whose register nobody has opened yet.
pub(super) fn record_first_meeting(
    meeting: &Meeting,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    let year = meeting.held_on.year();
    open_register(year, draft)?;
    record_meeting(year, meeting, draft)
}

/// R2: a meeting stands in the register of the year in which it was held.
pub(super) fn record_meeting(
    year: i32,
    meeting: &Meeting,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    draft.past_day("held_on", meeting.held_on)?;
    if meeting.held_on.year() != year {
        return Err(Rejection::ImpossibleTime {
            field: "held_on",
            problem: "lies in another year than the register",
        });
    }
    bounded("members", &meeting.members)?;
    bounded("decisions", &meeting.decisions)?;
    bounded("orders", &meeting.orders)?;
    if meeting.members.is_empty() {
        return Err(Rejection::Missing { field: "members" });
    }
    for member in &meeting.members {
        draft.known_unit(member)?;
    }
    if let Some(district) = &meeting.district {
        draft.known_district(district)?;
    }
    draft.members(&meeting.orders)?;
    draft.emit(Event::MeetingRecorded(meeting.clone()));
    Ok(())
}

/// R6: an entry of the training log.
pub(super) fn record_training(training: &Training, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    draft.known_unit(&training.unit)?;
    draft.past_day("held_on", training.held_on)?;
    if let Some(office) = &training.handling_office {
        filled("handling_office", office)?;
    }
    if training.participants == 0 {
        return Err(Rejection::Missing {
            field: "participants",
        });
    }
    draft.emit(Event::TrainingRecorded {
        dossier: draft.id.clone(),
        training: training.clone(),
    });
    Ok(())
}

/// R1, R11, R14: what became of each part of a contact. What is no matter of the hotline becomes no
/// order; a part that became one names it. A report of a violation needs no real name, so nobody refuses
/// it for want of one: the ground says which matter it is (R11).
pub(super) fn record_contact(contact: &Contact, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    bounded("parts", &contact.parts)?;
    if contact.parts.is_empty() {
        return Err(Rejection::Missing { field: "parts" });
    }
    for part in &contact.parts {
        if let ContactPart::RegistrationRefused {
            ground: RealNameGround::OtherLaw { basis },
            ..
        } = part
        {
            filled("ground.basis", basis)?;
        }
    }
    let orders: Vec<OrderId> = contact.orders().cloned().collect();
    draft.members(&orders)?;
    draft.emit(Event::ContactRecorded {
        dossier: draft.id.clone(),
        contact: contact.clone(),
    });
    Ok(())
}

/// R35: a unit's, a district's or the centre's mechanism asks for a decision; the centre, which has the
/// conference's office beside it (Art. 3), passes it on.
pub(super) fn submit_solution(
    submission: &Submission,
    draft: &mut Draft<'_>,
) -> Result<(), Rejection> {
    bounded("orders", &submission.orders)?;
    if let Some(unit) = &submission.unit {
        draft.known_unit(unit)?;
    }
    if let Some(district) = &submission.district {
        draft.known_district(district)?;
    }
    draft.members(&submission.orders)?;
    draft.emit(Event::SolutionSubmitted {
        dossier: draft.id.clone(),
        submission: submission.clone(),
    });
    draft.notify(Recipient::Center, Occasion::SolutionSubmitted);
    Ok(())
}

/// R35: what was decided goes back to whose mechanism it was.
pub(super) fn record_ruling(submission: &Submission, ruling: TextId, draft: &mut Draft<'_>) {
    draft.emit(Event::RulingRecorded { ruling });
    let unit = submission.unit.clone().map(Recipient::Unit);
    let district = submission.district.clone().map(Recipient::DistrictOffice);
    for recipient in unit.into_iter().chain(district) {
        draft.notify(recipient, Occasion::RulingRecorded);
    }
}

/// R65: what was published, and what supervisors suggest.
pub(super) fn publish(publication: &Publication, draft: &mut Draft<'_>) -> Result<(), Rejection> {
    match publication {
        Publication::Page {
            title,
            address,
            published_on,
        } => {
            filled("title", title)?;
            filled("address", address)?;
            draft.past_day("published_on", *published_on)?;
        }
        Publication::Suggestion { received_on, .. } => {
            draft.past_day("received_on", *received_on)?;
            draft.notify(Recipient::Center, Occasion::SuggestionReceived);
        }
    }
    draft.emit(Event::Published {
        dossier: draft.id.clone(),
        publication: publication.clone(),
    });
    Ok(())
}
