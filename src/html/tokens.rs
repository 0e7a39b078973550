//! The tokenizer, as this crate calls it.

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};
use std::convert::Infallible;

pub(super) use html5gum::emitters::callback::CallbackEvent as Event;

/// Calls `see` for every event of the page, with its bytes. Linear in the page.
///
/// The tokenizer is the one of the HTML standard (section 13.2.5), without the tree
/// construction of 13.2.6: a tree builder took 31 s on 256 KB of nested lists.
pub(super) fn for_each_event(html: &[u8], mut see: impl FnMut(CallbackEvent<'_>, crate::Span)) {
    let callback = |event: CallbackEvent<'_>, span: Span<usize>| -> Option<Infallible> {
        see(event, crate::Span::new(span.start, span.end));
        None
    };
    let mut emitter = CallbackEmitter::new(callback);
    emitter.naively_switch_states(true);
    let Ok(()) = Tokenizer::new_with_emitter(html, emitter).finish();
}
