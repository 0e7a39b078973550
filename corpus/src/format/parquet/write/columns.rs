//! The columns and notes of a table that is written: those of the one that was read, with a column of texts that is
//! added or taken out again.

use crate::format::fields::Field as Named;
use crate::format::parquet::Table;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::{ARROW_SCHEMA_META_KEY, encode_arrow_schema};
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::schema::types::{ColumnPath, SchemaDescPtr, SchemaDescriptor, Type, TypePtr};
use std::sync::Arc;

/// Notes that list the columns for readers that see no others: wrong when one is added.
const LISTS: [&str; 6] = [
    ARROW_SCHEMA_META_KEY,
    "org.apache.spark.sql.parquet.row.metadata",
    "parquet.avro.schema",
    "avro.schema",
    "huggingface",
    "iceberg.schema",
];

/// Before the keys of such notes while a column is added.
const PUT_ASIDE: &str = "twicetold:";

pub struct Columns {
    /// As their values are stored.
    pub stored: SchemaRef,
    /// As the file describes them.
    pub described: SchemaDescPtr,
    pub notes: Option<Vec<KeyValue>>,
}

impl Columns {
    /// The same columns.
    pub fn of(table: &Table) -> Columns {
        Columns {
            stored: stored(table),
            described: Arc::clone(&table.parquet),
            notes: some(table.notes.clone()),
        }
    }

    /// The same columns, and one of texts after them.
    pub fn with_text(table: &Table) -> Result<Columns> {
        let name = table.name(Named::Text);
        let text = Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(Some(LogicalType::String))
            .build()?;
        let mut fields = table.parquet.root_schema().get_fields().to_vec();
        fields.push(Arc::new(text));
        let mut notes = table.notes.clone();
        for note in notes
            .iter_mut()
            .filter(|note| LISTS.contains(&&note.key[..]))
        {
            note.key.insert_str(0, PUT_ASIDE);
        }
        if table
            .notes
            .iter()
            .any(|note| note.key == ARROW_SCHEMA_META_KEY)
        {
            let schema = encode_arrow_schema(&with(table.arrow(), name, DataType::Utf8));
            notes.push(KeyValue::new(ARROW_SCHEMA_META_KEY.to_owned(), schema));
        }
        Ok(Columns {
            stored: stored(table),
            described: described(table, fields)?,
            notes: some(notes),
        })
    }

    /// The columns of a table that was made so, without the last one.
    pub fn without_text(table: &Table) -> Result<Columns> {
        let last = table.schema.fields().len().saturating_sub(1);
        let fields = table.parquet.root_schema().get_fields();
        let stored = table.schema.fields().iter().take(last).cloned();
        let aside = |key: &str| {
            table
                .notes
                .iter()
                .any(|note| note.key.strip_prefix(PUT_ASIDE) == Some(key))
        };
        let mut notes = table.notes.clone();
        notes.retain(|note| !aside(&note.key));
        for note in &mut notes {
            if let Some(key) = note.key.strip_prefix(PUT_ASIDE) {
                note.key = key.to_owned();
            }
        }
        Ok(Columns {
            stored: Arc::new(Schema::new(stored.collect::<Vec<_>>())),
            described: described(table, fields[..last.min(fields.len())].to_vec())?,
            notes: some(notes),
        })
    }
}

/// The columns as their values are stored, with one of texts after them where there is none.
pub fn stored(table: &Table) -> SchemaRef {
    match table.column(Named::Text) {
        Some(_) => Arc::clone(&table.schema),
        None => Arc::new(with(
            &table.schema,
            table.name(Named::Text),
            DataType::Binary,
        )),
    }
}

fn with(schema: &Schema, name: &str, kind: DataType) -> Schema {
    let mut fields = schema.fields().to_vec();
    fields.push(Arc::new(Field::new(name, kind, true)));
    Schema::new_with_metadata(fields, schema.metadata().clone())
}

fn described(table: &Table, fields: Vec<TypePtr>) -> Result<SchemaDescPtr> {
    let root = Type::group_type_builder(table.parquet.root_schema().name());
    let root = root.with_fields(fields).build()?;
    Ok(Arc::new(SchemaDescriptor::new(Arc::new(root))))
}

fn some(notes: Vec<KeyValue>) -> Option<Vec<KeyValue>> {
    (!notes.is_empty()).then_some(notes)
}

/// The names on the way to the column of texts.
pub fn text_path(described: &SchemaDescriptor, table: &Table) -> Option<ColumnPath> {
    let root = described.root_schema();
    let last = root.get_fields().len().checked_sub(1)?;
    let path = table.column(Named::Text);
    let path = path.map_or(vec![last], |text| text.path.clone());
    let mut names = Vec::new();
    let mut at = root;
    for step in path {
        at = match at {
            Type::GroupType { fields, .. } => fields.get(step)?,
            Type::PrimitiveType { .. } => return None,
        };
        names.push(at.name().to_owned());
    }
    Some(ColumnPath::new(names))
}
