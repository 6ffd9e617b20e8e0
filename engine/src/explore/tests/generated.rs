//! Small scenarios of all kinds, thrown with dice.

use super::compare;
use std::fmt::Write as _;

/// Numbers that look random, the same for the same seed (SplitMix64).
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    pub fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        items[self.below(items.len())]
    }
}

const STRATEGIES: [&str; 14] = [
    "none",
    "none",
    "none",
    "atomic",
    "optimistic",
    "pessimistic",
    "pessimistic, timeout 50",
    "pessimistic, nowait",
    "upsert",
    "snapshot",
    "serializable",
    "advisory-lock",
    "table-lock",
    "in-process-lock",
];

fn statement(dice: &mut Dice) -> String {
    let id = dice.below(2) + 1;
    let other = dice.below(3) + 1;
    match dice.below(16) {
        0..=3 => format!("SELECT v FROM t WHERE id = {id}"),
        4..=6 => format!("UPDATE t SET v = v + 1 WHERE id = {id}"),
        7 => format!("SELECT v FROM t WHERE id = {id} FOR UPDATE"),
        8 => format!("SELECT v FROM t WHERE id = {id} FOR SHARE"),
        9 => format!("INSERT INTO t VALUES ({other}, 5)"),
        10 => {
            format!("INSERT INTO t VALUES ({other}, 5) ON CONFLICT (id) DO UPDATE SET v = t.v + 10")
        }
        11 => format!("DELETE FROM t WHERE id = {id}"),
        12 => "SELECT sum(v) FROM t".to_owned(),
        13 => "UPDATE t SET v = v * 2 WHERE v > 1".to_owned(),
        14 => format!("INSERT INTO u (v) VALUES ({id})"),
        _ => "SELECT count(*) FROM u".to_owned(),
    }
}

fn session(dice: &mut Dice) -> Vec<String> {
    let mut steps = Vec::new();
    match dice.below(8) {
        0..=2 => {
            steps.push("BEGIN".to_owned());
            steps.push("SELECT v FROM t WHERE id = 1".to_owned());
            if dice.below(3) == 0 {
                steps.push("require :v >= 1 else 'no'".to_owned());
            }
            steps.push("UPDATE t SET v = :v - 1 WHERE id = 1".to_owned());
            steps.push("COMMIT".to_owned());
        }
        3 | 4 => {
            steps.push("BEGIN".to_owned());
            for _ in 0..dice.below(2) + 1 {
                steps.push(statement(dice));
            }
            if dice.below(5) == 0 {
                steps.push(dice.of(&["crash", "lose reply", "redeliver"]).to_owned());
            }
            steps.push(
                dice.of(&["COMMIT", "COMMIT", "COMMIT", "ROLLBACK"])
                    .to_owned(),
            );
        }
        5 => {
            steps.push("BEGIN".to_owned());
            steps.push(statement(dice));
            steps.push("SAVEPOINT s".to_owned());
            steps.push(statement(dice));
            steps.push(
                dice.of(&["ROLLBACK TO SAVEPOINT s", "RELEASE SAVEPOINT s"])
                    .to_owned(),
            );
            steps.push("COMMIT".to_owned());
        }
        _ => {
            for _ in 0..dice.below(2) + 1 {
                steps.push(statement(dice));
            }
        }
    }
    if dice.below(12) == 0 {
        steps.push(dice.of(&["crash", "redeliver", "lose reply"]).to_owned());
    }
    steps
}

pub(super) fn text(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let sessions = 2 + usize::from(dice.below(3) == 0);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "strategy: {}", dice.of(&STRATEGIES));
    if dice.below(3) == 0 {
        let level = dice.of(&["read committed", "repeatable read", "serializable"]);
        let _ = writeln!(text, "isolation: {level}");
    }
    if dice.below(3) == 0 {
        let way = dice.of(&["reject", "retry 1", "retry 2", "abort"]);
        let _ = writeln!(text, "on conflict: {way}");
    }
    text.push_str(
        "\nsetup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  CREATE TABLE u (v int);\n",
    );
    text.push_str("  INSERT INTO t VALUES (1, 3), (2, 1);\n\ntimeline:\n");
    let twins = dice.below(2) == 0;
    // They do the same but for the numbers.
    let cousins = twins && dice.below(2) == 0;
    let first = session(&mut dice);
    for number in 0..sessions {
        let steps = if twins || number == 0 {
            first.clone()
        } else {
            session(&mut dice)
        };
        for mut step in steps {
            if cousins {
                let other = 1 + (number + dice.below(2)) % 3;
                for (sign, before) in [("- ", "- 1"), ("+ ", "+ 1"), (", ", ", 5")] {
                    step = step.replace(before, &format!("{sign}{other}"));
                }
                if dice.below(8) == 0 {
                    step = step.replace("id = 1", "id = 2");
                }
            }
            let _ = writeln!(text, "  {}: {step}", ["A", "B", "C"][number]);
        }
    }
    text
}

