//! The engine with adapters in memory: every test goes through its public methods.

#[cfg(test)]
mod access;
#[cfg(test)]
mod calendar_years;
#[cfg(test)]
mod life;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod ticks;
#[cfg(test)]
mod world;
