//! District plugin nansha-escalation