/// Sessions that all change the same row, so that many wait for it at a time.
fn crowd(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = String::new();
    let constraint = dice.of(&["", "", " UNIQUE", " CHECK (v <> 2)", " NOT NULL"]);
    let first = dice.of(&["1", "3", "2147483645"]);
    // Writing to a string cannot fail.
    let _ = writeln!(
        text,
        "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int{constraint});\n  INSERT INTO t VALUES (1, {first}), (2, 7);\n\ntimeline:"
    );
    let change = |dice: &mut Dice| {
        let value = dice.of(&[
            "v + 1",
            "v + 1",
            "v - 1",
            "v - 2",
            "v * 2",
            "7",
            "2147483647",
            ":v + 1",
        ]);
        let guard = dice.of(&["", "", " AND v > 0", " AND v >= 3", " AND v < 9"]);
        match dice.below(9) {
            0 => format!("DELETE FROM t WHERE id = 1{guard}"),
            1 => format!("UPDATE t SET v = {value} WHERE id = 2{guard}"),
            _ => format!("UPDATE t SET v = {value} WHERE id = 1{guard}"),
        }
    };
    let is_same = dice.below(3) == 0;
    let mut steps = Vec::new();
    for (number, name) in ["A", "B", "C", "D"].iter().enumerate() {
        if number == 0 || !is_same {
            steps = vec![change(&mut dice)];
            if dice.below(3) > 0 {
                steps.insert(0, "BEGIN".to_owned());
                if dice.below(6) == 0 {
                    steps.push(change(&mut dice));
                }
                steps.push(dice.of(&["COMMIT", "COMMIT", "ROLLBACK"]).to_owned());
            }
            if steps.iter().any(|step| step.contains(":v")) {
                steps.insert(0, "SELECT v FROM t WHERE id = 1".to_owned());
            }
        }
        for step in &steps {
            let _ = writeln!(text, "  {name}: {step}");
        }
    }
    text
}

/// Sessions that lock two rows in either order, so that they may wait in a circle.
fn circle(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = String::from(
        "setup:\n  CREATE TABLE t (id int PRIMARY KEY, v int);\n  INSERT INTO t VALUES (2, 7), (1, 3);\n\ntimeline:\n",
    );
    let lock = |dice: &mut Dice, id: usize| match dice.below(12) {
        0 => format!("SELECT v FROM t WHERE id = {id} FOR UPDATE"),
        1 => format!("SELECT v FROM t WHERE id = {id} FOR SHARE"),
        2 => format!("DELETE FROM t WHERE id = {id}"),
        3 => format!("UPDATE t SET v = v + 1 WHERE id = {id} AND v > 3"),
        _ => format!("UPDATE t SET v = v - 1 WHERE id = {id}"),
    };
    let last = dice.of(&["SELECT sum(v) FROM t", "SELECT v FROM t", ""]);
    for name in ["A", "B", "C"] {
        let first = 1 + dice.below(2);
        let mut steps = vec![lock(&mut dice, first)];
        if dice.below(4) > 0 || name == "A" {
            steps.insert(0, "BEGIN".to_owned());
            steps.push(lock(&mut dice, 3 - first));
            steps.push(
                dice.of(&["COMMIT", "COMMIT", "COMMIT", "ROLLBACK"])
                    .to_owned(),
            );
        } else if !last.is_empty() {
            steps.push(last.to_owned());
        }
        for step in &steps {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name}: {step}");
        }
    }
    text
}

#[test]
fn walk_and_enumeration_agree() {
    agree(text, 400, 300);
}

#[test]
fn walk_and_enumeration_agree_where_many_wait_for_one_row() {
    agree(crowd, 150, 2000);
}

#[test]
fn walk_and_enumeration_agree_where_circles_come_to_be() {
    agree(circle, 60, 3000);
}

/// Holds the walk against the enumeration for so many texts, those of them that have no more than `most` schedules.
fn agree(text: fn(u64) -> String, seeds: u64, most: usize) {
    let asked = std::env::var("ROWLOCK_SEEDS").ok();
    let seeds = asked.and_then(|seeds| seeds.parse().ok()).unwrap_or(seeds);
    let first = std::env::var("ROWLOCK_SEED").ok();
    let first = first.and_then(|first| first.parse().ok()).unwrap_or(1u64);
    let mut compared = 0;
    for seed in first..first + seeds {
        let text = text(seed);
        if crate::scenario::read(&text).is_err() {
            continue;
        }
        if std::env::var("ROWLOCK_SAY").is_ok() {
            println!("seed {seed}");
        }
        compared += usize::from(compare(&text, most).is_some());
    }
    println!("{compared} of {seeds}");
    assert!(
        compared as u64 > seeds / 3,
        "only {compared} were small enough"
    );
}
