//! Text cues in eight languages: what they take, what they leave, and tables of callers.

mod common;

use common::{Random, cases, removed};
use proptest::prelude::*;
use std::time::{Duration, Instant};
use twicetold::boilerplate::cue::{CueRule, CueTable, Cues, UNKNOWN_HEADING, UNMEASURED};
use twicetold::clean::{CleanRule, Cleaner, clean};
use twicetold::finding::{Action, Evidence, Finding, Reason};
use twicetold::{Deduplicator, Page};

/// An article and what its site puts around it.
struct Site {
    language: &'static str,
    menu: &'static str,
    article: &'static str,
    tail: &'static str,
    /// Headings that hold the words of cues and are content.
    headings: &'static [&'static str],
}

const SITES: [Site; 8] = [
    Site {
        language: "en",
        menu: "Skip to content\nHome\nHarbour\nIslands\nSign in\n",
        article: "Ferry to the outer islands stays in port for another week at least\n\
            The ferry to the outer islands stopped running on Monday after the crew found a crack \
            in the hull, the company said, and nobody knows yet when it will sail again.\n\
            Islanders now depend on two fishing boats, which bring flour, medicine and the post \
            twice a week, as long as the wind stays under force six and the fuel lasts.\n\
            The yard in the capital wants to look at the plates before it names a price, and the \
            minister said that the state would pay a third of it, as it did ten years ago.\n",
        tail: "5 comments\nAnna\n3 hours ago\nI was on board that morning and I can tell you that \
            the noise was heard all over the lower deck, long before anybody said a word.\nReply\n\
            Bert\nyesterday\nNonsense, it was the wind.\nReply\nCarl\n2 hours ago\nReply\n\
            You may also like\nTen boats to see\nPrivacy Policy\n",
        headings: &[
            "What the comments of readers tell us",
            "Most read books of the year",
        ],
    },
    Site {
        language: "de",
        menu: "Zum Inhalt springen\nStartseite\nHafen\nInseln\nAnmelden\n",
        article: "Fähre zu den äußeren Inseln bleibt mindestens noch eine Woche lang im Hafen\n\
            Die Fähre zu den äußeren Inseln fährt seit Montag nicht mehr, weil die Mannschaft einen \
            Riss im Rumpf gefunden hat, und niemand weiß, wann sie wieder ausläuft, sagt die Reederei.\n\
            Die Bewohner hängen nun von zwei Kuttern ab, die zweimal in der Woche Mehl, Arznei und \
            Post bringen, solange der Wind nicht über Stärke sechs steigt und der Diesel reicht.\n\
            Die Werft in der Hauptstadt will sich die Platten ansehen, bevor sie einen Preis nennt, \
            und der Minister sagte, der Staat werde wie vor zehn Jahren ein Drittel davon bezahlen.\n",
        tail: "3 Kommentare\nAnna\nvor 3 Stunden\nIch war an jenem Morgen an Bord und kann sagen, dass \
            man den Lärm auf dem ganzen unteren Deck hörte, lange bevor jemand ein Wort sagte.\n\
            Antworten\nBert\ngestern\nUnsinn, das war der Wind.\nAntworten\n\
            DAS KÖNNTE SIE AUCH INTERESSIEREN:\nZehn Boote für den Sommer\nDatenschutzerklärung\n",
        headings: &[
            "Warum ähnliche Artikel so teuer sind",
            "Die Kommentare der Trainer nach dem Spiel",
        ],
    },
    Site {
        language: "fr",
        menu: "Aller au contenu\nAccueil\nLe port\nLes îles\nSe connecter\n",
        article: "Le bac des îles du large reste à quai pour une semaine encore au moins\n\
            Le bac qui dessert les îles du large ne circule plus depuis lundi, après la découverte \
            d'une fissure dans la coque par l'équipage, et nul ne sait quand il reprendra la mer.\n\
            Les habitants dépendent désormais de deux chalutiers, qui apportent deux fois par semaine \
            la farine, les médicaments et le courrier, tant que le vent ne dépasse pas force six.\n\
            Le chantier de la capitale veut examiner les tôles avant d'annoncer un prix, et le ministre \
            a déclaré que l'État en paierait un tiers, comme il l'avait fait il y a dix ans déjà.\n",
        tail: "3 commentaires\nAnne\nil y a 3 heures\nJ'étais à bord ce matin-là et je peux vous dire que \
            l'on entendait le bruit sur tout le pont inférieur, bien avant que quelqu'un ne parle.\n\
            Répondre\nBertrand\nhier\nMais non, c'était le vent.\nRépondre\n\
            A LIRE AUSSI\nDix bateaux pour l'été\nMentions légales\n",
        headings: &[
            "Pourquoi lire aussi tard le soir",
            "Les articles similaires de la loi",
        ],
    },
    Site {
        language: "es",
        menu: "Ir al contenido\nInicio\nPuerto\nIslas\nIniciar sesión\n",
        article: "El transbordador de las islas seguirá en el puerto al menos otra semana más\n\
            El transbordador a las islas exteriores no navega desde el lunes porque la tripulación \
            encontró una grieta en el casco, y nadie sabe cuándo volverá a zarpar, dijo la compañía.\n\
            Los isleños dependen ahora de dos pesqueros, que traen harina, medicinas y el correo dos \
            veces por semana, mientras el viento no pase de fuerza seis y alcance el combustible.\n\
            El astillero de la capital quiere ver las planchas antes de dar un precio, y el ministro \
            dijo que el Estado pagaría una tercera parte, como ya hizo en otra ocasión parecida.\n",
        tail: "3 comentarios\nAna\nhace 3 horas\nYo estaba a bordo aquella mañana y puedo decirles que el \
            ruido se oía en toda la cubierta inferior, mucho antes de que alguien dijera una palabra.\n\
            Responder\nBeto\nayer\nTonterías, era el viento.\nResponder\n\
            También te puede interesar\nDiez barcos para el verano\nAviso legal\n",
        headings: &[
            "Las noticias más leídas del siglo pasado",
            "Los comentarios del entrenador",
        ],
    },
    Site {
        language: "ru",
        menu: "Перейти к содержимому\nГлавная\nПорт\nОстрова\nВойти\n",
        article: "Паром на дальние острова простоит в порту ещё как минимум одну долгую неделю\n\
            Паром на дальние острова не ходит с понедельника, потому что команда нашла трещину в \
            корпусе, и никто пока не знает, когда он снова выйдет в море, сообщили в компании в среду.\n\
            Жители островов зависят теперь от двух рыбацких судов, которые дважды в неделю привозят \
            муку, лекарства и почту, пока ветер не становится слишком сильным и хватает топлива.\n\
            Верфь в столице хочет осмотреть листы обшивки, прежде чем назвать цену, а министр сказал, \
            что государство заплатит за ремонт третью часть, как оно уже делало десять лет тому назад.\n",
        tail: "3 комментария\nАнна\n3 часа назад\nЯ была на борту в то утро и могу сказать, что шум был \
            слышен на всей нижней палубе, и это было задолго до того, как кто-нибудь сказал хоть слово нам.\n\
            Ответить\nБорис\nвчера\nЕрунда, это был ветер.\nОтветить\n\
            ЧИТАЙТЕ ТАКЖЕ:\nДесять лодок на лето\nПолитика конфиденциальности\n",
        headings: &[
            "Почему похожие статьи стоят дорого",
            "Последние новости с берега моря",
        ],
    },
    Site {
        language: "zh",
        menu: "首页\n港口\n海岛\n登录\n",
        article: "外海渡轮至少还要在港口里停留一个星期才能恢复航行\n\
            船员在船体上发现一道裂缝之后，开往外海各岛的渡轮从星期一起就停航了，公司表示目前没有人知道它什么时候能够再次出海。\n\
            岛上的居民现在只能依靠两条渔船，只要风力不超过六级而且燃料够用，渔船每个星期会两次送来面粉、药品和信件。\n\
            首都的船厂要先看过钢板才肯报价，部长说国家会像十年以前那样承担三分之一的费用，其余的由公司和岛上的居民自己想办法。\n",
        tail: "3条评论\n安娜\n3小时前\n那天早上我就在船上，我可以告诉大家，整个下层甲板都听得到那个声音，而那时候还没有任何人出来说过一句话。\n\
            回复\n老李\n昨天\n那是风声。\n回复\n【相关阅读】\n夏天要看的十条船\n隐私政策\n",
        headings: &["相关新闻报道的历史研究", "网友评论为什么越来越多了"],
    },
    Site {
        language: "ja",
        menu: "ホーム\n港のようす\n島のくらし\nログイン\n",
        article: "外海の島々へ向かうフェリーは少なくともあと一週間は港にとどまる見通し\n\
            乗組員が船体に亀裂を見つけたため、外海の島々へ向かうフェリーは月曜日から運航を止めており、いつ再び出港できるかは誰にもわからないと会社は述べた。\n\
            島の住民はいま二隻の漁船に頼っていて、風が強くならず燃料が足りているかぎり、週に二度、小麦粉と薬と郵便が届けられている。\n\
            首都の造船所は鋼板を見てから値段を決めると言い、大臣は十年前と同じように国が費用の三分の一を支払うと述べたが、残りについては触れなかった。\n",
        tail: "3件のコメント\n花子\n3時間前\nあの朝わたしは船に乗っていましたが、まだ誰も何も言わないうちから、下の甲板のどこにいてもあの音が聞こえていました。\n\
            返信\n太郎\n昨日\nただの風ですよ。\n返信\n■ あわせて読みたい\n夏に見たい十隻の船\nプライバシーポリシー\n",
        headings: &[
            "関連記事が増えつづける理由とは",
            "最新ニュースの読みかた入門",
        ],
    },
    Site {
        language: "ar",
        menu: "الرئيسية\nالميناء\nالجزر\nتسجيل الدخول\n",
        article: "عبّارة الجزر البعيدة تبقى في الميناء أسبوعا آخر على الأقل بحسب الشركة المالكة لها\n\
            توقفت العبّارة التي تصل إلى الجزر البعيدة عن الإبحار منذ يوم الإثنين بعد أن وجد الطاقم \
            شقا في هيكلها، وقالت الشركة إن أحدا لا يعرف متى ستعود إلى البحر من جديد بعد الإصلاح.\n\
            يعتمد سكان الجزر الآن على قاربين للصيد يحملان إليهم الدقيق والدواء والبريد مرتين في \
            الأسبوع، ما دامت الريح لا تشتد وما دام الوقود يكفي للرحلة ذهابا وإيابا كل مرة.\n\
            تريد الورشة في العاصمة أن تفحص الألواح قبل أن تحدد السعر، وقال الوزير إن الدولة ستدفع \
            ثلث المبلغ كما فعلت قبل عشر سنوات حين احتاجت السفينة نفسها إلى إصلاح كبير مكلف.\n",
        tail: "3 تعليقات\nأمينة\nمنذ 3 ساعات\nكنت على متن العبّارة في ذلك الصباح وأستطيع أن أقول لكم إن الصوت كان \
            مسموعا في كل مكان من السطح السفلي، قبل أن يقول أي واحد من البحارة كلمة واحدة لنا.\n\
            رد\nبدر\nأمس\nكلا، كانت تلك الريح.\nرد\nإقرأ أيضاً:\nعشرة قوارب للصيف\nسياسة الخصوصية\n",
        headings: &[
            "لماذا نقرأ مواضيع ذات صلة بالبحر",
            "أخبار أخرى من تاريخ الملاحة القديم",
        ],
    },
];

