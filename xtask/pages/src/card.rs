//! The picture that a link shows where it is posted: 1200 by 630 pixels, one a story, drawn from the story's own run.
//!
//! ```text
//! +----------------------+---------------------------+
//! | Rowlock              |   A        DB        B    |
//! |                      |   |                  |    |
//! | Two cashiers,        |   |--- UPDATE ->|    |    |
//! | one shelf            |   |             |<---|    |
//! |                      |                           |
//! | LOST UPDATE          |   the part of the diagram |
//! | Cashier B overwrote  |   that proves it          |
//! | Cashier A's update   |                           |
//! +----------------------+---------------------------+
//! ```
//!
//! Most readers see it three or four times smaller: so few words, large, and of the diagram no more than fits.

use crate::letters::{BOLD, Letters, REGULAR};
use crate::stories::Played;
use rowlock_engine::diagram::svg::{LIGHT, body, heads, style};
use rowlock_engine::diagram::{Diagram, Options, layout};
use rowlock_engine::markup::attribute;
use rowlock_engine::run::EventKind;
use rowlock_engine::verdict::VerdictKind;
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// The width of the picture, in pixels.
pub const WIDTH: u32 = 1200;
/// Its height.
pub const HEIGHT: u32 = 630;

const ICON: &str = include_str!("../../../static/icon.svg");

/// Where text begins, and how far from the edge it ends.
const MARGIN: f32 = 56.0;
/// The column of words is so wide.
const WORDS: f32 = 424.0;
/// Where the sheet with the diagram begins.
const SHEET: i32 = 524;
/// The diagram on it, from left to right.
const DRAWING: (i32, i32) = (544, 1180);
/// Above the diagram.
const TOP: i32 = 28;
/// So much is to be seen below what proves the anomaly, in the diagram's pixels: more than fades.
const BELOW: i32 = 36;
/// How wide the diagram is laid out: the narrower, the larger it is in the picture.
const LAID_OUT: i32 = 400;

/// The picture of a story, as SVG in the fonts of [`crate::letters`].
fn svg(played: &Played, letters: &Letters) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\">\
         <style>{}</style>\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#f6f7f9\"/>\
         <rect x=\"{SHEET}\" width=\"{}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\
         <path d=\"M{SHEET}.5 0V{HEIGHT}\" stroke=\"#d0d7de\" fill=\"none\"/>",
        style(&LIGHT),
        WIDTH as i32 - SHEET,
    );
    drawing(played, &mut out);
    words(played, letters, &mut out);
    out.push_str("</svg>\n");
    out
}

/// The picture of a story, as PNG. One that was drawn before is taken from `keep`, if it would be the same.
pub fn png(played: &Played, letters: &Letters, keep: Option<&Path>) -> io::Result<Vec<u8>> {
    let svg = svg(played, letters);
    let Some(keep) = keep else {
        return letters.png(&svg, WIDTH, HEIGHT);
    };
    let kept = |ending: &str| keep.join(format!("{}.{ending}", played.story.slug));
    if fs::read_to_string(kept("svg")).is_ok_and(|before| before == svg)
        && let Ok(bytes) = fs::read(kept("png"))
    {
        return Ok(bytes);
    }
    let bytes = letters.png(&svg, WIDTH, HEIGHT)?;
    fs::create_dir_all(keep)?;
    // In this order: where the second fails, the picture is drawn anew.
    fs::write(kept("png"), &bytes)?;
    fs::write(kept("svg"), svg)?;
    Ok(bytes)
}

/// What it shows, for those who do not see it.
pub fn description(played: &Played) -> String {
    let title = &played.scenario.title;
    format!(
        "{title}: a sequence diagram of the transactions. {}",
        played.verdict.sentence
    )
}

