//! What a page says of itself: its title, who wrote it and when, its language, site and address.

use super::date;
use super::json::{Token, for_each_token, unescaped};
use super::tokens::{Event, for_each_event};

/// Where a field was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum Origin {
    /// A block of JSON-LD.
    JsonLd,
    /// A `meta` element of the Open Graph, or of Twitter's cards.
    OpenGraph,
    /// Another `meta` element.
    Meta,
    /// An element with `itemprop`.
    Microdata,
    /// A `time` element.
    Time,
    /// A `link` element.
    Link,
    /// `lang` of the `html` element.
    Html,
    /// What readers see: the headline, a line named as a byline.
    Visible,
    /// The `title` element.
    Title,
}

/// A field of a page: plain text, never markup.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Field {
    /// What it says.
    pub value: String,
    /// Where it was found.
    pub from: Origin,
}

/// What a page says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fields {
    /// Its title, without the name of the site: the headline, where it has one.
    pub title: Option<Field>,
    /// Who wrote it, without "By"; several apart by commas.
    pub byline: Option<Field>,
    /// When it was published, in ISO 8601.
    pub date: Option<Field>,
    /// The tag of its language, as `en` or `pt-BR`.
    pub language: Option<Field>,
    /// The name of the site.
    pub site: Option<Field>,
    /// Its canonical address.
    pub url: Option<Field>,
}

impl Fields {
    /// These, and those of `others` where there are none.
    pub(super) fn or(self, others: Fields) -> Fields {
        Fields {
            title: self.title.or(others.title),
            byline: self.byline.or(others.byline),
            date: self.date.or(others.date),
            language: self.language.or(others.language),
            site: self.site.or(others.site),
            url: self.url.or(others.url),
        }
    }
}

/// Which field something is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Title,
    Byline,
    Date,
    Language,
    Site,
    Url,
}

/// Kinds of fields, and of origins.
const KINDS: usize = Kind::Url as usize + 1;
const ORIGINS: usize = Origin::Title as usize + 1;

/// Bytes of a value; what is longer is none.
const LONGEST: usize = 1000;
/// Bytes of a byline.
const LONGEST_BYLINE: usize = 200;
/// Authors of one page that are named.
const MOST_AUTHORS: usize = 12;

/// The fields of a page while it is read: the first value of each kind and origin.
#[derive(Default)]
pub(super) struct Noted {
    values: [[Option<String>; ORIGINS]; KINDS],
    /// The longest text of an article in JSON-LD.
    pub(super) body: Option<String>,
}

/// The attributes of a start tag that says something of the page.
#[derive(Default)]
pub(super) struct Attributes {
    pub(super) name: String,
    pub(super) itemprop: String,
    pub(super) content: String,
    pub(super) rel: String,
    pub(super) href: String,
    pub(super) language: String,
    pub(super) datetime: String,
    pub(super) kind: String,
}

impl Attributes {
    /// Whether it is a script that holds JSON-LD.
    pub(super) fn is_json(&self) -> bool {
        let kind = self.kind.split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/ld+json")
    }

    /// Takes the attribute in, if it is one of them; the first of two counts.
    pub(super) fn take(&mut self, name: &[u8], value: &[u8]) {
        let place = match name {
            b"name" | b"property" | b"http-equiv" => &mut self.name,
            b"itemprop" => &mut self.itemprop,
            b"content" => &mut self.content,
            b"rel" => &mut self.rel,
            b"href" => &mut self.href,
            b"lang" | b"xml:lang" => &mut self.language,
            b"datetime" => &mut self.datetime,
            b"type" => &mut self.kind,
            _ => return,
        };
        if place.is_empty() && value.len() <= LONGEST {
            place.push_str(&String::from_utf8_lossy(value));
        }
    }
}

impl Noted {
    pub(super) fn note(&mut self, kind: Kind, from: Origin, value: &str) {
        let place = &mut self.values[kind as usize][from as usize];
        if place.is_none() && value.len() <= LONGEST {
            *place = fitting(kind, &plain(value));
        }
    }

