//! Records of WARC files, and of the WET files with extracted text: ISO 28500, versions 1.0 and 1.1,
//! and the drafts before it.
//!
//! Only `Content-Length` says where a record ends, and in found archives it is sometimes wrong. So a
//! record counts only where another one, or the end of the file, stands behind it; else it is
//! rejected, and reading goes on at the next line that gives a version.
//!
//! The crate `warc` is not used: it holds whatever a length claims, knows no byte offsets, takes a
//! file that breaks off in a header for one that has ended, and loses its place at the first wrong
//! length.

use super::http::{Codings, Media, Response};
use crate::format::Limits;
use crate::format::fields;
use crate::format::open::{Expansion, Opened};
use crate::format::record::{Body, Entry, Position, Record, Rejected, Whole};
use crate::format::too_long;
use memchr::{memchr, memchr_iter, memmem};
use std::io::{self, BufRead, Read};

/// Bytes of the records in a batch, as of one of lines.
const BATCH: usize = 1 << 20;

/// Records in a batch, those passed over included.
const RECORDS: usize = 64;

/// Bytes the headers of a record may have, and those of the response in it.
const HEADERS: usize = 64 << 10;

/// Bytes that are looked at together where records are looked for.
const STEP: usize = 64 << 10;

/// Bytes behind a record in which the next one must begin: wrong lengths aside, four line ends.
const BEHIND: usize = 64;

/// Bytes in which a line with a version ends.
const VERSION: usize = 24;

/// Two line ends.
const BLANK: usize = 4;

/// Takes records off an unpacked stream.
pub struct WarcReader {
    window: Window,
    limits: Limits,
    /// What the file became, with the bodies that are packed in its records.
    expansion: Expansion,
    ended: bool,
}

/// Consecutive records.
pub struct WarcRecords {
    /// How many records among them are no pages: requests, redirects, images and the like.
    pub passed_over: u64,
    taken: Vec<Taken>,
}

/// What was taken off the stream for an entry.
enum Taken {
    Page(Page),
    Broken {
        id: Option<String>,
        at: u64,
        error: String,
    },
}

/// A record that holds a page, as it was read.
struct Page {
    id: String,
    at: u64,
    head: Head,
    kind: Kind,
    charset: Option<String>,
    /// Without the head of the response, and without what was done to it to send it.
    body: Vec<u8>,
    /// What is odd about it.
    remarks: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Text,
}

/// What comes next in the stream.
enum Next {
    Taken(Taken),
    PassedOver,
    End,
}

impl WarcReader {
    /// The records of a file; an error where this build reads none.
    pub fn open(opened: Opened, limits: Limits) -> Result<Self, String> {
        Ok(Self::new(opened, limits))
    }

    pub(super) fn new(opened: Opened, limits: Limits) -> Self {
        WarcReader {
            window: Window::new(opened.stream),
            limits,
            expansion: opened.expansion,
            ended: false,
        }
    }

    fn record(&mut self) -> Next {
        self.window.pass_line_ends();
        let at = self.window.offset;
        let seen = self.window.peek(HEADERS);
        if seen.is_empty() {
            return match self.window.fault.take() {
                Some(fault) => broken(None, at, unreadable(&fault)),
                None => Next::End,
            };
        }
        let head = match Head::of(seen) {
            Ok(head) => head,
            Err(error) => return self.lost(None, Wrong::Head(error)),
        };
        let length = match head.length() {
            Ok(length) => length,
            Err(error) => return self.lost(Some(&head), Wrong::NoLength(error)),
        };
        match usize::try_from(length) {
            Ok(held) if held <= self.limits.record => self.held(head, held),
            _ => self.skipped(head, length),
        }
    }

    /// A record that may be held in memory. Its body is undone here, and not where records are made into entries side
    /// by side: what a file becomes is counted in its own order, so the same records are refused in each run, and
    /// what is held at once is known.
    fn held(&mut self, head: Head, length: usize) -> Next {
        let at = self.window.offset;
        let end = head.size.saturating_add(length);
        let seen = self.window.peek(end.saturating_add(BEHIND));
        let (Some(body), Some(behind)) = (seen.get(head.size..end), seen.get(end..)) else {
            return self.lost(Some(&head), Wrong::Length(length as u64));
        };
        if !ends_here(behind) {
            return self.lost(Some(&head), Wrong::Length(length as u64));
        }
        let next = match Content::of(&head, body) {
            Ok(Some(content)) => content.taken(head, at, body, self.limits, &self.expansion),
            Ok(None) => Next::PassedOver,
            Err(error) => broken(head.id(), at, error),
        };
        self.window.pass(end);
        next
    }

    /// A record that says it is longer than allowed: it is skipped, and rejected only if it holds a
    /// page. A stream cannot be gone back in, so a record that begins inside of it, behind a blank
    /// line, is taken for proof that the length is wrong; an archive inside an archive is thus read.
    fn skipped(&mut self, head: Head, length: u64) -> Next {
        let at = self.window.offset;
        let seen = self.window.peek(head.size.saturating_add(HEADERS));
        let content = Content::of(&head, seen.get(head.size..).unwrap_or_default());
        let body = at + head.size as u64;
        let end = body.saturating_add(length);
        // The blank line behind the headers is one that a record can begin after.
        self.window.pass(head.size.saturating_sub(BLANK));
        let place = match self.window.seek(end, true) {
            Place::Until if ends_here(self.window.peek(BEHIND)) => {
                return match content {
                    Ok(None) => Next::PassedOver,
                    _ => broken(head.id(), at, too_long(self.limits)),
                };
            }
            Place::Until => self.window.seek(u64::MAX, false),
            place => place,
        };
        let error = self.explained(Wrong::Length(length), body, place);
        broken(head.id(), at, error)
    }

    /// Rejects the record that begins here, and goes to the next one.
    fn lost(&mut self, head: Option<&Head>, wrong: Wrong) -> Next {
        let at = self.window.offset;
        let body = at + head.map_or(0, |head| head.size as u64);
        self.window.pass(1);
        let place = self.window.seek(u64::MAX, false);
        let error = self.explained(wrong, body, place);
        broken(head.and_then(Head::id), at, error)
    }

