//! The words of attributes to signals.

use super::tags::Tag;
use crate::boilerplate::markup::{Signal, Signals};

impl Tag {
    /// What the tag alone says.
    pub(super) fn signals(self) -> Signals {
        let signal = match self {
            Tag::Article => Signal::Article,
            Tag::Main => Signal::Main,
            Tag::Navigation => Signal::Navigation,
            Tag::Header => Signal::Header,
            Tag::Footer => Signal::Footer,
            Tag::Aside => Signal::Aside,
            Tag::Form | Tag::Option => Signal::Form,
            Tag::Dialog => Signal::Dialog,
            Tag::Heading => Signal::Heading,
            Tag::Paragraph => Signal::Paragraph,
            Tag::ListItem => Signal::ListItem,
            Tag::Cell => Signal::Cell,
            Tag::Quote => Signal::Quote,
            Tag::Preformatted => Signal::Preformatted,
            Tag::Figure => Signal::Figure,
            Tag::FigureCaption | Tag::Caption => Signal::FigureCaption,
            Tag::Term | Tag::Definition => Signal::Definition,
            _ => return Signals::default(),
        };
        let mut signals = Signals::default();
        signals.add(signal);
        signals
    }
}

/// What the attribute `name` with `value` says.
pub(super) fn of_attribute(name: &[u8], value: &[u8]) -> Signals {
    let mut signals = Signals::default();
    match name {
        b"class" | b"id" | b"role" | b"aria-label" | b"data-testid" | b"data-component"
        | b"data-name" | b"data-block" | b"itemprop" => {
            for_each_word(value, |word| {
                if let Some(signal) = named(word) {
                    signals.add(signal);
                }
            });
            if name == b"class" && hides(value) {
                signals.add(Signal::Hidden);
            }
        }
        b"hidden" => signals.add(Signal::Hidden),
        b"aria-hidden" if value == b"true" => signals.add(Signal::NamedHidden),
        b"style" => {
            let plain: Vec<u8> = value
                .iter()
                .filter(|byte| !byte.is_ascii_whitespace())
                .map(u8::to_ascii_lowercase)
                .collect();
            let says = |what: &[u8]| plain.windows(what.len()).any(|part| part == what);
            if says(b"display:none") || says(b"visibility:hidden") {
                signals.add(Signal::Hidden);
            }
        }
        _ => {}
    }
    signals
}

/// Whether one of the classes hides an element from all readers, by the usual style sheets, and none of the
/// others shows it again on screens of some width (`d-none d-md-block`, `hidden lg:flex`).
fn hides(classes: &[u8]) -> bool {
    const HIDING: [&[u8]; 12] = [
        b"hidden",
        b"hide",
        b"d-none",
        b"is-hidden",
        b"u-hidden",
        b"sr-only",
        b"visually-hidden",
        b"visuallyhidden",
        b"screen-reader-text",
        b"screen-reader-only",
        b"element-invisible",
        b"invisible",
    ];
    const SHOWING: [&[u8]; 6] = [b"block", b"flex", b"grid", b"inline", b"table", b"visible"];
    let each = || classes.split(u8::is_ascii_whitespace).filter(|class| !class.is_empty());
    let shows = |class: &[u8]| {
        let last = class.rsplit(|sign| matches!(sign, b'-' | b':')).next();
        last.is_some_and(|last| last.len() < class.len() && SHOWING.contains(&last))
    };
    each().any(|class| HIDING.contains(&class)) && !each().any(shows)
}

/// Calls `see` for each word of names such as `related-posts`, `relatedPosts` and
/// `related_posts`, in lower case; words of over 20 letters are none.
fn for_each_word(names: &[u8], mut see: impl FnMut(&[u8])) {
    const LONGEST: usize = 20;
    let mut word = [0; LONGEST];
    let mut length = 0;
    let mut before_lower = false;
    for &byte in names.iter().chain([&b' ']) {
        let ends = !byte.is_ascii_alphabetic() || byte.is_ascii_uppercase() && before_lower;
        if ends {
            if (1..=LONGEST).contains(&length) {
                see(&word[..length]);
            }
            length = 0;
        }
        if byte.is_ascii_alphabetic() {
            if let Some(place) = word.get_mut(length) {
                *place = byte.to_ascii_lowercase();
            }
            length += 1;
        }
        before_lower = byte.is_ascii_lowercase();
    }
}

