//! The end of a file, under the schema that its values came with.
//!
//! The crate reads `INT96` and does not write it. Its values are written as what they are, 12 bytes each, and the
//! footer then says that the column is one of `INT96`: both types have the same encodings, plain and by a dictionary.

use super::io_error;
use parquet::basic::Type as Physical;
use parquet::errors::Result;
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, ParquetMetaData, ParquetMetaDataWriter,
};
use parquet::schema::types::{ColumnDescPtr, SchemaDescPtr};
use std::io::{self, Write};

/// Bytes after the footer: how long it is, and what ends a file.
const END: usize = 8;

/// A file, and what was written of its end.
pub struct Tail<W> {
    out: Option<W>,
    /// What comes last, once it is held back.
    held: Option<Vec<u8>>,
}

impl<W: Write> Tail<W> {
    pub fn new(out: W) -> Self {
        Tail {
            out: Some(out),
            held: None,
        }
    }

    /// From here on nothing is written.
    pub fn hold(&mut self) {
        self.held = Some(Vec::new());
    }

    /// Writes what was held back, with another footer where the schema is another one than was `written`.
    pub fn finish(&mut self, written: &ParquetMetaData, schema: &SchemaDescPtr) -> io::Result<W> {
        let lost = || io::Error::other("the file is finished");
        let mut out = self.out.take().ok_or_else(lost)?;
        let held = self.held.take().ok_or_else(lost)?;
        if written.file_metadata().schema_descr() == schema.as_ref() {
            out.write_all(&held)?;
            return Ok(out);
        }
        // Indexes of pages stay.
        let end = held.len().checked_sub(END).ok_or_else(lost)?;
        let size = held[end..]
            .first_chunk()
            .map(|size| u32::from_le_bytes(*size));
        let footer = end.checked_sub(size.ok_or_else(lost)? as usize);
        out.write_all(&held[..footer.ok_or_else(lost)?])?;
        let metadata = described(written, schema).map_err(io_error)?;
        let mut footer = Vec::new();
        ParquetMetaDataWriter::new(&mut footer, &metadata)
            .finish()
            .map_err(io_error)?;
        out.write_all(&footer)?;
        Ok(out)
    }
}

impl<W: Write> Write for Tail<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match (&mut self.held, &mut self.out) {
            (Some(held), _) => held.write(bytes),
            (None, Some(out)) => out.write(bytes),
            (None, None) => Err(io::Error::other("the file is finished")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.out {
            Some(out) => out.flush(),
            None => Ok(()),
        }
    }
}

/// The metadata of a file under another schema, whose columns are stored in the same way.
fn described(written: &ParquetMetaData, schema: &SchemaDescPtr) -> Result<ParquetMetaData> {
    let groups = written.row_groups().iter().map(|group| {
        let columns = group.columns().iter().zip(schema.columns());
        let columns = columns.map(|(chunk, column)| match column.physical_type() {
            Physical::INT96 => relabelled(chunk, column.clone()),
            _ => Ok(chunk.clone()),
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        group
            .clone()
            .into_builder()
            .set_column_metadata(columns)
            .build()
    });
    let groups = groups.collect::<Result<Vec<_>>>()?;
    let file = written.file_metadata();
    let file = FileMetaData::new(
        file.version(),
        file.num_rows(),
        file.created_by().map(str::to_owned),
        file.key_value_metadata().cloned(),
        schema.clone(),
        None,
    );
    Ok(ParquetMetaData::new(file, groups))
}

/// What is known of the values of a column in a row group, but for statistics.
fn relabelled(chunk: &ColumnChunkMetaData, column: ColumnDescPtr) -> Result<ColumnChunkMetaData> {
    ColumnChunkMetaData::builder(column)
        .set_encodings_mask(*chunk.encodings_mask())
        .set_num_values(chunk.num_values())
        .set_compression_codec(chunk.compression_codec())
        .set_total_compressed_size(chunk.compressed_size())
        .set_total_uncompressed_size(chunk.uncompressed_size())
        .set_data_page_offset(chunk.data_page_offset())
        .set_dictionary_page_offset(chunk.dictionary_page_offset())
        .set_offset_index_offset(chunk.offset_index_offset())
        .set_offset_index_length(chunk.offset_index_length())
        .set_repetition_level_histogram(chunk.repetition_level_histogram().cloned())
        .set_definition_level_histogram(chunk.definition_level_histogram().cloned())
        .build()
}