fn table(language: &str) -> CueTable {
    let tables = CueTable::built_in();
    let mut tables = tables.into_iter();
    tables.find(|table| table.language == language).unwrap()
}

fn cue_findings(text: &str) -> Vec<Finding> {
    let findings = clean(text, &CleanRule::DEFAULT).findings.into_iter();
    let of_cues = |finding: &Finding| match &finding.evidence {
        Evidence::Guard { prevented } => prevented.contains("text cues"),
        _ => finding.reason == Reason::TextCue,
    };
    findings.filter(of_cues).collect()
}

#[test]
fn what_a_site_puts_around_an_article_goes_to_the_byte() {
    for site in &SITES {
        // Twice the prose: cues may take 40 % of the words.
        let (headline, body) = site.article.split_once('\n').unwrap();
        let article = format!("{headline}\n{body}{}", retold(body));
        let text = format!("{}{article}{}", site.menu, site.tail);
        let cleaned = clean(&text, &CleanRule::DEFAULT);
        assert_eq!(cleaned.text(&text), article, "{}", site.language);
        let measured = site.language == "en";
        for finding in &cleaned.findings {
            assert_eq!(finding.score, if measured { 1.0 } else { UNMEASURED });
            let Evidence::Cue {
                table,
                version,
                measured: said,
                ..
            } = &finding.evidence
            else {
                panic!("{finding:?}");
            };
            let own = self::table(site.language);
            assert_eq!(
                (table, *version, *said),
                (&own.language, own.version, measured)
            );
        }
        let by_rule = |rule: CueRule| {
            let found = cleaned.findings.iter();
            found
                .filter(|f| matches!(f.evidence, Evidence::Cue { rule: r, .. } if r == rule))
                .count()
        };
        assert_eq!(
            (by_rule(CueRule::Menu), by_rule(CueRule::Thread)),
            (1, 1),
            "{}",
            site.language
        );
    }
}

