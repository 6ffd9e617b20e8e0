//! What there is to watch in a run besides its diagram, as text: versions and who sees them, locks and waits, at every
//! position; and one timeline under several strategies. `ROWLOCK_UPDATE_GOLDEN=1` writes `watching/*.txt` anew.

use rowlock_engine::compare::compare;
use rowlock_engine::db::xact::Fate;
use rowlock_engine::diagram::graphs;
use rowlock_engine::diagram::words::caption;
use rowlock_engine::gallery::{STORIES, story};
use rowlock_engine::ids::SessionId;
use rowlock_engine::run::landmarks::{Landmark, jump, landmark};
use rowlock_engine::run::locks::{Claim, LockLog, LockState, cycle, victim};
use rowlock_engine::run::{EventKind, Maker, RowStatus, Run, execute, view_at};
use rowlock_engine::scenario::{Scenario, parse};
use rowlock_engine::strategy::{Plan, Strategy, plan};
use std::fmt::Write as _;

fn golden(name: &str, found: &str) {
    let file = format!("{}/tests/watching/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("ROWLOCK_UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{name}.txt differs:\n{found}");
}

fn ran(text: &str) -> (Scenario, Plan, Run) {
    let scenario = parse(text).unwrap();
    let plan = plan(&scenario);
    let run = execute(&plan).unwrap();
    (scenario, plan, run)
}

fn of_story(slug: &str, headers: &str) -> (Scenario, Plan, Run) {
    ran(&format!("{headers}{}", story(slug).unwrap().text))
}

fn name(plan: &Plan, session: SessionId) -> &str {
    &plan.sessions[session.0].name
}

fn claims(plan: &Plan, claims: &[Claim]) -> String {
    let claims: Vec<String> = claims
        .iter()
        .map(|claim| format!("{} {}", name(plan, claim.session), claim.mode))
        .collect();
    claims.join(", ")
}

fn maker(plan: &Plan, maker: Maker) -> &str {
    match maker {
        Maker::Setup => "set-up",
        Maker::Session(session) => name(plan, session),
    }
}

fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::InProgress => " (open)",
        Fate::Committed => "",
        Fate::Aborted => " (rolled back)",
    }
}

/// Versions, locks and waits at every position.
fn film((scenario, plan, run): &(Scenario, Plan, Run)) -> String {
    let log = LockLog::of(plan, run);
    let mut text = String::new();
    let mut before: (Vec<String>, String) = Default::default();
    for position in 0..=run.events.len() {
        let told = match position {
            0 => "before the first statement".to_owned(),
            _ => caption(scenario, plan, run, position - 1),
        };
        let _ = writeln!(text, "{position}. {told}");
        let mut versions: Vec<String> = Vec::new();
        for table in view_at(plan, run, position).tables {
            for row in table.rows {
                let state = match &row.status {
                    RowStatus::Settled if row.committed.is_some() => "",
                    RowStatus::Settled => " is gone",
                    RowStatus::Written(..) => " is being written",
                    RowStatus::Deleted(_) => " is being deleted",
                };
                let mut lines = format!("   {} {}{state}\n", table.name, row.key);
                for version in &row.versions {
                    let values: Vec<String> = version
                        .values
                        .iter()
                        .map(|value| value.to_literal().to_string())
                        .collect();
                    let end = version.end.map_or(String::new(), |end| {
                        let what = end
                            .next
                            .map_or("deleted".to_owned(), |next| format!("v{next}"));
                        format!(", then {what} by {}{}", maker(plan, end.by), fate(end.fate))
                    });
                    let seen: Vec<&str> =
                        version.seen_by.iter().map(|it| name(plan, *it)).collect();
                    let _ = writeln!(
                        lines,
                        "     v{} ({}) by {}{}{end}; seen by {}",
                        version.number,
                        values.join(", "),
                        maker(plan, version.maker),
                        fate(version.made),
                        if seen.is_empty() {
                            "nobody".to_owned()
                        } else {
                            seen.join(" ")
                        },
                    );
                }
                versions.push(lines);
            }
        }
        let mut locks = String::new();
        for lock in &log.locks {
            let Some(held) = lock.at(position) else {
                continue;
            };
            if held.state() != LockState::Unlocked {
                let _ = writeln!(
                    locks,
                    "   {:?} {}: [{}] waits [{}]",
                    lock.target,
                    held.state().as_str(),
                    claims(plan, &held.holders),
                    claims(plan, &held.queue)
                );
            }
        }
        let waits = log.waits_at(position);
        for line in graphs::waits(plan, run, waits, position).list {
            let _ = writeln!(locks, "   wait: {line}");
        }
        let around = cycle(waits);
        if !around.is_empty() {
            let names: Vec<&str> = around.iter().map(|it| name(plan, *it)).collect();
            let _ = writeln!(locks, "   cycle: {}", names.join(" > "));
            if let Some((who, event)) = victim(run, position, &around) {
                let _ = writeln!(locks, "   victim: {} at event {event}", name(plan, who));
            }
        }
        for (place, row) in versions.iter().enumerate() {
            // Rows of a table that never change are not worth a line.
            if before.0.get(place) != Some(row) && (position > 0 || versions.len() < 10) {
                text += row;
            }
        }
        if locks != before.1 {
            text += if locks.is_empty() {
                "   no locks\n"
            } else {
                &locks
            };
        }
        before = (versions, locks);
    }
    text
}

