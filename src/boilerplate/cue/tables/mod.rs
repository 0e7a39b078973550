//! The tables that come with the library, a language a file.
//!
//! Written for this crate, as the sites of each language word it. A phrase is in only
//! where it can hardly be a line of an article: "Mehr zum Thema" is, "Hintergrund" is not.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod ja;
mod ru;
mod zh;

use super::CueTable;

/// All tables; where two have a phrase in one list, the first one is named.
const ALL: [Words; 8] = [
    en::ENGLISH,
    de::GERMAN,
    fr::FRENCH,
    es::SPANISH,
    ru::RUSSIAN,
    zh::CHINESE,
    ja::JAPANESE,
    ar::ARABIC,
];

/// A [`CueTable`] as source text: phrases with `; ` between.
pub(super) struct Words {
    pub(super) language: &'static str,
    pub(super) version: u32,
    pub(super) measured: Option<&'static str>,
    pub(super) terminators: &'static str,
    pub(super) comments: &'static str,
    pub(super) asides: &'static str,
    pub(super) footers: &'static str,
    pub(super) menus: &'static str,
    pub(super) notices: &'static str,
    pub(super) headings: &'static str,
    pub(super) replies: &'static str,
    pub(super) calendar: &'static str,
    pub(super) ages: &'static str,
    pub(super) units: &'static str,
    pub(super) fillers: &'static str,
    pub(super) counted: &'static str,
}

impl Words {
    fn owned(&self) -> CueTable {
        let list = |text: &str| text.split("; ").map(str::to_owned).collect();
        CueTable {
            language: self.language.to_owned(),
            version: self.version,
            measured: self.measured.map(str::to_owned),
            terminators: list(self.terminators),
            comments: list(self.comments),
            asides: list(self.asides),
            footers: list(self.footers),
            menus: list(self.menus),
            notices: list(self.notices),
            headings: list(self.headings),
            replies: list(self.replies),
            calendar: list(self.calendar),
            ages: list(self.ages),
            units: list(self.units),
            fillers: list(self.fillers),
            counted: list(self.counted),
        }
    }
}

impl CueTable {
    /// The tables that come with the library: English, German, French, Spanish,
    /// Russian, Chinese, Japanese and Arabic. Only the English one is measured.
    pub fn built_in() -> Vec<CueTable> {
        ALL.iter().map(Words::owned).collect()
    }
}
