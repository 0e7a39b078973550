//! What an element is to a reader of text.

/// An element, as far as it matters where text breaks and what it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(super) enum Tag {
    /// Anything inside a line: formatting, spans, elements that nobody knows.
    Inline,
    Link,
    Button,
    /// Any element that only groups blocks.
    Group,
    Body,
    Paragraph,
    Heading,
    ListItem,
    List,
    Term,
    Definition,
    Definitions,
    Quote,
    Preformatted,
    Table,
    TableSection,
    Row,
    Cell,
    Caption,
    Figure,
    FigureCaption,
    Article,
    Main,
    Navigation,
    Header,
    Footer,
    Aside,
    Form,
    Option,
    Dialog,
    /// Not text: styles, drawings, what stands in for a player.
    Skipped,
    Script,
    /// Text where scripts do not run.
    Noscript,
    /// Not shown, and what is, of a component.
    Template,
    Shadow,
    /// `iframe`.
    Frame,
    /// Never has content: images, inputs.
    Void,
    /// `br`.
    Break,
    /// `hr`.
    Rule,
    Title,
}

impl Tag {
    pub(super) const COUNT: usize = Tag::Title as usize + 1;

    pub(super) fn of(name: &[u8]) -> Tag {
        match name {
            b"a" => Tag::Link,
            b"button" => Tag::Button,
            b"html" | b"body" => Tag::Body,
            b"p" => Tag::Paragraph,
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => Tag::Heading,
            b"li" => Tag::ListItem,
            b"ul" | b"ol" | b"menu" | b"dir" => Tag::List,
            b"dt" => Tag::Term,
            b"dd" => Tag::Definition,
            b"dl" => Tag::Definitions,
            b"blockquote" => Tag::Quote,
            b"pre" | b"listing" | b"xmp" | b"plaintext" => Tag::Preformatted,
            b"table" => Tag::Table,
            b"tbody" | b"thead" | b"tfoot" => Tag::TableSection,
            b"tr" => Tag::Row,
            b"td" | b"th" => Tag::Cell,
            b"caption" => Tag::Caption,
            b"figure" => Tag::Figure,
            b"figcaption" => Tag::FigureCaption,
            b"article" => Tag::Article,
            b"main" => Tag::Main,
            b"nav" => Tag::Navigation,
            b"header" => Tag::Header,
            b"footer" => Tag::Footer,
            b"aside" => Tag::Aside,
            b"form" | b"fieldset" | b"select" | b"optgroup" | b"search" => Tag::Form,
            b"option" => Tag::Option,
            b"dialog" => Tag::Dialog,
            b"div" | b"section" | b"address" | b"center" | b"details" | b"summary" | b"hgroup"
            | b"legend" => Tag::Group,
            b"script" => Tag::Script,
            b"noscript" => Tag::Noscript,
            b"template" => Tag::Template,
            b"iframe" => Tag::Frame,
            b"style" | b"svg" | b"canvas" | b"audio" | b"video" | b"object" | b"datalist"
            | b"noembed" | b"noframes" => Tag::Skipped,
            b"img" | b"input" | b"meta" | b"link" | b"area" | b"base" | b"col" | b"embed"
            | b"source" | b"track" | b"wbr" | b"param" => Tag::Void,
            b"br" => Tag::Break,
            b"hr" => Tag::Rule,
            b"title" => Tag::Title,
            _ => Tag::Inline,
        }
    }

    /// Whether it begins and ends lines.
    pub(super) fn is_block(self) -> bool {
        !matches!(
            self,
            Tag::Inline
                | Tag::Link
                | Tag::Button
                | Tag::Void
                | Tag::Break
                | Tag::Title
        ) && !self.is_skipped()
    }

    /// Whether what it holds is no text.
    pub(super) fn is_skipped(self) -> bool {
        matches!(
            self,
            Tag::Skipped | Tag::Script | Tag::Noscript | Tag::Template | Tag::Frame
        )
    }

    /// Whether end tags inside it close nothing outside (13.2.4.2, "in scope").
    pub(super) fn is_scope(self) -> bool {
        matches!(self, Tag::Table | Tag::Cell | Tag::Caption)
    }

    /// What an open element of this kind is closed by where a new one begins, and the
    /// containers beyond which it is not looked for (13.2.6.4.7).
    pub(super) fn closes(self) -> &'static [(Tag, &'static [Tag])] {
        const LISTS: &[Tag] = &[Tag::List, Tag::Table, Tag::Cell];
        const DEFINITIONS: &[Tag] = &[Tag::Definitions, Tag::Table, Tag::Cell];
        const TABLES: &[Tag] = &[Tag::Table];
        const SCOPES: &[Tag] = &[Tag::Table, Tag::Cell, Tag::Caption, Tag::Button];
        const FORMS: &[Tag] = &[Tag::Form];
        match self {
            Tag::ListItem => &[(Tag::ListItem, LISTS), (Tag::Paragraph, SCOPES)],
            Tag::Term | Tag::Definition => &[
                (Tag::Term, DEFINITIONS),
                (Tag::Definition, DEFINITIONS),
                (Tag::Paragraph, SCOPES),
            ],
            Tag::Cell => &[(Tag::Cell, TABLES)],
            Tag::Row => &[(Tag::Row, TABLES)],
            Tag::TableSection => &[(Tag::TableSection, TABLES)],
            Tag::Option => &[(Tag::Option, FORMS)],
            Tag::Heading => &[(Tag::Heading, SCOPES), (Tag::Paragraph, SCOPES)],
            tag if tag.is_block() && tag != Tag::Caption => &[(Tag::Paragraph, SCOPES)],
            _ => &[],
        }
    }
}
