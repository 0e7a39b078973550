//! Pages of each kind, invented: what is content stays, what stands around it goes.

use twicetold::clean::{CleanRule, Cleaner};
use twicetold::html::Document;

const PROSE: [&str; 4] = [
    "The parish council of Wick decided on Monday to give the old signal box to the model railway club, which has looked for a home since the school hall was closed.",
    "Chairwoman Nell Harper said the club would have to mend the stairs itself, because the money for this year had gone into the drains below the playing field.",
    "Members hope to lay the first metres of track before the summer fair, when visitors usually fill the small car park and most of the verge beside it.",
    "A retired signalman has offered to teach the children how the levers worked, and the council has asked the county museum for the missing brass plates.",
];

fn paragraphs() -> String {
    PROSE.map(|text| format!("<p>{text}</p>")).concat()
}

/// A page of the site with `main` in the middle and `behind` after it.
fn page(main: &str, behind: &str) -> String {
    format!(
        "<html lang=en><head><title>Signal box for the club | Wick Herald</title></head><body>\
         <header><nav><ul><li><a href=/>Start</a><li><a href=/local>Local</a><li><a href=/sport>Sport</a>\
         </ul></nav></header><main>{main}</main>{behind}\
         <footer><p>© Wick Herald <a href=/terms>Terms of use</a></p></footer></body></html>"
    )
}

fn cleaned(html: &str) -> String {
    let page = Document::parse(html);
    let cleaner = Cleaner::new(CleanRule::DEFAULT).unwrap();
    cleaner.clean_document(&page).text(page.text())
}

#[track_caller]
fn check(html: &str, stays: &[&str], goes: &[&str]) {
    let text = cleaned(html);
    for line in stays {
        assert!(text.contains(line), "lost: {line}\n--- in\n{text}");
    }
    for line in goes.iter().chain(&["Terms of use", "Sport"]) {
        assert!(!text.contains(line), "stays: {line}\n--- in\n{text}");
    }
}

#[test]
fn a_question_and_its_answers() {
    let question = "How do I keep my scones from drying out overnight?";
    let asked = "I bake them in the evening for a stall that opens at eight, and by then they are as hard as a biscuit.";
    let answers = [
        "Wrap them in a clean cloth while they are still warm, and put the cloth into a tin with a lid that is not quite tight. They will lose their crust but keep soft until noon.",
        "Freeze them as soon as they are cool, and warm them through in a low oven before you leave. Ten minutes are enough, and nobody at our stall has ever noticed the difference.",
    ];
    let of = |text: &str| format!("<div class=answer><div class=post-text><p>{text}</p></div></div>");
    let main = format!(
        "<div id=mainbar><h1>{question}</h1><div class=question><div class=post-text><p>{asked}</p></div></div>\
         <div id=answers><h2>2 Answers</h2>{}{}</div></div>",
        of(answers[0]),
        of(answers[1])
    );
    check(&page(&main, ""), &[question, asked, answers[0], answers[1]], &[]);
}

#[test]
fn the_posts_of_a_thread() {
    let posts = [
        "The new heater trips the breaker as soon as the oven is on. The house is from 1968, should I be worried?",
        "Sixteen amps for both is simply too much. Try the heater on another socket first.",
        "I agree, but with wiring of that age I would have the earth tested before anything else.",
        "An electrician came today. The earth is fine, the breaker was worn out, and it cost me forty. Thanks to all!",
    ];
    let post = |(at, text): (usize, &&str)| {
        format!(
            "<article class='message message--post'><div class=message-user>member{at}</div>\
             <div class=message-content><div class=bbWrapper>{text}</div></div></article>"
        )
    };
    let main = "<h1>Heater trips the breaker</h1>".to_owned()
        + &posts.iter().enumerate().map(post).collect::<String>();
    check(&page(&main, ""), &posts, &[]);
}

