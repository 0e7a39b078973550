//! Dates as pages write them, to ISO 8601.

/// The date that `text` says, as `2025-03-03` or, with a time of day and what stands behind
/// it, as `2025-03-03T10:00:00+01:00`.
///
/// Read are ISO 8601 (also with slashes, or a space before the time), days before months apart by full stops
/// (`3.3.2025`), the forms of RFC 2822, and English names of months (`March 3, 2025`). Of
/// figures whose order differs from country to country (`03/04/2025`) nothing is told.
pub(super) fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    year_first(text)
        .or_else(|| day_first(text))
        .or_else(|| with_month(text))
}

/// Bytes of a text that is looked at: a date, and not a sentence with one in it.
const LONGEST: usize = 64;

fn year_first(text: &str) -> Option<String> {
    let (date, time) = text.split_at_checked(10).unwrap_or((text, ""));
    let mut parts = date.split(['-', '/', '.']);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    let day = written(figure(year)?, figure(month)?, figure(day.trim_end_matches(['T', ' ']))?)?;
    Some(day + &time_of(time).unwrap_or_default())
}

/// `T10:00`, `T10:00:00.000Z`, `T10:00:00+0100`; nothing of what is none.
fn time_of(text: &str) -> Option<String> {
    let time = text.strip_prefix(['T', ' '])?.trim();
    let clock = time.get(..5)?.as_bytes();
    let is_clock = clock.iter().enumerate().all(|(at, sign)| match at {
        2 => *sign == b':',
        _ => sign.is_ascii_digit(),
    });
    let is_rest = time.bytes().all(|sign| {
        sign.is_ascii_digit() || matches!(sign, b':' | b'.' | b'+' | b'-' | b'Z' | b' ')
    });
    (is_clock && is_rest).then(|| format!("T{}", time.replace(' ', "")))
}

fn day_first(text: &str) -> Option<String> {
    let date = text.split([',', ' ']).next()?;
    let mut parts = date.split('.');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if year.len() != 4 || parts.next().is_some() {
        return None;
    }
    written(figure(year)?, figure(month)?, figure(day)?)
}

fn with_month(text: &str) -> Option<String> {
    let (mut day, mut month, mut year) = (None, None, None);
    let words = text.split(|sign: char| !sign.is_alphanumeric());
    for word in words.filter(|word| !word.is_empty()) {
        let figures = word.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        let number = figure(figures);
        match number {
            Some(number) if figures.len() == 4 && year.is_none() => year = Some(number),
            Some(number) if figures.len() <= 2 && day.is_none() => day = Some(number),
            _ if number.is_none() && month.is_none() => month = named(word),
            _ => {}
        }
        if day.is_some() && month.is_some() && year.is_some() {
            break;
        }
    }
    written(year?, month?, day?)
}

fn named(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ];
    let word = word.to_ascii_lowercase();
    let starts = |month: &&str| month.starts_with(&word) || word == "sept" && month.starts_with("sept");
    let at = (word.len() >= 3).then(|| MONTHS.iter().position(|month| starts(&month)))??;
    Some(at as u32 + 1)
}

fn figure(digits: &str) -> Option<u32> {
    let all = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    all.then(|| digits.parse().ok())?
}

fn written(year: u32, month: u32, day: u32) -> Option<String> {
    let fits = (1000..=9999).contains(&year) && (1..=12).contains(&month);
    (fits && (1..=31).contains(&day)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn dates_as_pages_write_them() {
        let told = [
            ("2025-03-03", "2025-03-03"),
            ("2025-03-03T10:00:00+01:00", "2025-03-03T10:00:00+01:00"),
            ("2025-03-03 10:00", "2025-03-03T10:00"),
            ("2025/3/4", "2025-03-04"),
            ("2025-03-03T10:00:00.000Z", "2025-03-03T10:00:00.000Z"),
            ("3.4.2025, 10:00 Uhr", "2025-04-03"),
            ("March 3, 2025", "2025-03-03"),
            ("Mar 3rd 2025 at 7:15", "2025-03-03"),
            ("Mon, 03 Mar 2025 10:00:00 GMT", "2025-03-03"),
            ("Published on 12 Sept 2024", "2024-09-12"),
        ];
        for (text, date) in told {
            assert_eq!(iso(text).as_deref(), Some(date), "{text}");
        }
        for none in ["", "03/04/2025", "2025", "yesterday", "2025-13-01", "May 2025", "é-é-é", "1234567890é"] {
            assert_eq!(iso(none), None, "{none}");
        }
    }
}