#[test]
fn a_lost_update_leaves_three_versions_and_a_contended_lock() {
    golden("two_cashiers", &film(&of_story("two-cashiers", "")));
}

#[test]
fn a_snapshot_keeps_an_old_version_in_sight() {
    golden(
        "orders_report_repeatable_read",
        &film(&of_story("orders-report", "isolation: repeatable read\n")),
    );
}

#[test]
fn a_deadlock_is_a_cycle_of_waits_with_a_victim() {
    golden(
        "transfer_deadlock",
        &film(&of_story("transfer-deadlock", "")),
    );
}

#[test]
fn a_lock_on_the_table_has_its_queue() {
    let (scenario, plan, run) = of_story("two-cashiers", "strategy: table-lock\n");
    golden("table_lock", &film(&(scenario, plan, run)));
}

#[test]
fn a_savepoint_takes_back_what_was_written_and_locked() {
    let text = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 1), (2, 2);\n\n\
        timeline:\n  A: BEGIN\n  A: UPDATE t SET v = 10 WHERE id = 1\n  A: SAVEPOINT s\n  A: UPDATE t SET v = 20 WHERE id = 2\n  \
        A: ROLLBACK TO SAVEPOINT s\n  B: DELETE FROM t WHERE id = 2\n  A: COMMIT\n";
    golden("savepoint", &film(&ran(text)));
}

#[test]
fn a_query_reads_what_its_session_was_said_to_see() {
    let mut reads = 0;
    for story in STORIES {
        for level in ["dirty read", "read committed", "repeatable read"] {
            let mut scenario = parse(story.text).unwrap();
            scenario.isolation = Some(level.parse().unwrap());
            let plan = plan(&scenario);
            let run = execute(&plan).unwrap();
            for (place, event) in run.events.iter().enumerate() {
                let EventKind::Replied(reply) = &event.kind else {
                    continue;
                };
                // What waits, or locks, looks at the newest version and not at its snapshot.
                let at_once = matches!(run.events[place - 1].kind, EventKind::Sent { .. });
                if !reply.tag.starts_with("SELECT") || !reply.locked.is_empty() || !at_once {
                    continue;
                }
                let view = view_at(&plan, &run, place);
                for read in &reply.reads {
                    let table = view.tables.iter().find(|it| it.name == read.table).unwrap();
                    let row = table.rows.iter().find(|it| it.id == read.row).unwrap();
                    let seen = row
                        .versions
                        .iter()
                        .filter(|it| it.seen_by.contains(&event.session));
                    let seen: Vec<_> = seen.map(|it| it.id).collect();
                    assert_eq!(
                        seen,
                        [read.version],
                        "{} at {level}, event {place}",
                        story.slug
                    );
                    reads += 1;
                }
            }
        }
    }
    assert!(reads > 300, "{reads}");
}

