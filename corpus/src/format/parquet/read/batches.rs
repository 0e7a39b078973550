//! Batches of rows off a file.
//!
//! Memory: of each column the reader holds one page as it is packed, one unpacked, and the
//! dictionary; of rows, one batch. Row groups are not held. Writers make pages of about 1 MiB. What
//! a page becomes is [bounded](super::bounded) as unpacked files are, and what rows become
//! [by their pages](super::pages).

use super::bounded::note;
use super::pages::Group;
use super::rows::Rows;
use super::{Table, stored};
use crate::format::Limits;
use crate::format::fields::Fields;
use crate::format::open::SystemFault;
use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, RowGroups, RowSelection,
    RowSelector,
};
use parquet::arrow::{FieldLevels, ProjectionMask, parquet_to_arrow_field_levels};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use std::cell::Cell;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Once};

/// Rows of a batch, at most.
const ROWS: usize = 1024;

/// Bytes that a batch should hold when it is decoded.
const BATCH: u64 = 16 << 20;

/// Takes batches of rows off a file.
pub struct TableReader {
    file: File,
    metadata: Arc<ParquetMetaData>,
    levels: FieldLevels,
    table: Arc<Table>,
    limits: Limits,
    fault: SystemFault,
    /// Is in the row group, after `done` rows; `None` where it is to be made.
    batches: Option<ParquetRecordBatchReader>,
    /// Number of the row group.
    at: usize,
    /// Rows of the row group that were given.
    done: usize,
    /// Rows of a batch; `None` until that is known for the row group.
    pub(super) size: Option<usize>,
    /// Number of the first row that was not given yet.
    row: u64,
    ended: bool,
}

impl TableReader {
    /// A Parquet file with a column of ids and one of texts or of HTML. The error is a sentence
    /// about the file.
    pub fn open(
        file: File,
        fields: &Fields,
        limits: Limits,
        fault: &SystemFault,
    ) -> Result<TableReader, String> {
        let read = guarded(|| {
            let described = ParquetMetaDataReader::new().parse_and_finish(&file);
            let described = described.inspect_err(|error| note(fault, error))?;
            let stored = Arc::new(stored::metadata(&described)?);
            let columns = stored.file_metadata().schema_descr();
            let levels = parquet_to_arrow_field_levels(columns, ProjectionMask::all(), None)?;
            let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
            let schema = ArrowReaderMetadata::try_new(Arc::clone(&stored), options)?;
            Ok((described, stored, levels, Arc::clone(schema.schema())))
        });
        let (described, metadata, levels, schema) =
            read.map_err(|error| match encrypted(&file) {
                true => "encrypted Parquet; write it again without encryption".to_owned(),
                false => format!("not Parquet, or broken: {error}"),
            })?;
        within(&described, &file, limits)?;
        let table = Table::new(&described, &schema, fields)?;
        Ok(TableReader {
            file,
            metadata,
            levels,
            table: Arc::new(table),
            limits,
            fault: fault.clone(),
            batches: None,
            at: 0,
            done: 0,
            size: None,
            row: 1,
            ended: false,
        })
    }

    /// What all its rows have in common.
    #[cfg(test)]
    pub fn table(&self) -> &Arc<Table> {
        &self.table
    }

    /// The current row group; the reader asks it for `rows` rows at once.
    pub(super) fn group(&self, rows: usize) -> Result<Group, ParquetError> {
        let file = (self.file.try_clone()?, self.fault.clone());
        let metadata = Arc::clone(&self.metadata);
        Ok(Group::new(file, metadata, self.at, self.limits, rows))
    }

    /// The next rows of the row group; `None` after its last one.
    fn batch(&mut self, size: usize) -> Result<Option<RecordBatch>, String> {
        // One that fails is not asked again.
        let begun = self.batches.take();
        let (batch, batches) = guarded(|| {
            let mut batches = match begun {
                Some(batches) => batches,
                None => {
                    let group = self.group(size)?;
                    let left = group.num_rows().saturating_sub(self.done);
                    let rows = [RowSelector::skip(self.done), RowSelector::select(left)];
                    let rows = Some(RowSelection::from(rows.to_vec()));
                    ParquetRecordBatchReader::try_new_with_row_groups(
                        &self.levels,
                        &group,
                        size,
                        rows,
                    )?
                }
            };
            let batch = batches.next().transpose()?;
            Ok((batch, batches))
        })?;
        self.batches = Some(batches);
        Ok(batch.filter(|batch| batch.num_rows() > 0))
    }

