//! Citation marks, exactly.

use twicetold::boilerplate::citation::citations;
use twicetold::clean::{CleanRule, clean};

fn stripped(text: &str) -> String {
    let rule = CleanRule {
        strip_citations: true,
        ..CleanRule::DEFAULT
    };
    clean(text, &rule).text(text)
}

#[test]
fn exactly_the_marks_go() {
    for (text, expected) in [
        (
            "The ferry stopped on Monday Harbour Post1. The crew had found a crack France242.\n\
             Nobody was hurt, said the mayor U.S. Department of State3. \u{201c}It sails on Friday\u{201d} Harbour Post1.\n",
            "The ferry stopped on Monday. The crew had found a crack.\n\
             Nobody was hurt, said the mayor. \u{201c}It sails on Friday\u{201d}.\n",
        ),
        // A name between the sentence and the publisher stays.
        (
            "So said Kirill Dmitriev Reuters1. It was built by Anna Berg The Moscow Times2.\n\
             Trains run in New York BBC News3; others do not Reuters1.\n",
            "So said Kirill Dmitriev. It was built by Anna Berg.\nTrains run in New York; others do not.\n",
        ),
        // A name seen twice is what stands before its number every time.
        (
            "It was built by Anna Berg Quay Gazette1. It began in spring Quay Gazette1.\n\
             Rain fell Tide Letter2. More rain is due in autumn Reuters3.\n",
            "It was built by Anna Berg. It began in spring.\nRain fell. More rain is due in autumn.\n",
        ),
        // Several marks end one sentence.
        (
            "It closed Reuters1 The Guardian2. It opened again Politico3 Reuters1.\n",
            "It closed. It opened again.\n",
        ),
    ] {
        assert_eq!(stripped(text), expected);
    }
}

#[test]
fn what_only_looks_like_marks_stays() {
    for text in [
        "The headset is a PS VR2. The audit is SOC2. The road is Route66.\n",
        // Authors with their affiliations.
        "Jennifer Huberty1, Christine Glissmann2, Linda Larkey3, Megan Puzia4.\n",
        // Models.
        "We compared the KR161. We liked the KR172. We bought the KR173.\n",
        // Not 1, 2, 3.
        "It began Reuters2. It went on Gazette3. It ended Post4.\n",
        // One source only.
        "It began Reuters1. It went on Reuters2. It ended Reuters3.\n",
        // Dates and figures.
        "It began on January 1. It went on until April 2. It ended on March 3.\n",
    ] {
        assert_eq!(citations(text), [], "{text}");
        assert_eq!(stripped(text), text);
    }
}

#[test]
fn no_words_are_joined() {
    let text = "It began Reuters1:y and went on Gazette2.Tuesday saw the end Post3,so they say.\n";
    assert_eq!(stripped(text), text);
}

#[test]
fn where_nouns_are_capitalised_a_single_mark_takes_its_last_word() {
    let text = "Der Dampfer liegt im Hafen, sagte die Reederei Hansen Reuters1. Ein Riss war unter dem Bug \
                Spiegelblatt2. Die Fahrt ist auf den Herbst verschoben, hieß es aus dem Amt Seezeitung3.\n";
    let expected = "Der Dampfer liegt im Hafen, sagte die Reederei Hansen. Ein Riss war unter dem Bug. \
                    Die Fahrt ist auf den Herbst verschoben, hieß es aus dem Amt.\n";
    assert_eq!(stripped(text), expected);
}

/// Cases of a file: a title, and a text with its marks in ⟦brackets⟧.
fn cases(file: &str) -> Vec<(String, String)> {
    let root = env!("CARGO_MANIFEST_DIR");
    let all = std::fs::read_to_string(format!("{root}/tests/fixtures/citations/{file}")).unwrap();
    let cases = all.split("%% ").skip(1);
    let cases = cases.map(|case| case.split_once('\n').unwrap());
    cases
        .map(|(title, text)| (title.to_owned(), text.to_owned()))
        .collect()
}

/// Names that end in digits ("names.txt"), and pages with marks, many of them beside
/// such names ("marks.txt"). No false edit; how many marks are found is printed:
/// `cargo test --test citations -- --nocapture`.
#[test]
fn no_false_edit_in_sixty_cases() {
    let (mut wanted, mut found) = (0, 0);
    let all = [cases("names.txt"), cases("marks.txt")].concat();
    assert!(all.len() >= 60);
    for (title, marked) in all {
        let mut text = String::new();
        let mut marks: Vec<(usize, usize)> = Vec::new();
        for piece in marked.split_inclusive(['⟦', '⟧']) {
            let start = text.len();
            text.push_str(piece.trim_end_matches(['⟦', '⟧']));
            if piece.ends_with('⟧') {
                marks.push((start, text.len()));
            }
        }
        let spans: Vec<(usize, usize)> = citations(&text)
            .iter()
            .map(|mark| (mark.span.start, mark.span.end))
            .collect();
        let but = |these: &[(usize, usize)], those: &[(usize, usize)]| -> Vec<String> {
            let rest = these.iter().filter(|span| !those.contains(span));
            rest.map(|span| text[span.0..span.1].to_owned()).collect()
        };
        assert_eq!(but(&spans, &marks), [""; 0], "false edits: {title}");
        wanted += marks.len();
        found += spans.len();
        if spans.len() < marks.len() {
            println!("{title}: missed {:?}", but(&marks, &spans));
        }
        // Nothing but the marks is taken out.
        let mut left = text.clone();
        for span in spans.iter().rev() {
            left.replace_range(span.0..span.1, "");
        }
        assert_eq!(stripped(&text), left, "{title}");
    }
    println!("{found} of {wanted} marks found, no false edit");
    assert!(100 * found >= 85 * wanted);
}

/// Marks that turn up behind those taken out are taken out in rounds: their number is
/// bounded. (30 KB of the first shape took 1.8 s, and four times as much for twice that.)
#[test]
fn many_sequences_take_linear_time() {
    let name = |at: usize| -> String {
        let digits = format!("{at:06}").into_bytes().into_iter();
        digits
            .map(|digit| char::from(digit - b'0' + b'a'))
            .collect()
    };
    let mark = |at: usize, number: usize| format!("It fell A{}zeitung{number}.\n", name(at));
    for sequences in [1_000, 20_000] {
        let one_by_one: String = (0..sequences)
            .flat_map(|at| (1..=3).map(move |number| (at, number)))
            .map(|(at, number)| mark(3 * at + number, number))
            .collect();
        let interleaved: String = (1..=3)
            .flat_map(|number| (0..sequences).map(move |at| (at, number)))
            .map(|(at, number)| mark(3 * at + number, number))
            .collect();
        for text in [one_by_one, interleaved] {
            let start = std::time::Instant::now();
            let left = stripped(&text);
            println!("{sequences} sequences: {:?}", start.elapsed());
            assert_eq!(stripped(&left), left);
            assert!(start.elapsed().as_secs() < 30);
        }
    }
}
