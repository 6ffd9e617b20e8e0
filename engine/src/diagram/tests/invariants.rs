//! What must hold of every diagram: labels stay apart and inside, nothing is lost, bars of one column do not overlap.

use super::Shown;
use crate::diagram::lanes::HALF;
use crate::diagram::{Diagram, Label, svg};
use crate::run::EventKind;
use crate::verdict::{Anomaly, AnomalyName};
use proptest::prelude::*;
use std::fmt::Write as _;

const NAMES: [&str; 8] = [
    "A",
    "Alice in Wonderland",
    "B",
    "Überweisung",
    "在庫係",
    "Incomprehensibilities of a longer kind",
    "<&>",
    "F",
];

const STATEMENTS: [&str; 14] = [
    "BEGIN",
    "BEGIN ISOLATION LEVEL REPEATABLE READ",
    "SELECT quantity FROM stock WHERE id = 1",
    "SELECT * FROM stock",
    "SELECT quantity, note FROM stock WHERE id = 2 FOR UPDATE",
    "SELECT id FROM stock FOR SHARE",
    "UPDATE stock SET quantity = quantity - 1 WHERE id = 1",
    "UPDATE stock SET quantity = quantity + 1, note = 'a note <b> that is longer & longer' WHERE id >= 2",
    "UPDATE stock SET note = 'pneumonoultramicroscopicsilicovolcanoconiosis_pneumonoultramicroscopicsilicovolcanoconiosis'",
    "INSERT INTO stock VALUES (9, 1, '在庫は十個です')",
    "DELETE FROM stock WHERE id = 3",
    "require 1 > 2 else 'there is not enough of it on the shelf'",
    "COMMIT",
    "ROLLBACK",
];

/// A scenario of so many sessions, for whom each works, and with these steps: who, what, after how many ticks.
fn scenario(sessions: usize, clients: &[Option<usize>], steps: &[(usize, usize, u64)]) -> String {
    let mut text = String::from("sessions:\n");
    for (index, name) in NAMES.iter().enumerate().take(sessions) {
        let _ = writeln!(text, "  S{index}: {name}");
        if let Some(client) = clients.get(index).copied().flatten() {
            let _ = writeln!(text, "    client: {}", NAMES[client]);
        }
    }
    text += "\nsetup:\n  CREATE TABLE stock (id int PRIMARY KEY, quantity int, note text);\n  \
        INSERT INTO stock VALUES (1, 10, 'a'), (2, 20, NULL), (3, 30, 'c''d'), (4, 40, ''), (5, 50, 'e');\n\ntimeline:\n";
    let mut at = 0;
    for (session, statement, later) in steps {
        at += later;
        let statement = STATEMENTS[statement % STATEMENTS.len()];
        let _ = writeln!(text, "  S{} @{at}: {statement}", session % sessions);
    }
    text
}

fn labels(diagram: &Diagram) -> Vec<&Label> {
    let messages = diagram
        .messages
        .iter()
        .filter_map(|message| message.label.as_ref());
    let notes = diagram.notes.iter().map(|note| &note.label);
    let gaps = diagram.gaps.iter().map(|gap| &gap.label);
    let calls = diagram.calls.iter().map(|call| &call.label);
    messages.chain(notes).chain(gaps).chain(calls).collect()
}

fn check(shown: &Shown, diagram: &Diagram) {
    let labels = labels(diagram);
    for (index, label) in labels.iter().enumerate() {
        assert!(
            label.x >= 0 && label.x + label.width <= diagram.width,
            "{label:?} is outside"
        );
        assert!(
            label.y >= 0 && label.y + label.height <= diagram.height,
            "{label:?} is outside"
        );
        for other in &labels[index + 1..] {
            let apart = label.x + label.width <= other.x
                || other.x + other.width <= label.x
                || label.y + label.height <= other.y
                || other.y + other.height <= label.y;
            assert!(apart, "{label:?} overlaps {other:?}");
        }
        let crosses = diagram.lanes.iter().any(|lane| lane.crosses);
        for lane in &diagram.lanes {
            let over = label.x < lane.x + HALF && lane.x - HALF < label.x + label.width;
            assert!(!over || crosses, "{label:?} lies on a lifeline");
        }
        for client in &diagram.clients {
            let over = label.x < client.x + 1 && client.x - 1 < label.x + label.width;
            assert!(!over, "{label:?} lies on a client's lifeline");
        }
        let over = label.x < diagram.band.right && diagram.band.left < label.x + label.width;
        assert!(!over, "{label:?} lies on the database");
    }
    let mut end = 0;
    assert_eq!(diagram.slots.len(), shown.run.events.len());
    for (index, slot) in diagram.slots.iter().enumerate() {
        assert_eq!(slot.top, end);
        assert!(
            slot.top < slot.bottom && slot.bottom <= diagram.height,
            "{slot:?}"
        );
        end = slot.bottom;
        let position = diagram.position_at(slot.top);
        assert!(position == index + 1 || diagram.is_plain(index + 1));
        assert!(diagram.horizon(index) <= diagram.horizon(index + 1));
    }
    assert_eq!(diagram.horizon(diagram.slots.len()), diagram.height);
    for message in &diagram.messages {
        let slot = diagram.slots[message.event];
        assert!(message.label.is_none() || (slot.top <= message.y && message.y <= slot.bottom));
        if let Some(label) = &message.label {
            assert!(slot.top <= label.y && label.y + label.height <= slot.bottom);
        }
    }
    for call in &diagram.calls {
        let (slot, label) = (diagram.slots[call.event], &call.label);
        assert!(slot.top <= label.y && label.y + label.height < call.y && call.y <= slot.bottom);
        assert!(slot.left <= call.from && call.from <= slot.right);
        let outside = (call.to - call.from).signum();
        assert_eq!(outside, diagram.lanes[call.session.0].side.inward());
        assert!(
            (call.to - call.from).abs() > 40,
            "no room for a cross: {call:?}"
        );
    }
    bars(diagram);
    heads(diagram);
}

