//! A diagram as SVG text: heads and body for the page, which brings its own style sheet, and one self-contained picture.
//!
//! Nothing has an id and nothing refers to one, so that several diagrams can stand on one page: arrow heads and hatching
//! are paths. Geometry is in attributes, appearance in classes; `static/diagram.css` holds the rules, and the part of
//! them that concerns the figure itself is put into the self-contained picture with a theme's colours in the place of
//! custom properties. Elements of a session have a class `s0` to `s15`.

mod figure;
mod mark;
mod source;
mod theme;

pub use figure::{Arrow, Figure, Look, Node, Stroke, figure, figure_to_svg};
pub use mark::{is_hollow, shape};
pub use source::{NoSource, source};
pub use theme::{DARK, LIGHT, OwnColours, Theme, own_colours, style};

use super::text::Font;
use super::{
    Band, Call, CallKind, Diagram, End, Evidence, Extent, Gap, Grip, Head, Label, LockBar, Message,
    MessageKind, Note, Side, Tone, WaitBar,
};
use crate::ids::SessionId;
use crate::markup::push_xml;
use std::fmt::{Arguments, Write as _};

/// How many sessions have a colour that can be chosen for each alone; those after them have these again.
pub const COLOURS: usize = 16;

/// The strip of heads, as the inside of an `<svg>` of [`Diagram::width`] by [`Diagram::head_height`].
#[must_use]
pub fn heads(diagram: &Diagram) -> String {
    let mut out = Out::default();
    for lane in &diagram.lanes {
        out.group("head", lane.session);
        out.mark(lane.session, lane.x, 13, 6);
        out.head(&lane.head);
    }
    for client in &diagram.clients {
        // Somebody: a head and shoulders.
        let (x, left) = (client.x, client.x - 7);
        out.0.push_str("<g class=\"head\">");
        out.path(
            "icon",
            format_args!("M{x} 3a4 4 0 1 0 .1 0zM{left} 21c0-11 14-11 14 0z"),
        );
        out.head(&client.head);
    }
    let left = diagram.band.axis - 7;
    out.0.push_str("<g class=\"head db\">");
    out.path(
        "icon",
        format_args!("M{left} 8v10c0 4 14 4 14 0v-10c0 4-14 4-14 0c0-4 14-4 14 0"),
    );
    out.head(&diagram.database);
    out.0
}

/// The height of a tile, in pixels.
pub const TILE: i32 = 320;

/// The body, as the inside of an `<svg>` of [`Diagram::width`] by [`Diagram::height`].
#[must_use]
pub fn body(diagram: &Diagram) -> String {
    let mut out = Out(String::with_capacity(512 * (diagram.slots.len() + 4)));
    out.below(diagram);
    out.words(diagram, 0, diagram.height);
    out.above(diagram);
    out.0
}

/// What of the body goes through it from top to bottom: lifelines, bars, the line of an anomaly.
#[must_use]
pub fn frame(diagram: &Diagram) -> String {
    let mut out = Out::default();
    out.below(diagram);
    out.above(diagram);
    out.0
}

/// The rest of the body, messages and notes, in tiles of [`TILE`] by the diagram's width, from the top down: what has not
/// changed need not be drawn anew, and what is not seen need not be laid out. What lies across a border is in both.
#[must_use]
pub fn tiles(diagram: &Diagram) -> Vec<String> {
    let tops = (0..diagram.height).step_by(TILE as usize);
    tops.map(|top| {
        let mut out = Out::default();
        out.words(diagram, top, top + TILE);
        out.0
    })
    .collect()
}

/// What a picture says of itself, beside what it shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Caption<'a> {
    /// Its name, for tooltips and screen readers.
    pub title: &'a str,
    /// What is to be seen, for those who do not see it.
    pub description: &'a str,
    /// The text of the scenario, which [`source`] gives back; empty: none.
    pub source: &'a str,
}

