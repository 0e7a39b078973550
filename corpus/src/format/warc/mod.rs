//! WARC and WET: archives of crawls. Responses and conversions are pages; kept ones are written as WET.

#[cfg(not(feature = "warc"))]
mod absent;
#[cfg(feature = "warc")]
mod http;
#[cfg(feature = "warc")]
mod read;
mod write;

#[cfg(not(feature = "warc"))]
pub use absent::{WarcReader, WarcRecords};
#[cfg(feature = "warc")]
pub use read::{WarcReader, WarcRecords};
pub(crate) use write::{WetRecord, derived_id, write_conversion, write_info};
