//! What is wrong with an output folder.

use super::lines::At;
use serde::Serialize;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    pub file: String,
    /// A line of it, or a row of a table, from 1; `None` where it is the whole.
    pub line: Option<u64>,
    pub fault: String,
}

impl Fault {
    pub fn at(at: &At, fault: impl Into<String>) -> Fault {
        Fault {
            file: at.file.to_string(),
            line: Some(at.line),
            fault: fault.into(),
        }
    }

    /// Of a whole file.
    pub fn of(file: &str, fault: impl Into<String>) -> Fault {
        Fault {
            file: file.to_owned(),
            line: None,
            fault: fault.into(),
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.fault),
            None => write!(f, "{}: {}", self.file, self.fault),
        }
    }
}

/// All faults are counted, the first ones kept.
#[derive(Debug)]
pub struct Faults {
    pub first: Vec<Fault>,
    pub count: u64,
    most: usize,
}

impl Faults {
    pub fn new(most: usize) -> Faults {
        Faults {
            first: Vec::new(),
            count: 0,
            most,
        }
    }

    pub fn add(&mut self, fault: Fault) {
        self.count += 1;
        if self.first.len() < self.most {
            self.first.push(fault);
        }
    }
}
