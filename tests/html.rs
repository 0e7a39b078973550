//! Pages as HTML: what is read, and that no input takes long or goes lost unseen.

mod common;

use common::{assert_rebuilds, cases};
use proptest::prelude::*;
use std::time::Instant;
use twicetold::Span;
use twicetold::clean::{CleanRule, Cleaner};
use twicetold::html::{Document, Told, decode};

fn text(html: &str) -> String {
    Document::parse(html).text().to_owned()
}

#[test]
fn blocks_are_lines_and_white_space_is_collapsed() {
    assert_eq!(text("<p>one\n  two<p>three"), "one two\n\nthree");
    assert_eq!(text("<div>a<div>b</div>c</div>"), "a\n\nb\n\nc");
    assert_eq!(text("<b>bo</b>ld <i> it</i>"), "bold it");
    assert_eq!(text("one<br>two<br/>three"), "one\ntwo\nthree");
    assert_eq!(text("<ul><li>a<li>b</ul>c"), "a\nb\n\nc");
    assert_eq!(
        text("<pre>\nfn a() {\n    b();\n\n}</pre>"),
        "fn a() {\n    b();\n\n}"
    );
    assert_eq!(text("<p>a&nbsp;b &lt;p&gt; &eacute;"), "a\u{a0}b <p> é");
    assert_eq!(text("<p>one\u{2028}two"), "one two");
    assert_eq!(text(""), "");
    assert_eq!(text("   <p> </p>"), "");
}

#[test]
fn rows_are_lines_and_layout_tables_are_blocks() {
    assert_eq!(
        text("<table><tr><th>a<th>b<tr><td>1<td>2</table>"),
        "a\tb\n1\t2"
    );
    let long = "word ".repeat(30);
    let page = format!("<table><tr><td>{long}<td>menu</table>");
    assert_eq!(text(&page), format!("{}\nmenu", long.trim()));
}

#[test]
fn what_is_no_text_is_left_out() {
    assert_eq!(
        text(
            "<script>if (a < b) { '<p>' }</script><style>p{}</style>a<!-- b --><svg><title>x</title><text>y</text></svg>c"
        ),
        "ac"
    );
    assert_eq!(
        text("<template><p>t</template>a<video>no video</video>"),
        "a"
    );
    let page = Document::parse("<title>A &amp; B</title><p>c");
    assert_eq!((page.title(), page.text()), (Some("A & B"), "c"));
}

#[test]
fn end_tags_that_are_missing_or_misplaced() {
    assert_eq!(text("<p>a</div>b"), "a\n\nb");
    assert_eq!(text("<table><tr><td>a</div>b</table>"), "a\n\nb");
    assert_eq!(text("<a href=x>a<div>b</a>c</div>d"), "a\n\nbc\n\nd");
    assert_eq!(text("<dl><dt>a<dd>b<dt>c</dl>"), "a\n\nb\n\nc");
    let page = Document::parse("<p><a href=x>in</a> out <a href=y>in <a href=z>in</a> out");
    assert_eq!(
        (
            page.markup().lines()[0].words,
            page.markup().lines()[0].link_words
        ),
        (5, 3)
    );
}

/// Every piece of the source is the text it stands for, where no reference and no space was folded.
#[test]
fn the_map_leads_back_to_the_source() {
    let html = "<nav>Home</nav>\n<p>The <b>ferry</b>   stopped &amp; sank.\n<pre>a\n b</pre>";
    let page = Document::parse(html);
    for word in ["Home", "The", "ferry", "stopped", "a", "b"] {
        let at = page.text().find(word).unwrap();
        let source = page.source(Span::new(at, at + word.len()));
        let found: String = source.iter().map(|span| span.of(html)).collect();
        assert!(found.contains(word), "{word}: {found}");
    }
    let ferry = page.text().find("ferry").unwrap();
    let source = page.source(Span::new(ferry, ferry + 5));
    assert_eq!(source[0].of(html), "ferry");
    assert!(page.source(Span::new(0, 0)).is_empty());
}

#[test]
fn charsets() {
    let shift_jis = b"<meta charset=Shift_JIS>\x93\xfa\x96\x7b";
    assert!(decode(shift_jis, None).html.ends_with("日本"));
    let utf16: Vec<u8> = "\u{feff}<p>é"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let page = decode(&utf16, Some("utf-8"));
    assert_eq!((page.html.as_str(), page.told), ("<p>é", Told::Mark));
    // The header wins over the element, and unknown names are said.
    let page = decode(b"<meta charset=utf-8>\xe9", Some("latin1"));
    assert!(page.html.ends_with('é') && page.told == Told::Header);
    let page = decode(b"caf\xe9 cr\xe8me, d\xe9j\xe0 vu", Some("no-such"));
    assert_eq!(page.html, "café crème, déjà vu");
    assert!(page.remarks[0].contains("no-such"));
    // Lies.
    let page = decode("<meta charset=iso-8859-1>日本".as_bytes(), None);
    assert!(page.html.ends_with("日本") && page.remarks.len() == 1);
    let page = decode(
        b"<meta charset=utf-8><p>caf\xe9 cr\xe8me br\xfbl\xe9e",
        None,
    );
    assert!(page.html.contains("café crème brûlée"), "{}", page.html);
    assert!(page.remarks[0].contains("UTF-8"), "{:?}", page.remarks);
    assert_eq!(decode(b"", None).html, "");
}

fn seconds(html: &str) -> f64 {
    let start = Instant::now();
    std::hint::black_box(Document::parse(html));
    start.elapsed().as_secs_f64()
}