/// Other prose of the same language: the sentences from the last to the first.
fn retold(body: &str) -> String {
    let turned = |paragraph: &str| {
        let stop = paragraph.chars().next_back().unwrap();
        let parts = paragraph.trim_end_matches(stop);
        let comma = [',', '，', '、', '،']
            .into_iter()
            .find(|comma| parts.contains(*comma));
        let parts: Vec<&str> = parts.split(comma.unwrap()).map(str::trim).collect();
        let turned: Vec<&str> = parts.into_iter().rev().collect();
        turned.join(&format!("{} ", comma.unwrap())) + &stop.to_string() + "\n"
    };
    body.lines().map(turned).collect()
}

#[test]
fn the_same_words_in_sentences_and_headings_stay() {
    for site in &SITES {
        let table = table(site.language);
        let lists = [
            &table.terminators,
            &table.comments,
            &table.asides,
            &table.footers,
            &table.menus,
            &table.notices,
            &table.headings,
            &table.replies,
        ];
        let mut paragraphs = site.article.lines().skip(1).cycle();
        let mut text = String::from(site.article);
        for (at, phrase) in lists.into_iter().flatten().enumerate() {
            // Every phrase in the middle of a paragraph, and now and then a heading.
            let paragraph = paragraphs.next().unwrap();
            let middle = paragraph
                .char_indices()
                .nth(paragraph.chars().count() / 2)
                .unwrap()
                .0;
            let (before, after) = paragraph.split_at(middle);
            let phrase = phrase.replace('#', "12").replace(" *", "");
            text += &format!("{at} {before} “{phrase}” {after}\n");
            if at % 10 == 0 {
                text += site.headings[at / 10 % site.headings.len()];
                text += "\n";
            }
        }
        text += site.article;
        let found = cue_findings(&text);
        assert!(found.is_empty(), "{}: {:?}", site.language, found.first());
    }
}

