//! Nothing: Cargo wants a library beside the tests and benchmarks of this package.
