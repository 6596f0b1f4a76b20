//! The journal, personal data, outbox, timers and views in SQLite
