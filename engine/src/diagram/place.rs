//! From run to diagram: one pass down the events.

use super::calls::{self, calls};
use super::lanes::{self, Lanes};
use super::text::{Font, grouped, width, wrap};
use super::thread::{Thread, continues, threads};
use super::{
    Call, Diagram, Evidence, Gap, Label, Message, MessageKind, Note, Options, Side, Slot, Tone,
    bars, locks, says,
};
use crate::run::locks::LockLog;
use crate::run::{Event, EventKind, Reply, Run};
use crate::strategy::Plan;
use crate::verdict::Verdict;

/// A jump of the clock by more than this is shown.
pub(super) const JUMP: u64 = 50;
/// The height of a slot that holds no more than the end of an arrow.
pub(super) const PLAIN: i32 = 4 + ROW / 2;

/// Between rows.
const ROW: i32 = 14;
/// From the last line of a label to its arrow.
const TO_ARROW: i32 = 6;
/// From an arrow to what follows in the same row.
const FROM_ARROW: i32 = 6;
/// The most lines of a statement, wait or note, and of an answer.
const MOST_LINES: usize = 8;
const MOST_ANSWER_LINES: usize = 12;

/// Lays a run out.
#[must_use]
pub fn layout(run: &Run, plan: &Plan, verdict: &Verdict, options: &Options) -> Diagram {
    layout_with(run, plan, verdict, &LockLog::of(plan, run), options)
}

/// The same where the run's locks are known already.
#[must_use]
pub fn layout_with(
    run: &Run,
    plan: &Plan,
    verdict: &Verdict,
    locks: &LockLog,
    options: &Options,
) -> Diagram {
    let width = options.width.clamp(240, 4000);
    let threads = threads(run, plan.sessions.len());
    let most_columns = usize::try_from(width / 160).unwrap_or(2).clamp(2, 6);
    let (held, columns) = locks::bars(locks, most_columns);
    let anomaly = verdict.anomalies.first();
    let lanes = lanes::place(&plan.sessions, width, columns, anomaly.is_some());
    let mut pen = Pen {
        run,
        plan,
        threads: &threads,
        lanes: &lanes,
        evidence: anomaly.map_or(&[], |anomaly| &anomaly.evidence),
        asked: &calls(run, &plan.sessions),
        y: ROW / 2,
        slots: Vec::with_capacity(run.events.len()),
        gaps: Vec::new(),
        messages: Vec::new(),
        calls: Vec::new(),
        notes: Vec::new(),
    };
    for (index, event) in run.events.iter().enumerate() {
        pen.event(index, event);
    }
    let height = pen.y + ROW;
    let Pen {
        slots,
        gaps,
        messages,
        calls,
        notes,
        ..
    } = pen;
    let at = |event: usize| slots.get(event).map_or(height, |slot: &Slot| slot.at);
    let until = |event: Option<usize>| event.map_or(height - 4, at);
    Diagram {
        width: lanes.width,
        height,
        head_height: lanes.head_height,
        font_size: lanes.font_size,
        band: lanes.band,
        database: lanes::database_head(&lanes),
        extents: bars::extents(run, &lanes, &at, height),
        waits: bars::waits(run, plan, &lanes, &until),
        locks: held
            .iter()
            .map(|bar| bars::lock_bar(bar, plan, &lanes, columns, &at, &until))
            .collect(),
        evidence: anomaly.map(|anomaly| {
            let points: Vec<i32> = anomaly.evidence.iter().map(|event| at(*event)).collect();
            let long = points.last().unwrap_or(&0) - points.first().unwrap_or(&0);
            let name = anomaly.name.as_str();
            Evidence {
                name,
                named: long >= self::width(name, Font::Sans, 11) + 20,
                x: lanes.band.axis,
                points,
            }
        }),
        lanes: lanes.lanes,
        clients: lanes.clients,
        slots,
        gaps,
        messages,
        calls,
        notes,
    }
}

/// What goes down the page, event by event.
struct Pen<'a> {
    run: &'a Run,
    plan: &'a Plan,
    threads: &'a [Thread],
    lanes: &'a Lanes,
    evidence: &'a [usize],
    /// Requests and answers that are not drawn yet.
    asked: &'a [calls::Call],
    y: i32,
    slots: Vec<Slot>,
    gaps: Vec<Gap>,
    messages: Vec<Message>,
    calls: Vec<Call>,
    notes: Vec<Note>,
}

