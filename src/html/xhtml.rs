//! Pages in XML: there a tag that closes itself does.

use memchr::memchr_iter;
use std::borrow::Cow;

/// Bytes at the start of a page in which it is told whether it is in XML.
const HEAD: usize = 2048;

/// Elements whose content the tokenizer of HTML takes for text up to their end tag; it does not
/// know that `<script/>` has none.
const RAW: [&[u8]; 8] = [
    b"script", b"style", b"title", b"iframe", b"textarea", b"noscript", b"noembed", b"xmp",
];

/// Whether the page is in XML: by its declaration, or by the namespace of XHTML.
pub(super) fn is_xml(html: &str) -> bool {
    let html = html.trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t']);
    let head = &html.as_bytes()[..html.len().min(HEAD)];
    let namespace = b"xmlns=\"http://www.w3.org/1999/xhtml\"";
    head.starts_with(b"<?xml") || memchr::memmem::find(head, namespace).is_some()
}

/// The page with blanks for raw elements that close themselves: as many bytes, each in its
/// place. Linear in the page.
pub(super) fn without_closed(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut blanked: Option<Vec<u8>> = None;
    let mut past = 0;
    for start in memchr_iter(b'<', bytes) {
        if start < past || !names_raw(&bytes[start + 1..]) {
            continue;
        }
        let end = start + end_of_tag(&bytes[start..]);
        past = end;
        if bytes[..end].ends_with(b"/>") {
            let blanked = blanked.get_or_insert_with(|| bytes.to_vec());
            blanked[start..end].fill(b' ');
        }
    }
    match blanked.map(String::from_utf8) {
        Some(Ok(blanked)) => Cow::Owned(blanked),
        _ => Cow::Borrowed(html),
    }
}

fn names_raw(tag: &[u8]) -> bool {
    RAW.iter().any(|name| {
        let named = tag.get(..name.len());
        let next = tag.get(name.len());
        named.is_some_and(|named| named.eq_ignore_ascii_case(name))
            && next.is_some_and(|next| next.is_ascii_whitespace() || *next == b'/')
    })
}

/// Where the tag ends that begins here; `>` in quotation marks ends none.
fn end_of_tag(tag: &[u8]) -> usize {
    let mut quoted = None;
    for (at, byte) in tag.iter().enumerate() {
        match (quoted, byte) {
            (Some(mark), byte) if mark == *byte => quoted = None,
            (None, b'"' | b'\'') => quoted = Some(*byte),
            (None, b'>') => return at + 1,
            _ => {}
        }
    }
    tag.len()
}

#[cfg(test)]
mod tests {
    use super::{is_xml, without_closed};

    #[test]
    fn raw_elements_that_close_themselves_are_blanked() {
        let page = "<title/><script src='a>b' /><script src=c>x/></script><p>é</p><scripts/>";
        let blank = without_closed(page);
        assert_eq!(blank.len(), page.len());
        assert_eq!(blank.trim_start(), "<script src=c>x/></script><p>é</p><scripts/>");
    }

    #[test]
    fn xml_by_declaration_or_namespace() {
        assert!(is_xml("\n<?xml version='1.0'?><html>"));
        assert!(is_xml("<!DOCTYPE html><html xmlns=\"http://www.w3.org/1999/xhtml\">"));
        assert!(!is_xml("<!DOCTYPE html><html lang=en>"));
    }
}
