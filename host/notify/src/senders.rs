//! All channels together, as the engine's notifier.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use engine::ports::{Failure, Notifier, Outgoing, SendError, Sent};
use lifecycle::directory::Directory;
use lifecycle::effect::Recipient;

use crate::Error;
use crate::mail::Mail;
use crate::routes::Routes;
use crate::settings::{ChannelSettings, Settings};
use crate::texts::text;
use crate::webhook::Webhook;

/// So long a channel may take for one message, unless the file says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time that a file may give a channel for one message.
const TIMEOUT_MAX_SECONDS: u64 = 120;

/// Sends messages by the channels of a file.
#[derive(Debug)]
pub struct Senders {
    channels: BTreeMap<String, Channel>,
    routes: Routes,
}

/// One channel.
#[derive(Debug)]
pub(crate) enum Channel {
    Mail(Box<Mail>),
    Webhook(Box<Webhook>),
}

impl Senders {
    /// Reads the file, checks everything in it, and takes the secrets from where it says. Opens no
    /// connection.
    ///
    /// # Errors
    /// [`Error`], which names the key at fault and the way out.
    pub fn from_file(file: &Path, directory: &Directory) -> Result<Self, Error> {
        let Settings { channels, routes } = Settings::read(file)?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let one = |(name, settings): (String, ChannelSettings)| {
            let field = format!("channels.{name}");
            Ok((name, Channel::new(&field, settings, folder)?))
        };
        let channels = channels
            .into_iter()
            .map(one)
            .collect::<Result<BTreeMap<_, _>, Error>>()?;
        let routes = Routes::new(routes, &channels, directory)?;
        Ok(Self { channels, routes })
    }

    /// The names of all channels, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.channels.keys().map(String::as_str)
    }
}

impl Channel {
    fn new(field: &str, settings: ChannelSettings, folder: &Path) -> Result<Self, Error> {
        let ChannelSettings {
            smtp,
            from,
            user,
            password,
            webhook,
            secret,
            timeout_seconds,
        } = settings;
        let timeout = match timeout_seconds {
            None => TIMEOUT,
            Some(seconds @ 1..=TIMEOUT_MAX_SECONDS) => Duration::from_secs(seconds),
            Some(_) => {
                return Err(Error::invalid(
                    format!("{field}.timeout_seconds"),
                    format!("it does not lie between 1 and {TIMEOUT_MAX_SECONDS}"),
                    "give a number of seconds, or leave it out for 10",
                ));
            }
        };
        match (smtp, from, webhook, secret) {
            (Some(url), Some(from), None, None) => {
                let login = match (user, password) {
                    (None, None) => None,
                    (Some(user), Some(place)) => {
                        Some((user, place.read(&format!("{field}.password"), folder)?))
                    }
                    (Some(_), None) | (None, Some(_)) => {
                        return Err(Error::invalid(
                            field,
                            "`user` and `password` go together",
                            "give both, or neither",
                        ));
                    }
                };
                let mail = Mail::new(field, &url, &from, login, timeout)?;
                Ok(Self::Mail(Box::new(mail)))
            }
            (None, None, Some(url), Some(place)) if user.is_none() && password.is_none() => {
                let secret = place.read(&format!("{field}.secret"), folder)?;
                let webhook = Webhook::new(field, &url, secret, timeout)?;
                Ok(Self::Webhook(Box::new(webhook)))
            }
            _ => Err(Error::invalid(
                field,
                "it is neither a mail channel nor a webhook",
                "give `smtp` and `from` (with `user` and `password` if need be), or `webhook` and \
                 `secret`",
            )),
        }
    }

    pub(crate) const fn is_mail(&self) -> bool {
        match self {
            Self::Mail(_) => true,
            Self::Webhook(_) => false,
        }
    }

    /// Whether a recipient's address fits this channel.
    pub(crate) fn check_address(&self, field: &str, to: Option<&str>) -> Result<(), Error> {
        let wrong = |problem: String| {
            Err(Error::invalid(
                field,
                problem,
                "give a mail address as `to`; several are separated by commas",
            ))
        };
        match (self, to) {
            (Self::Webhook(_), _) => Ok(()),
            (Self::Mail(_), None) => wrong("a mail channel needs an address".to_owned()),
            (Self::Mail(_), Some(to)) => match Mail::addresses(to) {
                Ok(_) => Ok(()),
                Err(error) => wrong(format!("`{to}` is no mail address: {error}")),
            },
        }
    }
}

impl Notifier for Senders {
    fn channels(&self, to: &Recipient) -> Vec<String> {
        self.routes.channels(to)
    }

    fn send(&self, outgoing: &Outgoing) -> Result<Sent, SendError> {
        let permanent = |problem: String| SendError {
            failure: Failure::Permanent,
            problem,
        };
        let (name, to) = match &outgoing.requester {
            Some(requester) => self
                .routes
                .of_requester(requester)
                .map(|(name, to)| (name, Some(to)))
                .ok_or_else(|| {
                    permanent("the requester left nothing that a channel reaches".to_owned())
                })?,
            None => {
                let name = outgoing.channel.as_str();
                let to = self
                    .routes
                    .address(&outgoing.message.notification.to, name)
                    .ok_or_else(|| {
                        permanent(format!(
                            "the notification file tells this recipient nothing by `{name}` any more"
                        ))
                    })?;
                (name, to)
            }
        };
        let text = text(outgoing);
        let reference = match self.channels.get(name) {
            Some(Channel::Mail(mail)) => mail.send(outgoing, to.unwrap_or_default(), text)?,
            Some(Channel::Webhook(webhook)) => webhook.send(outgoing, name, to, &text)?,
            None => return Err(permanent(format!("there is no channel `{name}`"))),
        };
        Ok(Sent {
            channel: name.to_owned(),
            reference,
        })
    }
}
