//! The columns of a file as its values lie there: integers, floats, bytes, and how they nest.
//!
//! What a value means (a day, a decimal, an instant) is an annotation in the schema of the file. Arrow has a type of
//! its own for most of these and turns one into the other, at times with a loss: the instants of `INT96` beyond the
//! year 2262, the months of an `INTERVAL`. Values that are only carried are read without annotations and written under
//! the schema they came with. So they are the same bytes, whatever they mean. A value of `INT96` is 12 bytes, in every
//! encoding that the two types share, and is read as that.

use arrow_schema::{DataType, Fields};
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{FileMetaData, ParquetMetaData};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};
use std::sync::Arc;

/// Bytes of a value of `INT96`.
const INT96: i32 = 12;

/// A file whose columns are those that are stored.
pub fn metadata(file: &ParquetMetaData) -> Result<ParquetMetaData> {
    let schema = file.file_metadata().schema_descr();
    // Names that Arrow gives to lists and maps help whoever reads rows as JSON, but not every file nests as they
    // demand.
    let named = bare(schema.root_schema(), true).map(described)?;
    let schema = match nests_as_stored(&named) {
        true => named,
        false => bare(schema.root_schema(), false).map(described)?,
    };
    let of = file.file_metadata();
    let of = FileMetaData::new(
        of.version(),
        of.num_rows(),
        of.created_by().map(str::to_owned),
        of.key_value_metadata().cloned(),
        Arc::new(schema),
        None,
    );
    Ok(ParquetMetaData::new(of, file.row_groups().to_vec()))
}

fn described(root: Type) -> SchemaDescriptor {
    SchemaDescriptor::new(Arc::new(root))
}

/// The type without annotations, but for those of lists and maps where these are wanted.
fn bare(of: &Type, named: bool) -> Result<Type> {
    if of.is_primitive() {
        return leaf(of, false);
    }
    let lists = [
        ConvertedType::LIST,
        ConvertedType::MAP,
        ConvertedType::MAP_KEY_VALUE,
    ];
    let annotated = named && lists.contains(&of.get_basic_info().converted_type());
    group(of, annotated, |inner| bare(inner, named))
}

/// A type that the crate can write: the same, with 12 bytes for each value of `INT96`.
pub fn writable(of: &Type) -> Result<Type> {
    match of.is_primitive() {
        false => group(of, true, writable),
        true if of.get_physical_type() == Physical::INT96 => leaf(of, true),
        true => Ok(of.clone()),
    }
}

fn group(of: &Type, annotated: bool, inner: impl Fn(&Type) -> Result<Type>) -> Result<Type> {
    let info = of.get_basic_info();
    let fields = of
        .get_fields()
        .iter()
        .map(|field| inner(field).map(Arc::new));
    let mut made = Type::group_type_builder(of.name())
        .with_fields(fields.collect::<Result<Vec<TypePtr>>>()?)
        .with_id(info.has_id().then(|| info.id()));
    if info.has_repetition() {
        made = made.with_repetition(info.repetition());
    }
    if annotated {
        made = made
            .with_converted_type(info.converted_type())
            .with_logical_type(info.logical_type_ref().cloned());
    }
    made.build()
}

fn leaf(of: &Type, numbered: bool) -> Result<Type> {
    let (physical, length) = match of {
        Type::PrimitiveType {
            physical_type: Physical::INT96,
            ..
        } => (Physical::FIXED_LEN_BYTE_ARRAY, INT96),
        Type::PrimitiveType {
            physical_type,
            type_length,
            ..
        } => (*physical_type, *type_length),
        Type::GroupType { .. } => return Err(ParquetError::General("not a column".to_owned())),
    };
    let info = of.get_basic_info();
    let mut made = Type::primitive_type_builder(of.name(), physical)
        .with_length(length)
        .with_id((numbered && info.has_id()).then(|| info.id()));
    if info.has_repetition() {
        made = made.with_repetition(info.repetition());
    }
    made.build()
}

/// Whether Arrow counts levels of nulls and of repetition as the file does: only then are nested values written as
/// they were read.
fn nests_as_stored(schema: &SchemaDescriptor) -> bool {
    let Ok(arrow) = parquet::arrow::parquet_to_arrow_schema(schema, None) else {
        return false;
    };
    let mut levels = Vec::new();
    for field in arrow.fields() {
        collect_levels(field, (0, 0), &mut levels);
    }
    let stored = schema.columns().iter();
    let stored = stored.map(|leaf| (leaf.max_def_level(), leaf.max_rep_level()));
    stored.eq(levels)
}

fn collect_levels(
    field: &arrow_schema::Field,
    (def, rep): (i16, i16),
    levels: &mut Vec<(i16, i16)>,
) {
    let def = def + i16::from(field.is_nullable());
    match field.data_type() {
        DataType::List(inner) => collect_levels(inner, (def + 1, rep + 1), levels),
        DataType::Map(inner, _) => collect_levels(inner, (def + 1, rep + 1), levels),
        DataType::Struct(fields) => {
            for field in fields {
                collect_levels(field, (def, rep), levels);
            }
        }
        _ => levels.push((def, rep)),
    }
}

/// The types of all columns, in the order in which a file has them.
pub fn leaves<'t>(fields: &'t Fields, all: &mut Vec<&'t DataType>) {
    for field in fields {
        leaves_of(field.data_type(), all);
    }
}

pub fn leaves_of<'t>(kind: &'t DataType, all: &mut Vec<&'t DataType>) {
    match kind {
        DataType::Struct(fields) => leaves(fields, all),
        DataType::List(inner)
        | DataType::LargeList(inner)
        | DataType::ListView(inner)
        | DataType::LargeListView(inner)
        | DataType::FixedSizeList(inner, _)
        | DataType::Map(inner, _) => leaves_of(inner.data_type(), all),
        kind => all.push(kind),
    }
}

/// Refuses a column that cannot be written as it was read: one of a type that is newer than this program. The
/// error is a sentence.
pub fn refuse_unknown(schema: &SchemaDescriptor) -> std::result::Result<(), String> {
    fn unknown(of: &Type, path: &str) -> Option<(String, i16)> {
        if let Some(LogicalType::_Unknown { field_id }) = of.get_basic_info().logical_type_ref() {
            return Some((path.to_owned(), *field_id));
        }
        let inner = match of {
            Type::GroupType { fields, .. } => &fields[..],
            Type::PrimitiveType { .. } => &[],
        };
        inner.iter().find_map(|field| {
            let dot = if path.is_empty() { "" } else { "." };
            unknown(field, &format!("{path}{dot}{}", field.name()))
        })
    }
    match unknown(schema.root_schema(), "") {
        None => Ok(()),
        Some((path, number)) => Err(format!(
            "column `{path}` is of the logical type {number}, which is unknown here and would be lost; leave the column out or cast it"
        )),
    }
}
