//! What is explored by benchmarks: the engine's own, natively and in the worker, and Spin's.

// Each of the programs that have it leaves something of it out.
#![allow(dead_code)]

use std::fmt::Write as _;

/// A scenario, and the same for Spin where it has one.
pub struct Model {
    /// What it is called in the table.
    pub name: String,
    /// The scenario.
    pub text: String,
    /// The same in Promela: rows with locks that are queued for, and the values.
    pub promela: Option<String>,
    /// Whether it is explored in the worker too.
    pub in_worker: bool,
}

/// All of them.
pub fn models() -> Vec<Model> {
    let mut models = Vec::new();
    for sessions in 2..=8 {
        models.push(Model {
            name: format!("naive counter, {sessions} sessions"),
            text: counter(sessions, "", |_| 1),
            promela: Some(promela_counter(sessions, false)),
            in_worker: true,
        });
    }
    for sessions in 2..=8 {
        models.push(Model {
            name: format!("locked counter, {sessions} sessions"),
            text: counter(sessions, " FOR UPDATE", |_| 1),
            promela: Some(promela_counter(sessions, true)),
            in_worker: true,
        });
    }
    for sessions in 2..=8 {
        models.push(Model {
            name: format!("crossed transfers, {sessions} sessions"),
            text: transfers(sessions),
            promela: Some(promela_transfers(sessions)),
            in_worker: true,
        });
    }
    for sessions in 2..=7 {
        models.push(Model {
            name: format!("naive counter, {sessions} that differ"),
            text: counter(sessions, "", |session| session + 1),
            promela: None,
            in_worker: true,
        });
    }
    for buyers in [20, 30, 50] {
        models.push(Model {
            name: format!("flash sale, {buyers} identical buyers"),
            text: sale(buyers),
            promela: None,
            in_worker: true,
        });
    }
    models
}

// Writing to a string cannot fail.

fn counter(sessions: usize, lock: &str, takes: impl Fn(usize) -> usize) -> String {
    let mut text = String::from(
        "setup:\n  CREATE TABLE stock (id int PRIMARY KEY, quantity int);\n  INSERT INTO stock VALUES (42, 100);\n\ntimeline:\n",
    );
    for session in 0..sessions {
        let takes = takes(session);
        let _ = writeln!(
            text,
            "  S{session}: BEGIN\n  S{session}: SELECT quantity FROM stock WHERE id = 42{lock}\n  \
             S{session}: UPDATE stock SET quantity = :quantity - {takes} WHERE id = 42\n  S{session}: COMMIT"
        );
    }
    text
}

fn transfers(sessions: usize) -> String {
    let mut text = String::from(
        "setup:\n  CREATE TABLE account (id int PRIMARY KEY, balance int);\n  INSERT INTO account VALUES (1, 100), (2, 100);\n\ntimeline:\n",
    );
    for session in 0..sessions {
        let (from, to) = if session % 2 == 0 { (1, 2) } else { (2, 1) };
        let _ = writeln!(
            text,
            "  S{session}: BEGIN\n  S{session}: UPDATE account SET balance = balance - 1 WHERE id = {from}\n  \
             S{session}: UPDATE account SET balance = balance + 1 WHERE id = {to}\n  S{session}: COMMIT"
        );
    }
    text
}

fn sale(buyers: usize) -> String {
    let mut text = String::from(
        "setup:\n  CREATE TABLE item (id int PRIMARY KEY, stock int);\n  INSERT INTO item VALUES (7, 10);\n\ntimeline:\n",
    );
    for buyer in 0..buyers {
        let _ = writeln!(
            text,
            "  B{buyer}: BEGIN\n  B{buyer}: UPDATE item SET stock = stock - 1 WHERE id = 7 AND stock >= 1\n  B{buyer}: COMMIT"
        );
    }
    text
}

/// Takes the lock, or queues for it; waits until it has it.
const LOCK: &str =
    "  d_step { if :: holder == 255 -> holder = me :: else -> queue!me fi };\n  holder == me;\n";

fn promela_counter(sessions: usize, locks_first: bool) -> String {
    let (first, second) = match locks_first {
        true => (LOCK, "  skip;\n"),
        false => ("", LOCK),
    };
    format!(
        "int value = 100;\nbyte holder = 255;\nchan queue = [{sessions}] of {{ byte }};\n\
         active [{sessions}] proctype session() {{\n  byte me = _pid;\n  int mine;\n  skip;\n{first}  mine = value;\n{second}  \
         d_step {{ value = mine - 1; if :: queue?holder :: empty(queue) -> holder = 255 fi }}\n}}\n"
    )
}

fn promela_transfers(sessions: usize) -> String {
    let lock = |row: &str| {
        format!(
            "  d_step {{ if :: holder[{row}] == 255 -> holder[{row}] = me :: else -> queue[{row}]!me fi }};\n  holder[{row}] == me;\n"
        )
    };
    let unlock = |row: &str| {
        format!("if :: queue[{row}]?holder[{row}] :: empty(queue[{row}]) -> holder[{row}] = 255 fi")
    };
    format!(
        "int value[2] = 100;\nbyte holder[2] = 255;\nchan queue[2] = [{sessions}] of {{ byte }};\n\
         active [{sessions}] proctype session() {{\n  byte me = _pid;\n  byte from = _pid % 2;\n  byte to = 1 - from;\n  skip;\n{}{}  \
         d_step {{ value[from] = value[from] - 1; value[to] = value[to] + 1; {}; {} }}\n}}\n",
        lock("from"),
        lock("to"),
        unlock("from"),
        unlock("to")
    )
}
