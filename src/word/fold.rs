//! What folding makes of characters; shared with `tools/word-table`.

/// The folded form of a character that NFKC leaves as it is.
pub(crate) fn of_char(c: char) -> std::char::ToLowercase {
    match c {
        // An apostrophe is its own lower case.
        '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\''.to_lowercase(),
        'ς' => 'σ'.to_lowercase(),
        _ => c.to_lowercase(),
    }
}

/// Whether a character is left out.
pub(crate) fn is_dropped(c: char) -> bool {
    is_invisible(c) || is_vowel_sign(c)
}

/// Characters that do not change which word it is: soft hyphen, joiners and
/// marks without width, variation selectors, Arabic tatweel.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{640}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{e0100}'..='\u{e01ef}')
}

/// Signs that Arabic and Hebrew are read without: short vowels, points, accents.
fn is_vowel_sign(c: char) -> bool {
    matches!(c,
        '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}'
        | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}')
}