#[test]
fn tables_are_valid_and_say_each_phrase_once() {
    let tables = CueTable::built_in();
    let languages: Vec<&str> = tables.iter().map(|table| table.language.as_str()).collect();
    assert_eq!(languages, SITES.map(|site| site.language));
    for table in &tables {
        table.validate().unwrap();
        assert_eq!(table.measured.is_some(), table.language == "en");
        for list in [
            &table.terminators,
            &table.comments,
            &table.asides,
            &table.footers,
            &table.menus,
        ] {
            assert!(list.len() >= 20, "{} {}", table.language, list.len());
            let mut once: Vec<&String> = list.iter().collect();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), list.len(), "{}", table.language);
        }
    }
}

/// A page on which `line` stands between prose.
fn between(line: &str) -> String {
    let body = SITES[0].article.split_once('\n').unwrap().1;
    format!("{body}{line}\n{}", retold(body))
}

/// As sites dress a line: capitals, full width, accents apart, punctuation around.
fn dressed(line: &str, how: usize, around: usize) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut letters = line.chars();
    let line = match how {
        0 => letters
            .next()
            .unwrap()
            .to_uppercase()
            .chain(letters)
            .collect(),
        1 => line.to_uppercase(),
        2 => line
            .to_uppercase()
            .chars()
            .map(|c| match c {
                '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap(),
                _ => c,
            })
            .collect(),
        _ => line.to_uppercase().nfd().collect::<String>(),
    };
    let (before, after) = [
        ("", ""),
        ("", ":"),
        ("【", "】"),
        ("» ", " «"),
        ("  • ", " →"),
        ("**", "**"),
    ][around];
    format!("{before}{line}{after}")
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_phrase_is_found_however_it_is_dressed(
        language in 0..8usize, which in any::<proptest::sample::Index>(), how in 0..4usize, around in 0..6usize,
    ) {
        let table = &CueTable::built_in()[language];
        let phrases: Vec<&String> = table.terminators.iter().chain(&table.comments).collect();
        let phrase = phrases[which.index(phrases.len())];
        let line = dressed(&phrase.replace('#', "12").replace(" *", ""), how, around);
        let text = between(&line);
        let cleaned = clean(&text, &CleanRule::DEFAULT);
        let spans = removed(&cleaned);
        prop_assert_eq!(spans.len(), 1, "{}", line);
        prop_assert_eq!(spans[0].of(&text), format!("{line}\n"));
    }

    #[test]
    fn a_line_that_is_no_phrase_stays(words in 1..9usize, seed in any::<u64>()) {
        // An oracle for the look-up: no table has a word that begins so.
        let mut random = Random(seed);
        let line: Vec<String> = random.words(words).iter().map(|word| format!("zq{word}")).collect();
        let line = line.join(" ");
        let text = between(&(line[..1].to_uppercase() + &line[1..]));
        let cleaned = clean(&text, &CleanRule::DEFAULT);
        prop_assert!(removed(&cleaned).is_empty(), "{:?}", cleaned.findings);
    }
}

