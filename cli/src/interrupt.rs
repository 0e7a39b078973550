//! Ctrl-C and its like: nothing half done stays behind.

use crate::failure::{Failure, code};
use crate::say;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use tempfile::TempDir;

/// The hidden folders of this process.
static HIDDEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// From here on Ctrl-C takes the hidden folders away and ends the program, as do SIGTERM and SIGHUP.
pub fn watch() -> Result<(), Failure> {
    let watching = ctrlc::set_handler(|| {
        let hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in hidden.iter() {
            let _ = std::fs::remove_dir_all(folder);
        }
        say("\ntwicetold: interrupted; nothing was written\n");
        std::process::exit(code::INTERRUPTED.into());
    });
    watching.map_err(|error| Failure::run(format!("cannot watch for Ctrl-C: {error}")))
}

/// A folder for what is not whole yet, which goes with the run.
pub struct Hidden(TempDir);

impl Hidden {
    pub fn create_in(folder: &Path) -> Result<Hidden, Failure> {
        let made = tempfile::Builder::new()
            .prefix(".twicetold-")
            .tempdir_in(folder);
        let made = made.map_err(Failure::at(folder))?;
        let mut hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
        hidden.push(made.path().to_owned());
        Ok(Hidden(made))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Does what must not be interrupted.
pub fn whole<R>(act: impl FnOnce() -> R) -> R {
    let _held = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    act()
}
