//! Templates from an earlier run, and for a later one.

use super::Failure;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use twicetold::boilerplate::template::Templates;

/// Reads what `--save-templates` wrote.
pub fn read(path: &Path) -> Result<Templates, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::usage(format!("--templates {}: {error}", path.display()))
    };
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        failed(&format!(
            "{error}; it must be a file that --save-templates wrote"
        ))
    })
}

/// Refuses a file that cannot be made, holds something else, or lies in the output folder.
pub fn check(path: &Path, real_out: Option<&Path>) -> Result<(), Failure> {
    let refused = |why: &str| Failure::usage(format!("--save-templates {} {why}", path.display()));
    let Ok(folder) = fs::canonicalize(folder_of(path)) else {
        return Err(refused("is in a folder that is not there; make it first"));
    };
    if real_out.is_some_and(|out| folder.starts_with(out)) {
        return Err(refused("lies in the folder of --out; choose a place apart"));
    }
    if path.exists() && read(path).is_err() {
        return Err(refused(
            "is there and holds no templates; choose another name",
        ));
    }
    Ok(())
}

/// Writes `templates`: under a temporary name, renamed when it is whole.
pub fn write(path: &Path, templates: &Templates) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::run(format!("{}: {error}", path.display()));
    // In a folder of its own, so that the file has the permissions that files have.
    let work = tempfile::Builder::new()
        .prefix(".twicetold-")
        .tempdir_in(folder_of(path))
        .map_err(failed)?;
    let whole = work.path().join("templates");
    let mut text = serde_json::to_vec(templates)
        .map_err(io::Error::from)
        .map_err(failed)?;
    text.push(b'\n');
    let mut file = File::create(&whole).map_err(failed)?;
    file.write_all(&text)
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    fs::rename(whole, path).map_err(failed)
}

fn folder_of(path: &Path) -> &Path {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}
