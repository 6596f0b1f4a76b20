//! The outside that messages go to: it takes them, refuses them for now or for good, is not there, and
//! confirms late, twice, or never.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use engine::ports::{DeliveryId, Failure, Notifier, Outgoing, SendError, Sent};
use lifecycle::effect::Recipient;

use crate::faults::FaultyStore;

/// The outside.
pub(crate) struct Outside {
    pub(crate) store: Arc<FaultyStore>,
    /// How often each delivery was taken.
    pub(crate) arrived: Mutex<BTreeMap<DeliveryId, u32>>,
    /// Whether everything is taken.
    pub(crate) friendly: AtomicBool,
}

/// The channels of a recipient.
pub(crate) fn channels(to: &Recipient) -> Vec<String> {
    let names: &[&str] = match to {
        Recipient::Requester => &["sms"],
        Recipient::Unit(_) => &["mail", "hook"],
        Recipient::LeaderInCharge(_) | Recipient::DistrictOffice(_) => &["mail"],
        Recipient::Center | Recipient::Adviser(_) => &[],
    };
    names.iter().map(|&name| name.to_owned()).collect()
}

impl Notifier for Outside {
    fn channels(&self, to: &Recipient) -> Vec<String> {
        channels(to)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError> {
        self.store.pause();
        let told = outgoing.requester.is_some();
        if told != (outgoing.message.notification.to == Recipient::Requester) {
            self.store
                .wrong("contact data in a message to somebody else".to_owned());
        }
        let fate = if self.friendly.load(Ordering::SeqCst) {
            0
        } else {
            self.store.chance().below(12)
        };
        let failure = match fate {
            9 => Failure::Temporary,
            10 => Failure::Permanent,
            11 => Failure::Unreachable,
            _ => {
                let mut arrived = self.arrived.lock().unwrap();
                *arrived.entry(outgoing.delivery).or_default() += 1;
                return Ok(Sent {
                    channel: outgoing.channel.clone(),
                    reference: Some(format!("ref-{}", outgoing.delivery)),
                });
            }
        };
        Err(SendError {
            failure,
            problem: "no".to_owned(),
        })
    }
}
