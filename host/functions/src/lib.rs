//! Serves a spin.toml without Spin
