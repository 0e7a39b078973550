//! Ctrl-C and its like.

use crate::say;
use twicetold_corpus::failure::{Failure, code};
use twicetold_corpus::interrupt::{leave, stop};

/// From here on Ctrl-C ends the program at once, as do SIGTERM and SIGHUP.
pub fn watch() -> Result<(), Failure> {
    leave(Vec::new(), "nothing was written");
    let watching = ctrlc::set_handler(|| {
        say(&format!("\ntwicetold: interrupted; {}\n", stop()));
        std::process::exit(code::INTERRUPTED.into());
    });
    watching.map_err(|error| Failure::run(format!("cannot watch for Ctrl-C: {error}")))
}