    fn rows(&mut self, batch: RecordBatch, broken: Option<String>) -> Rows {
        let first = self.row;
        self.row += batch.num_rows() as u64;
        self.done += batch.num_rows();
        self.ended = broken.is_some();
        Rows {
            batch,
            table: Arc::clone(&self.table),
            first,
            limits: self.limits,
            broken,
        }
    }

    /// Values that stand once in a dictionary and in many rows are more than the file tells.
    fn shrink(&mut self, size: usize, batch: &RecordBatch) {
        let bytes = batch.get_array_memory_size() as u64;
        if bytes > 4 * BATCH && size > 1 {
            let fit = batch.num_rows() as u64 * BATCH / bytes;
            self.size = Some((fit as usize).clamp(1, size));
            self.batches = None;
        }
    }
}

impl Iterator for TableReader {
    type Item = Rows;

    fn next(&mut self) -> Option<Rows> {
        loop {
            let group = self.metadata.row_groups().get(self.at)?;
            if self.ended {
                return None;
            }
            let rows = usize::try_from(group.num_rows()).unwrap_or(usize::MAX);
            let size = self.size.unwrap_or_else(|| size(group));
            self.size = Some(size);
            if self.done >= rows {
                self.at += 1;
                (self.done, self.size, self.batches) = (0, None, None);
                continue;
            }
            let error = match self.batch(size) {
                Ok(Some(batch)) => {
                    let rows = self.rows(batch, None);
                    self.shrink(size, &rows.batch);
                    return Some(rows);
                }
                Ok(None) => {
                    let done = self.done;
                    format!("a row group has {done} rows, where the footer says {rows}")
                }
                // Fewer rows may not touch what is broken, or not be more than a column can hold.
                Err(_) if size > 1 => {
                    self.size = Some((size / 8).max(1));
                    continue;
                }
                Err(error) => error,
            };
            let none = RecordBatch::new_empty(Arc::clone(&self.table.schema));
            return Some(self.rows(none, Some(format!("cannot be read further: {error}"))));
        }
    }
}

/// Rows of a batch, by what the footer says of their row group.
fn size(group: &RowGroupMetaData) -> usize {
    let size = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    let columns = group.columns().iter().map(|column| {
        let values = column.unencoded_byte_array_data_bytes().unwrap_or(0);
        size(column.uncompressed_size()).max(size(values))
    });
    let bytes = columns.fold(0, u64::saturating_add);
    let each = bytes / size(group.num_rows()).max(1);
    (BATCH / each.max(1)).clamp(1, ROWS as u64) as usize
}

/// Whether the end of a file says that what is before it is encrypted.
fn encrypted(mut file: &File) -> bool {
    let mut end = [0; 4];
    let read = file.seek(SeekFrom::End(-4));
    read.and_then(|_| file.read_exact(&mut end)).is_ok() && &end == b"PARE"
}

/// Whether the file becomes no larger than it may.
fn within(metadata: &ParquetMetaData, file: &File, limits: Limits) -> Result<(), String> {
    let packed = file.metadata().map_err(|error| error.to_string())?.len();
    let groups = metadata.row_groups().iter();
    let sizes = groups
        .flat_map(|group| group.columns())
        .map(|column| u64::try_from(column.uncompressed_size()).unwrap_or(0));
    let most = limits.expansion;
    let allowed = limits.free.saturating_add(packed.saturating_mul(most));
    match sizes.fold(0, u64::saturating_add) > allowed {
        true => Err(format!(
            "more than {most} times as large as it is packed; --max-expansion allows more"
        )),
        false => Ok(()),
    }
}

/// What the crate answers. It is made for files that are whole: some of what is broken makes it
/// panic, and one file must not end a run over many.
pub fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    QUIETED.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| match GUARDED.get() {
            true => {}
            false => loud(panic),
        }));
    });
    GUARDED.set(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(false);
    match read {
        Ok(read) => read.map_err(|error| plain(&error.to_string()).to_owned()),
        Err(panic) => {
            let said = panic.downcast_ref::<&str>().copied();
            let said = said.or_else(|| panic.downcast_ref::<String>().map(|said| &said[..]));
            let said = said.unwrap_or("no reason is known");
            Err(format!("its parts contradict each other ({said})"))
        }
    }
}

/// Whether panics are told on stderr is set once for all threads.
static QUIETED: Once = Once::new();

thread_local! {
    /// Whether a panic of this thread becomes an error of its file.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// An error without the names of the layers that it came through.
pub fn plain(mut error: &str) -> &str {
    const LAYERS: [&str; 4] = [
        "External: ",
        "Arrow: ",
        "Parquet argument error: ",
        "Parquet error: ",
    ];
    while let Some(inner) = LAYERS.iter().find_map(|layer| error.strip_prefix(layer)) {
        error = inner;
    }
    error
}
