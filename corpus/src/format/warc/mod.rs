//! WARC and WET: archives of crawls. Responses and conversions are pages; kept ones are written as WET.

mod http;
mod read;
mod write;

pub use read::{WarcReader, WarcRecords};
pub(crate) use write::{WetRecord, derived_id, write_conversion, write_info};
