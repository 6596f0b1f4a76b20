//! Native tests of a plugin: its settings file and its fixtures, without WebAssembly.
