//! Layouts as text: what stands where, from top to bottom. `ROWLOCK_UPDATE_GOLDEN=1 cargo test` writes the files anew.

use super::{Shown, story};
use crate::diagram::{Diagram, MessageKind, Side};
use std::fmt::Write as _;

/// One line an item: its height, where it is, what it is.
fn dump(diagram: &Diagram) -> String {
    let mut items: Vec<(i32, i32, String)> = Vec::new();
    for message in &diagram.messages {
        let arrow = match (message.kind, diagram.lanes[message.session.0].side) {
            (MessageKind::Statement, Side::Left) | (MessageKind::Answer, Side::Right) => "->",
            (MessageKind::Statement, Side::Right) | (MessageKind::Answer, Side::Left) => "<-",
            (MessageKind::Error, _) => "error",
        };
        if let Some(label) = &message.label {
            let mark = if message.evidence { " (evidence)" } else { "" };
            let text = label.lines.join(" / ");
            items.push((message.y, label.x, format!("{arrow} {text}{mark}")));
        }
    }
    for call in &diagram.calls {
        let (kind, text) = (call.kind, call.label.lines.join(" / "));
        items.push((call.y, call.label.x, format!("{kind:?}: {text}")));
    }
    for note in &diagram.notes {
        let text = note.label.lines.join(" / ");
        items.push((
            note.label.y,
            note.label.x,
            format!("{:?}: {text}", note.tone),
        ));
    }
    for gap in &diagram.gaps {
        items.push((
            gap.y,
            gap.label.x,
            format!("gap {}", gap.label.lines.join(" / ")),
        ));
    }
    for bar in &diagram.waits {
        items.push((
            bar.top,
            bar.x,
            format!("wait to {}: {}", bar.bottom, bar.title),
        ));
    }
    for bar in &diagram.locks {
        let text = format!("lock to {}: {} [{}]", bar.bottom, bar.title, bar.label);
        items.push((bar.top, bar.x, text));
    }
    for extent in &diagram.extents {
        let text = format!("transaction to {}: {:?}", extent.bottom, extent.end);
        items.push((extent.top, extent.x, text));
    }
    if let Some(evidence) = &diagram.evidence {
        let text = format!("{} at {:?}", evidence.name, evidence.points);
        items.push((evidence.points[0], evidence.x, text));
    }
    items.sort();
    let mut text = format!(
        "{} x {}, heads {}, text {}\n",
        diagram.width, diagram.height, diagram.head_height, diagram.font_size
    );
    let heads = diagram.lanes.iter().map(|lane| (lane.x, &lane.head));
    let clients = diagram
        .clients
        .iter()
        .map(|client| (client.x, &client.head));
    for (x, head) in clients
        .chain(heads)
        .chain([(diagram.band.axis, &diagram.database)])
    {
        let _ = writeln!(text, "lifeline {x}: {}", head.lines.join(" / "));
    }
    for (y, x, item) in items {
        let _ = writeln!(text, "{y:>5} {x:>4}  {item}");
    }
    text
}

fn check(name: &str, text: &str) {
    let file = format!(
        "{}/src/diagram/tests/{name}.txt",
        env!("CARGO_MANIFEST_DIR")
    );
    if std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, text).expect("a golden file");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        golden == text,
        "{name}.txt differs (ROWLOCK_UPDATE_GOLDEN=1 writes it anew):\n{text}"
    );
}

#[test]
fn a_lost_update_is_joined_by_its_evidence() {
    let shown = Shown::of(&story("two-cashiers", ""));
    check("lost_update_640", &dump(&shown.diagram(640)));
}

#[test]
fn on_a_phone_statements_break_at_their_clauses() {
    let shown = Shown::of(&story("two-cashiers", "strategy: pessimistic\n"));
    check("pessimistic_340", &dump(&shown.diagram(340)));
}

#[test]
fn a_lost_reply_is_asked_for_again() {
    let text = story("payment-reply-lost", "").replace("strategy: upsert\n", "");
    let shown = Shown::of(&format!("strategy: upsert-lock\n{text}"));
    check("reply_lost_640", &dump(&shown.diagram(640)));
}

#[test]
fn a_client_of_sessions_on_both_sides_stands_on_both() {
    let shown = Shown::of(&story("event-twice", ""));
    check("event_twice_340", &dump(&shown.diagram(340)));
}

#[test]
fn a_deadlock_is_two_waits_and_a_jump_of_the_clock() {
    let shown = Shown::of(&story("transfer-deadlock", ""));
    check("deadlock_900", &dump(&shown.diagram(900)));
}

#[test]
fn a_version_conflict_is_tried_again() {
    let shown = Shown::of(&story("two-cashiers", "strategy: optimistic\n"));
    check("optimistic_640", &dump(&shown.diagram(640)));
}