    /// What is wrong with a record whose body begins at `body`, where the next one was found at
    /// `place`.
    fn explained(&mut self, wrong: Wrong, body: u64, place: Place) -> String {
        let here = self.window.offset;
        let (length, next) = match place {
            Place::Record { blank } => (here.saturating_sub(blank), "next record"),
            Place::Until | Place::End => (here, "end of the file"),
        };
        if let (Place::End, Some(fault)) = (place, self.window.fault.take()) {
            return unreadable(&fault);
        }
        let length = length.saturating_sub(body);
        match (wrong, place) {
            (Wrong::Head(error), _) => error,
            (Wrong::Length(said), Place::End) if said > length => format!(
                "ends in the middle of a record: `Content-Length` is {said}, and {length} bytes are left"
            ),
            (Wrong::Length(said), _) => {
                format!("`Content-Length` is {said}, but {length} bytes stand before the {next}")
            }
            (Wrong::NoLength(error), _) => {
                format!("{error}; {length} bytes stand before the {next}")
            }
        }
    }
}

/// Why the end of a record is not known.
enum Wrong {
    /// Its headers, in these words.
    Head(String),
    /// It says no length, in these words.
    NoLength(String),
    /// It says this one, and no record ends there.
    Length(u64),
}

fn broken(id: Option<String>, at: u64, error: String) -> Next {
    Next::Taken(Taken::Broken { id, at, error })
}

fn unreadable(fault: &io::Error) -> String {
    format!("cannot be read further: {fault}")
}

impl Iterator for WarcReader {
    type Item = WarcRecords;

    fn next(&mut self) -> Option<WarcRecords> {
        let mut records = WarcRecords {
            passed_over: 0,
            taken: Vec::new(),
        };
        let mut bytes = 0;
        for _ in 0..RECORDS {
            if self.ended || bytes >= BATCH {
                break;
            }
            match self.record() {
                Next::Taken(taken) => {
                    bytes += taken.bytes();
                    records.taken.push(taken);
                }
                Next::PassedOver => records.passed_over += 1,
                Next::End => self.ended = true,
            }
        }
        let any = records.passed_over > 0 || !records.taken.is_empty();
        any.then_some(records)
    }
}

impl Taken {
    fn bytes(&self) -> usize {
        match self {
            Taken::Page(page) => page.head.bytes.len() + page.body.len(),
            Taken::Broken { error, .. } => error.len(),
        }
    }
}

impl WarcRecords {
    pub fn bytes(&self) -> u64 {
        self.taken.iter().map(|taken| taken.bytes() as u64).sum()
    }

    /// The page of each record that has one, and what is wrong with those that could not be read, in
    /// order.
    pub fn entries(&self) -> Vec<Entry> {
        let taken = self.taken.iter();
        taken.map(Taken::entry).collect()
    }
}

impl Taken {
    fn entry(&self) -> Entry {
        match self {
            Taken::Page(page) => Entry::Record(Box::new(page.record())),
            Taken::Broken { id, at, error } => Entry::Rejected(Rejected {
                id: id.clone(),
                at: Position::Byte(*at),
                error: error.clone(),
            }),
        }
    }
}

impl Page {
    fn record(&self) -> Record {
        let mut remarks = self.remarks.clone();
        let body = match self.kind {
            Kind::Html => Body::Fetched(self.body.clone(), self.charset.clone()),
            Kind::Text => {
                let decoded = twicetold::html::decode(&self.body, self.charset_of(&self.body));
                remarks.extend(decoded.remarks);
                Body::Text(decoded.html)
            }
        };
        let dated = self.head.get("WARC-Date");
        let date = dated.as_deref().and_then(|date| {
            let seconds = fields::seconds(date);
            if seconds.is_none() {
                remarks.push(fields::undated("WARC-Date", date));
            }
            seconds
        });
        let url = self.head.get("WARC-Target-URI");
        let url = url.map(|url| bare(&url).to_owned());
        Record {
            id: self.id.clone(),
            source: url.as_deref().and_then(fields::host),
            url,
            date,
            rank: None,
            body,
            at: Position::Byte(self.at),
            remarks,
            whole: Whole::Archived(dated),
        }
    }

    /// The charset of a text. One that does not say it and is UTF-8 is not searched for the `meta`
    /// element of a page.
    fn charset_of(&self, bytes: &[u8]) -> Option<&str> {
        let utf8 = || simdutf8::basic::from_utf8(bytes).is_ok().then_some("utf-8");
        self.charset.as_deref().or_else(utf8)
    }
}

/// What a record holds, where that is a page.
struct Content {
    id: String,
    kind: Kind,
    charset: Option<String>,
    codings: Codings,
    /// Where in the body of the record the page begins.
    start: usize,
}

impl Content {
    /// By its headers and the first bytes of its body; `None` where it is no page. The error says
    /// what is wrong with them.
    fn of(head: &Head, body: &[u8]) -> Result<Option<Content>, String> {
        let Some(record) = head.get("WARC-Type") else {
            return Err("no `WARC-Type`; every record needs one".into());
        };
        let media = head.get("Content-Type").map(|value| Media::of(&value));
        let found = match record.to_ascii_lowercase().as_str() {
            "response" => response(head, media, body)?,
            "resource" => media
                .filter(|_| !head.is_of_crawler())
                .map(|media| (media, Codings::default(), 0)),
            "conversion" => media
                .filter(|media| kind(media) == Some(Kind::Text))
                .map(|media| (media, Codings::default(), 0)),
            _ => None,
        };
        let Some((media, codings, start)) = found else {
            return Ok(None);
        };
        let Some(kind) = kind(&media) else {
            return Ok(None);
        };
        let Some(id) = head.id() else {
            return Err("no `WARC-Record-ID`; every record needs one".into());
        };
        Ok(Some(Content {
            id,
            kind,
            charset: media.charset,
            codings,
            start,
        }))
    }

