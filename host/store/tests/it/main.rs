//! The store on a real disk: through its port, and by looking into the file.

#[cfg(test)]
mod commits;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod privacy;
