//! Which rule image answers where, and from when: the rollout log.
//!
//! One append-only list of events says everything: which images there are, who proposed which of them
//! for which scope and kind and from when, who approved or withdrew it, which candidates ran beside it
//! and how they ended. [`decide`] says what a command adds to the log, [`apply`] folds an event into the
//! [`State`], and [`State::table`] says for an instant which image answers. No I/O, no clock: the log,
//! the command and the instant are arguments, so every replica that reads the same log answers alike.
//!
//! What the log promises, whatever is asked of it:
//! * at any instant at most one image is active for a scope and kind, and at most one is its candidate;
//! * an event changes nothing before its own instant;
//! * what waits for a second person's approval, or was withdrawn, never takes effect;
//! * a rollback gives exactly the earlier image, to every order: it ends a candidate too.
#![forbid(unsafe_code)]
#![warn(clippy::arithmetic_side_effects)]

mod digest;

mod place;

mod activation;

mod command;

mod event;

mod state;

mod table;

mod rejection;

mod scope;

mod decide;

mod apply;

pub use activation::{
    Activation, Approval, CandidateEnd, Ended, Limits, Mode, Origin, PERMILLE, Policy, Settled,
    Standing, TrialPolicy, TryResult, Withdrawal,
};
pub use apply::{Corrupt, apply, replay};
pub use command::{Command, Proposal};
pub use decide::decide;
pub use digest::{BadDigest, Digest};
pub use event::{Event, Proposed, PushedImage, Recorded};
pub use place::{BadUrl, FunctionUrl, Place};
pub use rejection::Rejection;
pub use scope::{named_scopes, scope_code};
pub use state::{Occupancy, PolicyProposal, State};
pub use table::{Candidate, Placement, Table};
