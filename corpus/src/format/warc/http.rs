//! HTTP responses as archives hold them: the head, and the body as it was before it was sent.
//!
//! Archives are of two minds whether a body is stored as it came over the wire or as the browser
//! saw it, and many leave the headers of the one over the bytes of the other. So each coding that a
//! header names is believed only as far as the body bears it out.

use crate::format::Limits;
use crate::format::open::Expansion;
use crate::format::packed::{gunzip, inflate, unbrotli, unzstd};
use crate::format::too_long;
use memchr::memchr;
use std::borrow::Cow;
use std::io::ErrorKind;

/// Headers of a response that are read.
const HEADERS: usize = 256;

/// Content codings a body may have on top of each other: each may cost as much as a record.
const CODINGS: usize = 4;

/// Bytes at the start of a body by which text is told from what is encoded.
const SAMPLE: usize = 1024;

/// Bytes of a line that gives the size of a chunk.
const SIZE_LINE: usize = 1024;

/// What the head of a response says.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub media: Option<Media>,
    pub codings: Codings,
    /// Where the body begins.
    pub body: usize,
}

/// A media type, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// In lower case, without parameters.
    pub essence: String,
    pub charset: Option<String>,
}

/// What was done to a body, the last coding last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codings {
    chunked: bool,
    /// In lower case.
    content: Vec<String>,
}

impl Media {
    /// From the value of a `Content-Type`.
    pub fn of(value: &str) -> Media {
        let mut parts = value.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']).trim();
            (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty())
                .then(|| value.to_owned())
        });
        Media { essence, charset }
    }
}

impl Response {
    /// From the first bytes of a response. The error says what is wrong with its head.
    pub fn of(bytes: &[u8]) -> Result<Response, String> {
        let (bytes, longer) = known_version(bytes);
        let mut headers = [httparse::EMPTY_HEADER; HEADERS];
        let mut response = httparse::Response::new(&mut headers);
        let mut parser = httparse::ParserConfig::default();
        parser
            .allow_spaces_after_header_name_in_responses(true)
            .allow_obsolete_multiline_headers_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true)
            .ignore_invalid_headers_in_responses(true);
        let head = parser.parse_response(&mut response, &bytes);
        let size = match head {
            Ok(httparse::Status::Complete(size)) => size,
            Ok(httparse::Status::Partial) => {
                return Err("not a whole HTTP response: no blank line behind its headers".into());
            }
            Err(error) => return Err(format!("not an HTTP response: {error}")),
        };
        let values = |name: &'static str| {
            let named = response.headers.iter();
            let named = named.filter(move |header| header.name.eq_ignore_ascii_case(name));
            named.map(|header| String::from_utf8_lossy(header.value))
        };
        let mut codings = Codings::default();
        for value in values("Content-Encoding") {
            codings.add(&value);
        }
        for value in values("Transfer-Encoding") {
            codings.add(&value);
        }
        Ok(Response {
            status: response.code.unwrap_or_default(),
            // Of several, browsers take the last.
            media: values("Content-Type")
                .next_back()
                .map(|value| Media::of(&value)),
            codings,
            body: size - longer,
        })
    }
}

/// The bytes with a version of HTTP that the parser knows, and how many bytes that made them longer:
/// archives write the heads of HTTP/2 and HTTP/3 in the form of HTTP/1.
fn known_version(bytes: &[u8]) -> (Cow<'_, [u8]>, usize) {
    const KNOWN: &[u8] = b"HTTP/1.1";
    let version = bytes.split(|&byte| byte == b' ').next();
    match version {
        Some(version @ (b"HTTP/2" | b"HTTP/3")) => {
            let rest = bytes.get(version.len()..).unwrap_or_default();
            let known = [KNOWN, rest].concat();
            (Cow::Owned(known), KNOWN.len() - version.len())
        }
        _ => (Cow::Borrowed(bytes), 0),
    }
}

impl Codings {
    /// Those that the value of a `Content-Encoding` or `Transfer-Encoding` names.
    fn add(&mut self, value: &str) {
        for coding in value.split(',') {
            match coding.trim().to_ascii_lowercase() {
                coding if coding.is_empty() || coding == "identity" => {}
                coding if coding == "chunked" => self.chunked = true,
                coding => self.content.push(coding),
            }
        }
    }