    pub(super) fn has(&self, kind: Kind, from: Origin) -> bool {
        self.values[kind as usize][from as usize].is_some()
    }

    /// The titles that the page declares, the surest first.
    pub(super) fn titles(&self) -> impl Iterator<Item = &str> {
        let order = order(Kind::Title).iter();
        order.filter_map(|from| self.values[Kind::Title as usize][*from as usize].as_deref())
    }

    /// What a `meta` element says.
    pub(super) fn meta(&mut self, said: &Attributes) {
        let name = said.name.to_ascii_lowercase();
        let (kind, from) = match name.as_str() {
            "og:title" | "twitter:title" => (Kind::Title, Origin::OpenGraph),
            "dc.title" | "dcterms.title" | "citation_title" | "headline" | "parsely-title" => {
                (Kind::Title, Origin::Meta)
            }
            "author" | "dc.creator" | "dcterms.creator" | "citation_author" | "parsely-author"
            | "sailthru.author" | "byl" | "article:author_name" => (Kind::Byline, Origin::Meta),
            "article:author" | "og:author" | "book:author" => (Kind::Byline, Origin::OpenGraph),
            "article:published_time" | "og:published_time" => (Kind::Date, Origin::OpenGraph),
            "date" | "pubdate" | "publishdate" | "publish-date" | "dc.date" | "dc.date.issued"
            | "dcterms.date" | "dcterms.created" | "parsely-pub-date" | "sailthru.date"
            | "citation_publication_date" | "citation_date" | "article.published"
            | "published-date" | "publication_date" | "datepublished" => (Kind::Date, Origin::Meta),
            "og:locale" => (Kind::Language, Origin::OpenGraph),
            "content-language" | "language" | "dc.language" => (Kind::Language, Origin::Meta),
            "og:site_name" => (Kind::Site, Origin::OpenGraph),
            "application-name" | "apple-mobile-web-app-title" | "publisher" | "dc.publisher" => {
                (Kind::Site, Origin::Meta)
            }
            "og:url" => (Kind::Url, Origin::OpenGraph),
            _ => return self.property(&said.itemprop, &said.content),
        };
        self.note(kind, from, &said.content);
    }

    /// What an element with `itemprop` says in an attribute.
    pub(super) fn property(&mut self, property: &str, value: &str) {
        if let Some(kind) = of_property(property) {
            self.note(kind, Origin::Microdata, value);
        }
    }

    /// What a block of JSON-LD says. Linear in it, whatever it holds.
    pub(super) fn json(&mut self, json: &str) {
        let mut open: Vec<Thing> = Vec::new();
        for_each_token(json, |token| match token {
            Token::Open(key) => open.push(Thing {
                key: key.to_owned(),
                ..Thing::default()
            }),
            Token::Text(key, value) => {
                if let Some(thing) = open.last_mut() {
                    thing.take(key, value);
                }
            }
            Token::Close => {
                let Some(thing) = open.pop() else { return };
                if let Some(around) = open.last_mut() {
                    around.hold(&thing);
                }
                self.thing(thing);
            }
        });
        while let Some(thing) = open.pop() {
            self.thing(thing);
        }
    }

    fn thing(&mut self, thing: Thing) {
        if !thing.is_text() {
            return;
        }
        let title = thing.headline.or(thing.name);
        let byline = thing.authors.join(", ");
        for (kind, value) in [
            (Kind::Title, title),
            (Kind::Byline, Some(byline).filter(|byline| !byline.is_empty())),
            (Kind::Date, thing.date),
            (Kind::Language, thing.language),
            (Kind::Site, thing.publisher),
            (Kind::Url, thing.url),
        ] {
            if let Some(value) = value {
                self.note(kind, Origin::JsonLd, &value);
            }
        }
        let longer = |body: &String| self.body.as_ref().is_none_or(|known| known.len() < body.len());
        if let Some(body) = thing.body.filter(longer) {
            self.body = Some(body);
        }
    }

