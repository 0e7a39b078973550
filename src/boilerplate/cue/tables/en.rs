//! English. Measured on 461 pages; see `tests/cleaner_sets.rs`.

use super::Words;

pub(super) const ENGLISH: Words = Words {
    language: "en",
    version: 2,
    measured: Some(
        "461 labelled English article pages: 23.5 % of the words of boilerplate, 0.09 % of those \
         of content; 0.06 % of those of 1,334 main texts",
    ),
    terminators: "\
        around the web; editor's picks; editors' picks; explore related topics; filed under *; \
        from around the web; from our partners; join the conversation; keep reading; \
        latest articles; latest posts; latest stories; more articles *; more for you; \
        more news; more on this story; more on this topic; more posts; more stories *; \
        more to explore; most popular; most read; most recent; most viewed; newer post *; \
        newer posts; newest oldest *; next post *; older post *; older posts; other articles *; \
        other posts *; people also ask; people also like; people also viewed; popular articles; \
        popular posts; popular stories; post navigation; previous post *; promoted stories; \
        read next; read these next; read this next; readers also liked; recent articles; \
        recent news; recent posts; recent stories; recommended articles; recommended for you; \
        recommended posts; recommended reading; recommended stories; related articles *; \
        related content; related coverage; related posts *; related reading; related stories *; \
        related videos; similar articles; similar posts; similar stories; sponsored stories; \
        stories you may like; suggested for you; tagged *; top stories; trending now; \
        trending stories; we recommend; what to read next; you may also be interested in *; \
        you may also enjoy *; you may also like *; you may be interested in *; \
        you may have missed; you might also be interested in *; you might also enjoy *; \
        you might also like *; you might be interested in *; you might like; \
        your email address will not be published *",
    comments: "\
        # comment; # comments; # replies; # responses *; # thoughts on *; add a comment; \
        add comment; add your comment; all comments; be the first to comment *; cancel reply; \
        comments #; comments are closed *; comments closed; join the discussion; \
        leave a comment *; leave a reply *; load more comments; loading comments; \
        log in to comment; log in to leave a comment; login to comment; no comments *; \
        post a comment *; post comment; recent comments; show comments; start the discussion; \
        submit a comment *; trackbacks; view all comments; view comments; write a comment *; \
        discussion about this post; reader comments; # reader comments; # discussions; \
        responses to *",
    asides: "\
        advertisement; also on *; also read *; comments; explore more; follow us; \
        follow us on *; hot topics; join our newsletter; latest news; like loading; like this; \
        load more; more by *; more from *; more in *; more to read; next article; next story; \
        prev next; previous article; previous next; previous story; read more *; read next *; \
        related; related links; related news; related topics; related resources; reply; \
        report this ad; responses; share; share on *; share this; share this article *; \
        share this content; share this entry; share this page *; share this post *; \
        share this story *; share via *; sign up for our newsletter *; sponsored; \
        sponsored content; subscribe to our newsletter *; tell your friends; trending; up next",
    footers: "\
        tags; tags *; about; about me; about the author *; about the writer; about us; \
        accessibility statement; advertise; advertise with us; affiliate disclosure; \
        all rights reserved *; archives; back to top; careers; categories; \
        community guidelines; connect with us; contact; contact us; cookie policy; \
        cookie preferences; cookie settings; copyright *; disclaimer; \
        do not sell my personal information; do not sell or share my personal information; \
        facebook; follow; get in touch; get our newsletter; instagram; legal notice; linkedin; \
        manage cookies; newsletter; newsletters; our newsletter; pinterest; posted in *; \
        powered by *; previous; privacy; privacy notice; privacy overview; privacy policy *; \
        privacy statement; quick links; ready for more; rss; rss feed; scroll to top; site map; \
        sitemap; skip to *; stay connected; stay in touch; stay up to date *; subscribe; \
        subscribe now; terms and conditions; terms conditions; terms of service; terms of use; \
        this site uses akismet *; this website uses cookies *; tweet; twitter; \
        website terms of use; written by *; your privacy choices; youtube",
    menus: "\
        skip to *; skip navigation; home; homepage; home page; about; about us; about me; \
        contact; contact us; menu; main menu; open menu; close menu; toggle menu; \
        toggle navigation; main navigation; navigation; close; search; search for; \
        search this site; search form; log in; login; member login; log in sign up; log out; \
        sign in; sign up; sign out; register; my account; account; cart; my cart; \
        shopping cart; your cart is empty; checkout; continue shopping; wishlist; faq; faqs; \
        sitemap; site map; privacy policy; terms of service; terms of use; subscribe; \
        newsletter; newsletters; rss; rss feed; careers; jobs; advertise; advertise with us; \
        our team; our story; events; services; resources; products; support; shop; store; blog; news; \
        podcast; videos; press; back; you are here; breadcrumb; english; help; donate; \
        get started; book a demo; request a demo; all categories; categories; company; solutions; industries; customers; \
        partners; pricing; product; case studies; privacy; terms; terms conditions; accessibility",
    notices: "\
        this website uses cookies; this site uses cookies; we use cookies; \
        our website uses cookies; our site uses cookies; by continuing to use this; \
        by continuing to browse; by clicking accept; by clicking accept all; \
        by using this site you agree; by subscribing you agree; by signing up you agree; \
        by submitting this form; by entering your email; this site is protected by recaptcha; \
        this site uses akismet; your email address will not be published; \
        this field is for validation purposes; please enable javascript; \
        javascript is disabled; sign up for our newsletter; sign up to our newsletter; \
        subscribe to our newsletter; get the latest news delivered; \
        necessary cookies are absolutely essential; as an amazon associate; \
        save my name email and website",
    headings: "\
        related videos; related video; related images; photo gallery; image gallery; \
        more videos; watch video; watch now; listen now; sources; references; source",
    replies: "\
        reply; reply to comment; reply to *; log in to reply; login to reply; report comment; \
        flag; # reply; # replies; like reply; permalink; in reply to *",
    calendar: "\
        january; february; march; april; may; june; july; august; september; october; november; \
        december; jan; feb; mar; apr; jun; jul; aug; sep; sept; oct; nov; dec; monday; tuesday; \
        wednesday; thursday; friday; saturday; sunday; mon; tue; tues; wed; thu; thur; thurs; \
        fri; sat; sun",
    ages: "\
        ago; yesterday; today; just now",
    units: "\
        second; seconds; minute; minutes; min; mins; hour; hours; hr; hrs; day; days; week; \
        weeks; month; months; year; years; h; d; m; w; y",
    fillers: "\
        a; an; am; pm; at; on; of; the; posted; published; updated; streamed; premiered; \
        edited",
    counted: "\
        comment; comments; reply; replies; response; responses; view; views; share; shares; \
        like; likes; vote; votes; read; reads",
};