    /// The body without its codings. Of one that is `cut` short, what there is. What is odd about it
    /// goes to the remarks.
    ///
    /// Each coding that is undone is charged to `expansion`. The error says where the body is broken and how, or that
    /// it is longer than a record may be, or more than its file may become.
    pub fn undo(
        &self,
        body: &[u8],
        limits: Limits,
        expansion: &Expansion,
        cut: bool,
        remarks: &mut Vec<String>,
    ) -> Result<Vec<u8>, String> {
        if self.content.len() > CODINGS {
            return Err(format!(
                "{} content codings; at most {CODINGS} are undone",
                self.content.len()
            ));
        }
        let mut body = match self.chunked {
            true => unchunked(body, cut, remarks)?,
            false => Cow::Borrowed(body),
        };
        for coding in self.content.iter().rev() {
            match decoded(coding, &body, limits, expansion, cut)? {
                Some(plain) => body = Cow::Owned(plain),
                None => remarks.push(format!(
                    "`Content-Encoding` is {coding}, but the body is plain; it is taken as it is"
                )),
            }
        }
        Ok(body.into_owned())
    }
}

/// The chunks of a body in one.
fn unchunked<'b>(
    body: &'b [u8],
    cut: bool,
    remarks: &mut Vec<String>,
) -> Result<Cow<'b, [u8]>, String> {
    let mut whole = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let at = body.len() - rest.len();
        let Some((size, begun)) = chunk(rest) else {
            match (at, cut) {
                (0, _) => {
                    remarks.push(
                        "`Transfer-Encoding` is chunked, but the body is plain; it is taken as it is"
                            .into(),
                    );
                    return Ok(Cow::Borrowed(body));
                }
                (_, true) => break,
                (_, false) => {
                    return Err(format!(
                        "`Transfer-Encoding` chunked is broken at byte {at} of the body: \
                         where the size of a chunk should stand, there is none"
                    ));
                }
            }
        };
        if size == 0 {
            return Ok(Cow::Owned(whole));
        }
        match begun.split_at_checked(size) {
            Some((data, behind)) => {
                whole.extend_from_slice(data);
                let behind = behind.strip_prefix(b"\r").unwrap_or(behind);
                rest = behind.strip_prefix(b"\n").unwrap_or(behind);
            }
            None if cut => {
                whole.extend_from_slice(begun);
                break;
            }
            None => {
                return Err(format!(
                    "`Transfer-Encoding` chunked is broken at byte {at} of the body: \
                     a chunk of {size} bytes, and {} are left",
                    begun.len()
                ));
            }
        }
    }
    if !cut && !body.is_empty() {
        remarks.push("the last chunk of the body is missing".into());
    }
    Ok(Cow::Owned(whole))
}

/// The size of the chunk that begins here, and what stands behind the line that gives it.
fn chunk(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let line = bytes.get(..SIZE_LINE).unwrap_or(bytes);
    let end = memchr(b'\n', line)?;
    let (line, rest) = bytes.split_at_checked(end)?;
    let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
    // `from_str_radix` would take a sign too.
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    let size = usize::from_str_radix(digits, 16).ok()?;
    Some((size, rest.get(1..)?))
}

/// A body without one content coding; `None` where it plainly does not have it.
fn decoded(
    coding: &str,
    body: &[u8],
    limits: Limits,
    expansion: &Expansion,
    cut: bool,
) -> Result<Option<Vec<u8>>, String> {
    if body.is_empty() || is_ascii_text(body) {
        return Ok(None);
    }
    let left = usize::try_from(expansion.left()).unwrap_or(usize::MAX);
    let most = limits.record.min(left);
    let (whole, fault) = match coding {
        "gzip" | "x-gzip" => gunzip(body, most),
        "deflate" => inflate(body, most),
        "zstd" => unzstd(body, most),
        "br" => unbrotli(body, most),
        _ if is_text(body) => return Ok(None),
        _ => {
            return Err(format!(
                "`Content-Encoding` is {coding:?}; known are gzip, deflate, br and zstd"
            ));
        }
    };
    expansion
        .charge(whole.len() as u64)
        .map_err(|error| format!("`Content-Encoding` {coding} is not undone: with it {error}"))?;
    match fault {
        _ if whole.len() > most => Err(too_long(limits)),
        None => Ok(Some(whole)),
        Some(fault) if cut && fault.error.kind() == ErrorKind::UnexpectedEof => Ok(Some(whole)),
        Some(_) if is_text(body) => Ok(None),
        Some(fault) => Err(format!(
            "`Content-Encoding` {coding} is broken near byte {} of the body: {}",
            fault.at, fault.error
        )),
    }
}

/// Whether bytes can be text in some charset that is no UTF-16: no control characters.
fn is_text(bytes: &[u8]) -> bool {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let control = |&byte: &u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    !sample.iter().any(control)
}

