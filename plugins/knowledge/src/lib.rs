//! The city's knowledge plugin