/// The whole diagram as a picture that needs nothing else.
#[must_use]
pub fn to_svg(diagram: &Diagram, caption: &Caption<'_>, theme: &Theme) -> String {
    let (width, head, height) = (diagram.width, diagram.head_height, diagram.height);
    let whole = head + height;
    let mut out = Out::default();
    out.put(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{whole}\" \
         viewBox=\"0 0 {width} {whole}\" class=\"sq\" role=\"img\"><title>"
    ));
    out.text(caption.title);
    out.0.push_str("</title>");
    if !caption.description.is_empty() {
        out.0.push_str("<desc>");
        out.text(caption.description);
        out.0.push_str("</desc>");
    }
    if !caption.source.is_empty() {
        out.0.push_str(&source::metadata(caption.source));
    }
    out.0.push_str("<style>");
    out.0.push_str(&theme::style(theme));
    out.put(format_args!(
        "</style><rect class=\"paper\" width=\"{width}\" height=\"{whole}\"/>"
    ));
    out.0.push_str(&heads(diagram));
    out.put(format_args!("<g transform=\"translate(0 {head})\">"));
    out.0.push_str(&body(diagram));
    out.0.push_str("</g></svg>");
    out.0
}

/// The class of a session.
fn class(session: SessionId) -> usize {
    session.0 % COLOURS
}

#[derive(Default)]
struct Out(String);

impl Out {
    fn put(&mut self, arguments: Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(arguments);
    }

    /// What lies below the words.
    fn below(&mut self, diagram: &Diagram) {
        self.lifelines(diagram);
        diagram.gaps.iter().for_each(|gap| self.gap(gap, diagram));
        diagram
            .extents
            .iter()
            .for_each(|extent| self.extent(extent));
        diagram.locks.iter().for_each(|lock| self.lock(lock));
        diagram.waits.iter().for_each(|wait| self.wait(wait));
    }

    /// What lies above them.
    fn above(&mut self, diagram: &Diagram) {
        diagram.extents.iter().for_each(|extent| self.end(extent));
        if let Some(evidence) = &diagram.evidence {
            self.evidence(evidence);
        }
    }

    /// Messages and notes that reach into a stretch of the body.
    fn words(&mut self, diagram: &Diagram, top: i32, bottom: i32) {
        /// Arrow heads and boxes reach a little beyond their event.
        const BEYOND: i32 = 12;
        let reaches = |event: usize| {
            diagram
                .slots
                .get(event)
                .is_none_or(|slot| slot.top - BEYOND < bottom && slot.bottom + BEYOND > top)
        };
        let crosses = |session: SessionId| diagram.lanes[session.0].crosses;
        for message in diagram
            .messages
            .iter()
            .filter(|message| reaches(message.event))
        {
            self.message(message, diagram.font_size, crosses(message.session));
        }
        for call in diagram.calls.iter().filter(|call| reaches(call.event)) {
            self.call(call, diagram.font_size);
        }
        for note in diagram.notes.iter().filter(|note| reaches(note.event)) {
            self.note(note, diagram.font_size, crosses(note.session));
        }
    }

    /// Text that may hold anything.
    fn text(&mut self, text: &str) {
        push_xml(&mut self.0, text);
    }

    fn title(&mut self, title: &str) {
        self.0.push_str("<title>");
        self.text(title);
        self.0.push_str("</title>");
    }

    fn group(&mut self, kind: &str, session: SessionId) {
        let number = class(session);
        let hollow = if is_hollow(session) { " hollow" } else { "" };
        self.put(format_args!("<g class=\"{kind} s{number}{hollow}\">"));
    }

    fn end_group(&mut self) {
        self.0.push_str("</g>");
    }

    fn path(&mut self, class: &str, path: Arguments<'_>) {
        self.put(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
    }

    fn rect(&mut self, class: &str, (x, y): (i32, i32), (width, height): (i32, i32)) {
        self.put(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        ));
    }

    /// A name, in a group that is open.
    fn head(&mut self, head: &Head) {
        if let Some(title) = &head.title {
            self.title(title);
        }
        for (row, line) in (0..).zip(&head.lines) {
            let (x, y): (i32, i32) = (head.x, 36 + row * 15);
            self.put(format_args!("<text x=\"{x}\" y=\"{y}\">"));
            self.text(line);
            self.0.push_str("</text>");
        }
        self.end_group();
    }