/// Whether bytes are text beyond doubt. Brotli has no mark by which to know it, and takes some short
/// texts for its own.
fn is_ascii_text(bytes: &[u8]) -> bool {
    /// Fewer could be ASCII by chance.
    const LEAST: usize = 32;
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    sample.len() >= LEAST && sample.is_ascii() && is_text(sample)
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use super::*;
    use crate::format::FREE;
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;
    use std::io;
    use std::io::Write;

    const LIMITS: Limits = Limits {
        record: 1 << 20,
        expansion: 200,
        free: FREE,
    };

    const PAGE: &[u8] = b"<html><p>The ferry left at nine, and nobody waved.</p></html>";

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// A stream of brotli that stores 1 to 256 bytes as they are (RFC 7932, 9.2).
    fn brotli(bytes: &[u8]) -> Vec<u8> {
        let length = bytes.len() as u32 - 1;
        // A window of 16 bits; not last; 4 nibbles of length; not compressed.
        let header = length << 4 | 1 << 20;
        let header = header.to_le_bytes();
        [&header[..3], bytes, &[3]].concat()
    }

    fn codings(names: &str) -> Codings {
        let mut codings = Codings::default();
        codings.add(names);
        codings
    }

    /// The body, and what is remarked; or what is wrong.
    fn undone(names: &str, body: &[u8]) -> Result<(Vec<u8>, Vec<String>), String> {
        undone_of(names, body, false)
    }

    fn undone_of(names: &str, body: &[u8], cut: bool) -> Result<(Vec<u8>, Vec<String>), String> {
        let mut remarks = Vec::new();
        let body = codings(names).undo(body, LIMITS, &Expansion::new(LIMITS), cut, &mut remarks)?;
        Ok((body, remarks))
    }

    fn plainly(body: &[u8]) -> Result<(Vec<u8>, Vec<String>), String> {
        Ok((body.to_vec(), Vec::new()))
    }

    #[test]
    fn heads() {
        let of = |text: &str| Response::of(text.as_bytes());
        let head = "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; Charset=\"utf-8\"\r\n\
                    content-encoding: GZIP\r\nTransfer-Encoding: chunked\r\n\r\n";
        let response = of(&format!("{head}body")).unwrap();
        assert_eq!((response.status, response.body), (200, head.len()));
        let media = Media {
            essence: "text/html".into(),
            charset: Some("utf-8".into()),
        };
        assert_eq!(response.media, Some(media));
        assert_eq!(response.codings, codings("gzip, chunked"));
        // Line ends without CR, no reason, a header that is none.
        let head = "HTTP/1.0 404\nContent Type text\nContent-Type:text/plain\n\n";
        let response = of(head).unwrap();
        assert_eq!((response.status, response.body), (404, head.len()));
        assert_eq!(response.media.unwrap().essence, "text/plain");
        let head = "HTTP/2 200 \r\ncontent-type: text/html\r\n\r\n";
        assert_eq!(of(head).unwrap().body, head.len());
        assert!(
            of("<html>")
                .unwrap_err()
                .starts_with("not an HTTP response")
        );
        assert!(
            of("HTTP/1.1 200 OK\r\n")
                .unwrap_err()
                .contains("no blank line")
        );
    }

    #[test]
    fn media_types() {
        let charset = |value| Media::of(value).charset;
        assert_eq!(charset("text/html"), None);
        assert_eq!(charset("text/html;charset="), None);
        assert_eq!(
            charset("text/html; q=1; charset = 'big5'"),
            Some("big5".into())
        );
        assert_eq!(Media::of("").essence, "");
    }

    #[test]
    fn every_coding() {
        for (name, body) in [
            ("gzip", gzipped(PAGE)),
            ("x-gzip", gzipped(PAGE)),
            ("deflate", zlib(PAGE)),
            ("deflate", deflated(PAGE)),
            ("zstd", zstd::encode_all(PAGE, 3).unwrap()),
            ("br", brotli(PAGE)),
            ("gzip, gzip", gzipped(&gzipped(PAGE))),
            ("deflate, identity, gzip", gzipped(&zlib(PAGE))),
        ] {
            assert_eq!(undone(name, &body), plainly(PAGE), "{name}");
        }
        let (one, two) = PAGE.split_at(20);
        let members = [gzipped(one), gzipped(two), b"junk".to_vec()].concat();
        assert_eq!(undone("gzip", &members), plainly(PAGE));
        assert_eq!(undone("gzip", b"").unwrap().0, b"");
    }

    #[test]
    fn chunks() {
        let chunked = |body: &str| undone("chunked", body.as_bytes());
        assert_eq!(
            chunked("3\r\none\r\n00a;x=y\r\n, two\r\n...\r\n000\r\nTrailer: 1\r\n\r\n"),
            plainly(b"one, two\r\n...")
        );
        assert_eq!(chunked("3\none\n0\n\n"), plainly(b"one"));
        let (body, remarks) = chunked("3\r\none\r\n").unwrap();
        assert_eq!(
            (&body[..], &remarks[0][..]),
            (&b"one"[..], "the last chunk of the body is missing")
        );
        assert_eq!(
            chunked("3\r\none\r\nf\r\ntwo").unwrap_err(),
            "`Transfer-Encoding` chunked is broken at byte 8 of the body: \
             a chunk of 15 bytes, and 3 are left"
        );
        assert_eq!(
            chunked("3\r\none\r\n+2\r\nno").unwrap_err(),
            "`Transfer-Encoding` chunked is broken at byte 8 of the body: \
             where the size of a chunk should stand, there is none"
        );
        assert!(chunked("3\r\none\r\nffffffffffffffffffff\r\n").is_err());
        let cut = undone_of("chunked", b"3\r\none\r\nf\r\ntwo", true);
        assert_eq!(cut, plainly(b"onetwo"));
        let body = [&b"5\r\n"[..], &gzipped(PAGE)[..5], b"\r\n"].concat();
        let rest = &gzipped(PAGE)[5..];
        let body = [
            &body,
            format!("{:x}\r\n", rest.len()).as_bytes(),
            rest,
            b"\r\n0\r\n\r\n",
        ]
        .concat();
        assert_eq!(undone("gzip, chunked", &body), plainly(PAGE));
    }

    #[test]
    fn headers_that_lie() {
        let accents = "<p>Ça et là, déjà : « été »</p>".as_bytes();
        for body in [PAGE, accents, b"short"] {
            for name in ["gzip", "deflate", "zstd", "br", "chunked", "utf-8"] {
                let (found, remarks) = undone(name, body).unwrap();
                assert_eq!(found, body, "{name}");
                assert_eq!(remarks.len(), 1);
                assert!(remarks[0].contains("the body is plain; it is taken as it is"));
            }
        }
    }

    #[test]
    fn broken_codings() {
        for (name, body) in [
            ("gzip", gzipped(PAGE)),
            ("deflate", zlib(PAGE)),
            ("deflate", deflated(PAGE)),
            ("zstd", zstd::encode_all(PAGE, 3).unwrap()),
            ("br", brotli(PAGE)),
        ] {
            let begun = &body[..body.len() - 12];
            let error = undone(name, begun).unwrap_err();
            let told = format!("`Content-Encoding` {name} is broken near byte ");
            assert!(error.starts_with(&told), "{error}");
            assert_eq!(undone_of(name, begun, true).unwrap().1, [""; 0], "{name}");
        }
        let error = undone("compress", b"\x1f\x9d\x00").unwrap_err();
        assert!(error.contains("known are gzip, deflate, br and zstd"));
        let error = undone("gzip,gzip,gzip,gzip,gzip", PAGE).unwrap_err();
        assert_eq!(error, "5 content codings; at most 4 are undone");
    }

    #[test]
    fn what_becomes_too_long_is_given_up() {
        let long = vec![b'a'; 100 << 20];
        let told = Err("longer than 1048576 bytes; --max-record allows more".to_owned());
        assert_eq!(undone("gzip", &gzipped(&long)), told);
        assert_eq!(undone("deflate", &zlib(&long)), told);
        assert_eq!(undone("deflate", &deflated(&long)), told);
        assert_eq!(
            undone("zstd", &zstd::encode_all(&long[..], 3).unwrap()),
            told
        );
        let most = &long[..1 << 20];
        assert_eq!(undone("gzip", &gzipped(most)), plainly(most));
        assert_eq!(undone("deflate", &zlib(most)), plainly(most));
    }

    #[test]
    fn no_window_of_a_gibibyte() {
        // A window of 30 bits, which RFC 7932 does not have, then 5 bytes as they are.
        let body = [0x11, 0x1e, 8, 0, 2, b'h', b'e', b'l', b'l', b'o', 3];
        let mut lenient = brotli_decompressor::Decompressor::new(&body[..], 4096);
        assert_eq!(io::read_to_string(&mut lenient).unwrap(), "hello");
        assert!(undone("br", &body).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes(body: Vec<u8>, name in "(chunked, )?(gzip|deflate|zstd|br)", cut: bool) {
            let _ = undone_of(&name, &body, cut);
            let _ = Response::of(&body);
        }

        #[test]
        fn any_chunks(body in "([0-9a-f]{1,2}\r?\n[a-z]{0,12}\r\n){0,5}", cut: bool) {
            let _ = undone_of("chunked", body.as_bytes(), cut);
        }

        #[test]
        fn any_damage(at: prop::sample::Index, byte: u8, cut: bool) {
            for (name, mut body) in [
                ("gzip", gzipped(PAGE)),
                ("deflate", zlib(PAGE)),
                ("deflate", deflated(PAGE)),
                ("zstd", zstd::encode_all(PAGE, 3).unwrap()),
                ("br", brotli(PAGE)),
            ] {
                let place = at.index(body.len());
                body[place] = byte;
                let _ = undone_of(name, &body, cut);
                body.truncate(place);
                let _ = undone_of(name, &body, cut);
            }
        }
    }
}
