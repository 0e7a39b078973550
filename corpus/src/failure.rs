//! Why the program stops.

use std::fmt::Display;
use std::io;
use std::path::Path;

/// An error with the path it is of.
pub fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// What went wrong, in one sentence, and the exit code it has.
#[derive(Debug)]
pub struct Failure {
    pub message: String,
    pub code: u8,
}

/// Exit codes besides 0.
pub mod code {
    /// It failed.
    pub const FAILED: u8 = 1;
    /// It was called wrongly.
    pub const USAGE: u8 = 2;
    /// It is done, but some records were rejected, an id was taken, or an alarm fired.
    pub const DOUBTS: u8 = 3;
    /// It was interrupted.
    pub const INTERRUPTED: u8 = 130;
}

impl Failure {
    /// A wrong call.
    pub fn usage(message: impl Display) -> Self {
        Failure {
            message: message.to_string(),
            code: code::USAGE,
        }
    }

    /// Anything else.
    pub fn run(message: impl Display) -> Self {
        Failure {
            message: message.to_string(),
            code: code::FAILED,
        }
    }

    /// Who asked for it does not want it any more.
    pub fn cancelled() -> Self {
        Failure {
            message: "cancelled".to_owned(),
            code: code::INTERRUPTED,
        }
    }

    /// Nobody reads what is written any more: no failure, and nothing to say.
    pub fn closed() -> Self {
        Failure {
            message: String::new(),
            code: 0,
        }
    }

    /// What happened to a file.
    pub fn at(path: &Path) -> impl FnOnce(io::Error) -> Failure {
        let path = path.display().to_string();
        move |error| Failure::run(format!("{path}: {error}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::run(error)
    }
}
