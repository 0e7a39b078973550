//! A text from what stays of it and what was taken out, and the other way round.

use twicetold::Span;

/// Which removal does not fit, counted from 0, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub nth: usize,
    pub what: String,
}

/// A cleaned text with what was taken out put back: each text at the start of its span, in ascending order.
pub fn rebuilt<'r>(
    cleaned: &str,
    removed: impl IntoIterator<Item = (Span, &'r str)>,
) -> Result<String, Wrong> {
    let mut whole = String::new();
    let mut rest = cleaned;
    for (nth, (span, text)) in removed.into_iter().enumerate() {
        let wrong = |what: String| Wrong { nth, what };
        if span.start < whole.len() {
            let (Span { start, end }, before) = (span, whole.len());
            return Err(wrong(format!(
                "the span [{start}, {end}) begins before byte {before}, where the removal before it ends"
            )));
        }
        let stays = span.start - whole.len();
        let Some((slice, behind)) = rest.split_at_checked(stays) else {
            let (Span { start, end }, most) = (span, whole.len() + rest.len());
            return Err(wrong(match stays > rest.len() {
                true => format!(
                    "the span [{start}, {end}) begins behind byte {most}, where the text ends"
                ),
                false => format!("the span [{start}, {end}) begins inside a character"),
            }));
        };
        if text.len() != span.len() {
            let (Span { start, end }, bytes) = (span, text.len());
            let what = format!("the span [{start}, {end}) has a text of {bytes} bytes");
            return Err(wrong(what));
        }
        whole.push_str(slice);
        whole.push_str(text);
        rest = behind;
    }
    whole.push_str(rest);
    Ok(whole)
}

/// What stays of a text without `removed`, which are ascending and disjoint.
pub fn left(text: &str, removed: impl IntoIterator<Item = Span>) -> Result<String, Wrong> {
    let mut left = String::new();
    let mut from = 0;
    for (nth, span) in removed.into_iter().enumerate() {
        let (start, end) = (span.start, span.end);
        let stays = text.get(from..start).filter(|_| text.is_char_boundary(end));
        let Some(stays) = stays else {
            let bytes = text.len();
            let what = format!(
                "the span [{start}, {end}) does not follow on byte {from} of a text of {bytes} bytes"
            );
            return Err(Wrong { nth, what });
        };
        left.push_str(stays);
        from = end;
    }
    left.push_str(text.get(from..).unwrap_or_default());
    Ok(left)
}

#[cfg(all(test, feature = "proptest"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever is taken out comes back.
        #[test]
        fn there_and_back(text in "(?s).{0,60}", cuts in prop::collection::vec(0..61_usize, 0..8)) {
            let mut ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            ends.push(text.len());
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| ends[cut % ends.len()]).collect();
            cuts.sort_unstable();
            let spans: Vec<Span> = cuts.chunks_exact(2).map(|cut| Span::new(cut[0], cut[1])).collect();
            let cleaned = left(&text, spans.iter().copied()).unwrap();
            prop_assert_eq!(cleaned.len() + spans.iter().map(|span| span.len()).sum::<usize>(), text.len());
            let removed = spans.iter().map(|span| (*span, span.of(&text)));
            prop_assert_eq!(rebuilt(&cleaned, removed), Ok(text));
        }
    }

    #[test]
    fn what_cannot_be() {
        let wrong =
            |removed: &[(Span, &str)]| rebuilt("añb", removed.iter().copied()).unwrap_err().what;
        assert!(wrong(&[(Span::new(2, 3), "x")]).contains("inside a character"));
        assert!(wrong(&[(Span::new(5, 6), "x")]).contains("behind byte 4"));
        assert!(wrong(&[(Span::new(1, 3), "x")]).contains("a text of 1 bytes"));
        let twice = [(Span::new(1, 3), "xy"), (Span::new(2, 3), "x")];
        assert!(wrong(&twice).contains("before byte 3"));
        assert!(left("añb", [Span::new(0, 2)]).is_err());
        assert!(left("añb", [Span::new(0, 1), Span::new(0, 1)]).is_err());
        assert!(left("añb", [Span::new(4, 9)]).is_err());
    }
}