#[test]
fn an_open_phrase_lets_eight_words_follow() {
    let line = |more: usize| "Related posts".to_owned() + &" harbour".repeat(more);
    for (more, taken) in [(0, true), (8, true), (9, false)] {
        let text = between(&line(more));
        assert_eq!(
            !removed(&clean(&text, &CleanRule::DEFAULT)).is_empty(),
            taken,
            "{more}"
        );
    }
    // Where no spaces are written, sixteen letters.
    for (more, taken) in [(16, true), (17, false)] {
        let text = between(&("上一篇：".to_owned() + &"海".repeat(more)));
        assert_eq!(
            !removed(&clean(&text, &CleanRule::DEFAULT)).is_empty(),
            taken,
            "{more}"
        );
    }
}

#[test]
fn records_are_told_by_the_dates_of_every_language() {
    let dates = [
        ("en", ["May 3, 2026", "yesterday"]),
        ("de", ["3. Mai 2026, 14:30 Uhr", "vor 2 Tagen"]),
        ("fr", ["Le 1er août 2026", "il y a 2 jours"]),
        ("es", ["3 de mayo de 2026", "hace 2 días"]),
        ("ru", ["3 мая 2026 г.", "2 дня назад"]),
        ("zh", ["2026年5月3日", "2天前"]),
        ("ja", ["2026年5月3日（日）", "2日前"]),
        ("ar", ["٣ مايو ٢٠٢٦", "منذ يومين"]),
    ];
    for (language, [first, second]) in dates {
        let site = SITES.iter().find(|site| site.language == language).unwrap();
        let titles: Vec<&str> = site.headings.to_vec();
        let list = format!("{}\n{first}\n{}\n{second}\n", titles[0], titles[1]);
        let text = format!("{}{list}", site.article);
        let cleaned = clean(&text, &CleanRule::DEFAULT);
        assert_eq!(cleaned.text(&text), site.article, "{language}");
        let finding = &cleaned.findings[0];
        assert!(matches!(
            &finding.evidence,
            Evidence::Cue {
                rule: CueRule::RecordList,
                ..
            }
        ));
    }
}

#[test]
fn a_heading_without_its_section_is_found() {
    let article = SITES[0].article;
    // A table knows that videos are no text: the heading goes.
    for tail in [
        "Related images\n",
        "Sources\nPhoto gallery\n",
        "Sources\nShare\nTen boats\n",
    ] {
        let text = format!("{article}{tail}");
        assert_eq!(
            clean(&text, &CleanRule::DEFAULT).text(&text),
            article,
            "{tail}"
        );
    }
    // Another one is noted where something was cut under it, else it is none.
    let text = format!("{article}The boats\nYou may also like\nTen boats to see\n");
    let cleaned = clean(&text, &CleanRule::DEFAULT);
    assert_eq!(cleaned.text(&text), format!("{article}The boats\n"));
    let note = cleaned
        .findings
        .iter()
        .find(|f| f.action == Action::Annotate)
        .unwrap();
    assert_eq!(
        (note.span.of(&text), note.score),
        ("The boats", UNKNOWN_HEADING)
    );
    assert!(cue_findings(&format!("{article}Nadia Brandt\n")).is_empty());
    // With its section it stays: the last line of a list is no heading.
    assert!(cue_findings(&format!("{article}Sources\nHarbour office\n")).is_empty());
}