#[test]
fn dates_of_a_tour() {
    let dates = ["May 2 – Leeds @ Mill Hall", "May 4 – York @ Old Barn", "May 7 – Hull @ Pier House"];
    let list = dates.map(|date| format!("<p>{date}</p>")).concat();
    let main = format!("<article><h1>The Tin Larks on the road</h1>{}<p>Dates:</p>{list}</article>", paragraphs());
    check(&page(&main, ""), &dates, &[]);
}

#[test]
fn products_with_links() {
    let things = ["1) Balsa glider with a rubber band", "2) Clockwork beetle", "3) Box of lead soldiers"];
    let links = ["http://toy.example/1", "http://toy.example/2", "http://toy.example/3"];
    let list: String = things
        .iter()
        .zip(links)
        .map(|(thing, link)| format!("<p>{thing}</p><p><a href={link}>{link}</a></p>"))
        .collect();
    let main = format!(
        "<article><h1>Three toys from the attic</h1><p>{}</p>{list}<p>{}</p></article>",
        PROSE[0], PROSE[1]
    );
    check(&page(&main, ""), &things, &[]);
}

#[test]
fn embedded_posts() {
    let posts = ["The brass plates must come home, we have waited long enough.", "Trains at last. See you in the signal box."];
    let of = |text: &str| {
        format!(
            "<blockquote class=twitter-tweet><p>{text}</p>&mdash; Wick Rails (@wickrails) \
             <a href='https://twitter.com/x/status/1'>May 4, 2021</a></blockquote>"
        )
    };
    let main = format!(
        "<article><h1>Signal box for the club</h1><p>{}</p>{}<p>{}</p>{}<p>{}</p></article>",
        PROSE[0],
        of(posts[0]),
        PROSE[1],
        of(posts[1]),
        PROSE[2]
    );
    check(&page(&main, ""), &posts, &[]);
}

#[test]
fn teasers_in_sentences() {
    let teasers = [
        "The operator says that diesel has become a fifth dearer since the winter and that the fares have to follow.",
        "Thirty children came home on Sunday with the second prize, and half the street stood at the station.",
        "Warm weeks and little wind have let the weed grow faster than in any summer since the records began.",
    ];
    let card = |(at, text): (usize, &&str)| {
        format!("<div class=card><a href=/{at}><h3>Another story {at}</h3></a><p>{text}</p></div>")
    };
    let more = teasers.iter().enumerate().map(card).collect::<String>();
    let behind = format!("<div class=section><h2>More from the Herald</h2>{more}</div>");
    let main = format!("<article><h1>Signal box for the club</h1>{}</article>", paragraphs());
    check(&page(&main, &behind), &PROSE, &teasers);
}

#[test]
fn headlines_of_other_stories_in_between() {
    let others = ["BUS FARES TO RISE AGAIN IN SPRING", "SCHOOL BAND WINS SECOND PRIZE IN LINZ", "GET THE HERALD ON YOUR PHONE NOW"];
    let link = |at: usize| format!("<p><a href=/{at}>{}</a></p>", others[at]);
    let main = format!(
        "<article><h1>Signal box for the club</h1><p>{}</p>{}<p>{}</p>{}<p>{}</p>{}</article>",
        PROSE[0],
        link(0),
        PROSE[1],
        link(1),
        PROSE[2],
        link(2)
    );
    check(&page(&main, ""), &PROSE[..3], &others);
}

#[test]
fn a_caption_three_times() {
    let caption = "Nell Harper, right, holds the key of the signal box in Wick on Monday. (Photo: Jo Tran, WH)";
    let photo = format!("<p class=photo>{caption}</p>");
    let main = format!(
        "<article><h1>Signal box for the club</h1><div class=gallery>{photo}{photo}{photo}</div>{}</article>",
        paragraphs()
    );
    assert!(cleaned(&page(&main, "")).matches(caption).count() <= 1);
}

