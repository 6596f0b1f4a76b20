//! Asking the knowledge plugins about points: for a command, whose findings the journal keeps (R66), and
//! in bulk over the whole base, which changes nothing. All scopes are asked, because every finding counts.

use std::collections::BTreeSet;

use contract::knowledge;
use knowledge_base::ids::PointId;
use knowledge_base::point::{Asked, Checked, Content, Point, Standing, Subject};
use knowledge_base::{Context, Rejection, point};
use lifecycle::ids::{Actor, Role, UnitCode};
use rollout::Digest;

use super::access::not_permitted;
use crate::ask::canonical;
use crate::ports::{CITY, DecisionContext, KeptImage, PointWalk, WalkPart};
use crate::rollout::RolloutError;
use crate::tick::is_full;
use crate::{Engine, Error, numbers};

/// Most points on a page.
const PAGE_MAX: u32 = 500;

/// Which points are checked in bulk, and by whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PointCheck {
    /// Which part of them.
    pub part: CheckPart,
    /// A rule that is asked instead of those that are active.
    pub candidate: Option<CheckCandidate>,
    /// Of this unit only.
    pub unit: Option<UnitCode>,
    /// This one only.
    pub point: Option<PointId>,
}

/// Which part of a point is checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CheckPart {
    /// The version that is published and valid.
    #[default]
    Published,
    /// The draft.
    Draft,
    /// Whatever there is of them.
    Both,
}

/// What if this image answered in this scope?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckCandidate {
    /// The image; it must be in the registry.
    pub image: Digest,
    /// The scope. Only points that it would be asked about are looked at.
    pub scope: String,
}

/// A page of a bulk check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPage {
    /// What was checked, by number of the point.
    pub items: Vec<CheckedPoint>,
    /// So many points were looked at for it.
    pub looked_at: u64,
    /// After which point the next page begins, if there is one.
    pub next: Option<PointId>,
}

/// A part of a point that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedPoint {
    /// The point.
    pub point: PointId,
    /// Whose it is.
    pub owner: UnitCode,
    /// Its title.
    pub title: String,
    /// Which part of it.
    pub subject: Subject,
    /// Who was asked, with scope, image and fuel, and what each of them found.
    pub checks: Vec<Checked>,
    /// Why nobody could be asked, if so.
    pub problem: Option<String>,
}

/// What came of a check for a command.
pub(super) struct AskedChecks {
    pub(super) checks: Vec<Checked>,
    pub(super) asked: Asked,
    /// Digest in hex and bytes of the question.
    pub(super) question: (String, Vec<u8>),
}

impl Engine {
    /// Asks the active rules about a part of a point. Never fails because a plugin does: that is part
    /// of what is answered.
    pub(super) fn ask_checks(
        &self,
        point: &Point,
        subject: Subject,
        context: &Context<'_>,
    ) -> Result<AskedChecks, Error> {
        let question = point::question(point, subject, context)?;
        let (digest, bytes) = canonical(&question)?;
        let decision = self.check_context(point, subject, context);
        Ok(AskedChecks {
            checks: self.checked(&decision, &question),
            asked: Asked {
                decision: decision.id,
                question: digest.clone(),
            },
            question: (digest, bytes),
        })
    }

    fn checked(&self, decision: &DecisionContext, question: &knowledge::Point) -> Vec<Checked> {
        let all = self.advisor.check(decision, question).into_iter();
        all.map(|(attempt, findings)| Checked { attempt, findings })
            .collect()
    }

    fn check_context(
        &self,
        point: &Point,
        subject: Subject,
        context: &Context<'_>,
    ) -> DecisionContext {
        DecisionContext {
            id: numbers::uuid(context.now),
            now: context.now.into(),
            key: point.id.to_string(),
            scopes: self.check_scopes(&point.owner, content_of(point, subject)),
        }
    }

    /// Whom to ask, narrowest first: the unit, its district and those that the point applies to, the
    /// city.
    fn check_scopes(&self, owner: &UnitCode, content: Option<&Content>) -> Vec<String> {
        let unit = self.directory.unit(owner);
        let own = unit.and_then(|it| it.district.clone());
        let applies = content
            .into_iter()
            .flat_map(|it| it.districts.iter().cloned());
        let districts: BTreeSet<String> = own
            .into_iter()
            .chain(applies)
            .map(|district| district.to_string())
            .filter(|code| code != CITY)
            .collect();
        let mut scopes = vec![owner.to_string()];
        scopes.extend(districts);
        scopes.push(CITY.to_owned());
        scopes
    }

    /// How many points a bulk check looks at, for a progress bar.
    ///
    /// # Errors
    /// As [`Self::check_points`].
    pub fn count_points_to_check(&self, request: &PointCheck, by: &Actor) -> Result<u64, Error> {
        let walk = self.check_walk(request, by)?;
        if let Some(id) = &request.point {
            let found = self.one_to_check(id, &walk)?;
            return Ok(u64::from(!found.is_empty()));
        }
        Ok(self.store.count_points(&walk)?)
    }

