//! The two pages the project started from, wrapped into plausible HTML: what the hand labels
//! keep is kept to the line, and nothing else is.

mod common;

use common::shared_data;
use twicetold::clean::{CleanRule, Cleaner};
use twicetold::html::Document;

const SEEDS: [&str; 2] = ["000_ea6076404e89eeae", "004_dbe71d230b5e5482"];

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The lines of a seed as elements: short lines that end no sentence are headings, or, behind
/// the last sentence and where `linked`, links of a list.
fn body(lines: &[&str], linked: bool) -> String {
    let last = lines
        .iter()
        .rposition(|line| line.ends_with(['.', ')']))
        .unwrap();
    let mut body = String::new();
    for (at, line) in lines.iter().enumerate() {
        let heading = line.split_whitespace().count() < 20 && !line.ends_with(['.', '”', '"', ')']);
        let tag = match heading {
            true if at == 0 => "h1",
            true => "h2",
            false => "p",
        };
        let line = escaped(line);
        body += &match linked && at > last {
            true => format!("<li><a href=/{at}>{line}</a></li>\n"),
            false => format!("<{tag}>{line}</{tag}>\n"),
        };
    }
    body
}

/// A page of today: sections by tags, much of it named.
fn modern(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} | The Daily Wire</title>\
         <script>var a = '<p>not text</p>';</script><style>p {{ margin: 0 }}</style></head>\
         <body class=\"single has-sidebar\">\
         <header class=site-header><a href=/ class=logo>The Daily Wire</a>\
         <nav aria-label=Main><ul><li><a href=/world>World</a><li><a href=/politics>Politics</a>\
         <li><a href=/sport>Sport</a></ul></nav></header>\
         <main><article class=post><div class=entry-content>{body}</div></article>\
         <aside class=related-posts><h3>More from the world desk</h3><ul>\
         <li><a href=/1>Harbour strike enters its second week</a>\
         <li><a href=/2>Bread prices fall for the first time in a year</a></ul></aside></main>\
         <footer class=site-footer><p>© 2025 The Daily Wire. All rights reserved.</p>\
         <ul><li><a href=/about>About us</a><li><a href=/privacy>Privacy policy</a></ul></footer>\
         </body></html>"
    )
}

/// A page of nested `div`s whose names tell, in the manner of content management systems.
fn divs(title: &str, body: &str) -> String {
    format!(
        "<html><head><title>{title}</title></head><body><div id=wrapper><div id=masthead>\
         <div class=\"menu top-menu\"><a href=/>Home</a> <a href=/news>News</a> <a href=/video>Video</a>\
         <a href=/contact>Contact</a></div></div><div id=columns><div id=content>\
         <div class=story-body>{body}</div>\
         <div class=\"share-buttons\"><a href=#>Facebook</a><a href=#>Twitter</a><a href=#>E-mail</a></div>\
         </div><div id=sidebar><div class=widget><h4>Most read</h4>\
         <ol><li><a href=/a>Ferry stopped after a crack is found in its hull</a>\
         <li><a href=/b>School holidays: what is open and what is not</a></ol></div>\
         <div class=\"widget newsletter\"><p>Get the best of our reporting in your inbox every morning.</p></div></div></div>\
         <div id=footer><a href=/imprint>Imprint</a> | <a href=/terms>Terms of use</a></div></div></body></html>"
    )
}

/// A page laid out by a table, with capital tags, and end tags left out.
fn table(title: &str, body: &str) -> String {
    let body = body.replace("</p>", "").replace("<p>", "<P>");
    format!(
        "<HTML><HEAD><TITLE>{title}</TITLE></HEAD><BODY><TABLE WIDTH=100%><TR><TD WIDTH=120 VALIGN=top>\
         <A HREF=index.html>Front page</A><BR><A HREF=world.html>World news</A><BR>\
         <A HREF=sport.html>Sport</A><BR><A HREF=archive.html>Archive</A>\
         <TD><FONT FACE=Arial>{body}</FONT></TABLE>\
         <HR><P ALIGN=center><A HREF=about.html>About this site</A> - <A HREF=mail.html>Write to us</A></BODY></HTML>"
    )
}

#[test]
fn seeds_in_html_are_cleaned_to_the_line() {
    let Some(data) = shared_data() else { return };
    let cleaner = Cleaner::new(CleanRule::DEFAULT).unwrap();
    let read = |path: String| std::fs::read_to_string(data.join(path)).unwrap();
    for seed in SEEDS {
        let text = read(format!("seeds/{seed}.txt"));
        let ideal = read(format!("seeds-ideal/{seed}.clean.txt"));
        let lines: Vec<&str> = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        let want: Vec<&str> = ideal
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        for (name, wrap) in [
            ("modern", modern as fn(&str, &str) -> String),
            ("divs", divs),
            ("table", table),
        ] {
            let [plain, linked] =
                [false, true].map(|linked| wrap(&escaped(lines[0]), &body(&lines, linked)));
            for (how, html) in [
                ("once", plain.clone()),
                ("twice", plain.clone() + &plain),
                ("linked", linked),
            ] {
                let page = Document::parse(&html);
                let cleaned = cleaner.clean_document(&page).text(page.text());
                let got: Vec<&str> = cleaned.lines().filter(|line| !line.is_empty()).collect();
                let extra: Vec<_> = got.iter().filter(|line| !want.contains(line)).collect();
                let missing: Vec<_> = want.iter().filter(|line| !got.contains(line)).collect();
                assert!(
                    got == want,
                    "{seed}, {name}, {how}: {} lines of {}; extra {extra:?}, missing {missing:?}",
                    got.len(),
                    want.len()
                );
            }
        }
    }
}
