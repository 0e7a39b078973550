//! Hostile HTML: of tags, attributes, references and what a parser keeps open.

use crate::common::Random;
use crate::text::{Family, again, block, filled};

/// An article as sites write it.
pub(crate) fn news(random: &mut Random, bytes: usize) -> String {
    let body = filled(bytes, |text, _| {
        let paragraph = block(random);
        *text += &format!("<p class=body>{}</p>\n", paragraph.trim_end());
    });
    format!("<html><body><article>{body}</article></body></html>")
}

/// Elements opened one in another, then what is said in the innermost.
fn deep(open: &str, said: &str, bytes: usize) -> String {
    open.repeat(bytes / 2 / open.len()) + &said.repeat(bytes / 2 / said.len())
}

pub(crate) const ALL: &[Family] = &[
    ("lists in lists", |_, n| again("<ol><li>", "", n)),
    ("divisions in divisions", |_, n| again("<div>", "", n)),
    ("paragraphs deep in divisions", |_, n| {
        deep("<div class=y>", "<p>red green blue white black grey", n)
    }),
    ("breaks deep in divisions with signals", |_, n| {
        deep("<div id=comments class=\"share related\">", "b<br>", n)
    }),
    ("paragraphs deep in spans", |_, n| {
        deep("<span class=related>", "<p>b", n)
    }),
    ("tables in tables", |_, n| again("<table><tr><td>", "", n)),
    ("cells of one row", |_, n| again("<td>b", "<table><tr>", n)),
    ("cells without an end", |_, n| {
        again("b<td>", "<table><tr><td>", n)
    }),
    ("cells of many words", |_, n| {
        again("<td>k l m n o p q r s t u v w x y z", "<table><tr>", n)
    }),
    ("links", |_, n| again("<a href=/>y", "", n)),
    ("blocks in links", |_, n| again("<a><div>", "", n)),
    ("bold in bold", |_, n| again("<b>", "", n)),
    ("bold with a class", |_, n| again("<b class=menu>y", "", n)),
    ("paragraphs in buttons", |_, n| again("<button><p>", "", n)),
    ("ends of what is not open", |_, n| {
        deep("<div>", "</p></li></span>", n)
    }),
    ("attributes", |_, n| {
        format!(
            "<div {}>y",
            filled(n, |text, at| *text += &format!("b{at}=c "))
        )
    }),
    ("one attribute over and over", |_, n| {
        again("class=share ", "<div ", n) + ">y"
    }),
    ("words of one class", |_, n| {
        again("related share ", "<div class=\"", n) + "\">y"
    }),
    ("ampersands", |_, n| again("&", "", n)),
    ("long references", |_, n| {
        again("&notinva&NotSquareSubset", "", n)
    }),
    ("comments that do not end", |_, n| again("<!--", "", n)),
    ("empty comments", |_, n| again("y<!---->", "", n)),
    ("options", |_, n| again("<select><option>y", "", n)),
    ("templates in templates", |_, n| {
        again("<template><p>y", "", n)
    }),
    ("titles in pictures", |_, n| again("<svg><title>y", "", n)),
    ("preformatted", |_, n| again("<pre>\n y", "", n)),
    ("breaks", |_, n| again("y<br>", "", n)),
    ("titles", |_, n| again("<title>y</title>", "", n)),
    ("tags that do not open", |_, n| again("<", "", n)),
    ("sections of characters", |_, n| {
        again("<![CDATA[y]]>", "", n)
    }),
    ("a list of links", |_, n| {
        again("<li><a href=/y>More of it is over here</a>", "<ul>", n)
    }),
    ("scripts in scripts", |_, n| {
        again("<script><!--<script>", "", n)
    }),
    ("headings", |_, n| again("<h3>b</h3><h2>c</h2>", "", n)),
    ("articles in articles", |_, n| {
        again("<article><section><h1>y</h1><p>red green blue.</p>", "", n)
    }),
    ("terms and what they mean", |_, n| {
        again("<dl><dt>b<dd>c", "", n)
    }),
    ("null bytes", |_, n| again("\0", "", n)),
];