#[test]
fn a_product() {
    let stays = ["Lantern L4", "£29.00", "Burns for nine hours", "Folds flat", "The L4 dims by itself when the battery runs low."];
    let main = "<h1>Lantern L4</h1><p class=price>£29.00</p><ul><li>Burns for nine hours</li><li>Folds flat</li>\
        </ul><div class=description><p>The L4 dims by itself when the battery runs low.</p></div>\
        <div class=related><h2>Customers also bought</h2><ul><li><a href=/l5>Lantern L5 £39</a></li>\
        <li><a href=/b1>Battery B1 £9</a></li></ul></div>";
    check(&page(main, ""), &stays, &["Lantern L5", "Battery B1"]);
}

#[test]
fn an_index() {
    let entries = ["Keeps its child at one place.", "Puts children side by side.", "Puts children on top of each other.", "Starts a new row where one is full."];
    let card = |text: &str| format!("<div class=card><a href=/x><h3>Box</h3></a><p>{text}</p></div>");
    let main = format!(
        "<h1>Boxes</h1><p>All the boxes that come with the kit.</p><div class=grid>{}</div>",
        entries.map(card).concat()
    );
    check(&page(&main, ""), &entries, &[]);
}

#[test]
fn short_lines_at_the_end_of_an_article() {
    let endings: [&[&str]; 5] = [
        &["What comes next?", "Paint, mostly.", "And after that?", "Ask me in May."],
        &["200 g oats", "2 eggs", "Stir, rest, bake.", "Serve with cream."],
        &["the lamp is out,", "the tide is in,", "and nobody", "counts the boats."],
        &["Wick 3", "Thorne 1", "Scorers: Hale 2, Moss.", "Attendance: 211."],
        &["He leaves a sister.", "Service: St Mary, Friday, 2 p.m.", "No flowers."],
    ];
    for ending in endings {
        let lines: String = ending.iter().map(|line| format!("<p>{line}</p>")).collect();
        for (open, close) in [
            ("<article>", "</article>"),
            ("<article><div itemprop=articleBody class=article-body>", "</div></article>"),
            ("<article class=post><div class=entry-content>", "</div></article>"),
        ] {
            let main = format!("{open}<h1>Signal box for the club</h1>{}{lines}{close}", paragraphs());
            check(&page(&main, ""), ending, &[]);
        }
    }
}

#[test]
fn the_headline_is_the_first_line_once() {
    let headline = "Signal box for the club";
    let layouts = [
        format!("<article><h1>{headline}</h1>{}</article>", paragraphs()),
        format!("<article class='post hentry'><header class=entry-header><h1 class=entry-title>{headline}</h1>\
            <div class=entry-meta>Posted on <a>March 3, 2021</a></div></header><div class=entry-content>{}</div></article>", paragraphs()),
        format!("<div class=hero><h1>{headline}</h1></div><div class=story>{}</div>", paragraphs()),
        format!("<article itemscope><h1 itemprop=headline>{headline}</h1><div itemprop=articleBody>{}</div></article>", paragraphs()),
        format!("<header><h1>{headline}</h1></header><div class=text>{}</div><div class=sticky><h2>{headline}</h2></div>", paragraphs()),
    ];
    for main in layouts {
        let html = page(&main, "");
        let text = cleaned(&html);
        assert!(text.starts_with(headline), "{text}");
        assert_eq!(text.matches(headline).count(), 1, "{text}");
        let document = Document::parse(&html);
        assert_eq!(document.headline().unwrap().of(document.text()), headline);
    }
}

#[test]
fn what_marks_the_articles_own_parts_is_no_argument_against_it() {
    for class in ["paywall", "subscribe-gate", "comment-body", "sharing", "footer-sticky", "non-paywall"] {
        for from in [0, 1, 3] {
            let of = |text: &[&str]| text.iter().map(|text| format!("<p>{text}</p>")).collect::<String>();
            let main = format!(
                "<article><h1>Signal box for the club</h1>{}<div class={class}>{}</div></article>",
                of(&PROSE[..from]),
                of(&PROSE[from..])
            );
            check(&page(&main, ""), &PROSE, &[]);
        }
    }
}
