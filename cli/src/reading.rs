//! Arguments that say how inputs are read.

use clap::Args;
use twicetold_corpus::format::fields::{Field, Fields};
use twicetold_corpus::format::{FREE, Kind, Limits, Reading};

#[derive(Args, Debug)]
#[command(next_help_heading = "Reading")]
pub struct ReadingArgs {
    /// What all inputs are, instead of what each tells of itself
    #[arg(long, value_enum, value_name = "KIND", env = "TWICETOLD_FORMAT")]
    pub format: Option<Kind>,

    /// Source (site) of every page, instead of its folder, its record's own or the host of its URL
    #[arg(long, value_name = "NAME", env = "TWICETOLD_SOURCE")]
    pub source: Option<String>,

    /// Field of a record's id; dots lead inside
    #[arg(
        long,
        value_name = "NAME",
        default_value = "id",
        env = "TWICETOLD_ID_FIELD"
    )]
    pub id_field: String,

    /// Field of its text
    #[arg(
        long,
        value_name = "NAME",
        default_value = "text",
        env = "TWICETOLD_TEXT_FIELD"
    )]
    pub text_field: String,

    /// Field of its HTML, read where it has no text
    #[arg(
        long,
        value_name = "NAME",
        default_value = "html",
        env = "TWICETOLD_HTML_FIELD"
    )]
    pub html_field: String,

    /// Field of its source
    #[arg(
        long,
        value_name = "NAME",
        default_value = "source",
        env = "TWICETOLD_SOURCE_FIELD"
    )]
    pub source_field: String,

    /// Field of its URL
    #[arg(
        long,
        value_name = "NAME",
        default_value = "url",
        env = "TWICETOLD_URL_FIELD"
    )]
    pub url_field: String,

    /// Field of its date, ISO 8601
    #[arg(
        long,
        value_name = "NAME",
        default_value = "date",
        env = "TWICETOLD_DATE_FIELD"
    )]
    pub date_field: String,

    /// Field of its place in a ranking of your own, an integer; lower is better
    #[arg(
        long,
        value_name = "NAME",
        default_value = "rank",
        env = "TWICETOLD_RANK_FIELD"
    )]
    pub rank_field: String,

    /// Longest record; a longer one is rejected
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = size, env = "TWICETOLD_MAX_RECORD")]
    pub max_record: u64,

    /// How many times as large a packed file may become, beyond 256 MiB
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..), env = "TWICETOLD_MAX_EXPANSION")]
    pub max_expansion: u64,
}

impl From<&ReadingArgs> for Reading {
    fn from(args: &ReadingArgs) -> Self {
        let mut fields = Fields::default();
        for (field, name) in [
            (Field::Id, &args.id_field),
            (Field::Text, &args.text_field),
            (Field::Html, &args.html_field),
            (Field::Source, &args.source_field),
            (Field::Url, &args.url_field),
            (Field::Date, &args.date_field),
            (Field::Rank, &args.rank_field),
        ] {
            fields.set(field, name);
        }
        Reading {
            fields,
            kind: args.format,
            limits: Limits {
                record: usize::try_from(args.max_record).unwrap_or(usize::MAX),
                expansion: args.max_expansion,
                free: FREE,
            },
        }
    }
}

/// Bytes: `1500`, `64KiB`, `2GiB`, `1GB`.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no size; write 1500, 64MiB or 2GB");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == ' ');
    let number: f64 = digits.parse().map_err(|_| wrong())?;
    let unit: u64 = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "t" | "tib" => 1 << 40,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "tb" => 1_000_000_000_000,
        _ => return Err(wrong()),
    };
    match number * unit as f64 {
        bytes if (1.0..1e18).contains(&bytes) => Ok(bytes as u64),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(size("1500"), Ok(1500));
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("1.5 GB"), Ok(1_500_000_000));
        for wrong in ["", "MiB", "-1", "0", "3 apples", "1e99", "nan"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