/// What became of the story, in a word or two, and its colour.
fn badge(played: &Played) -> (&'static str, &'static str) {
    let wrong = "#b3261e";
    match (played.verdict.anomalies.first(), played.verdict.kind) {
        (Some(anomaly), _) => (anomaly.name.as_str(), wrong),
        (None, VerdictKind::Correct) => ("correct", "#1a6b3c"),
        (None, VerdictKind::TurnedAway) => ("turned away", "#8a5a00"),
        (None, VerdictKind::RuleBroken) => ("a rule is broken", wrong),
        (None, VerdictKind::Anomaly) => ("not serializable", wrong),
        (None, VerdictKind::Unfinished) => ("it does not end", wrong),
        (None, VerdictKind::Undecided) => ("undecided", "#57606a"),
    }
}

fn words(played: &Played, letters: &Letters, out: &mut String) {
    // The icon: an oar in its lock.
    let icon = ICON.replacen(
        "<svg",
        "<svg x=\"52\" y=\"40\" width=\"48\" height=\"48\"",
        1,
    );
    out.push_str(&icon);
    line(out, 112.0, 75.0, 28.0, BOLD, "#57606a", "Rowlock");
    let (title, size) = [60.0, 54.0, 48.0, 42.0]
        .into_iter()
        .map(|size| {
            (
                letters.wrap(&played.scenario.title, BOLD, size, WORDS),
                size,
            )
        })
        .find(|(lines, size)| lines.len() <= 2 || *size <= 48.0 && lines.len() <= 3)
        .unwrap_or_default();
    let mut y = 128.0;
    for text in &title {
        y += size * 1.14;
        line(out, MARGIN, y, size, BOLD, "#1b1f24", text);
    }
    let (name, colour) = badge(played);
    let name = name.to_uppercase();
    y += 36.0;
    let wide = letters.width(&name, BOLD, 24.0) + 32.0;
    let _ = write!(
        out,
        "<rect x=\"{MARGIN}\" y=\"{y}\" width=\"{wide}\" height=\"44\" rx=\"22\" fill=\"{colour}\"/>"
    );
    line(out, MARGIN + 16.0, y + 31.0, 24.0, BOLD, "#ffffff", &name);
    y += 58.0;
    let room = HEIGHT as f32 - 40.0 - y;
    let (sentence, size) = [32.0, 30.0, 28.0, 26.0, 24.0, 22.0]
        .into_iter()
        .map(|size| {
            (
                letters.wrap(&played.verdict.sentence, REGULAR, size, WORDS),
                size,
            )
        })
        .find(|(lines, size)| lines.len() as f32 * size * 1.32 <= room)
        .unwrap_or_default();
    for text in &sentence {
        y += size * 1.32;
        line(out, MARGIN, y, size, REGULAR, "#1b1f24", text);
    }
}

fn line(out: &mut String, x: f32, y: f32, size: f32, weight: u16, colour: &str, text: &str) {
    let text = attribute(text);
    let _ = write!(
        out,
        "<text x=\"{x}\" y=\"{y}\" font-family=\"Inter\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{colour}\">{text}</text>"
    );
}

fn drawing(played: &Played, out: &mut String) {
    let options = Options { width: LAID_OUT };
    let diagram = layout(&played.run, &played.plan, &played.verdict, &options);
    let (left, right) = DRAWING;
    let width = right - left;
    let head = diagram.head_height * width / diagram.width;
    let below = HEIGHT as i32 - TOP - head;
    // As high as there is room, in the diagram's own pixels.
    let most = below * diagram.width / width;
    let top = top(&diagram, played, most);
    let wide = diagram.width;
    let high = diagram.head_height;
    let _ = write!(
        out,
        "<svg x=\"{left}\" y=\"{TOP}\" width=\"{width}\" height=\"{head}\" viewBox=\"0 0 {wide} {high}\"><g class=\"sq\">{}</g></svg>\
         <svg x=\"{left}\" y=\"{}\" width=\"{width}\" height=\"{below}\" viewBox=\"0 {top} {wide} {most}\"><g class=\"sq\">{}</g></svg>",
        heads(&diagram),
        TOP + head,
        body(&diagram),
    );
    // What goes on beyond an edge fades there.
    let fade = |down: bool| {
        let (from, to) = if down { (0, 1) } else { (1, 0) };
        let y = if down { HEIGHT as i32 - 36 } else { TOP + head };
        format!(
            "<linearGradient id=\"fade{from}\" x2=\"0\" y2=\"1\"><stop offset=\"{from}\" stop-color=\"#ffffff\" stop-opacity=\"0\"/>\
             <stop offset=\"{to}\" stop-color=\"#ffffff\"/></linearGradient>\
             <rect x=\"{}\" y=\"{y}\" width=\"{}\" height=\"36\" fill=\"url(#fade{from})\"/>",
            SHEET + 1,
            WIDTH as i32 - SHEET - 1,
        )
    };
    if top > 0 {
        out.push_str(&fade(false));
    }
    if top + most < diagram.height {
        out.push_str(&fade(true));
    }
}