#[test]
fn notices_go_at_the_ends_and_stay_inside() {
    let article = SITES[0].article;
    let notice = "We use cookies to remember who you are and to show you boats that you may want to \
        buy, and by going on you agree to all of this and to whatever else we think of.\n";
    let text = format!("{notice}{article}{notice}");
    assert_eq!(clean(&text, &CleanRule::DEFAULT).text(&text), article);
    let inside = format!(
        "{article}{notice}{}",
        retold(SITES[0].article.split_once('\n').unwrap().1)
    );
    assert!(cue_findings(&inside).is_empty());
    // Nothing else on the page: there is no article for it to stand beside.
    assert!(cue_findings(notice).is_empty());
}

#[test]
fn headlines_below_a_menu_stay() {
    let prose = SITES[0].article;
    for headline in [
        "Home\n",
        "About us\nJohn Field\n",
        "Contact\nMay 3, 2026\nShare\n",
    ] {
        let text = format!(
            "Home\nHarbour\nIslands\nSign in\nThe long headline of an article that says it all\n{headline}{prose}"
        );
        let left = clean(&text, &CleanRule::DEFAULT).text(&text);
        let own = format!("The long headline of an article that says it all\n{headline}");
        assert!(left.starts_with(&own), "{left}");
    }
    // One known word does not make a menu.
    let text = format!("Home\nSweet\nIslands\nBoats\n{prose}");
    assert!(cue_findings(&text).is_empty());
}

#[test]
fn the_guard_says_its_name() {
    let text = format!(
        "{}You may also like\n{}",
        SITES[0].article,
        "Ten boats to see\n".repeat(40)
    );
    let findings = cue_findings(&text);
    let guard = findings.iter().find(|f| f.reason == Reason::Guard).unwrap();
    let Evidence::Guard { prevented } = &guard.evidence else {
        panic!()
    };
    assert!(
        prevented.starts_with("the guard of text cues: they would take 6"),
        "{prevented}"
    );
    assert!(findings.iter().all(|f| f.action == Action::Annotate));
}

fn dutch() -> CueTable {
    CueTable {
        language: "nl".to_owned(),
        version: 3,
        terminators: vec!["Lees ook *".to_owned(), "# reacties".to_owned()],
        calendar: vec!["mei".to_owned()],
        ..CueTable::default()
    }
}

#[test]
fn a_table_of_the_caller_is_used_named_and_written_down() {
    let text = between("LEES OOK:");
    let whole = Cleaner::new(CleanRule::DEFAULT).unwrap();
    assert!(removed(&whole.clean(&text)).is_empty());
    let cleaner = whole.clone().with_cues(dutch()).unwrap();
    let cleaned = cleaner.clean(&text);
    assert_eq!(removed(&cleaned)[0].of(&text), "LEES OOK:\n");
    let Evidence::Cue {
        table,
        version,
        measured,
        ..
    } = &cleaned.findings[0].evidence
    else {
        panic!()
    };
    assert_eq!((table.as_str(), *version, *measured), ("nl", 3, false));
    assert_eq!(cleaned.findings[0].score, UNMEASURED);
    // Whoever wants measured tables only gets notes from this one.
    let strict = CleanRule {
        remove_from: 0.9,
        ..CleanRule::DEFAULT
    };
    let strict = Cleaner::new(strict).unwrap().with_cues(dutch()).unwrap();
    assert!(removed(&strict.clean(&text)).is_empty());
    assert_eq!(strict.clean(&text).findings[0].action, Action::Annotate);
    // In place of the others.
    let only = whole.with_only_cues(Cues::new([dutch()]).unwrap());
    assert!(removed(&only.clean(&between("You may also like"))).is_empty());
    assert_eq!(removed(&only.clean(&text)).len(), 1);
    // Through a whole run.
    let builder = Deduplicator::builder().cue_table(dutch());
    let report = builder.build().unwrap().run(&[Page::new("a", &text)]);
    assert_eq!(report.pages[0].findings[0].score, UNMEASURED);
}