    fn taken(
        self,
        head: Head,
        at: u64,
        body: &[u8],
        limits: Limits,
        expansion: &Expansion,
    ) -> Next {
        let mut remarks = Vec::new();
        let truncated = head.get("WARC-Truncated");
        let cut = truncated.is_some();
        remarks.extend(truncated.map(|why| {
            format!(
                "`WARC-Truncated` is {}: it is cut short",
                fields::short(why)
            )
        }));
        let body = body.get(self.start..).unwrap_or_default();
        match self
            .codings
            .undo(body, limits, expansion, cut, &mut remarks)
        {
            Ok(body) => Next::Taken(Taken::Page(Page {
                id: self.id,
                at,
                head,
                kind: self.kind,
                charset: self.charset,
                body,
                remarks,
            })),
            Err(error) => broken(Some(self.id), at, error),
        }
    }
}

/// What the response in a record brought, where it is one of HTTP and brought anything.
fn response(
    head: &Head,
    media: Option<Media>,
    body: &[u8],
) -> Result<Option<(Media, Codings, usize)>, String> {
    let http = match media {
        Some(media) => media.essence == "application/http",
        None => body.starts_with(b"HTTP/"),
    };
    if !http {
        return Ok(None);
    }
    let response = Response::of(body.get(..HEADERS).unwrap_or(body))?;
    if !(200..300).contains(&response.status) {
        return Ok(None);
    }
    // What a crawler made of the bytes, where the server did not say.
    let identified = || head.get("WARC-Identified-Payload-Type");
    let media = response.media;
    let media = media.or_else(|| identified().map(|value| Media::of(&value)));
    Ok(media.map(|media| (media, response.codings, response.body)))
}

fn kind(media: &Media) -> Option<Kind> {
    match media.essence.as_str() {
        "text/html" | "application/xhtml+xml" => Some(Kind::Html),
        "text/plain" => Some(Kind::Text),
        _ => None,
    }
}

/// The headers of a record.
struct Head {
    /// As they stand there, the version included and the blank line not.
    bytes: Vec<u8>,
    /// Bytes with the blank line.
    size: usize,
}

impl Head {
    /// From the bytes where a record begins, of which there are [`HEADERS`] or all that are left.
    fn of(seen: &[u8]) -> Result<Head, String> {
        if !is_version(seen) {
            let line = seen.split(|&byte| byte == b'\n').next().unwrap_or_default();
            let line = String::from_utf8_lossy(line.get(..40).unwrap_or(line));
            return Err(format!(
                "no WARC record: it begins with {:?}, and not with a version such as WARC/1.0",
                line.trim_end()
            ));
        }
        let mut start = 0;
        for end in memchr_iter(b'\n', seen) {
            let line = seen.get(start..=end).unwrap_or_default();
            if line.trim_ascii_end().is_empty() {
                return Ok(Head {
                    bytes: seen.get(..start).unwrap_or_default().to_vec(),
                    size: end + 1,
                });
            }
            if start > 0 && is_version(line) {
                return Err("no blank line behind its headers".into());
            }
            start = end + 1;
        }
        Err(match seen.len() < HEADERS {
            true => "ends in the middle of a record, in its headers".into(),
            false => format!("its headers are longer than {HEADERS} bytes"),
        })
    }

    /// The value of the first header of a name, its lines in one; none where it is blank.
    fn get(&self, name: &str) -> Option<String> {
        let mut lines = self.bytes.split(|&byte| byte == b'\n');
        let first = lines.by_ref().find_map(|line| {
            let colon = memchr(b':', line)?;
            let (found, value) = (line.get(..colon)?, line.get(colon + 1..)?);
            let found = found.trim_ascii_end();
            found.eq_ignore_ascii_case(name.as_bytes()).then_some(value)
        })?;
        let mut value = String::from_utf8_lossy(first.trim_ascii()).into_owned();
        for more in lines.take_while(|line| matches!(line.first(), Some(b' ' | b'\t'))) {
            value.push(' ');
            value.push_str(&String::from_utf8_lossy(more.trim_ascii()));
        }
        (!value.is_empty()).then_some(value)
    }

    /// Whether the record is a log or the like: `wget` keeps its own as resources of
    /// `metadata://gnu.org/...`, and they are plain text.
    fn is_of_crawler(&self) -> bool {
        let uri = self.get("WARC-Target-URI").unwrap_or_default();
        bare(&uri).starts_with("metadata:")
    }

    fn id(&self) -> Option<String> {
        let id = self.get("WARC-Record-ID")?;
        let id = bare(&id);
        (!id.is_empty()).then(|| id.to_owned())
    }

    /// Bytes of the body. A number that no `u64` can hold is the largest one.
    fn length(&self) -> Result<u64, String> {
        let Some(length) = self.get("Content-Length") else {
            return Err("no `Content-Length`".into());
        };
        match length.bytes().all(|byte| byte.is_ascii_digit()) {
            true => Ok(length.parse().unwrap_or(u64::MAX)),
            false => Err(format!("`Content-Length` is {length:.40?}, not a number")),
        }
    }
}

/// A URI without the angle brackets that WARC/1.0 puts around it.
fn bare(uri: &str) -> &str {
    let inner = uri.strip_prefix('<').and_then(|uri| uri.strip_suffix('>'));
    inner.unwrap_or(uri)
}

/// Whether a record ends before these bytes, of which there are [`BEHIND`] or all that are left.
/// Some writers put fewer or more line ends behind it than two.
fn ends_here(behind: &[u8]) -> bool {
    let next = without_line_ends(behind);
    next.is_empty() || is_version(next)
}

fn without_line_ends(bytes: &[u8]) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let ends = bytes.iter().take_while(|byte| is_end(byte)).count();
    bytes.get(ends..).unwrap_or_default()
}