impl Pen<'_> {
    fn event(&mut self, index: usize, event: &Event) {
        let top = self.slots.last().map_or(0, |slot| slot.bottom);
        self.gap(index, event);
        let first_call = self.calls.len();
        while self.call(index, calls::CallKind::leads) {
            self.y += ROW;
        }
        let at = match &event.kind {
            EventKind::Sent { sql } => {
                let label = self.label(index, std::slice::from_ref(sql), Font::Mono, MOST_LINES);
                self.message(index, MessageKind::Statement, Some(label))
            }
            EventKind::Replied(reply) => {
                let label = self.answer(index, event, reply);
                self.message(index, MessageKind::Answer, label)
            }
            EventKind::Failed(error) => {
                let text = format!("ERROR {}: {}", error.state.0, error.message);
                let label = self.label(index, &[text], Font::Mono, MOST_LINES);
                self.message(index, MessageKind::Error, Some(label))
            }
            EventKind::Blocked(wait) => {
                let text = says::wait(&self.plan.sessions, wait);
                self.note(index, Tone::Wait, text)
            }
            EventKind::Client(note) => {
                let session = self.plan.sessions.get(event.session.0);
                let text = says::client_note(note, session);
                self.note(index, note.tone(), text)
            }
            kind => {
                let tone = match kind {
                    EventKind::RequireHeld { .. } => Tone::Good,
                    EventKind::Retry { .. } => Tone::Again,
                    _ => Tone::Bad,
                };
                let text = says::note(kind, None).unwrap_or_default();
                self.note(index, tone, text)
            }
        };
        while self.call(index, |_| true) {}
        let goes_on = index + 1 < self.threads.len() && continues(self.threads, index + 1);
        let bottom = if goes_on { self.y } else { self.y + ROW / 2 };
        self.y = if goes_on { self.y } else { self.y + ROW };
        let mut slot = Slot {
            top,
            bottom,
            at,
            left: self.lanes.band.left,
            right: self.lanes.band.right,
        };
        let outermost = self.calls[first_call..].iter().map(|call| call.from);
        for x in outermost.chain([self.lanes.lanes[event.session.0].x]) {
            slot.left = slot.left.min(x);
            slot.right = slot.right.max(x);
        }
        self.slots.push(slot);
    }

    /// Draws the next request or answer, if it is one of this event and of these kinds.
    fn call(&mut self, index: usize, wanted: impl Fn(calls::CallKind) -> bool) -> bool {
        let Some((next, rest)) = self.asked.split_first() else {
            return false;
        };
        if next.event != index || !wanted(next.kind) {
            return false;
        }
        self.asked = rest;
        let lane = &self.lanes.lanes[next.session.0];
        let Some(client) = lane
            .client
            .and_then(|client| self.lanes.clients.get(client))
        else {
            return false;
        };
        let size = self.lanes.font_size;
        let wrapped = wrap(&next.words, Font::Sans, size, client.room, MOST_LINES);
        let label = lay(
            client.side,
            client.label_edge(),
            self.y,
            Font::Sans,
            size,
            wrapped.lines,
        );
        let y = label.y + label.height + TO_ARROW;
        self.y = y + FROM_ARROW;
        self.calls.push(Call {
            event: index,
            session: next.session,
            kind: next.kind,
            from: client.x,
            to: lane.x - lane.side.inward() * lanes::HALF,
            y,
            label: Label {
                title: wrapped.cut.then(|| next.words.clone()),
                ..label
            },
        });
        true
    }

    /// The answer's words; none when it says nothing of its own.
    fn answer(&self, index: usize, event: &Event, reply: &Reply) -> Option<Label> {
        let sent = self.threads[index]
            .sent
            .map(|sent| &self.run.events[sent].kind);
        if let (Some(EventKind::Sent { sql }), true) = (sent, continues(self.threads, index))
            && says::is_plain(sql, reply)
        {
            return None;
        }
        let paragraphs = says::answer(self.run, self.plan, event, reply);
        Some(self.label(index, &paragraphs, Font::Mono, MOST_ANSWER_LINES))
    }

    /// Text at the session's side of its row, from here down.
    fn label(&self, index: usize, paragraphs: &[String], font: Font, most: usize) -> Label {
        let lane = &self.lanes.lanes[self.run.events[index].session.0];
        let size = self.lanes.font_size;
        let mut lines: Vec<String> = Vec::new();
        let mut cut = false;
        for (place, paragraph) in paragraphs.iter().enumerate() {
            let left = most.saturating_sub(lines.len());
            let more = paragraphs.len() - place;
            if left == 0 || (left == 1 && more > 1) {
                lines.push(format!("… {more} more"));
                cut = true;
                break;
            }
            let wrapped = wrap(paragraph, font, size, lane.room, left);
            cut |= wrapped.cut;
            lines.extend(wrapped.lines);
        }
        Label {
            title: cut.then(|| paragraphs.join("\n")),
            ..lay(lane.side, lane.label_edge(), self.y, font, size, lines)
        }
    }

    /// A label and the arrow below it; gives the arrow's height.
    fn message(&mut self, index: usize, kind: MessageKind, label: Option<Label>) -> i32 {
        let session = self.run.events[index].session;
        let lane = &self.lanes.lanes[session.0];
        let y = match &label {
            Some(label) => label.y + label.height + TO_ARROW,
            None => self.y - FROM_ARROW + 4,
        };
        self.y = if label.is_some() {
            y + FROM_ARROW
        } else {
            self.y + 4
        };
        self.messages.push(Message {
            event: index,
            session,
            kind,
            from: lane.x + lane.side.inward() * lanes::HALF,
            to: match lane.side {
                Side::Left => self.lanes.band.left,
                Side::Right => self.lanes.band.right,
            },
            y,
            label,
            evidence: self.evidence.contains(&index),
        });
        y
    }

    /// Words at a lifeline; gives their middle.
    fn note(&mut self, index: usize, tone: Tone, text: String) -> i32 {
        let session = self.run.events[index].session;
        let lane = &self.lanes.lanes[session.0];
        let label = self.label(index, &[text], Font::Sans, MOST_LINES);
        self.y += label.height + 2;
        let middle = match tone {
            Tone::Wait => label.y,
            _ => label.y + (self.lanes.font_size + 4) / 2,
        };
        self.notes.push(Note {
            event: index,
            session,
            tone,
            sign: (lane.x, middle),
            label,
            evidence: self.evidence.contains(&index),
        });
        middle
    }

    /// The line that says how far the clock jumps before an event.
    fn gap(&mut self, index: usize, event: &Event) {
        let before = index
            .checked_sub(1)
            .map(|before| self.run.events[before].at);
        let Some(jump) = before.map(|before| event.at.0.saturating_sub(before.0)) else {
            return;
        };
        if jump <= JUMP {
            return;
        }
        let text = format!("{} ms later", grouped(jump));
        let size = self.lanes.font_size;
        let height = size + 4;
        let wide = width(&text, Font::Sans, size);
        // Beside the database, where nothing goes down.
        let band = self.lanes.band.left;
        let lanes = self
            .lanes
            .lanes
            .iter()
            .filter(|lane| lane.side == Side::Left);
        let middle = (band + lanes.map(|lane| lane.x).max().unwrap_or(0)) / 2;
        self.gaps.push(Gap {
            event: index,
            y: self.y + height / 2,
            label: Label {
                x: (middle - wide / 2).max(2),
                y: self.y,
                width: wide,
                height,
                even: Side::Left,
                lines: vec![text],
                font: Font::Sans,
                title: None,
            },
        });
        self.y += height + ROW;
    }
}

/// Lines in a box that begins at an edge and goes inwards, from `y` down.
fn lay(side: Side, edge: i32, y: i32, font: Font, size: i32, lines: Vec<String>) -> Label {
    let widest = lines.iter().map(|line| width(line, font, size)).max();
    let width = widest.unwrap_or(0);
    Label {
        x: match side {
            Side::Left => edge,
            Side::Right => edge - width,
        },
        y,
        width,
        height: i32::try_from(lines.len()).unwrap_or(0) * (size + 4),
        even: match font {
            Font::Mono => Side::Left,
            Font::Sans => side,
        },
        lines,
        font,
        title: None,
    }
}
