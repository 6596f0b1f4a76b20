//! Files messages into the embedded store.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use engine::ports::Request;
use engine::{CommandOptions, Engine, Error, NewRequest};
use lifecycle::ids::{Actor, OrderId, Role};
use lifecycle::order::{Stage, WorkOrder};

use super::{At, Existing, Outcome, Target};
use crate::import::record::{Record, Refusal};
use crate::wiring::{self, Embedded};

/// The embedded store as a target.
pub(crate) struct Store {
    engine: Arc<Engine>,
    store: Arc<dyn engine::ports::Store>,
    by: Actor,
}

impl Store {
    /// The target of an opened store.
    pub(crate) fn new(embedded: &Embedded) -> Self {
        Self {
            engine: embedded.engine.clone(),
            store: embedded.store.clone(),
            by: Actor {
                role: Role::Operator,
                name: "kapok-import".to_owned(),
            },
        }
    }

    fn compare(&self, record: &Record, order: &OrderId) -> anyhow::Result<Outcome> {
        let order = self
            .store
            .load(order)?
            .with_context(|| format!("order {order} is indexed by its source but not there"))?;
        let texts = self.store.texts(&[order.request])?;
        let request = texts
            .first()
            .map(|(_, text)| serde_json::from_str::<Request>(text))
            .transpose()
            .context("a request is kept in a form that cannot be read")?;
        let existing = Existing {
            order: order.id.as_str(),
            order_type: order.order_type,
            district: order.district.as_ref().map(|district| district.as_str()),
            street: order.street.as_deref(),
            category: order.category.as_deref(),
            words: request
                .as_ref()
                .map(|words| (words.subject.as_str(), words.text.as_str())),
        };
        Ok(existing.compare(record))
    }
}

impl Target for Store {
    fn file(&self, record: &Record, at: At) -> anyhow::Result<Outcome> {
        let request = NewRequest {
            district: record.district.clone(),
            street: record.street.clone(),
            category: record.category.clone(),
            subject: record.subject.clone(),
            personal: record.personal.clone(),
            source: Some(record.source()),
            registered_at: match at {
                At::Now => None,
                At::Received => record.received_at,
            },
            ..NewRequest::new(record.order_type, record.channel, record.text.clone())
        };
        match self.engine.register(request, &self.by, &CommandOptions::default()) {
            Ok(handled) => Ok(imported(&handled.order)),
            Err(Error::SourceExists { order }) => self.compare(record, &order),
            Err(Error::InvalidInput { field, problem, way_out }) => {
                Ok(refused(record, field, problem, way_out.to_owned()))
            }
            Err(Error::Rejected(rejection)) => {
                let way_out = rejection.way_out().to_owned();
                Ok(refused(record, ".", rejection.to_string(), way_out))
            }
            Err(
                error @ (Error::NotFound { .. }
                | Error::VersionConflict { .. }
                | Error::KeyReused
                | Error::Busy { .. }
                | Error::NoDelivery { .. }
                | Error::NotStuck { .. }
                | Error::Dossier(_)
                | Error::Knowledge(_)
                | Error::Rollout(_)
                | Error::RuleSetChanged { .. }
                | Error::Calendar(_)
                | Error::Store(_)
                | Error::Corrupt { .. }
                | Error::Question(_)),
            ) => Err(anyhow::Error::new(error).context(format!(
                "line {} could not be filed; what was imported before stays, and the next run goes on \
                 from here",
                record.line
            ))),
        }
    }

    fn advance(&self, to: DateTime<Utc>) -> anyhow::Result<()> {
        let by = Actor {
            role: Role::Admin,
            name: self.by.name.clone(),
        };
        if to > self.engine.now() {
            self.engine.pass_time(to, &by, usize::MAX)?;
        } else {
            self.settle()?;
        }
        Ok(())
    }

    fn settle(&self) -> anyhow::Result<()> {
        wiring::settle(&self.engine)
    }
}

fn imported(order: &WorkOrder) -> Outcome {
    let routed = order
        .routing
        .as_ref()
        .is_some_and(|advice| advice.verdict.is_some());
    let dispatched = !matches!(order.stage, Stage::AwaitingDispatch { .. });
    Outcome::Imported { routed, dispatched }
}

fn refused(record: &Record, field: &str, problem: String, way_out: String) -> Outcome {
    // The engine and the file have different names for the same thing.
    let field = match field {
        "personal.account" => "requester",
        "registered_at" => "received_at",
        "source" => "id",
        other => other.strip_prefix("personal.").unwrap_or(other),
    };
    Outcome::Refused(Refusal {
        line: record.line,
        id: Some(record.id.clone()),
        field: field.to_owned(),
        problem,
        way_out,
    })
}
