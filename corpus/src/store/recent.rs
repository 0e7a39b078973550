//! Pages of which one block after the other is looked at.

use super::pages::Pages;
use super::spool::Spool;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use twicetold::Prepared;

/// Bytes of text from which on a page is held, to be read once for many of its blocks.
const LONG: u64 = 1 << 20;

/// Long pages that are held: the one whose blocks are looked for, and the one where they are found.
const HELD: usize = 2;

/// Pages as they were prepared, with their texts.
///
/// A page is read again for each of its blocks that is looked at. Of a long one that took the square of its length,
/// and as many of them in memory as there are threads. So the last two long ones are held, and one thread at a time
/// looks at them.
pub struct RecentPages<'r> {
    pages: &'r Pages,
    prepared: &'r Spool,
    held: Mutex<VecDeque<Held>>,
}

struct Held {
    page: usize,
    text: String,
    prepared: Prepared,
}

impl<'r> RecentPages<'r> {
    pub fn new(pages: &'r Pages, prepared: &'r Spool) -> Self {
        RecentPages {
            pages,
            prepared,
            held: Mutex::default(),
        }
    }

    /// What `take` makes of a page; nothing where it cannot be read, which its spools tell.
    pub fn with<R>(&self, page: usize, take: impl FnOnce(&str, &Prepared) -> R) -> Option<R> {
        if self.pages.bytes(page) < LONG {
            let Held { text, prepared, .. } = self.read(page)?;
            return Some(take(&text, &prepared));
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.iter().position(|its| its.page == page) {
            Some(at) => held.swap(0, at),
            None => {
                held.truncate(HELD - 1);
                held.push_front(self.read(page)?);
            }
        }
        held.front().map(|its| take(&its.text, &its.prepared))
    }

    fn read(&self, page: usize) -> Option<Held> {
        Some(Held {
            page,
            prepared: self.prepared.thing::<Option<Prepared>>(page)?,
            text: self.pages.text(page),
        })
    }
}