    /// Checks a page of points by number with the active rules, or with a candidate. Nothing of it is
    /// kept. The next page begins after `next`.
    ///
    /// # Errors
    /// [`Error::Knowledge`] for channel systems, and for a candidate also for units;
    /// [`RolloutError::UnknownScope`], [`RolloutError::NoImage`], [`RolloutError::NoWorkshop`],
    /// [`RolloutError::Workshop`], [`Error::Store`].
    pub fn check_points(
        &self,
        request: &PointCheck,
        after: Option<&PointId>,
        limit: u32,
        by: &Actor,
    ) -> Result<CheckedPage, Error> {
        let walk = self.check_walk(request, by)?;
        let candidate = match &request.candidate {
            Some(candidate) => Some((candidate, self.candidate_image(candidate)?)),
            None => None,
        };
        let limit = limit.clamp(1, PAGE_MAX);
        let points = match &request.point {
            Some(id) => self.one_to_check(id, &walk)?,
            None => self.store.walk_points(&walk, after, limit)?,
        };
        let calendar = self.calendar();
        let mut items = Vec::new();
        for point in &points {
            // Each by the instant at which it is asked about: a page may take a while.
            let context = self.knowledge_context(self.now(), &calendar);
            for subject in parts_of(point, request.part, &context) {
                let asked = candidate
                    .as_ref()
                    .map(|(it, image)| (it.scope.as_str(), image));
                items.extend(self.checked_point(point, subject, asked, &context)?);
            }
        }
        Ok(CheckedPage {
            items,
            looked_at: u64::try_from(points.len()).unwrap_or(u64::MAX),
            next: if request.point.is_none() && is_full(points.len(), limit) {
                points.last().map(|point| point.id.clone())
            } else {
                None
            },
        })
    }

    /// Nothing where the candidate would not be asked about the point.
    fn checked_point(
        &self,
        point: &Point,
        subject: Subject,
        candidate: Option<(&str, &KeptImage)>,
        context: &Context<'_>,
    ) -> Result<Option<CheckedPoint>, Error> {
        let mut decision = self.check_context(point, subject, context);
        if let Some((scope, _)) = candidate {
            let code = ::rollout::scope_code(scope);
            if !decision.scopes.iter().any(|it| it == code) {
                return Ok(None);
            }
            decision.scopes = vec![scope.to_owned()];
        }
        let content = content_of(point, subject);
        let mut checked = CheckedPoint {
            point: point.id.clone(),
            owner: point.owner.clone(),
            title: content.map(|it| it.title.clone()).unwrap_or_default(),
            subject,
            checks: Vec::new(),
            problem: None,
        };
        let question = match point::question(point, subject, context) {
            Ok(question) => question,
            Err(rejection) => {
                checked.problem = Some(rejection.to_string());
                return Ok(Some(checked));
            }
        };
        checked.checks = match candidate {
            None => self.checked(&decision, &question),
            Some((scope, image)) => {
                let workshop = self.workshop()?;
                let asked = workshop.check_point(image, scope, &decision, &question);
                let (attempt, findings) = asked.map_err(crate::platform::broken)?;
                vec![Checked { attempt, findings }]
            }
        };
        Ok(Some(checked))
    }

    /// The point, if a walk would come to it.
    fn one_to_check(&self, id: &PointId, walk: &PointWalk) -> Result<Vec<Point>, Error> {
        let mut found = self.store.load_points(std::slice::from_ref(id))?;
        let units = walk.units.as_ref();
        found.retain(|it| units.is_none_or(|all| all.contains(&it.owner)) && walk.part.fits(it));
        Ok(found)
    }

    fn candidate_image(&self, candidate: &CheckCandidate) -> Result<KeptImage, Error> {
        self.rollout().check_scope(&candidate.scope)?;
        let image = self.kept_image(&candidate.image)?;
        let image = image.ok_or_else(|| RolloutError::NoImage {
            image: candidate.image.to_string(),
        })?;
        Ok(image)
    }

    /// Which points somebody may have checked. Who writes rules may see what a candidate would say of
    /// points of others in his district, as far as they are published.
    fn check_walk(&self, request: &PointCheck, by: &Actor) -> Result<PointWalk, Rejection> {
        const COMMAND: &str = "check points in bulk";
        let mut units = self.readable_units(by, COMMAND)?;
        if request.candidate.is_some() {
            match &by.role {
                Role::System | Role::Operator | Role::Admin | Role::Auditor | Role::District(_) => {
                }
                Role::Unit(_) | Role::Leader(_) | Role::Channel => {
                    return Err(not_permitted("check points with a candidate"));
                }
            }
        }
        if let Some(unit) = &request.unit {
            let readable = units.as_ref().is_none_or(|units| units.contains(unit));
            units = Some(readable.then(|| unit.clone()).into_iter().collect());
        }
        Ok(PointWalk {
            units,
            part: match request.part {
                CheckPart::Published => WalkPart::Published,
                CheckPart::Draft => WalkPart::Draft,
                CheckPart::Both => WalkPart::Either,
            },
        })
    }
}

/// The content that is asked about.
fn content_of(point: &Point, subject: Subject) -> Option<&Content> {
    match subject {
        Subject::Draft(_) => point.draft.as_ref().map(|it| &it.content),
        Subject::Version(number) => point.numbered(number).map(|it| &it.content),
    }
}

/// The parts of a point that are there to be checked. What is not valid any more answers nobody.
fn parts_of(point: &Point, part: CheckPart, context: &Context<'_>) -> Vec<Subject> {
    let published = matches!(point.standing, Standing::Published) && !point.is_expired(context.now);
    let version = point.last_version().filter(|_| published);
    let version = version.map(|it| Subject::Version(it.number));
    let draft = point.draft.as_ref().map(|it| Subject::Draft(it.revision));
    let (version, draft) = match part {
        CheckPart::Published => (version, None),
        CheckPart::Draft => (None, draft),
        CheckPart::Both => (version, draft),
    };
    version.into_iter().chain(draft).collect()
}