/// Shapes that made other parsers quadratic. The bound is that of a parser a thousand
/// times slower than this one, far from what quadratic time takes here (minutes).
#[test]
fn hostile_shapes_are_read_in_no_time() {
    let deep = 100_000;
    let attributes: String = (0..80_000).map(|n| format!(" a{n}=b class=x{n}")).collect();
    let shapes = [
        ("divs", "<div>".repeat(deep)),
        ("closed", "<div>".repeat(deep) + &"</div>".repeat(deep)),
        ("wrongly", "<div>".repeat(deep) + &"</span>".repeat(deep)),
        ("lists", "<ul><li>".repeat(deep)),
        ("tables", "<table><tr><td>".repeat(deep)),
        (
            "beyond",
            "<div><table><td>".repeat(deep / 2) + &"</div>".repeat(deep),
        ),
        ("bold", "<b>".repeat(deep) + &"<p>x".repeat(deep)),
        ("links", "<a href=x>y".repeat(deep)),
        ("items", "<li>".repeat(deep) + &"<p>x".repeat(deep)),
        ("terms", "<dl><dd>".repeat(deep) + &"<dt>".repeat(deep)),
        ("attributes", format!("<p{attributes}>text")),
        (
            "value",
            format!("<p class='{}'>text", "x y-Z ".repeat(1_000_000)),
        ),
        ("comment", format!("a<!--{}", " x".repeat(5_000_000))),
        ("references", "&amp;".repeat(1_000_000)),
        ("unknown", "&a".repeat(1_000_000)),
        ("less", "<".repeat(5_000_000)),
        ("line", "word ".repeat(2_000_000)),
        (
            "script",
            format!("a<script>{}", "<!--<script>".repeat(500_000)),
        ),
        ("preformatted", format!("<pre>{}", "\n".repeat(5_000_000))),
    ];
    for (name, html) in &shapes {
        let spent = seconds(html);
        assert!(spent < 20.0, "{name}: {spent} s");
    }
}

#[test]
fn what_could_not_be_read_is_said() {
    let page = Document::parse("a<script> <p>two");
    assert_eq!((page.text(), page.remarks().len()), ("a", 1));
    let page = Document::parse("<title>a <p>two");
    assert!(page.text().is_empty() && page.remarks().len() == 1);
    let plain = "no tags\n\nhere & there\n";
    let page = Document::parse(plain);
    assert_eq!(page.text(), plain);
    assert!(page.remarks()[0].contains("plain text"));
}

#[test]
fn an_unclosed_comment_is_said() {
    let page = Document::parse("<p>one<!-- <p>two");
    assert_eq!(page.text(), "one");
    assert!(
        page.remarks()[0].contains("comment") && page.remarks()[0].contains("byte 6 "),
        "{:?}",
        page.remarks()
    );
}

/// Tags, texts and rubbish in any order.
fn soup() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "<p>",
        "</p>",
        "<div class=nav>",
        "<div>",
        "</div>",
        "<ul>",
        "<li>",
        "</ul>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "<a href=x>",
        "</a>",
        "<b>",
        "</b>",
        "<br>",
        "<pre>",
        "</pre>",
        "<nav>",
        "</nav>",
        "<h1>",
        "</h1>",
        "<aside hidden>",
        "</aside>",
        "<footer>",
        "<article>",
        "</article>",
        "<!-- c -->",
        "<script>x<",
        "</script>",
        "<svg>",
        "</svg>",
        "<title>",
        "</title>",
        "<button>",
        "</button>",
        "<",
        "&amp;",
        "&nbsp;",
        "&#x2028;",
        "\u{2028}",
        "\r\n",
        "\n\n",
        "  ",
        "\t",
        "\0",
        "é",
        "日本",
        "<form><select><option>",
        "The ferry to the outer islands stopped on Monday, because a crack was found in its hull. ",
        "Nobody knows yet when the company will let it sail again, its speaker said on Tuesday. ",
        "You may also like",
        "Home",
        "3 comments",
    ];
    proptest::collection::vec(proptest::sample::select(PARTS), 0..120)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(cases(300))]

    /// Lines are in order, are the text, and hold no line end; pieces of the source are in order;
    /// what the cleaner keeps and takes is the text.
    #[test]
    fn documents_hold_together(html in soup()) {
        let page = Document::parse(&html);
        let text = page.text();
        let lines = page.markup().lines();
        let of_text: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect();
        let of_markup: Vec<&str> = lines.iter().map(|line| line.span.of(text)).collect();
        if !lines.is_empty() {
            prop_assert_eq!(&of_markup, &of_text);
        }
        for line in lines {
            prop_assert!(line.link_words <= line.words);
            prop_assert!((line.element as usize) < page.markup().elements().len());
        }
        for (at, element) in page.markup().elements().iter().enumerate() {
            prop_assert!(at == 0 || (element.parent as usize) < at);
        }
        let pieces = page.source(Span::new(0, text.len()));
        prop_assert!(pieces.windows(2).all(|pair| pair[0].start <= pair[1].start));
        prop_assert!(pieces.iter().all(|piece| html.get(piece.range()).is_some()));
        for rule in [CleanRule::DEFAULT, CleanRule { strip_citations: true, ..CleanRule::DEFAULT }] {
            let cleaned = Cleaner::new(rule).unwrap().clean_document(&page);
            assert_rebuilds(text, &cleaned);
            prop_assert!(text.trim().is_empty() == cleaned.text(text).trim().is_empty());
        }
    }

    /// Any bytes at all are a page.
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let page = Document::from_bytes(&bytes, None);
        prop_assert!(page.text().len() <= 3 * bytes.len() + 8);
    }
}