/// Whether the first line gives a version, or the file ends in the middle of one.
fn is_version(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"WARC/";
    let line = bytes.get(..VERSION).unwrap_or(bytes);
    let end = memchr(b'\n', line);
    let line = end.and_then(|end| line.get(..end)).unwrap_or(line);
    let whole = end.is_some();
    match line.strip_prefix(NAME).map(<[u8]>::trim_ascii_end) {
        Some([b'0' | b'1', b'.', minor @ ..]) => {
            minor.iter().all(u8::is_ascii_digit) && !(whole && minor.is_empty())
        }
        Some(number) => !whole && matches!(number, [] | [b'0' | b'1']),
        None => !whole && NAME.starts_with(line),
    }
}

/// The part of a stream that is held: some bytes behind the first that was not passed. Records are
/// judged here before they are passed, so a wrong length costs no second reading.
struct Window {
    stream: Box<dyn BufRead + Send>,
    held: Vec<u8>,
    /// The first byte of `held` that was not passed.
    start: usize,
    /// Where that one stands in the stream.
    offset: u64,
    ended: bool,
    /// Why it ended, if not because all was read.
    fault: Option<io::Error>,
}

/// Where a search came to.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Before a record, and behind that many bytes of line ends.
    Record {
        blank: u64,
    },
    /// Where the search was to end.
    Until,
    End,
}

impl Window {
    fn new(stream: Box<dyn BufRead + Send>) -> Self {
        Window {
            stream,
            held: Vec::new(),
            start: 0,
            offset: 0,
            ended: false,
            fault: None,
        }
    }

    /// The next bytes; fewer than asked for only at the end of the stream.
    fn peek(&mut self, bytes: usize) -> &[u8] {
        let held = self.held.len() - self.start;
        if held < bytes && !self.ended {
            // Moved to the front only when most of them were passed, so each byte moves about once.
            if self.start > self.held.len() / 2 {
                self.held.drain(..self.start);
                self.start = 0;
            }
            let missing = (bytes - held).max(STEP) as u64;
            let mut stream = self.stream.by_ref().take(missing);
            match stream.read_to_end(&mut self.held) {
                Ok(read) => self.ended = (read as u64) < missing,
                Err(fault) => {
                    self.ended = true;
                    self.fault = Some(fault);
                }
            }
        }
        let end = self.start.saturating_add(bytes).min(self.held.len());
        self.held.get(self.start..end).unwrap_or_default()
    }

    /// Passes bytes that were seen.
    fn pass(&mut self, bytes: usize) {
        let bytes = bytes.min(self.held.len() - self.start);
        self.start += bytes;
        self.offset += bytes as u64;
    }

    fn pass_line_ends(&mut self) {
        loop {
            let seen = self.peek(STEP);
            let ends = seen.len() - without_line_ends(seen).len();
            let more = ends == STEP;
            self.pass(ends);
            if !more {
                return;
            }
        }
    }

    /// Goes to the next line that gives a version, where asked for only behind a blank line, and not
    /// beyond `until`. The line that begins here is not looked at.
    fn seek(&mut self, until: u64, after_blank: bool) -> Place {
        loop {
            let left = until.saturating_sub(self.offset);
            let left = usize::try_from(left).unwrap_or(usize::MAX);
            let wanted = STEP.min(left.saturating_add(VERSION));
            let seen = self.peek(wanted);
            let ended = seen.len() < wanted;
            // A version is judged by its whole line.
            let judged = match ended {
                true => seen.len(),
                false => seen.len() - VERSION,
            };
            let judged = judged.min(left);
            if let Some((at, blank)) = version_in(seen, judged, after_blank) {
                self.pass(at);
                return Place::Record { blank };
            }
            if judged == left {
                self.pass(left);
                return Place::Until;
            }
            if ended {
                self.pass(judged);
                return Place::End;
            }
            // The line ends before what comes next stay in sight.
            self.pass(judged.saturating_sub(BLANK));
        }
    }
}

/// Where among the first `judged` bytes a line behind another one gives a version, and how many
/// bytes of line ends, two at most, stand before it.
fn version_in(seen: &[u8], judged: usize, after_blank: bool) -> Option<(usize, u64)> {
    let places = memmem::find_iter(seen, b"WARC/").take_while(|&at| at < judged);
    for at in places {
        let (before, line) = seen.split_at_checked(at)?;
        let one = without_line_end(before);
        let two = one.map(|before| without_line_end(before).unwrap_or(before));
        let (Some(one), Some(two)) = (one, two) else {
            continue;
        };
        let blank = two.len() < one.len();
        if is_version(line) && (blank || !after_blank) {
            return Some((at, (before.len() - two.len()) as u64));
        }
    }
    None
}

