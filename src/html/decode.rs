//! Bytes of a page to text: which charset, and how it was told.

use super::tokens::{Event, for_each_event};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};

/// Bytes at the start of a page in which its `meta` element is looked for, as browsers do. Where
/// it stands behind them, browsers read the page again when they come to it: it is looked for in
/// the whole page where these name none, and the bytes are not UTF-8.
const PRESCAN: usize = 1024;

/// How the charset of a page was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Told {
    /// By a byte order mark.
    Mark,
    /// By whoever fetched the page, as in `Content-Type`.
    Header,
    /// By a `meta` element, or its XML declaration.
    Meta,
    /// By its bytes: they are valid UTF-8, or detection chose.
    Bytes,
}

/// A page as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text. Spans in the source of a [`Document`](super::Document) are bytes of this.
    pub html: String,
    /// Name of the charset, as the Encoding Standard has it.
    pub charset: &'static str,
    /// How it was told.
    pub told: Told,
    /// What was odd: a declared charset that is unknown or that the bytes are not in,
    /// bytes that are in no charset.
    pub remarks: Vec<String>,
}

/// Decodes the bytes of a page: by its byte order mark, else the charset of `header`
/// (the `charset` of its `Content-Type`), else that of its `meta` element, else by detection.
///
/// A declaration that the bytes contradict is not followed, and a remark says so: where they are
/// valid UTF-8 and not all ASCII, they are UTF-8; where the declared charset does not
/// decode them, detection decides. Linear in the number of bytes.
///
/// ```
/// use twicetold::html::{Told, decode};
///
/// let page = decode(b"<meta charset=windows-1252><p>caf\xe9</p>", None);
/// assert!(page.html.ends_with("<p>café</p>"));
/// assert_eq!((page.charset, page.told), ("windows-1252", Told::Meta));
///
/// let lying = decode("<meta charset=windows-1252><p>café</p>".as_bytes(), None);
/// assert!(lying.html.ends_with("<p>café</p>") && lying.charset == "UTF-8");
/// ```
pub fn decode(bytes: &[u8], header: Option<&str>) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(&bytes[mark..], encoding, Told::Mark, Vec::new());
    }
    let mut remarks = Vec::new();
    let utf8 = std::str::from_utf8(bytes);
    let declared = [
        (header.map(str::to_owned), Told::Header),
        (declared_inside(bytes, utf8.is_ok()), Told::Meta),
    ];
    for (label, told) in declared {
        let Some(label) = label else { continue };
        let known = Encoding::for_label(label.as_bytes()).map(|encoding| match told {
            // The element was read as ASCII, so the page cannot be in UTF-16.
            Told::Meta if [UTF_16BE, UTF_16LE].contains(&encoding) => UTF_8,
            Told::Meta if encoding == X_USER_DEFINED => encoding_rs::WINDOWS_1252,
            _ => encoding,
        });
        let Some(encoding) = known.filter(|encoding| *encoding != REPLACEMENT) else {
            remarks.push(format!("the declared charset {label:?} is unknown"));
            continue;
        };
        if encoding != UTF_8 && utf8.is_ok() && !bytes.is_ascii() && !is_escaped(encoding) {
            remarks.push(format!(
                "declared as {}, but its bytes are UTF-8",
                encoding.name()
            ));
            return with(bytes, UTF_8, Told::Bytes, remarks);
        }
        let page = with(bytes, encoding, told, Vec::new());
        if page.remarks.is_empty() {
            return Decoded { remarks, ..page };
        }
        remarks.push(format!(
            "declared as {}, but its bytes are not",
            encoding.name()
        ));
    }
    if utf8.is_ok() {
        return with(bytes, UTF_8, Told::Bytes, remarks);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    with(bytes, encoding, Told::Bytes, remarks)
}

/// Whether bytes of the encoding look like ASCII.
fn is_escaped(encoding: &Encoding) -> bool {
    encoding == encoding_rs::ISO_2022_JP
}

fn with(
    bytes: &[u8],
    encoding: &'static Encoding,
    told: Told,
    mut remarks: Vec<String>,
) -> Decoded {
    let (html, broken) = encoding.decode_without_bom_handling(bytes);
    if broken {
        let name = encoding.name();
        remarks.push(format!(
            "some bytes are not {name}; U+FFFD stands in their place"
        ));
    }
    Decoded {
        html: html.into_owned(),
        charset: encoding.name(),
        told,
        remarks,
    }
}

/// The charset that the page itself names; what does not matter is not looked for.
fn declared_inside(bytes: &[u8], is_utf8: bool) -> Option<String> {
    let head = &bytes[..bytes.len().min(PRESCAN)];
    meta(head).or_else(|| xml(head)).or_else(|| {
        let names = || memchr::memmem::find(bytes, b"charset").is_some();
        (!is_utf8 && head.len() < bytes.len() && names()).then(|| meta(bytes))?
    })
}

/// The charset of `<?xml version="1.0" encoding="windows-1251"?>`.
fn xml(head: &[u8]) -> Option<String> {
    let end = memchr::memmem::find(head, b"?>")?;
    let declaration = head[..end].trim_ascii_start().strip_prefix(b"<?xml")?;
    let declaration = String::from_utf8_lossy(declaration);
    let (_, rest) = declaration.split_once("encoding")?;
    let label = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = label.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    let (label, _) = label[1..].split_once(quote)?;
    Some(label.trim().to_owned())
}

/// The charset that the first `meta` element names.
fn meta(head: &[u8]) -> Option<String> {
    let mut found: Option<String> = None;
    let mut in_meta = false;
    let mut attribute = Vec::new();
    for_each_event(head, |event, _| match event {
        Event::OpenStartTag { name } => in_meta = name == b"meta" && found.is_none(),
        Event::AttributeName { name } if in_meta => attribute = name.to_vec(),
        Event::AttributeValue { value } if in_meta && found.is_none() => {
            let value = String::from_utf8_lossy(value);
            found = match attribute.as_slice() {
                b"charset" => Some(value.trim().to_owned()),
                b"content" => in_content(&value),
                _ => None,
            };
        }
        _ => {}
    });
    found
}

/// The charset of "text/html; charset=utf-8".
fn in_content(value: &str) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset")?;
    let label = rest.trim_start().strip_prefix('=')?.trim_start();
    let label = label.trim_start_matches(['"', '\'']);
    let label = label.split(['"', '\'', ';', ' ', ',']).next()?;
    (!label.is_empty()).then(|| label.to_owned())
}