#[cfg(feature = "serde")]
#[test]
fn tables_survive_json() {
    let builder = Deduplicator::builder().cue_table(dutch());
    let json = serde_json::to_string(&builder).unwrap();
    let again: twicetold::Builder = serde_json::from_str(&json).unwrap();
    assert_eq!(again, builder);
    for table in CueTable::built_in().into_iter().chain([dutch()]) {
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(serde_json::from_str::<CueTable>(&json).unwrap(), table);
    }
    let short = r#"{"language": "nl", "version": 1, "terminators": ["Lees ook *"]}"#;
    let table: CueTable = serde_json::from_str(short).unwrap();
    assert_eq!(table.measured, None);
    assert!(serde_json::from_str::<CueTable>(r#"{"terminatos": []}"#).is_err());
}

#[test]
fn a_phrase_that_cannot_be_one_is_named() {
    let wrong = |terminator: &str| CueTable {
        terminators: vec![terminator.to_owned()],
        ..dutch()
    };
    let long = "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien";
    let cases = [
        (
            wrong(""),
            "cue phrase is \"\" in table \"nl\"; it must be a line with at least one word",
        ),
        (
            wrong("# *"),
            "cue phrase is \"# *\" in table \"nl\"; it must be a line with at least one word",
        ),
        (
            wrong("*"),
            "cue phrase is \"*\" in table \"nl\"; it must be words, with `*` only as the last of them",
        ),
        (
            wrong("Lees * ook"),
            "cue phrase is \"Lees * ook\" in table \"nl\"; it must be words, with `*` only as the last of them",
        ),
        (
            CueTable {
                calendar: vec!["# mei".to_owned()],
                ..dutch()
            },
            "cue phrase is \"# mei\" in table \"nl\"; it must be a word of dates or counters, without `*` and `#`",
        ),
        (
            CueTable {
                language: " ".to_owned(),
                ..dutch()
            },
            "language of a cue table is \"\"; it must be a language code or another name",
        ),
        (
            CueTable {
                version: 0,
                ..dutch()
            },
            "version of a cue table is 0; it must be 1 or more",
        ),
    ];
    for (table, message) in cases {
        let cleaner = Cleaner::new(CleanRule::DEFAULT).unwrap();
        assert_eq!(
            cleaner.with_cues(table.clone()).unwrap_err().to_string(),
            message
        );
        assert!(
            Deduplicator::builder()
                .cue_table(table.clone())
                .build()
                .is_err()
        );
        assert!(Cues::new([table]).is_err());
    }
    let error = wrong(long).validate().unwrap_err().to_string();
    assert!(error.ends_with("it must be at most 12 words, or 24 letters without spaces"));
}

#[test]
fn hostile_lists_of_cues_take_linear_time() {
    let article = SITES[0].article;
    let notice = "We use cookies to remember who you are and to show you boats that you may buy, and \
        by going on you agree to all of this and to whatever else we think of next time.\n";
    let shapes: [(&str, [&str; 3]); 9] = [
        ("asides", ["Share\n", "Read more: boats\n", "Comments\n"]),
        (
            "terminators",
            ["Related posts\n", "Boats\n", "5 comments\n"],
        ),
        ("headings", ["Sources\n", "Sources\n", "Related images\n"]),
        ("dates", ["3 hours ago\n", "Boats\n", "May 3, 2026\n"]),
        ("menus", ["Home\n", "Sign in\n", "Boats\n"]),
        ("replies", ["5 comments\n", "Reply\n", "yesterday\n"]),
        ("notices", [notice, "Boats\n", notice]),
        (
            "between prose",
            ["Share\n", "Related posts\n", SITES[0].article],
        ),
        ("all", ["YouTube\n", "Home\n", "Privacy Policy\n"]),
    ];
    for (name, shape) in shapes {
        for above in [true, false] {
            let page = |lines: usize| {
                let list: String = shape.iter().cycle().take(lines).copied().collect();
                // Half of the words at most would go otherwise: prose keeps the guard quiet.
                let prose = article.repeat(1 + 2 * list.len() / article.len());
                match above {
                    true => list + &prose,
                    false => prose + &list,
                }
            };
            let rule = CleanRule {
                repeats: None,
                ..CleanRule::DEFAULT
            };
            let time = |text: &str| {
                let start = Instant::now();
                std::hint::black_box(clean(text, &rule));
                start.elapsed()
            };
            let lines = if shape.concat().len() > 300 {
                10_000
            } else {
                100_000
            };
            let (half, whole) = (time(&page(lines / 2)), time(&page(lines)));
            println!("{name}, {lines} lines: {half:?} for half of them, {whole:?}");
            // Far above what linear time takes on a busy machine (0.3 s); a quadratic step on
            // 100,000 lines takes minutes.
            assert!(
                whole < Duration::from_secs(20),
                "{name} {above}: {half:?}, then {whole:?}"
            );
        }
    }
}
