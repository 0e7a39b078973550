//! What the markup of a page says, as plain data: its lines, the elements that hold them, and what these say of
//! themselves.

use crate::span::Span;

/// Something an element says of what is inside it: by its tag, or by the words of
/// its class, id, role or label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Signal {
    // By tag.
    /// `article`.
    Article,
    /// `main`.
    Main,
    /// `nav`.
    Navigation,
    /// `header`.
    Header,
    /// `footer`.
    Footer,
    /// `aside`.
    Aside,
    /// `form`, and what it holds.
    Form,
    /// `dialog`.
    Dialog,
    /// `h1` to `h6`.
    Heading,
    /// `li`.
    ListItem,
    /// `td`, `th`.
    Cell,
    /// `blockquote`.
    Quote,
    /// `pre`.
    Preformatted,
    /// `figure`.
    Figure,
    /// `figcaption`, `caption`.
    FigureCaption,
    /// `dt`, `dd`.
    Definition,
    // By the words of its attributes.
    /// Hidden, by attribute, style or name.
    Hidden,
    /// Named as a menu, a breadcrumb trail, a pager.
    NamedNavigation,
    /// Named as the head of a page.
    NamedHeader,
    /// Named as the foot of a page.
    NamedFooter,
    /// Named as a sidebar, a widget.
    NamedAside,
    /// Named as related, recommended, popular.
    NamedRelated,
    /// Named as buttons to share.
    NamedShare,
    /// Named as comments.
    NamedComment,
    /// Named as advertising, a promotion.
    NamedAdvert,
    /// Named as a newsletter box, a paywall, a notice.
    NamedSubscribe,
    /// Named as author, date, figures about the article.
    NamedByline,
    /// Named as tags, categories.
    NamedTopics,
    /// Named as a caption, a gallery, a player.
    NamedCaption,
    /// Named as a table of contents.
    NamedContents,
    /// Named as a search box, filters.
    NamedSearch,
    /// Named as price, cart.
    NamedShop,
    /// Named as content, text.
    NamedContent,
    /// Named as article, post, story.
    NamedArticle,
    /// Named `articleBody`, as schema.org has it.
    ArticleBody,
}

/// A set of signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Signals(u64);

impl Signals {
    /// Whether `signal` is among them.
    pub fn has(self, signal: Signal) -> bool {
        self.0 & (1 << signal as u8) != 0
    }

    /// Takes in `signal`.
    pub fn add(&mut self, signal: Signal) {
        self.0 |= 1 << signal as u8;
    }

    /// Those of both.
    pub fn union(self, other: Signals) -> Signals {
        Signals(self.0 | other.0)
    }

    /// Those in both.
    pub fn intersection(self, other: Signals) -> Signals {
        Signals(self.0 & other.0)
    }

    /// Whether one of `signals` is among them.
    pub(crate) fn any(self, signals: &[Signal]) -> bool {
        signals.iter().any(|signal| self.has(*signal))
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// An element that holds lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// The element it is in, by its number; the first element is in itself.
    pub parent: u32,
    /// What its own tag and attributes say.
    pub signals: Signals,
}

/// A line of the text of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedLine {
    /// The line, without its end.
    pub span: Span,
    /// The innermost element that begins and ends lines and holds this one, by its number.
    pub element: u32,
    /// Words; in scripts without spaces, as many as say as much.
    pub words: u32,
    /// Of them, words inside links and buttons.
    pub link_words: u32,
}

/// The elements of a page, in the order in which they open, and its lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markup {
    pub(crate) elements: Vec<Element>,
    pub(crate) lines: Vec<MarkedLine>,
}

impl Markup {
    /// Every element that begins and ends lines, in the order in which they open.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// Every line that is not blank, in order.
    pub fn lines(&self) -> &[MarkedLine] {
        &self.lines
    }
}