    fn lifelines(&mut self, diagram: &Diagram) {
        let Band { left, axis, right } = diagram.band;
        let height = diagram.height;
        self.rect("band", (left, 0), (right - left, height));
        self.path("life", format_args!("M{axis} 0V{height}"));
        let lanes = diagram.lanes.iter().map(|lane| lane.x);
        for x in lanes.chain(diagram.clients.iter().map(|client| client.x)) {
            self.path("life", format_args!("M{x} 0V{height}"));
        }
    }

    fn gap(&mut self, gap: &Gap, diagram: &Diagram) {
        let (y, right) = (gap.y, diagram.width);
        self.0.push_str("<g class=\"gap\">");
        self.path("rule", format_args!("M0 {y}H{right}"));
        self.label(&gap.label, diagram.font_size, true, false);
        self.end_group();
    }

    fn extent(&mut self, extent: &Extent) {
        self.group("tx", extent.session);
        let size = (6, (extent.bottom - extent.top).max(2));
        self.rect("bar", (extent.x - 3, extent.top), size);
        self.end_group();
    }

    /// The sign at the end of a transaction.
    fn end(&mut self, extent: &Extent) {
        let (x, y) = (extent.x, extent.bottom);
        let (class, sign) = match extent.end {
            End::Open => return,
            End::Committed => ("end ok", "m-3 0l2 3l4-5"),
            End::RolledBack => ("end bad", "m-3-3l6 6m0-6l-6 6"),
        };
        self.put(format_args!(
            "<g class=\"{class}\"><circle cx=\"{x}\" cy=\"{y}\" r=\"6\"/>"
        ));
        self.path("sign", format_args!("M{x} {y}{sign}"));
        self.end_group();
    }

    fn lock(&mut self, lock: &LockBar) {
        let class = match lock.grip {
            Grip::Shared => "lock shared",
            Grip::Writing => "lock",
            Grip::Exclusive => "lock exclusive",
        };
        self.group(class, lock.session);
        self.title(&lock.title);
        let height = (lock.bottom - lock.top).max(3);
        self.rect("bar", (lock.x - 6, lock.top), (12, height));
        if height > 16 {
            self.mark(lock.session, lock.x, lock.top + 9, 4);
        }
        if !lock.label.is_empty() {
            let (x, y) = (lock.x - 3, lock.top + 17);
            self.put(format_args!(
                "<text transform=\"translate({x} {y}) rotate(90)\">"
            ));
            self.text(&lock.label);
            self.0.push_str("</text>");
        }
        self.end_group();
    }

    fn wait(&mut self, wait: &WaitBar) {
        self.group("wait", wait.session);
        self.title(&wait.title);
        let (left, top, height) = (wait.x - 6, wait.top, (wait.bottom - wait.top).max(3));
        self.rect("bar", (left, top), (12, height));
        let mut hatch = String::new();
        for y in (top + 12..=wait.bottom).step_by(6) {
            let _ = write!(hatch, "M{left} {y}l12-12");
        }
        self.path("hatch", format_args!("{hatch}"));
        self.end_group();
    }

    fn message(&mut self, message: &Message, size: i32, crosses: bool) {
        let class = match (message.kind, &message.label) {
            (_, None) => return,
            (MessageKind::Statement, _) => "m sent",
            (MessageKind::Answer, _) => "m answer",
            (MessageKind::Error, _) => "m answer error",
        };
        self.group(class, message.session);
        match message.kind {
            MessageKind::Statement => self.arrow(message.from, message.to, message.y),
            _ => self.open_arrow(message.to, message.from, message.y),
        }
        if let Some(label) = &message.label {
            self.label(label, size, crosses, message.evidence);
        }
        self.end_group();
    }

    fn arrow(&mut self, tail: i32, tip: i32, y: i32) {
        let neck = tip - 8 * (tip - tail).signum();
        self.path("shaft", format_args!("M{tail} {y}H{neck}"));
        self.path("tip", format_args!("M{tip} {y}L{neck} {}v8z", y - 4));
    }

