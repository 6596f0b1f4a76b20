//! How values stand in columns: instants as milliseconds, names as text, the rest as JSON; and back.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::de::value::{Error as NameError, StrDeserializer};
use serde::{Deserialize, Serialize};

use crate::error::Fault;

/// Fast, and questions are small.
const ZSTD_LEVEL: i32 = 1;
/// Questions are far smaller; more is no question of ours.
const QUESTION_BYTES_MAX: usize = 16 << 20;

pub(crate) fn ms(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}

pub(crate) fn instant(ms: i64) -> Result<DateTime<Utc>, Fault> {
    DateTime::from_timestamp_millis(ms)
        .ok_or_else(|| Fault::Broken(format!("{ms} ms is no instant")))
}

pub(crate) fn json(value: &impl Serialize) -> Result<String, Fault> {
    Ok(serde_json::to_string(value)?)
}

pub(crate) fn parse<T: DeserializeOwned>(json: &str) -> Result<T, Fault> {
    Ok(serde_json::from_str(json)?)
}

/// The name of a case without data, as its JSON string has it.
pub(crate) fn name(value: &impl Serialize) -> Result<String, Fault> {
    let json = json(value)?;
    Ok(json.trim_matches('"').to_owned())
}

/// The case of that name.
pub(crate) fn named<T: for<'de> Deserialize<'de>>(name: &str) -> Result<T, Fault> {
    T::deserialize(StrDeserializer::<NameError>::new(name))
        .map_err(|error| Fault::Broken(format!("`{name}`: {error}")))
}

pub(crate) fn signed(value: u64) -> Result<i64, Fault> {
    i64::try_from(value).map_err(|error| Fault::Broken(format!("{value}: {error}")))
}

pub(crate) fn unsigned(value: i64) -> Result<u64, Fault> {
    u64::try_from(value).map_err(|error| Fault::Broken(format!("{value}: {error}")))
}

thread_local! {
    /// A compressor's tables cost more than compressing a question, so each thread keeps one.
    static COMPRESSOR: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
}

pub(crate) fn compress(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    COMPRESSOR.with_borrow_mut(|slot| {
        let compressor = match slot {
            Some(compressor) => compressor,
            None => slot.insert(zstd::bulk::Compressor::new(ZSTD_LEVEL)?),
        };
        Ok(compressor.compress(bytes)?)
    })
}

pub(crate) fn decompress(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    let size = zstd::bulk::Decompressor::upper_bound(bytes).unwrap_or(QUESTION_BYTES_MAX);
    Ok(zstd::bulk::decompress(bytes, size.min(QUESTION_BYTES_MAX))?)
}

/// Images are compressed harder than questions: there are few, and they are large.
const IMAGE_LEVEL: i32 = 6;

pub(crate) fn compress_image(bytes: &[u8]) -> Result<Vec<u8>, Fault> {
    Ok(zstd::bulk::compress(bytes, IMAGE_LEVEL)?)
}

/// Gives back an image of a known size.
pub(crate) fn decompress_image(bytes: &[u8], size: i64) -> Result<Vec<u8>, Fault> {
    let size = usize::try_from(size)
        .map_err(|error| Fault::Broken(format!("{size} bytes of an image: {error}")))?;
    // What says of itself that it is larger is no image of ours.
    let told = zstd::bulk::Decompressor::upper_bound(bytes).unwrap_or(size);
    Ok(zstd::bulk::decompress(bytes, size.min(told))?)
}