fn named(word: &[u8]) -> Option<Signal> {
    let signal = match word {
        b"nav" | b"navbar" | b"navigation" | b"menu" | b"submenu" | b"menuitem" | b"breadcrumb"
        | b"breadcrumbs" | b"crumb" | b"crumbs" | b"pagination" | b"pager" | b"paging"
        | b"prevnext" | b"skip" | b"toolbar" | b"topbar" | b"hamburger" | b"drawer"
        | b"offcanvas" | b"dropdown" | b"tablist" | b"sitemap" => Signal::NamedNavigation,
        b"header" | b"masthead" | b"topper" => Signal::NamedHeader,
        b"footer" | b"foot" | b"colophon" | b"copyright" | b"legal" | b"contentinfo" => {
            Signal::NamedFooter
        }
        b"sidebar" | b"side" | b"aside" | b"rail" | b"widget" | b"widgets" | b"secondary"
        | b"complementary" => Signal::NamedAside,
        b"related" | b"recommended" | b"recommendation" | b"recommendations" | b"recirc"
        | b"recirculation" | b"popular" | b"trending" | b"latest" | b"recent" | b"more"
        | b"readmore" | b"next" | b"prev" | b"previous" | b"also" | b"teaser" | b"teasers"
        | b"suggested" | b"similar" | b"upnext" | b"outbrain" | b"taboola" | b"carousel"
        | b"card" | b"cards" => Signal::NamedRelated,
        b"share" | b"sharing" | b"sharedaddy" | b"social" | b"socials" | b"follow"
        | b"addtoany" | b"addthis" | b"facebook" | b"twitter" | b"pinterest" | b"linkedin"
        | b"whatsapp" | b"print" => Signal::NamedShare,
        b"comment" | b"comments" | b"commentlist" | b"disqus" | b"respond" | b"reply"
        | b"replies" | b"discussion" | b"rating" | b"ratings" => Signal::NamedComment,
        b"ad" | b"ads" | b"adv" | b"advert" | b"adverts" | b"advertisement" | b"advertising"
        | b"adsense" | b"dfp" | b"sponsor" | b"sponsored" | b"sponsors" | b"promo" | b"promos"
        | b"promotion" | b"promoted" | b"banner" | b"affiliate" | b"partner" | b"partners" => {
            Signal::NamedAdvert
        }
        b"newsletter" | b"subscribe" | b"subscription" | b"signup" | b"login" | b"register"
        | b"paywall" | b"cta" | b"popup" | b"modal" | b"overlay" | b"cookie" | b"cookies"
        | b"consent" | b"gdpr" | b"optin" | b"alert" | b"notice" | b"donate" | b"donation"
        | b"membership" | b"dialog" | b"form" => Signal::NamedSubscribe,
        b"byline" | b"author" | b"authors" | b"bio" | b"meta" | b"metadata" | b"date" | b"time"
        | b"timestamp" | b"posted" | b"published" | b"dateline" | b"readtime" | b"writer"
        | b"contributor" | b"avatar" | b"info" => Signal::NamedByline,
        b"tag" | b"tags" | b"category" | b"categories" | b"topic" | b"topics" | b"keywords"
        | b"taxonomy" | b"labels" | b"eyebrow" | b"kicker" => Signal::NamedTopics,
        b"caption" | b"figcaption" | b"credit" | b"gallery" | b"slideshow" | b"lightbox"
        | b"photo" | b"image" | b"media" | b"video" | b"player" => Signal::NamedCaption,
        b"toc" | b"contents" | b"outline" => Signal::NamedContents,
        b"search" | b"searchform" | b"filter" | b"filters" | b"sort" => Signal::NamedSearch,
        b"product" | b"price" | b"cart" | b"buy" | b"basket" | b"checkout" | b"shop" => {
            Signal::NamedShop
        }
        b"content" | b"body" | b"text" | b"main" | b"prose" | b"markdown" | b"richtext"
        | b"rte" | b"wysiwyg" | b"copy" | b"paragraph" => Signal::NamedContent,
        b"article" | b"entry" | b"post" | b"story" | b"blog" => Signal::NamedArticle,
        b"thread" | b"question" | b"answer" | b"answers" | b"message" | b"messages" | b"postbody"
        | b"posttext" | b"topicbody" | b"bbwrapper" | b"posts" => Signal::NamedThread,
        b"signature" | b"member" | b"userinfo" | b"username" | b"postprofile" | b"userdetails"
        | b"profile" | b"joined" | b"reputation" => Signal::NamedMember,
        b"articlebody" => Signal::ArticleBody,
        b"hidden" | b"sr" | b"visuallyhidden" | b"invisible" | b"noprint" | b"screenreader" => {
            Signal::NamedHidden
        }
        _ => return None,
    };
    Some(signal)
}