/// Where the part begins that tells the story, of `most` pixels: what proves the anomaly stands in it, its end above all.
fn top(diagram: &Diagram, played: &Played, most: i32) -> i32 {
    if diagram.height <= most {
        return 0;
    }
    let events = &played.run.events;
    let proof = played
        .verdict
        .anomalies
        .first()
        .map(|it| it.evidence.clone());
    let proof = proof.filter(|proof| !proof.is_empty()).unwrap_or_else(|| {
        // Nothing went wrong between transactions: then it is who was turned away or waited that tells the story.
        let failed = events
            .iter()
            .position(|event| matches!(event.kind, EventKind::Failed(_)));
        let waits = events
            .iter()
            .position(|event| matches!(event.kind, EventKind::Blocked(_)));
        vec![failed.or(waits).unwrap_or(events.len().saturating_sub(1))]
    });
    let slots = || proof.iter().filter_map(|event| diagram.slots.get(*event));
    let first = slots().map(|slot| slot.top).min().unwrap_or(0);
    let last = slots()
        .map(|slot| slot.bottom)
        .max()
        .unwrap_or(diagram.height);
    let wish = if last - first <= most - BELOW {
        // In the middle, a little above.
        first - (most - (last - first)) * 2 / 5
    } else {
        last + BELOW - most
    };
    let wish = wish.clamp(0, diagram.height - most);
    // No row is cut in two at the upper edge, nor the frame around its words.
    let starts = diagram.slots.iter().map(|slot| slot.top - 3);
    starts
        .filter(|top| *top <= wish + 12)
        .max()
        .unwrap_or(0)
        .max(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stories::play;
    use rowlock_engine::gallery::STORIES;
    use std::collections::HashMap;

    #[test]
    fn each_story_has_a_picture_of_its_own() {
        let letters = Letters::read().expect("the fonts are sound");
        let mut seen: HashMap<Vec<u8>, &str> = HashMap::new();
        for story in STORIES {
            let played = play(story).expect("a story is sound");
            let bytes = png(&played, &letters, None).expect("it can be drawn");
            assert!(
                bytes.len() < 120_000,
                "{}: {} bytes",
                story.slug,
                bytes.len()
            );
            let decoder = png::Decoder::new(std::io::Cursor::new(&bytes));
            let mut reader = decoder.read_info().expect("it is a PNG");
            let mut pixels = vec![0; reader.output_buffer_size().expect("it has a size")];
            let frame = reader
                .next_frame(&mut pixels)
                .expect("its pixels are all there");
            assert_eq!((frame.width, frame.height), (WIDTH, HEIGHT));
            if let Some(other) = seen.insert(pixels, story.slug) {
                panic!("{} and {other} have the same picture", story.slug);
            }
        }
    }

    #[test]
    fn the_fonts_have_every_letter_of_every_picture() {
        let letters = Letters::read().expect("the fonts are sound");
        for story in STORIES {
            let played = play(story).expect("a story is sound");
            let missing = letters.missing(&svg(&played, &letters));
            assert!(missing.is_empty(), "{}: {missing}", story.slug);
        }
    }
}