#[test]
fn in_the_end_what_is_committed_is_what_is_in_the_tables() {
    for story in STORIES {
        let (_, plan, run) = ran(story.text);
        let end = view_at(&plan, &run, run.events.len());
        for (table, state) in end.tables.iter().zip(&run.tables) {
            let committed: Vec<_> = table
                .rows
                .iter()
                .filter_map(|it| it.committed.as_ref())
                .collect();
            assert_eq!(committed.len(), state.rows.len(), "{}", story.slug);
            assert!(state.rows.iter().all(|row| committed.contains(&row)));
        }
    }
}

#[test]
fn every_version_is_made_by_whoever_wrote_it() {
    for story in STORIES {
        for strategy in Strategy::ALL {
            let mut scenario = parse(story.text).unwrap();
            scenario.strategy = strategy;
            let plan = plan(&scenario);
            let run = execute(&plan).unwrap();
            let end = view_at(&plan, &run, run.events.len());
            for event in &run.events {
                let EventKind::Replied(reply) = &event.kind else {
                    continue;
                };
                for write in &reply.writes {
                    let table = end.tables.iter().find(|it| it.name == write.table).unwrap();
                    let row = table.rows.iter().find(|it| it.id == write.row).unwrap();
                    let made = |it: &&rowlock_engine::run::Version| {
                        it.maker == Maker::Session(event.session)
                            && Some(&it.values) == write.new.as_ref()
                    };
                    let ended = |it: &&rowlock_engine::run::Version| {
                        Some(&it.values) == write.old.as_ref()
                            && it
                                .end
                                .is_some_and(|end| end.by == Maker::Session(event.session))
                    };
                    let found = match write.new {
                        Some(_) => row.versions.iter().any(|it| made(&it)),
                        None => row.versions.iter().any(|it| ended(&it)),
                    };
                    // A deletion that was rolled back leaves nothing.
                    let rolled_back = event.transaction.is_some_and(|it| {
                        run.transactions[it.0].outcome != rowlock_engine::run::Outcome::Committed
                    });
                    assert!(
                        found || rolled_back,
                        "{} {strategy}: {write:?} {row:?}",
                        story.slug
                    );
                }
            }
        }
    }
}

#[test]
fn locks_of_a_finished_run_are_all_let_go() {
    for story in STORIES {
        for strategy in Strategy::ALL {
            let mut scenario = parse(story.text).unwrap();
            scenario.strategy = strategy;
            let plan = plan(&scenario);
            let run = execute(&plan).unwrap();
            let log = LockLog::of(&plan, &run);
            let open = run
                .transactions
                .iter()
                .any(|it| it.outcome == rowlock_engine::run::Outcome::Open);
            for lock in &log.locks {
                let held = lock.at(run.events.len()).unwrap();
                assert!(
                    open || held.state() == LockState::Unlocked,
                    "{} {strategy}: {lock:?}",
                    story.slug
                );
                // A lock changes hands at events only, each time to another state.
                assert!(
                    lock.changes
                        .windows(2)
                        .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 != pair[1].1)
                );
            }
            // Whoever waits, by the log, is the one whose last event is a wait.
            for position in 0..=run.events.len() {
                for wait in log.waits_at(position) {
                    let last = run.events[..position]
                        .iter()
                        .rev()
                        .find(|event| event.session == wait.waiter);
                    assert!(
                        last.is_some_and(|event| matches!(event.kind, EventKind::Blocked(_))),
                        "{} {strategy} at {position}: {wait:?}",
                        story.slug
                    );
                }
            }
        }
    }
}