/// What stands before the line end at the end, if there is one.
fn without_line_end(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = bytes.strip_suffix(b"\n")?;
    Some(bytes.strip_suffix(b"\r").unwrap_or(bytes))
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use super::*;
    use crate::format::FREE;
    use crate::format::open::SystemFault;
    use proptest::prelude::*;
    use std::io::{BufReader, Cursor};

    const LIMITS: Limits = Limits {
        record: 3 << 20,
        expansion: 200,
        free: FREE,
    };

    const HTML: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n";

    /// A record of a type, with more headers, a length and a body.
    fn record_of(kind: &str, id: &str, more: &str, length: &str, body: &[u8]) -> Vec<u8> {
        let head = format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:{id}>\r\n\
             WARC-Date: 2024-05-01T10:00:00Z\r\nWARC-Target-URI: http://{id}.example/\r\n\
             {more}Content-Length: {length}\r\n\r\n"
        );
        [head.as_bytes(), body, b"\r\n\r\n"].concat()
    }

    fn record(kind: &str, id: &str, more: &str, body: &[u8]) -> Vec<u8> {
        record_of(kind, id, more, &body.len().to_string(), body)
    }

    const HTTP: &str = "Content-Type: application/http; msgtype=response\r\n";

    fn page(id: &str, body: &str) -> Vec<u8> {
        record("response", id, HTTP, format!("{HTML}{body}").as_bytes())
    }

    fn text(id: &str, body: &str) -> Vec<u8> {
        record(
            "conversion",
            id,
            "Content-Type: text/plain\r\n",
            body.as_bytes(),
        )
    }

    fn text_of(id: &str, length: impl ToString, body: &str) -> Vec<u8> {
        let more = "Content-Type: text/plain\r\n";
        record_of("conversion", id, more, &length.to_string(), body.as_bytes())
    }

    fn all(file: &[u8]) -> (Vec<String>, u64) {
        all_of(Box::new(Cursor::new(file.to_vec())), LIMITS)
    }

    /// Each entry in a line, and how many records were passed over.
    fn all_of(stream: Box<dyn BufRead + Send>, limits: Limits) -> (Vec<String>, u64) {
        let mut said = Vec::new();
        let mut passed_over = 0;
        for records in WarcReader::new(Opened::plain(stream, limits), limits) {
            passed_over += records.passed_over;
            said.extend(records.entries().into_iter().map(told));
        }
        (said, passed_over)
    }

    fn told(entry: Entry) -> String {
        let record = match entry {
            Entry::Record(record) => record,
            Entry::Rejected(Rejected { id, at, error }) => {
                return format!("{}{at}! {error}", id.unwrap_or_default());
            }
        };
        let body = match record.body {
            Body::Text(text) => text,
            Body::Html(_) => panic!(),
            Body::Fetched(bytes, charset) => format!(
                "{} {}",
                charset.unwrap_or_default(),
                String::from_utf8_lossy(&bytes)
            ),
        };
        let remarks: String = record.remarks.iter().map(|it| format!(" ({it})")).collect();
        format!("{}{}: {body:.40}{remarks}", record.id, record.at)
    }

    #[test]
    fn records_of_every_kind() {
        let with = |head: &str| format!("HTTP/1.1 {head}\r\n\r\nHm.");
        let response = |id, head: &str| record("response", id, HTTP, with(head).as_bytes());
        let parts = [
            record(
                "warcinfo",
                "i",
                "Content-Type: application/warc-fields\r\n",
                b"software: x\r\n",
            ),
            record(
                "request",
                "q",
                "Content-Type: application/http; msgtype=request\r\n",
                b"GET / HTTP/1.1\r\n\r\n",
            ),
            page("a", "<p>A"),
            record(
                "metadata",
                "m",
                "Content-Type: application/warc-fields\r\n",
                b"via: x\r\n",
            ),
            response("b", "301 Moved\r\nContent-Type: text/html"),
            response("c", "200 OK\r\nContent-Type: image/png"),
            response("d", "203 Hm\r\nContent-Type: application/xhtml+xml"),
            response("e", "200 OK\r\nContent-Type: text/plain; charset=koi8-r"),
            record(
                "response",
                "f",
                "Content-Type: text/dns\r\n",
                b"20240501\r\nexample. 300",
            ),
            record("revisit", "g", HTTP, HTML.as_bytes()),
            record(
                "resource",
                "h",
                "Content-Type: text/html; charset=big5\r\n",
                b"<p>H",
            ),
            record(
                "resource",
                "j",
                "Content-Type: text/plain\r\n",
                "\u{feff}dix ans déjà".as_bytes(),
            ),
            record("resource", "k", "", b"?"),
            text("l", "Et voilà."),
            record("conversion", "n", "Content-Type: text/html\r\n", b"<p>N"),
            response("o", "200 OK"),
            record(
                "response",
                "p",
                "WARC-Identified-Payload-Type: text/html\r\nWARC-Truncated: length\r\n",
                with("200 OK\r\nTransfer-Encoding: chunked")
                    .replace("Hm.", "9\r\n<p>P")
                    .as_bytes(),
            ),
        ];
        let file = parts.concat();
        let at = |index: usize| parts[..index].concat().len();
        let (entries, passed_over) = all(&file);
        assert_eq!(
            entries,
            [
                format!("urn:a:byte {}: utf-8 <p>A", at(2)),
                format!("urn:d:byte {}:  Hm.", at(6)),
                format!("urn:e:byte {}: Hm.", at(7)),
                format!("urn:h:byte {}: big5 <p>H", at(10)),
                format!("urn:j:byte {}: dix ans déjà", at(11)),
                format!("urn:l:byte {}: Et voilà.", at(13)),
                format!(
                    "urn:p:byte {}:  <p>P (`WARC-Truncated` is length: it is cut short)",
                    at(16)
                ),
            ]
        );
        assert_eq!(passed_over, 10);
        assert_eq!(all(b""), (vec![], 0));
        assert_eq!(all(b"\r\n\r\n"), (vec![], 0));
    }

    /// A page whose body is `bytes` of blanks, packed.
    fn packed_page(id: &str, bytes: usize) -> Vec<u8> {
        let body = zstd::encode_all(&vec![b' '; bytes][..], 3).unwrap();
        let head = HTML.replace("\r\n\r\n", "\r\nContent-Encoding: zstd\r\n\r\n");
        record("response", id, HTTP, &[head.as_bytes(), &body].concat())
    }

    #[test]
    fn bodies_count_against_what_was_read() {
        let small = Limits {
            free: 5_000_000,
            expansion: 2,
            ..LIMITS
        };
        let read = |file: &[u8]| all_of(Box::new(Cursor::new(file.to_vec())), small).0;
        let bomb = 2_000_000;
        let three: Vec<u8> = (0..3)
            .flat_map(|at| packed_page(&at.to_string(), bomb))
            .collect();
        let file = [three, page("plain", "<p>P")].concat();
        let entries = read(&file);
        let is_refused = |entry: &&String| entry.contains("--max-expansion allows more");
        assert_eq!(entries.iter().filter(is_refused).count(), 1);
        let told = format!(
            "! `Content-Encoding` zstd is not undone: with it {} packed bytes became 5000001, over 2 times as many; \
             --max-expansion allows more",
            file.len()
        );
        assert!(entries[2].ends_with(&told), "{}", entries[2]);
        assert!(entries[3].ends_with("<p>P"), "{}", entries[3]);
        // Whoever read more may become more.
        let dull = text("dull", &"dull ".repeat(700_000));
        let file = [dull.clone(), file, dull, packed_page("last", bomb)].concat();
        let entries = read(&file);
        assert_eq!(entries.iter().filter(is_refused).count(), 0, "{entries:?}");
    }

    #[test]
    fn bodies_count_with_the_layers_around_them() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.warc.zst");
        // 40 equal bombs of 100 bytes each pack well: their file is no excuse for each of them.
        let bombs = packed_page("bomb", 200_000).repeat(40);
        std::fs::write(&path, zstd::encode_all(&bombs[..], 19).unwrap()).unwrap();
        let small = Limits {
            free: 1_000_000,
            expansion: 100,
            ..LIMITS
        };
        let opened = crate::format::open::open(&path, small, &SystemFault::default()).unwrap();
        let entries: Vec<String> = WarcReader::new(opened, small)
            .flat_map(|records| records.entries().into_iter().map(told))
            .collect();
        let undone = entries.iter().filter(|entry| !entry.contains('!')).count();
        assert_eq!((entries.len(), undone), (40, 4), "{entries:?}");
    }

    #[test]
    fn the_log_of_a_crawler_is_no_page() {
        let more = "Content-Type: text/plain\r\n";
        let log = String::from_utf8(record("resource", "x", more, b"Saved.")).unwrap();
        assert_eq!(
            all(log.as_bytes()),
            (vec!["urn:x:byte 0: Saved.".into()], 0)
        );
        let log = log.replace(
            "http://x.example/",
            "<metadata://gnu.org/software/wget/log>",
        );
        assert_eq!(all(log.as_bytes()), (vec![], 1));
    }

    #[test]
    fn what_a_record_says() {
        let file = "WARC/0.18\nwarc-type : RESPONSE\nWARC-Target-URI: <https://www.b.example/\n\
                    \t?x=1>\nWARC-Record-ID: <urn:uuid:7>\nWARC-Date: yesterday\n\
                    Content-Type: application/http;msgtype=response\nContent-Length: 46\n\n\
                    HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>Hi\n\n\n";
        let mut reader =
            WarcReader::new(Opened::plain(Box::new(Cursor::new(file)), LIMITS), LIMITS);
        let entry = reader.next().unwrap().entries().pop().unwrap();
        let Entry::Record(record) = entry else {
            panic!("{}", told(entry))
        };
        assert_eq!(record.id, "urn:uuid:7");
        assert_eq!(record.url.as_deref(), Some("https://www.b.example/ ?x=1"));
        assert_eq!(record.source.as_deref(), Some("www.b.example"));
        assert_eq!((record.date, record.rank), (None, None));
        assert_eq!(
            record.remarks,
            ["`WARC-Date` is yesterday, not ISO 8601; the page counts as undated"]
        );
        let Whole::Archived(date) = record.whole else {
            panic!()
        };
        assert_eq!(date.as_deref(), Some("yesterday"));
        let mut reader = WarcReader::new(
            Opened::plain(Box::new(Cursor::new(page("a", ""))), LIMITS),
            LIMITS,
        );
        let Some(Entry::Record(record)) = reader.next().unwrap().entries().pop() else {
            panic!()
        };
        assert_eq!(record.date, Some(1714557600));
    }

    /// What is said of a faulty record between two good ones, which are found in any case.
    fn between(faulty: &[u8]) -> String {
        between_of(faulty, LIMITS)
    }

    fn between_of(faulty: &[u8], limits: Limits) -> String {
        let (first, last) = (text("first", "One."), text("last", "Three."));
        let file = [&first, faulty, &last].concat();
        let (mut entries, _) = all_of(Box::new(Cursor::new(file)), limits);
        let told = format!("urn:last:byte {}: Three.", first.len() + faulty.len());
        assert_eq!(entries.pop().unwrap(), told);
        assert_eq!(entries.remove(0), "urn:first:byte 0: One.");
        let at = format!(":byte {}", first.len());
        entries.join("; ").replace(&at, "")
    }

    #[test]
    fn wrong_lengths() {
        let two = |length: &str| between(&text_of("x", length, "Two."));
        assert_eq!(two("4"), "urn:x: Two.");
        let told = |said: &str| {
            format!("urn:x! `Content-Length` is {said}, but 4 bytes stand before the next record")
        };
        for said in [
            "0",
            "3",
            "9",
            "20",
            "300",
            "3145728",
            "3145729",
            "99999999999",
            "18446744073709551615",
        ] {
            assert_eq!(two(said), told(said));
        }
        assert_eq!(two("99999999999999999999999"), told("18446744073709551615"));
        for said in ["-4", "4 bytes", "0x4", "+4"] {
            let told = format!(
                "urn:x! `Content-Length` is {said:?}, not a number; 4 bytes stand before the next record"
            );
            assert_eq!(two(said), told);
        }
        assert_eq!(
            two(""),
            "urn:x! no `Content-Length`; 4 bytes stand before the next record"
        );
        // Line ends are no reason: versions of wget count some of them.
        assert_eq!(two("6"), "urn:x: Two.\r\n");
        let many = [text("x", "Two."), b"\r\n".repeat(100_000)].concat();
        assert_eq!(between(&many), "urn:x: Two.");
        let bare = [&text("x", "Two.")[..], b""].concat();
        assert_eq!(between(&bare[..bare.len() - 4]), "urn:x: Two.");
        // A body may hold a record.
        let inner = String::from_utf8(text("inner", "Two.")).unwrap();
        assert!(between(&text("x", &inner)).starts_with("urn:x: WARC/1.0\r\n"));
    }

    #[test]
    fn wrong_heads() {
        let long = format!("X: {}\r\n", "y".repeat(HEADERS));
        let of = |more: &str, kind: &str| between(&record(kind, "x", more, b"Two."));
        assert_eq!(
            of(&long, "conversion"),
            "! its headers are longer than 65536 bytes"
        );
        assert_eq!(
            of(HTTP, "response"),
            "urn:x! not an HTTP response: invalid HTTP version"
        );
        let head = "Content-Type: text/plain\r\n";
        let without = |name: &str, with: &str| {
            let record = String::from_utf8(text("x", "Two.")).unwrap();
            between(record.replace(name, with).as_bytes())
        };
        assert_eq!(without(head, ""), "");
        assert_eq!(
            without("WARC-Type", "X"),
            "urn:x! no `WARC-Type`; every record needs one"
        );
        assert_eq!(
            without("WARC-Record-ID", "X"),
            "! no `WARC-Record-ID`; every record needs one"
        );
        assert_eq!(
            between(b"WARC/1.0\r\nWARC-Type: conversion\r\n"),
            "! no blank line behind its headers"
        );
        // What follows a record and is none makes its length wrong.
        let (entries, _) = all(&[b"PK\x03\x04 junk\njunk\n".to_vec(), text("a", "A")].concat());
        assert_eq!(
            entries,
            [
                ":byte 0! no WARC record: it begins with \"PK\\u{3}\\u{4} junk\", \
                 and not with a version such as WARC/1.0",
                "urn:a:byte 15: A"
            ]
        );
    }

    #[test]
    fn records_that_are_too_long() {
        let small = Limits {
            record: 1000,
            ..LIMITS
        };
        let long = "word ".repeat(50_000);
        let told = "urn:x! longer than 1000 bytes; --max-record allows more";
        assert_eq!(between_of(&text("x", &long), small), told);
        assert_eq!(between_of(&page("x", &long), small), told);
        // What is no page may be of any length.
        let video = format!("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n{long}");
        assert_eq!(
            between_of(&record("response", "x", HTTP, video.as_bytes()), small),
            ""
        );
        assert_eq!(
            between_of(&record("metadata", "x", "", long.as_bytes()), small),
            ""
        );
        assert_eq!(
            between_of(&text_of("x", 123_456, &long), small),
            "urn:x! `Content-Length` is 123456, but 250000 bytes stand before the next record"
        );
    }

    #[test]
    fn nothing_too_long_is_held() {
        const LONG: u64 = 300 << 20;
        let small = Limits {
            record: 1 << 20,
            ..LIMITS
        };
        for said in [LONG, 5, u64::MAX] {
            let head = text_of("x", said, "");
            let head = Cursor::new(head[..head.len() - 4].to_vec());
            let last = [&b"\r\n\r\n"[..], &text("last", "Three.")].concat();
            let stream = head
                .chain(io::repeat(b'x').take(LONG))
                .chain(Cursor::new(last));
            let mut reader = WarcReader::new(
                Opened::plain(Box::new(BufReader::new(stream)), small),
                small,
            );
            let entries = reader.by_ref().flat_map(|records| records.entries());
            let entries: Vec<_> = entries.map(told).collect();
            assert_eq!(entries.len(), 2, "{entries:?}");
            assert!(entries[1].ends_with(": Three."));
            assert!(reader.window.held.capacity() < 4 << 20);
        }
    }

    #[test]
    fn many_wrong_lengths_cost_one_reading() {
        // Each claims 3 MB; with a second reading of them this would move 60 GB.
        let record = text_of("x", 3_000_000, "Two.");
        let (entries, _) = all(&record.repeat(20_000));
        assert_eq!(entries.len(), 20_000);
        assert!(
            entries[..19_999]
                .iter()
                .all(|told| told.contains("but 4 bytes stand before"))
        );
    }

    #[test]
    fn files_that_break_off() {
        let (first, second) = (text("first", "One."), text("second", "Two."));
        let file = [&first[..], &second].concat();
        for end in 0..file.len() {
            let (entries, _) = all(&file[..end]);
            let cut = |start: usize| end.saturating_sub(start);
            // Between the body and the next record nothing is missing.
            let first_whole = end >= first.len() - 4;
            let second_whole = cut(first.len()) >= second.len() - 4;
            let expected = usize::from(end > 0) + usize::from(end > first.len());
            assert_eq!(entries.len(), expected, "{end}: {entries:?}");
            let told = entries.concat();
            assert_eq!(told.contains("One."), first_whole, "{end}: {told}");
            assert_eq!(told.contains("Two."), second_whole, "{end}: {told}");
            let whole = end == 0 || second_whole || (first_whole && end <= first.len());
            assert_eq!(
                told.contains("ends in the middle of a record"),
                !whole,
                "{end}: {told}"
            );
        }
        let (entries, _) = all(&file[..file.len() - 5]);
        assert_eq!(
            entries[1],
            format!(
                "urn:second:byte {}! ends in the middle of a record: \
                 `Content-Length` is 4, and 3 bytes are left",
                first.len()
            )
        );
    }

    #[test]
    fn what_was_read_before_a_fault_stands() {
        struct SystemFault;
        impl Read for SystemFault {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        let (first, second) = (text("first", "One."), text("second", "Two."));
        for end in 0..second.len() - 4 {
            let begun = Cursor::new([&first, &second[..end]].concat());
            let stream = BufReader::new(begun.chain(SystemFault));
            let (entries, _) = all_of(Box::new(stream), LIMITS);
            assert_eq!(entries.len(), 2, "{entries:?}");
            assert_eq!(entries[0], "urn:first:byte 0: One.");
            let told = format!(
                ":byte {}! cannot be read further: the disk is gone",
                first.len()
            );
            assert!(entries[1].ends_with(&told), "{end} {entries:?}");
        }
    }

    #[test]
    fn batches_are_bounded() {
        let file: Vec<u8> = (0..1000)
            .flat_map(|at| text(&format!("n{at}"), "Text."))
            .collect();
        let reader = WarcReader::new(Opened::plain(Box::new(Cursor::new(file)), LIMITS), LIMITS);
        let sizes: Vec<_> = reader.map(|records| records.entries().len()).collect();
        assert_eq!(sizes, [vec![64; 15], vec![40]].concat());
        let long = "word ".repeat(100_000);
        let file: Vec<u8> = (0..10)
            .flat_map(|at| text(&format!("n{at}"), &long))
            .collect();
        let reader = WarcReader::new(Opened::plain(Box::new(Cursor::new(file)), LIMITS), LIMITS);
        let sizes: Vec<_> = reader.map(|records| records.entries().len()).collect();
        assert_eq!(sizes, [3, 3, 3, 1]);
    }

    /// A file of records whose lengths are all different, and where they begin.
    fn valid() -> (Vec<u8>, Vec<usize>) {
        let mut file = Vec::new();
        let mut starts = Vec::new();
        for at in 0..12_usize {
            starts.push(file.len());
            let (id, body) = (
                format!("n{at}"),
                "Words, and more words.\r\n\r\n".repeat(at * at + 1),
            );
            file.extend(match at % 3 {
                0 => page(&id, &body),
                1 => text(&id, &body),
                _ => record("metadata", &id, "", body.as_bytes()),
            });
        }
        (file, starts)
    }

    #[derive(Debug, Clone)]
    enum Damage {
        Flip(prop::sample::Index, u8),
        Cut(prop::sample::Index, usize),
        Insert(prop::sample::Index, Vec<u8>),
        Double(prop::sample::Index, usize),
    }

    impl Damage {
        /// Does it, and says at which byte.
        fn inflict(&self, file: &mut Vec<u8>) -> usize {
            let (Damage::Flip(at, _)
            | Damage::Cut(at, _)
            | Damage::Insert(at, _)
            | Damage::Double(at, _)) = self;
            let at = at.index(file.len() + 1);
            match self {
                Damage::Flip(_, bits) => {
                    if let Some(byte) = file.get_mut(at) {
                        *byte ^= bits;
                    }
                }
                Damage::Cut(_, bytes) => {
                    let end = file.len().min(at + bytes);
                    file.drain(at..end);
                }
                Damage::Insert(_, bytes) => {
                    file.splice(at..at, bytes.iter().copied());
                }
                Damage::Double(_, bytes) => {
                    let end = file.len().min(at + bytes);
                    let slice = file[at..end].to_vec();
                    file.splice(at..at, slice);
                }
            }
            at
        }
    }

    fn damage() -> impl Strategy<Value = Damage> {
        let bytes = prop_oneof![
            "WARC/1\\.0\r\n".prop_map(String::into_bytes),
            "[\r\n]{1,5}".prop_map(String::into_bytes),
            "Content-Length: [0-9]{1,20}\r\n".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 1..40),
        ];
        prop_oneof![
            (any::<prop::sample::Index>(), 1..=255_u8)
                .prop_map(|(at, bits)| Damage::Flip(at, bits)),
            (any::<prop::sample::Index>(), 1..3000_usize)
                .prop_map(|(at, len)| Damage::Cut(at, len)),
            (any::<prop::sample::Index>(), bytes).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
            (any::<prop::sample::Index>(), 1..3000_usize)
                .prop_map(|(at, len)| Damage::Double(at, len)),
        ]
    }

    /// Where the entries of a file stand; it must end, and they must ascend.
    fn places(file: &[u8], limits: Limits) -> Vec<u64> {
        let reader = WarcReader::new(
            Opened::plain(Box::new(Cursor::new(file.to_vec())), limits),
            limits,
        );
        let entries = reader.flat_map(|records| records.entries());
        let places: Vec<u64> = entries
            .map(|entry| match entry {
                Entry::Record(record) => record.at,
                Entry::Rejected(rejected) => rejected.at,
            })
            .map(|at| match at {
                Position::Byte(byte) => byte,
                _ => panic!("{at:?}"),
            })
            .collect();
        assert!(places.is_sorted_by(|one, two| one < two), "{places:?}");
        assert!(places.iter().all(|&at| at < file.len() as u64));
        places
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn any_damage(damages in prop::collection::vec(damage(), 1..8), record in 0..5000_usize) {
            let (mut file, starts) = valid();
            let before = all(&file).0;
            let mut first = file.len();
            for damage in &damages {
                first = first.min(damage.inflict(&mut file));
            }
            places(&file, Limits { record, ..LIMITS });
            places(&file, LIMITS);
            // What stands whole before the damage, and a version behind it, is read as ever.
            let behind = "WARC/1.0\r\n".len();
            let whole = starts.iter().skip(1).filter(|&start| start + behind <= first).count();
            let whole = (0..whole).filter(|at| at % 3 != 2).count();
            prop_assert_eq!(&all(&file).0[..whole], &before[..whole]);
        }

        /// One wrong byte costs the record it stands in; in a version also the one before, whose
        /// end it hides, and in the line end before a version the one behind.
        #[test]
        fn a_wrong_byte_costs_a_record_or_two(at: prop::sample::Index, bits in 1..=255_u8) {
            let (mut file, starts) = valid();
            let before = all(&file).0;
            let at = Damage::Flip(at, bits).inflict(&mut file);
            let after = all(&file).0;
            let hit = starts.partition_point(|&start| start <= at).saturating_sub(1);
            for (record, &start) in starts.iter().enumerate() {
                let lost = record == hit || record + 1 == hit || at + 1 == start;
                let told = before.iter().find(|told| told.starts_with(&format!("urn:n{record}:")));
                if let Some(told) = told.filter(|_| !lost) {
                    prop_assert!(after.contains(told), "{} {:?}", told, after);
                }
            }
        }

        #[test]
        fn any_bytes(file: Vec<u8>, record in 0..100_usize) {
            places(&file, Limits { record, ..LIMITS });
        }

        #[test]
        fn any_lines(
            file in "(WARC/1\\.0\r?\n|\r?\n|Content-Length: [0-9]{0,3}\r?\n|WARC-Type: response\r?\n|HTTP/1\\.1 200\r?\n|x){0,30}",
            record in 0..100_usize,
        ) {
            places(file.as_bytes(), Limits { record, ..LIMITS });
        }
    }
}
