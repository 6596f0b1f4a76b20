//! Makes NaNs in several ways and answers with their bits, which an engine may choose freely unless it
//! is told to keep to one.

use std::hint::black_box;

use guests::{Nothing, answer};
use sdk::Refusal;
use sdk::routing::{Question, Verdict};

#[expect(clippy::float_arithmetic, reason = "this is what the guest is for")]
fn route(_: &Nothing, _: &Question) -> Result<Verdict, Refusal> {
    let zero = black_box(0.0_f64);
    let divisor = black_box(0.0_f64);
    let infinite = black_box(f64::INFINITY);
    let as_much = black_box(f64::INFINITY);
    let odd = black_box(f64::from_bits(0xfff0_dead_beef_0001));
    let made = [
        zero / divisor,
        zero - zero / divisor,
        infinite - as_much,
        infinite * zero,
        black_box(-1.0_f64).sqrt(),
        odd + 1.0,
        1.0 - odd,
    ];
    let bits: Vec<_> = made
        .iter()
        .map(|nan| format!("{:016x}", nan.to_bits()))
        .collect();
    answer(bits.join(" "))
}

sdk::routing! {
    name: "nan-producer",
    summary: "Makes NaNs.",
    settings: Nothing,
    route: route,
}