#[test]
fn strategies_part_where_the_first_of_them_waits_or_reads_something_else() {
    let mut text = String::new();
    for (slug, strategies) in [
        ("two-cashiers", "none,atomic,optimistic,pessimistic"),
        ("two-cashiers", "none,last-write-wins"),
        ("on-call-doctors", "none,serializable"),
        ("transfer-deadlock", "none,advisory-lock"),
    ] {
        let scenario = parse(story(slug).unwrap().text).unwrap();
        let strategies: Vec<Strategy> = strategies
            .split(',')
            .map(|it| it.parse().unwrap())
            .collect();
        let found = compare(&scenario, &strategies).unwrap();
        let _ = writeln!(text, "{slug}");
        for side in &found.sides {
            let _ = writeln!(text, "  {}: {:?}", side.scenario.strategy, side.counts);
        }
        match found.parting {
            None => text += "  they do not part\n",
            Some(parting) => {
                let _ = writeln!(
                    text,
                    "  part at step {}: {:?}",
                    parting.step.0 + 1,
                    plan(&scenario).steps[parting.step.0].action.text()
                );
                for (side, (what, event)) in found
                    .sides
                    .iter()
                    .zip(parting.came_to.iter().zip(&parting.events))
                {
                    let _ = writeln!(
                        text,
                        "    {}: {what:?} at event {event:?}",
                        side.scenario.strategy
                    );
                }
            }
        }
    }
    golden("compare", &text);
}

#[test]
fn the_same_strategy_twice_does_not_part() {
    for story in STORIES {
        let scenario = parse(story.text).unwrap();
        let twice = compare(&scenario, &[scenario.strategy; 2]).unwrap();
        assert_eq!(twice.parting, None, "{}", story.slug);
        assert_eq!(twice.sides[0].counts, twice.sides[1].counts);
    }
}

#[test]
fn one_jumps_from_wait_to_conflict_to_commit() {
    let (_, _, run) = of_story("transfer-deadlock", "");
    let all = |kind| {
        let mut places = Vec::new();
        let mut at = 0;
        while let Some(next) = jump(&run, at, kind, true) {
            places.push(next);
            at = next;
        }
        places
    };
    for kind in Landmark::ALL {
        let forth = all(kind);
        assert!(!forth.is_empty(), "{kind:?}");
        let mut back = Vec::new();
        let mut at = run.events.len() + 1;
        while let Some(before) = jump(&run, at, kind, false) {
            back.push(before);
            at = before;
        }
        back.reverse();
        assert_eq!(forth, back);
        assert!(forth.iter().all(|at| landmark(&run, at - 1) == Some(kind)));
    }
    assert_eq!(all(Landmark::Wait).len(), 2);
    assert_eq!(all(Landmark::Conflict).len(), 1);
}

#[test]
fn a_long_queue_is_drawn_by_who_is_next() {
    let mut text = "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (1, 1);\n\ntimeline:\n".to_owned();
    for session in 0..30 {
        let _ = writeln!(text, "  S{session}: BEGIN");
        let _ = writeln!(text, "  S{session}: UPDATE t SET v = v + 1 WHERE id = 1");
    }
    let (_, plan, run) = ran(&text);
    let log = LockLog::of(&plan, &run);
    let row = log.locks.iter().find(|it| it.is_of_row()).unwrap();
    let held = row.at(run.events.len()).unwrap();
    let queue: Vec<usize> = held.queue.iter().map(|claim| claim.session.0).collect();
    assert_eq!(queue, (1..30).collect::<Vec<_>>());
    let waits = log.waits_at(run.events.len());
    assert!(cycle(waits).is_empty());
    let graph = graphs::waits(&plan, &run, waits, run.events.len());
    // Each says who holds the row and, but for the first, who is before it.
    assert_eq!(graph.list.len(), 29 + 28);
    assert_eq!(
        graph.list.last().unwrap(),
        "S29 waits behind S28 for t id = 1."
    );
    assert_eq!(graph.figure.nodes.len(), graphs::MOST_NODES);
    assert!(graph.figure.arrows.len() < 20);
}
