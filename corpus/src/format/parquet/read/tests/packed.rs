//! Files in every packing, whole and broken.

use super::*;

fn properties(codec: Compression) -> WriterProperties {
    WriterProperties::builder()
        .set_compression(codec)
        .set_max_row_group_row_count(Some(250))
        .set_data_page_row_count_limit(100)
        .set_write_batch_size(50)
        .build()
}

fn codecs() -> [Compression; 7] {
    [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::ZSTD(ZstdLevel::default()),
    ]
}

#[test]
fn every_compression() {
    let batch = numbered(600, |row| format!("text {row}"));
    let expected = all(&batch);
    for codec in codecs() {
        let bytes = written(&batch, Some(properties(codec)));
        assert_eq!(told(open(&bytes, &Fields::default()).unwrap()), expected);
    }
}

/// Whatever is broken, rows are counted on, and at most the last entry says what is wrong.
/// `TWICETOLD_BROKEN_FILES` is how many files of each compression are broken.
#[test]
fn broken_bytes() {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for row in 0..600 {
        let words = (0..row % 4).map(|word| Some(format!("w{word}")));
        lists.append_value(words);
    }
    let plain = numbered(600, |row| format!("text {}", row % 7));
    let batch = table(vec![
        ("id", Arc::clone(plain.column(0))),
        ("text", Arc::clone(plain.column(1))),
        ("tags", Arc::new(lists.finish())),
    ]);
    let rounds = std::env::var("TWICETOLD_BROKEN_FILES");
    let rounds: usize = rounds.map_or(60, |rounds| rounds.parse().unwrap());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for codec in codecs() {
        let whole = written(&batch, Some(properties(codec)));
        for round in 0..rounds {
            let mut bytes = whole.clone();
            match round % 8 {
                0 => {
                    // The footer, without what it tells of.
                    let gone = random(bytes.len());
                    bytes.drain(4..4 + gone.min(whole.len() - 12));
                }
                _ => {
                    for _ in 0..=random(3) {
                        let at = random(bytes.len());
                        bytes[at] = random(256) as u8;
                    }
                }
            }
            let Ok(reader) = open(&bytes, &Fields::default()) else {
                continue;
            };
            let mut writer = TableWriter::new(std::io::sink(), reader.table()).unwrap();
            let mut next = 1;
            for rows in reader {
                let all = rows.batch().num_rows();
                writer
                    .write(&rows, &vec![true; all], &vec![None; all])
                    .unwrap();
                assert_eq!(rows.first, next);
                next += rows.batch().num_rows() as u64;
                let broken = usize::from(rows.broken.is_some());
                assert_eq!(rows.entries().len(), rows.batch().num_rows() + broken);
            }
        }
    }
}