    fn open_arrow(&mut self, tail: i32, tip: i32, y: i32) {
        let neck = tip - 8 * (tip - tail).signum();
        self.path("shaft", format_args!("M{tail} {y}H{tip}"));
        self.path(
            "tip open",
            format_args!("M{neck} {}L{tip} {y}L{neck} {}", y - 4, y + 4),
        );
    }

    /// A request or its answer. One that is lost ends in a cross, before it is there.
    fn call(&mut self, call: &Call, size: i32) {
        let class = match call.kind {
            CallKind::Request => "call sent",
            CallKind::Answer => "call answer",
            CallKind::Failure | CallKind::Lost => "call answer error",
        };
        self.group(class, call.session);
        let (client, session, y) = (call.from, call.to, call.y);
        match call.kind {
            CallKind::Request => self.arrow(client, session, y),
            CallKind::Answer | CallKind::Failure => self.open_arrow(session, client, y),
            CallKind::Lost => {
                let end = client + 22 * (session - client).signum();
                self.path("shaft", format_args!("M{session} {y}H{end}"));
                self.path("sign", format_args!("M{end} {y}m-5-5l10 10m0-10l-10 10"));
            }
        }
        self.label(&call.label, size, false, false);
        self.end_group();
    }

    fn note(&mut self, note: &Note, size: i32, crosses: bool) {
        let (class, sign) = match note.tone {
            Tone::Good => ("note ok", "m-4 0l3 4l5-7"),
            Tone::Wait => ("note warn", ""),
            Tone::Bad => ("note bad", "m-4-4l8 8m0-8l-8 8"),
            Tone::Again => ("note again", "m4-3a5 5 0 1 0 1 4m0-8v4h-4"),
        };
        self.group(class, note.session);
        let (x, y) = note.sign;
        if !sign.is_empty() {
            self.put(format_args!(
                "<circle class=\"dot\" cx=\"{x}\" cy=\"{y}\" r=\"8\"/>"
            ));
            self.path("sign", format_args!("M{x} {y}{sign}"));
        }
        self.label(&note.label, size, crosses, note.evidence);
        self.end_group();
    }

    fn label(&mut self, label: &Label, size: i32, halo: bool, evidence: bool) {
        let around = (label.width + 8, label.height + 2);
        if halo {
            self.rect("halo", (label.x - 4, label.y - 1), around);
        }
        if evidence {
            self.rect("proof", (label.x - 4, label.y - 1), around);
        }
        let class = match (label.font, label.even) {
            (Font::Mono, _) => "mono",
            (Font::Sans, Side::Left) => "sans",
            (Font::Sans, Side::Right) => "sans far",
        };
        self.put(format_args!(
            "<text class=\"{class}\" font-size=\"{size}\">"
        ));
        if let Some(title) = &label.title {
            self.title(title);
        }
        let x = match label.even {
            Side::Left => label.x,
            Side::Right => label.x + label.width,
        };
        for (row, line) in (0..).zip(&label.lines) {
            let y: i32 = label.y + row * (size + 4) + size;
            self.put(format_args!("<tspan x=\"{x}\" y=\"{y}\">"));
            self.text(line);
            self.0.push_str("</tspan>");
        }
        self.0.push_str("</text>");
    }

    fn evidence(&mut self, evidence: &Evidence) {
        let (Some(first), Some(last)) = (evidence.points.first(), evidence.points.last()) else {
            return;
        };
        let x = evidence.x;
        self.0.push_str("<g class=\"evidence\">");
        self.title(evidence.name);
        self.path("thread", format_args!("M{x} {first}V{last}"));
        for y in &evidence.points {
            self.put(format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"4\"/>"));
        }
        if evidence.named {
            let (x, y) = (x - 12, first + 10);
            self.put(format_args!(
                "<text transform=\"translate({x} {y}) rotate(90)\">"
            ));
            self.text(evidence.name);
            self.0.push_str("</text>");
        }
        self.end_group();
    }
}
