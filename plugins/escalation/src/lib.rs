//! The city's escalation plugin
