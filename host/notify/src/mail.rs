//! Mail over SMTP: one conversation a message, with TLS from the start (`smtps://`), after STARTTLS
//! (`smtp://…?tls=required`), or none (`smtp://`).

use std::time::{Duration, SystemTime};

use engine::ports::{Failure, Outgoing, SendError};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Mailboxes, MessageBuilder};
use lettre::transport::smtp;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SmtpTransport, Transport as _};

use crate::Error;
use crate::settings::Secret;
use crate::texts::Text;

/// Codes by which a server refuses whoever sends, not the message (RFC 4954): put right the settings,
/// and everything can be sent.
const REFUSED_SENDER: [u16; 4] = [530, 534, 535, 538];

/// A mail channel.
#[derive(Debug)]
pub(crate) struct Mail {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mail {
    pub(crate) fn new(
        field: &str,
        url: &str,
        from: &str,
        login: Option<(String, Secret)>,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let known = url.starts_with("smtp://") || url.starts_with("smtps://");
        if !known || url.contains('@') {
            return Err(Error::invalid(
                format!("{field}.smtp"),
                "it is no address of a mail server, or holds a password",
                "write smtps://HOST, smtp://HOST or smtp://HOST?tls=required, with `user` and \
                 `password` beside it",
            ));
        }
        let mut builder = SmtpTransport::from_url(url).map_err(|error| {
            Error::invalid(
                format!("{field}.smtp"),
                error.to_string(),
                "write smtps://HOST, smtp://HOST or smtp://HOST?tls=required",
            )
        })?;
        if let Some((user, password)) = login {
            let password = password.expose().to_owned();
            builder = builder.credentials(Credentials::new(user, password));
        }
        let from = from.parse().map_err(|error| {
            Error::invalid(
                format!("{field}.from"),
                format!("it is no mail address: {error}"),
                "write one such as `热线 <12345@example.org>`",
            )
        })?;
        Ok(Self {
            transport: builder.timeout(Some(timeout)).build(),
            from,
        })
    }

    /// Reads an address, or several separated by commas.
    pub(crate) fn addresses(to: &str) -> Result<Mailboxes, lettre::address::AddressError> {
        to.parse()
    }

    /// Sends a message. Gives the server's first line, which names its own number of the message.
    pub(crate) fn send(
        &self,
        outgoing: &Outgoing,
        to: &str,
        text: Text,
    ) -> Result<Option<String>, SendError> {
        let message = self.message(outgoing, to, text)?;
        let response = self
            .transport
            .send(&message)
            .map_err(|error| failed(&error))?;
        Ok(response.first_line().map(str::to_owned))
    }

    fn message(&self, outgoing: &Outgoing, to: &str, text: Text) -> Result<Message, SendError> {
        let unusable = |error: &dyn std::error::Error| SendError {
            failure: Failure::Permanent,
            problem: format!("the mail cannot be written: {error}"),
        };
        let to = Self::addresses(to).map_err(|error| unusable(&error))?;
        // The same for every attempt, so that a mail that comes twice is known as one.
        let id = format!(
            "<{}.{}.kapok@{}>",
            outgoing.message.id,
            outgoing.delivery,
            self.from.email.domain()
        );
        let builder = to.into_iter().fold(Message::builder(), MessageBuilder::to);
        builder
            .from(self.from.clone())
            .subject(text.subject)
            .date(SystemTime::from(outgoing.now))
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(text.body)
            .map_err(|error| unusable(&error))
    }
}

/// What a failure of the conversation means. The server's words are left out: they may repeat an
/// address.
fn failed(error: &smtp::Error) -> SendError {
    let code = error.status().map(u16::from);
    let (failure, problem) = match code {
        Some(code) if REFUSED_SENDER.contains(&code) => (
            Failure::Unreachable,
            format!("the mail server wants another login: code {code}"),
        ),
        Some(code) if error.is_permanent() => (
            Failure::Permanent,
            format!("the mail server refuses the mail: code {code}"),
        ),
        // 421: the service as a whole goes away.
        Some(421) => (
            Failure::Unreachable,
            "the mail server takes nothing now: code 421".to_owned(),
        ),
        Some(code) => (
            Failure::Temporary,
            format!("the mail server refuses the mail for now: code {code}"),
        ),
        None => (
            Failure::Unreachable,
            format!("the mail server cannot be talked to: {}", cause(error)),
        ),
    };
    SendError { failure, problem }
}

/// The innermost cause: what the network said.
fn cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}
