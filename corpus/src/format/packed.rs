//! Packed bytes in memory, undone as far as they may be: each gives all that there is, or one byte more than `most`.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::bufread::GzDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::{self, ErrorKind, Read};

/// Bytes that are decoded at a time.
const STEP: usize = 32 << 10;

/// Why bytes could not be decoded to their end, and about where.
pub struct Fault {
    pub at: usize,
    pub error: io::Error,
}

fn ends_early() -> io::Error {
    io::Error::new(ErrorKind::UnexpectedEof, "it ends too early")
}

/// Reads a decoder to its end, or to one byte more than is allowed.
fn read_out(decoder: &mut impl Read, whole: &mut Vec<u8>, most: usize) -> Result<(), io::Error> {
    let left = (most as u64 + 1).saturating_sub(whole.len() as u64);
    decoder.take(left).read_to_end(whole).map(|_| ())
}

/// Unpacks any number of gzip members, and ignores bytes after the last one, as browsers do.
pub fn gunzip(body: &[u8], most: usize) -> (Vec<u8>, Option<Fault>) {
    const MAGIC: &[u8] = &[0x1f, 0x8b];
    let mut whole = Vec::new();
    let mut rest = body;
    loop {
        let mut decoder = GzDecoder::new(rest);
        let read = read_out(&mut decoder, &mut whole, most);
        rest = decoder.into_inner();
        let at = body.len() - rest.len();
        match read {
            Err(error) => return (whole, Some(Fault { at, error })),
            Ok(()) if whole.len() > most || !rest.starts_with(MAGIC) => return (whole, None),
            Ok(()) => {}
        }
    }
}

/// `deflate` means the format of zlib, and some servers send it without its frame.
pub fn inflate(body: &[u8], most: usize) -> (Vec<u8>, Option<Fault>) {
    let framed = inflated(body, most, true);
    if framed.1.is_none() {
        return framed;
    }
    match inflated(body, most, false) {
        raw @ (_, None) => raw,
        // Whichever came further says more about what is wrong.
        raw if raw.0.len() > framed.0.len() => raw,
        _ => framed,
    }
}

/// The reader of `flate2` takes a stream that is cut for one that has ended, so this asks for the end.
fn inflated(body: &[u8], most: usize, framed: bool) -> (Vec<u8>, Option<Fault>) {
    let mut decoder = Decompress::new(framed);
    let mut whole = Vec::new();
    loop {
        let at = decoder.total_in() as usize;
        let before = whole.len();
        whole.reserve(STEP);
        let rest = body.get(at..).unwrap_or_default();
        let error = match decoder.decompress_vec(rest, &mut whole, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return (whole, None),
            Ok(_) if whole.len() > most => return (whole, None),
            Ok(_) if whole.len() > before || decoder.total_in() as usize > at => continue,
            Ok(_) => ends_early(),
            Err(error) => error.into(),
        };
        return (whole, Some(Fault { at, error }));
    }
}

pub fn unzstd(body: &[u8], most: usize) -> (Vec<u8>, Option<Fault>) {
    let mut whole = Vec::new();
    let mut decoder = match zstd::stream::read::Decoder::with_buffer(body) {
        Ok(decoder) => decoder,
        Err(error) => return (whole, Some(Fault { at: 0, error })),
    };
    // 8 MiB: what RFC 9659 allows in HTTP.
    let read = decoder.window_log_max(23);
    let read = read.and_then(|()| read_out(&mut decoder, &mut whole, most));
    let at = body.len() - decoder.get_ref().len();
    (whole, read.err().map(|error| Fault { at, error }))
}

/// The reader of the crate takes windows of 1 GiB, which are none of HTTP, and does not tell what is
/// cut from what is broken; this does.
pub fn unbrotli(body: &[u8], most: usize) -> (Vec<u8>, Option<Fault>) {
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new_strict(alloc(), alloc(), alloc());
    let (mut left, mut at, mut sum) = (body.len(), 0, 0);
    let mut whole = Vec::new();
    let mut step = vec![0; STEP];
    loop {
        let (mut room, mut filled) = (step.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut at,
            body,
            &mut room,
            &mut filled,
            &mut step,
            &mut sum,
            &mut state,
        );
        whole.extend_from_slice(step.get(..filled).unwrap_or_default());
        let error = match result {
            BrotliResult::ResultSuccess => return (whole, None),
            BrotliResult::NeedsMoreOutput if whole.len() > most => return (whole, None),
            BrotliResult::NeedsMoreOutput => continue,
            BrotliResult::NeedsMoreInput => ends_early(),
            BrotliResult::ResultFailure => io::Error::new(ErrorKind::InvalidData, "no Brotli"),
        };
        return (whole, Some(Fault { at, error }));
    }
}