    /// The fields; `headline` is what readers see as one, `title` the element.
    pub(super) fn decide(mut self, headline: Option<&str>, title: Option<&str>) -> Fields {
        for (from, title) in [(Origin::Visible, headline), (Origin::Title, title)] {
            if let Some(title) = title {
                self.note(Kind::Title, from, title);
            }
        }
        let mut chosen = [const { None }; KINDS];
        for kind in [Kind::Site, Kind::Byline, Kind::Date, Kind::Language, Kind::Url, Kind::Title] {
            chosen[kind as usize] = order(kind).iter().find_map(|from| {
                let value = self.values[kind as usize][*from as usize].take()?;
                Some(Field { value, from: *from })
            });
        }
        let [title, byline, date, language, site, url] = chosen;
        let title = title.map(|title| Field {
            value: match title.from {
                Origin::Title | Origin::OpenGraph => {
                    without_site(&title.value, site.as_ref().map(|site| site.value.as_str()))
                }
                _ => title.value,
            },
            ..title
        });
        Fields {
            title,
            byline,
            date,
            language,
            site,
            url,
        }
    }
}

/// Origins of a field, the surest first.
fn order(kind: Kind) -> &'static [Origin] {
    use Origin::{Html, JsonLd, Link, Meta, Microdata, OpenGraph, Time, Title, Visible};
    match kind {
        Kind::Title => &[Visible, JsonLd, OpenGraph, Microdata, Meta, Title],
        Kind::Byline => &[JsonLd, Microdata, Meta, OpenGraph, Visible],
        Kind::Date => &[JsonLd, OpenGraph, Meta, Microdata, Time, Visible],
        Kind::Language => &[Html, Meta, OpenGraph, JsonLd],
        Kind::Site => &[OpenGraph, JsonLd, Meta],
        Kind::Url => &[Link, OpenGraph, JsonLd, Microdata],
    }
}

/// The field that a property of schema.org is.
pub(super) fn of_property(property: &str) -> Option<Kind> {
    property.split_whitespace().find_map(|name| match name {
        "headline" => Some(Kind::Title),
        "author" => Some(Kind::Byline),
        "datePublished" => Some(Kind::Date),
        "inLanguage" => Some(Kind::Language),
        "mainEntityOfPage" => Some(Kind::Url),
        _ => None,
    })
}

/// An object of JSON-LD.
#[derive(Default)]
struct Thing {
    key: String,
    kind: String,
    headline: Option<String>,
    name: Option<String>,
    date: Option<String>,
    language: Option<String>,
    publisher: Option<String>,
    url: Option<String>,
    authors: Vec<String>,
    body: Option<String>,
}

impl Thing {
    fn take(&mut self, key: &str, raw: &str) {
        if key == "articleBody" {
            self.body.get_or_insert_with(|| unescaped(raw));
            return;
        }
        if raw.len() > LONGEST {
            return;
        }
        let place = match key {
            "@type" if self.kind.is_empty() => {
                self.kind = raw.to_ascii_lowercase();
                return;
            }
            "headline" => &mut self.headline,
            "name" => &mut self.name,
            "datePublished" => &mut self.date,
            "inLanguage" => &mut self.language,
            "publisher" => &mut self.publisher,
            "url" | "mainEntityOfPage" | "@id" => {
                let is_url = raw.starts_with("http");
                if is_url && (key != "@id" || !raw.contains('#')) {
                    self.url.get_or_insert_with(|| unescaped(raw));
                }
                return;
            }
            "author" => return self.author(&unescaped(raw)),
            _ => return,
        };
        place.get_or_insert_with(|| unescaped(raw));
    }

    fn author(&mut self, name: &str) {
        let new = !self.authors.iter().any(|known| known == name);
        if new && self.authors.len() < MOST_AUTHORS && !name.starts_with("http") {
            self.authors.push(name.to_owned());
        }
    }

