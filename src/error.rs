//! The one error of this crate.

use std::fmt;

/// Why a setting was refused or two sketches could not be compared.
///
/// Text never causes an error: any Unicode string can be cleaned, sketched and
/// clustered. The message is one sentence with the value and what would be right.
///
/// ```
/// let error = twicetold::Deduplicator::builder().resemblance(1.5).build().unwrap_err();
/// assert_eq!(error.to_string(), "resemblance is 1.5; it must be above 0 and at most 1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Kind>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Setting {
        name: &'static str,
        value: String,
        right: &'static str,
    },
    OtherSettings {
        fingerprint: u64,
        expected: u64,
    },
    Mismatch {
        what: &'static str,
        left: u64,
        right: u64,
    },
}

/// What kind of thing went wrong; see [`Error::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is out of its range.
    Setting,
    /// An index was made with other settings.
    OtherSettings,
    /// Two sketches were not made by one hasher.
    Mismatch,
}

impl Error {
    /// What kind of thing went wrong.
    ///
    /// ```
    /// use twicetold::{Deduplicator, ErrorKind};
    ///
    /// let error = Deduplicator::builder().resemblance(1.5).build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Setting);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        match *self.0 {
            Kind::Setting { .. } => ErrorKind::Setting,
            Kind::OtherSettings { .. } => ErrorKind::OtherSettings,
            Kind::Mismatch { .. } => ErrorKind::Mismatch,
        }
    }

    pub(crate) fn setting(
        name: &'static str,
        value: impl fmt::Display,
        right: &'static str,
    ) -> Self {
        Error(Box::new(Kind::Setting {
            name,
            value: value.to_string(),
            right,
        }))
    }

    pub(crate) fn other_settings(fingerprint: u64, expected: u64) -> Self {
        Error(Box::new(Kind::OtherSettings {
            fingerprint,
            expected,
        }))
    }

    pub(crate) fn mismatch(what: &'static str, left: u64, right: u64) -> Self {
        Error(Box::new(Kind::Mismatch { what, left, right }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Setting { name, value, right } => {
                write!(f, "{name} is {value}; it must be {right}")
            }
            Kind::OtherSettings {
                fingerprint,
                expected,
            } => write!(
                f,
                "the index has the settings fingerprint {fingerprint:016x}, not {expected:016x}; \
                 make it anew, or use the settings it was made with"
            ),
            Kind::Mismatch { what, left, right } => write!(
                f,
                "these signatures cannot be compared: {what} {left} against {right}; \
                 make both with one MinHasher"
            ),
        }
    }
}

impl std::error::Error for Error {}