fn bars(diagram: &Diagram) {
    for (index, bar) in diagram.locks.iter().enumerate() {
        assert!(
            diagram.band.left <= bar.x - 6 && bar.x + 6 <= diagram.band.right,
            "{bar:?}"
        );
        assert!(
            bar.top <= bar.bottom && bar.bottom <= diagram.height,
            "{bar:?}"
        );
        for other in &diagram.locks[index + 1..] {
            let apart = bar.x != other.x || bar.bottom <= other.top || other.bottom <= bar.top;
            assert!(apart, "{bar:?} overlaps {other:?}");
        }
    }
    for bar in &diagram.waits {
        assert!(
            bar.top < bar.bottom && bar.bottom <= diagram.height,
            "{bar:?}"
        );
    }
    for extent in &diagram.extents {
        assert!(
            extent.top < extent.bottom && extent.bottom <= diagram.height,
            "{extent:?}"
        );
    }
}

fn heads(diagram: &Diagram) {
    let heads = diagram.lanes.iter().map(|lane| &lane.head);
    let heads = heads.chain(diagram.clients.iter().map(|client| &client.head));
    let mut heads: Vec<_> = heads.chain([&diagram.database]).collect();
    heads.sort_by_key(|head| head.x);
    for head in &heads {
        assert!(
            head.x >= head.half && head.x + head.half <= diagram.width,
            "{head:?}"
        );
    }
    for pair in heads.windows(2) {
        assert!(
            pair[0].x + pair[0].half <= pair[1].x - pair[1].half,
            "{pair:?}"
        );
    }
}

/// What is not cut is there, character by character.
fn nothing_is_lost(shown: &Shown, diagram: &Diagram) {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    for message in &diagram.messages {
        if let (EventKind::Sent { sql }, Some(label)) =
            (&shown.run.events[message.event].kind, &message.label)
        {
            let text = label.title.clone().unwrap_or_else(|| label.lines.concat());
            assert_eq!(bare(&text), bare(sql));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn labels_stay_apart_and_inside(
        sessions in 1usize..=8,
        clients in prop::collection::vec(prop::option::of(0usize..8), 0..8),
        steps in prop::collection::vec((0usize..8, 0usize..14, prop_oneof![9 => Just(1u64), 1 => Just(2000u64)]), 1..40),
        width in 300i32..1300,
        evidence in prop::collection::btree_set(0usize..20, 0..4),
    ) {
        let mut shown = Shown::unjudged(&scenario(sessions, &clients, &steps));
        let events = shown.run.events.len();
        let evidence: Vec<usize> = evidence.into_iter().filter(|event| *event < events).collect();
        if evidence.len() > 1 {
            shown.verdict.anomalies.push(Anomaly {
                name: AnomalyName::SerializationAnomaly,
                sentence: String::new(),
                evidence,
                sessions: Vec::new(),
            });
        }
        let diagram = shown.diagram(width);
        check(&shown, &diagram);
        nothing_is_lost(&shown, &diagram);
        let picture = svg::to_svg(&diagram, &svg::Caption { title: "a < b", ..Default::default() }, &svg::DARK);
        prop_assert_eq!(picture.matches("<g").count(), picture.matches("</g>").count());
        prop_assert!(!picture.contains("<b>"), "text gets into the picture as an element");
        prop_assert!(!picture.contains("var("), "the picture depends on a style sheet");
    }
}

#[test]
fn every_story_fits_every_width() {
    for story in crate::gallery::STORIES {
        let shown = Shown::of(story.text);
        for width in (320..1240).step_by(60) {
            check(&shown, &shown.diagram(width));
        }
    }
}

/// Every session of every story works for somebody, some for the same one.
#[test]
fn every_story_has_room_for_clients() {
    for story in crate::gallery::STORIES {
        let mut shown = Shown::of(story.text);
        let names = ["Customer", "Purchasing department", "Customer"];
        let sessions = shown.plan.sessions.iter_mut();
        for (session, name) in sessions.zip(names.into_iter().cycle()) {
            session.client = Some(name.to_owned());
        }
        for width in [340, 640, 900] {
            let diagram = shown.diagram(width);
            check(&shown, &diagram);
            assert!(!diagram.calls.is_empty(), "{}", story.slug);
        }
    }
}

#[test]
fn an_empty_run_has_a_diagram() {
    let shown = Shown::unjudged("sessions:\n  A: A\n  B: B\n\ntimeline:\n");
    let diagram = shown.diagram(640);
    check(&shown, &diagram);
    assert_eq!(diagram.current(0), None);
    assert_eq!(diagram.position_at(10), 0);
}

#[test]
fn many_rows_locked_share_the_last_column() {
    let steps = [
        (0, 0, 1),
        (0, 5, 1),
        (1, 0, 1),
        (1, 5, 1),
        (0, 12, 1),
        (1, 12, 1),
    ];
    let shown = Shown::unjudged(&scenario(2, &[], &steps));
    let diagram = shown.diagram(340);
    check(&shown, &diagram);
    let titles: Vec<&str> = diagram.locks.iter().map(|bar| bar.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "A holds stock id = 1 FOR SHARE",
            "A holds stock id = 2 FOR SHARE",
            "8 more locks are held"
        ]
    );
}
