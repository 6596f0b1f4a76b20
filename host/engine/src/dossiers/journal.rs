//! What commands on dossiers carry into the journal, which is never changed again: staff numbers, names
//! of bodies and documents, without personal data (Art. 43).

use lifecycle::command::RealNameGround;
use lifecycle::dossier::{Command, ContactPart, Filing, Publication};

use crate::ports::PersonalData;
use crate::request::no_longer;
use crate::{Engine, Error};

/// Longest name of a body or a title, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Longest address of a page, in characters.
const ADDRESS_CHARS_MAX: usize = 500;
/// Longest staff number, in characters.
const STAFF_CHARS_MAX: usize = 64;

impl Engine {
    /// Refuses staff numbers that are none, and masks names. What is empty is left to the rules, which
    /// know whether it may be.
    pub(super) fn dossier_fit_for_journal(&self, command: &mut Command) -> Result<(), Error> {
        match command {
            Command::ListMatter(matter) => self.name("title", &mut matter.title),
            Command::ReportFinal {
                guiding_department, ..
            } => self.name("guiding_department", guiding_department),
            Command::AnnounceChange { filing, .. } => match filing {
                Some(filing) => self.staff(filing),
                None => Ok(()),
            },
            Command::FileChange(filing) => self.staff(filing),
            Command::RecordTraining(training) => match &mut training.handling_office {
                Some(office) => self.name("handling_office", office),
                None => Ok(()),
            },
            Command::Publish(Publication::Page { title, address, .. }) => {
                no_longer("address", address, ADDRESS_CHARS_MAX)?;
                self.name("title", title)
            }
            Command::RecordContact(contact) => {
                for part in &mut contact.parts {
                    if let ContactPart::RegistrationRefused {
                        ground: RealNameGround::OtherLaw { basis },
                        ..
                    } = part
                    {
                        self.name("ground.basis", basis)?;
                    }
                }
                Ok(())
            }
            // These carry numbers, codes, days and references to texts only.
            Command::Publish(Publication::Suggestion { .. })
            | Command::AddUnit { .. }
            | Command::RemoveUnit { .. }
            | Command::AddOrders { .. }
            | Command::RemoveOrders { .. }
            | Command::IssueBulletin
            | Command::SubmitPlan { .. }
            | Command::TellProgress { .. }
            | Command::ReportStage { .. }
            | Command::EndProcedure { .. }
            | Command::RecordOpinion { .. }
            | Command::FeedBack { .. }
            | Command::CloseMatter { .. }
            | Command::OpenRegister { .. }
            | Command::RecordMeeting(_)
            | Command::SubmitSolution(_)
            | Command::RecordRuling { .. }
            | Command::MarkDue { .. }
            | Command::RecomputeDeadlines => Ok(()),
        }
    }

    fn name(&self, field: &'static str, name: &mut String) -> Result<(), Error> {
        no_longer(field, name, NAME_CHARS_MAX)?;
        *name = self.redactor.mask(name, &PersonalData::default());
        Ok(())
    }

    fn staff(&self, filing: &Filing) -> Result<(), Error> {
        for (field, number) in [
            ("old_staff", &filing.old_staff),
            ("new_staff", &filing.new_staff),
        ] {
            if let Some(number) = number {
                self.staff_number(field, number)?;
            }
        }
        Ok(())
    }

    fn staff_number(&self, field: &'static str, number: &str) -> Result<(), Error> {
        no_longer(field, number, STAFF_CHARS_MAX)?;
        let refused = |problem: String| Error::InvalidInput {
            field,
            problem,
            way_out: "give the staff number; names and telephone numbers belong into `details`, which \
                      is kept apart",
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
        if !number.chars().all(fits) {
            let problem = "it has other characters than letters, digits and -_./".to_owned();
            return Err(refused(problem));
        }
        match self.redactor.personal_part(number) {
            None => Ok(()),
            // The value itself goes nowhere, and into no log either.
            Some(found) => Err(refused(format!(
                "it looks like {found}, and it would be kept for ever"
            ))),
        }
    }
}
