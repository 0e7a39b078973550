//! Parquet: tables of records, read row by row and written with the columns they came with.

mod read;
mod write;

pub(crate) use read::{
    Column, Meaning, Table, bytes, extended, hexadecimal, int96, number, uuid, writable,
};
pub use read::{Rows, TableReader};
pub use write::TableWriter;
pub(crate) use write::{Like, failed, io_error, properties};
