//! Other texts in the place of those that were read.

use crate::format::parquet::bytes;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, BinaryArray, BooleanArray, StructArray};
use arrow_schema::ArrowError;
use arrow_select::nullif::nullif;
use std::sync::Arc;

/// Puts texts into the column at the end of a path.
pub fn replace(
    columns: &mut [ArrayRef],
    path: &[usize],
    texts: &[Option<&str>],
) -> Result<(), ArrowError> {
    at_end(columns, path, &|column| {
        let texts = texts.iter().enumerate();
        let texts = texts.map(|(row, text)| text.map(str::as_bytes).or_else(|| bytes(column, row)));
        binaries(texts.collect())
    })
}

/// Makes the values null at the end of a path, where it is said.
pub fn nullify(
    columns: &mut [ArrayRef],
    path: &[usize],
    nulls: &BooleanArray,
) -> Result<(), ArrowError> {
    at_end(columns, path, &|column| nullif(column, nulls))
}

/// Makes the column at the end of a path another one.
fn at_end(
    columns: &mut [ArrayRef],
    path: &[usize],
    make: &dyn Fn(&ArrayRef) -> Result<ArrayRef, ArrowError>,
) -> Result<(), ArrowError> {
    let (at, inner) = path.split_first().ok_or_else(lost)?;
    let column = columns.get_mut(*at).ok_or_else(lost)?;
    if inner.is_empty() {
        *column = make(column)?;
        return Ok(());
    }
    let object = column.as_struct_opt().ok_or_else(lost)?;
    let (fields, mut parts, nulls) = object.clone().into_parts();
    at_end(&mut parts, inner, make)?;
    *column = Arc::new(StructArray::try_new(fields, parts, nulls)?);
    Ok(())
}

fn lost() -> ArrowError {
    ArrowError::SchemaError("no column of texts".to_owned())
}

/// A column of texts.
pub fn strings(texts: &[Option<&str>]) -> Result<ArrayRef, ArrowError> {
    binaries(texts.iter().map(|text| text.map(str::as_bytes)).collect())
}

/// A column counts its bytes in 31 bits, and making a longer one panics.
fn binaries(texts: Vec<Option<&[u8]>>) -> Result<ArrayRef, ArrowError> {
    let bytes: usize = texts.iter().flatten().map(|text| text.len()).sum();
    match bytes > i32::MAX as usize {
        true => Err(ArrowError::OffsetOverflowError(bytes)),
        false => Ok(Arc::new(BinaryArray::from_iter(texts))),
    }
}
