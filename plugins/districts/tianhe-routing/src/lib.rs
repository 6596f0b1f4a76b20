//! District plugin tianhe-routing
