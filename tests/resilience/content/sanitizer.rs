//! X3: the sanitiser against HTML put together by chance.

use std::thread;

use jiuji::article::clean;

use super::{allowed, payloads};
use crate::{
    dice::Dice,
    scenario::{Outcome, Profile, Run, Scenario},
};

pub(super) const SCENARIO: Scenario = Scenario {
    id: "X3",
    injects: "HTML put together by chance from payloads, tags, attributes, entities and odd \
        characters, straight into the sanitiser",
    expects: "parsed as a browser does, the result has nothing that is not on the list; cleaning it \
        again changes nothing",
    broken: "with one round of cleaning instead of rounds until it rests; without the check for addresses of other hosts",
    play,
};

const INPUTS: usize = 1_000_000;
/// With every change a hundredth.
const SAMPLE: usize = 100;
const THREADS: usize = 2;
/// Most failures that are told.
const TOLD: usize = 20;

const TAGS: [&str; 40] = [
    "p",
    "a",
    "img",
    "div",
    "span",
    "code",
    "pre",
    "li",
    "ol",
    "ul",
    "h1",
    "h4",
    "td",
    "th",
    "tr",
    "table",
    "tbody",
    "caption",
    "details",
    "summary",
    "ruby",
    "rt",
    "svg",
    "math",
    "mtext",
    "mglyph",
    "style",
    "script",
    "title",
    "textarea",
    "noscript",
    "template",
    "select",
    "option",
    "form",
    "iframe",
    "xmp",
    "annotation-xml",
    "foreignObject",
    "plaintext",
];
const NAMES: [&str; 18] = [
    "href",
    "src",
    "class",
    "id",
    "title",
    "alt",
    "rel",
    "value",
    "start",
    "align",
    "style",
    "onclick",
    "onerror",
    "target",
    "name",
    "srcdoc",
    "xlink:href",
    "width",
];
const VALUES: [&str; 24] = [
    "javascript:__x(1)",
    "java\tscript:x",
    "\u{1}javascript:x",
    "//evil.example",
    "/\\evil.example",
    "\t//evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "/media/a.png",
    "/media/../x",
    "language-sh",
    "language-sh x",
    "alert alert-tip",
    "alert-title",
    "step",
    "branch",
    "s-a",
    "a",
    "1",
    "-1",
    "noopener noreferrer nofollow",
    "x\"y",
    "</style><img onerror=x>",
    "-->",
];
const BITS: [&str; 16] = [
    "<!--",
    "-->",
    "--!>",
    "<![CDATA[",
    "]]>",
    "<?",
    "&lt;",
    "&#60;",
    "&amp;lt;",
    "&colon;",
    "&NewLine;",
    "\"",
    "'",
    ">",
    "</",
    "<",
];

fn play(run: &Run) -> Outcome {
    let count = match run.profile {
        Profile::Push => INPUTS / SAMPLE,
        _ => run.count_or_tenfold(INPUTS),
    };
    let seed = Dice::of("X3").roll();
    let payloads: Vec<String> = payloads::all().into_iter().map(|payload| payload.text).collect();
    let share = count.div_ceil(THREADS);
    let failures: Vec<String> = thread::scope(|scope| {
        let payloads = &payloads;
        let run = |n: usize| move || attack(seed.wrapping_add(n as u64), share, payloads);
        let threads: Vec<_> = (0..THREADS).map(|n| scope.spawn(run(n))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let worst = format!("{} of {} let something through", failures.len(), share * THREADS);
    Outcome::new(share * THREADS).failures(failures).worst(worst)
}

fn attack(seed: u64, count: usize, payloads: &[String]) -> Vec<String> {
    let mut dice = Dice::seeded(seed);
    let inputs = (0..count).map(|_| input(&mut dice, payloads));
    inputs.filter_map(|html| wrong(&html)).take(TOLD).collect()
}

fn wrong(html: &str) -> Option<String> {
    let once = clean(html);
    let violations = allowed::violations(&once);
    if !violations.is_empty() {
        return Some(format!("{html:?} becomes {once:?} with {}", violations.join(", ")));
    }
    let twice = clean(&once);
    (once != twice).then(|| format!("{html:?} becomes {once:?}, then {twice:?}"))
}

fn input(dice: &mut Dice, payloads: &[String]) -> String {
    (0..dice.between(1, 8)).map(|_| piece(dice, payloads)).collect()
}

fn piece(dice: &mut Dice, payloads: &[String]) -> String {
    match dice.below(8) {
        0 => dice.pick(payloads).clone(),
        1 => part(dice, payloads),
        2..=4 => tag(dice),
        5 => format!("</{}>", dice.pick(&TAGS)),
        6 => (*dice.pick(&BITS)).to_owned(),
        _ => char::from_u32(dice.below(0x3000) as u32).map(String::from).unwrap_or_default(),
    }
}

/// The beginning or the end of a payload.
fn part(dice: &mut Dice, payloads: &[String]) -> String {
    let chars: Vec<char> = dice.pick(payloads).chars().collect();
    let (start, end) = chars.split_at(dice.below(chars.len() + 1));
    if dice.below(2) == 0 { start.iter().collect() } else { end.iter().collect() }
}

fn tag(dice: &mut Dice) -> String {
    let mut tag = format!("<{}", dice.pick(&TAGS));
    for _ in 0..dice.below(4) {
        let quote = dice.pick(&["", "\"", "'"]);
        tag.push_str(&format!(" {}={quote}{}{quote}", dice.pick(&NAMES), dice.pick(&VALUES)));
    }
    let end = *dice.pick(&[">", ">", ">", "/>", " "]);
    tag + end
}
