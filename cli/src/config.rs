//! Settings from a file: each key is a flag, under what the command line and the environment say.

use clap::parser::ValueSource;
use clap::{ArgMatches, Command};
use std::ffi::OsString;
use std::path::Path;
use toml::Value;
use twicetold_corpus::failure::Failure;

/// The arguments with those of the file at `path` put before them, where neither the command line nor the
/// environment sets them.
///
/// `command` is the subcommand that is called and `matches` what was found of it.
pub fn merged(
    path: &Path,
    command: &Command,
    matches: &ArgMatches,
    arguments: Vec<OsString>,
) -> Result<Vec<OsString>, Failure> {
    let failed =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error: toml::de::Error| failed(&error))?;
    let mut from_file: Vec<OsString> = Vec::new();
    for (key, value) in &table {
        let known = command
            .get_arguments()
            .find(|argument| argument.get_long() == Some(&key.replace('_', "-")));
        let Some(argument) = known.filter(|argument| argument.get_id() != "config") else {
            return Err(failed(&format!(
                "`{key}` is no flag of `{}`; see --help",
                command.get_name()
            )));
        };
        let told = matches.value_source(argument.get_id().as_str());
        if matches!(
            told,
            Some(ValueSource::CommandLine | ValueSource::EnvVariable)
        ) {
            continue;
        }
        let flag = format!("--{}", key.replace('_', "-"));
        let takes_values = argument.get_action().takes_values();
        let values = match value {
            Value::Array(values) => values.iter().collect(),
            one => vec![one],
        };
        for value in values {
            match value {
                Value::Boolean(true) if !takes_values => from_file.push(flag.clone().into()),
                Value::Boolean(false) if !takes_values => {}
                Value::String(text) if takes_values => {
                    from_file.push(format!("{flag}={text}").into());
                }
                Value::Integer(_) | Value::Float(_) if takes_values => {
                    from_file.push(format!("{flag}={value}").into());
                }
                other => {
                    let right = match takes_values {
                        true => "a text or a number",
                        false => "true or false",
                    };
                    return Err(failed(&format!("`{key}` is {other}; it must be {right}")));
                }
            }
        }
    }
    let mut merged: Vec<OsString> = arguments;
    // Behind the program and the subcommand.
    let place = merged
        .iter()
        .position(|argument| argument == command.get_name())
        .map_or(merged.len(), |at| at + 1);
    merged.splice(place..place, from_file);
    Ok(merged)
}
