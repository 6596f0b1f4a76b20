//! An application that is ready to answer: every route with its compiled component.

use std::sync::Arc;
use std::time::Duration;

use contract::about::Kind;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use tokio::sync::Semaphore;

use crate::guest::Guest;
use crate::route::{self, Pattern};

/// An application: one state of a manifest and of its components' files.
pub struct Application {
    pub(crate) name: String,
    pub(crate) functions: Vec<Function>,
    /// The OpenAPI document.
    pub(crate) document: Bytes,
}

/// A route with its component.
pub struct Function {
    pub(crate) route: Pattern,
    pub(crate) component: Arc<Component>,
}

/// A component with its bounds. Several routes may share it.
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) kind: Option<Kind>,
    pub(crate) description: Option<String>,
    /// SHA-256 of the rule image, in hex.
    pub(crate) image: Option<String>,
    /// The header that names the image.
    pub(crate) image_header: Option<HeaderValue>,
    /// SHA-256 of what was compiled.
    pub(crate) digest: [u8; 32],
    pub(crate) guest: Arc<Guest>,
    pub(crate) limits: Limits,
    /// Requests that may still be read, wait or run.
    pub(crate) admitted: Semaphore,
    /// Requests that may still run.
    pub(crate) running: Semaphore,
}

/// The bounds of one component, the server's where it has none of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) time: Duration,
    pub(crate) memory_bytes: usize,
    pub(crate) running: usize,
}

impl Application {
    /// The application's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every route with its component, in the manifest's order.
    #[must_use]
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }

    /// The function that answers at a path.
    pub(crate) fn find(&self, path: &str) -> Option<&Function> {
        let routes = self
            .functions
            .iter()
            .map(|function| (&function.route, function));
        route::find(routes, path)
    }
}

impl Function {
    /// The route.
    #[must_use]
    pub fn route(&self) -> &Pattern {
        &self.route
    }

    /// Name of the component in the manifest.
    #[must_use]
    pub fn component(&self) -> &str {
        &self.component.name
    }

    /// Which question it answers, if it is one of the contract's.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        self.component.kind
    }

    /// SHA-256 of the rule image that answers, in hex, if there is one behind the component.
    #[must_use]
    pub fn image(&self) -> Option<&str> {
        self.component.image.as_deref()
    }
}
