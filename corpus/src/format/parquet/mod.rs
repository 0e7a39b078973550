//! Parquet: tables of records, read row by row and written with the columns they came with.

#[cfg(not(feature = "parquet"))]
mod absent;
#[cfg(feature = "parquet")]
mod read;
#[cfg(feature = "parquet")]
mod write;

#[cfg(not(feature = "parquet"))]
pub use absent::{Rows, TableReader};
#[cfg(feature = "parquet")]
pub(crate) use read::{
    Column, Meaning, Table, bytes, extended, hexadecimal, int96, number, uuid, writable,
};
#[cfg(feature = "parquet")]
pub use read::{Rows, TableReader};
#[cfg(feature = "parquet")]
pub use write::TableWriter;
#[cfg(feature = "parquet")]
pub(crate) use write::{Like, failed, io_error, properties};