    /// Takes in an object inside it.
    fn hold(&mut self, thing: &Thing) {
        match (thing.key.as_str(), &thing.name) {
            ("author", Some(name)) => self.author(name),
            ("publisher", Some(name)) => {
                self.publisher.get_or_insert_with(|| name.clone());
            }
            ("inLanguage", Some(name)) => {
                self.language.get_or_insert_with(|| name.clone());
            }
            ("mainEntityOfPage", _) if self.url.is_none() => self.url.clone_from(&thing.url),
            _ => {}
        }
    }

    /// Whether it is what people come to the page to read.
    fn is_text(&self) -> bool {
        const ENDS: [&str; 6] = ["article", "posting", "report", "recipe", "question", "webpage"];
        let texts = ENDS.iter().any(|end| self.kind.ends_with(end));
        texts && (self.key.is_empty() || matches!(self.key.as_str(), "@graph" | "mainEntity"))
    }
}

/// What the value is as a field of this kind, if it can be one.
fn fitting(kind: Kind, value: &str) -> Option<String> {
    if value.is_empty() {
        return None;
    }
    let address = value.starts_with("http://") || value.starts_with("https://");
    match kind {
        Kind::Title | Kind::Site => Some(value.to_owned()),
        Kind::Date => date::iso(value),
        Kind::Url => (address && !value.contains(' ')).then(|| value.to_owned()),
        Kind::Language => {
            let tag = value.split([',', ';', ' ']).next()?.replace('_', "-");
            let fits = tag.len() <= 16 && tag.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-');
            let first = tag.split('-').next()?.len();
            (fits && (2..=3).contains(&first)).then_some(tag)
        }
        Kind::Byline => {
            let name = without_by(value);
            let names = name.chars().any(char::is_alphabetic);
            (names && !address && name.len() <= LONGEST_BYLINE && !name.starts_with(['@', '{']))
                .then(|| name.to_owned())
        }
    }
}

/// A byline without the word before the name.
fn without_by(byline: &str) -> &str {
    const BEFORE: [&str; 12] = [
        "written by ", "posted by ", "by: ", "by ", "von ", "par ", "por ", "di ", "autor: ", "author: ",
        "автор: ", "written by: ",
    ];
    let starts = |word: &&str| {
        let start = byline.get(..word.len());
        start.is_some_and(|start| start.to_lowercase() == **word)
    };
    let word = BEFORE.iter().find(starts).map_or(0, |word| word.len());
    byline[word..].trim()
}

/// A title without the name of the site behind or before it.
fn without_site(title: &str, site: Option<&str>) -> String {
    const BARS: [&str; 7] = [" | ", " - ", " – ", " — ", " :: ", " » ", " · "];
    let cut = BARS.iter().filter_map(|bar| {
        let (before, behind) = title.rsplit_once(bar)?;
        let is_site = site.is_some_and(|site| site.eq_ignore_ascii_case(behind.trim()));
        let short = site.is_none() && 3 * behind.len() < before.len();
        (is_site || short).then_some(before)
    });
    cut.min_by_key(|before| before.len()).unwrap_or(title).trim().to_owned()
}

/// A value as plain text: without tags, its character references read, white space collapsed.
fn plain(value: &str) -> String {
    let mut text = collapsed(value);
    // Escaped once, or once too often.
    for _ in 0..3 {
        if !text.contains(['<', '&']) {
            break;
        }
        let mut strings = String::new();
        for_each_event(text.as_bytes(), |event, _| match event {
            Event::String { value } => strings.push_str(&String::from_utf8_lossy(value)),
            Event::OpenStartTag { .. } | Event::EndTag { .. } => strings.push(' '),
            _ => {}
        });
        let next = collapsed(&strings);
        if next == text {
            break;
        }
        text = next;
    }
    // What is still a tag was escaped four times.
    let tags = text.contains("</") || text.contains("/>");
    if tags { text.replace(['<', '>'], " ") } else { text }
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
