//! The rules, one file per group of commands, in the order of an order's life. Each function gets the
//! order as it stands and a draft to write events and effects into; the gate has checked permission,
//! stage and type of the matter before.

pub(crate) mod registration;

pub(crate) mod routing;

pub(crate) mod answer;

pub(crate) mod dispatch;

pub(crate) mod duty;

pub(crate) mod contact;

pub(crate) mod report;

mod conclusion;

pub(crate) mod review;

pub(crate) mod rating;

pub(crate) mod follow_up;

pub(crate) mod due;

pub(crate) mod escalation;

pub(crate) mod recompute;

pub(crate) mod information;

pub(crate) mod mark;

pub(crate) mod returns;

pub(crate) mod joint;

pub(crate) mod coordination;

pub(crate) mod extension;

pub(crate) mod statements;

pub(crate) mod withdrawal;

pub(crate) mod supervision;

pub(crate) mod standing;

mod check;
