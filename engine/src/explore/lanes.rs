//! What is known of a plan's sessions before any of them moves: who is like whom, which variables are used where, and which
//! habits of the plan let states be told apart by less.

use super::world::Reach;
use crate::collections::Set;
use crate::db::Database;
use crate::db::canonical::Habits;
use crate::db::expr::{substitute, substitute_expr};
use crate::ids::SessionId;
use crate::run::PlannedId;
use crate::scenario::{Fault, OnConflict, Scenario};
use crate::sql::ast::Statement;
use crate::strategy::{Plan, PlannedAction, ProcessCall};
use std::cell::RefCell;

/// Whether sessions that do the same are taken as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symmetry {
    /// Yes: they stand for each other, and counts are multiplied.
    #[default]
    Used,
    /// No: every session is somebody else.
    Ignored,
}

/// The sessions.
pub(super) struct Lanes {
    /// Each session's steps.
    pub steps: Vec<Vec<PlannedId>>,
    /// Sessions that do the same, in the order of their first.
    pub classes: Vec<Vec<usize>>,
    /// Classes of one session each that do the same but for the numbers in what they send.
    pub alike: Vec<usize>,
    /// For each session and place, the variables that are used from there on.
    used: Vec<Vec<Set<String>>>,
    /// For each session, whether it may try a transaction again.
    again: Vec<bool>,
    /// For each session, the places of faults that have it make a request twice.
    twice: Vec<Option<usize>>,
    /// Whether clients drop writes that look old.
    pub drops: bool,
    /// Whether a rule asks how long somebody waited.
    pub times: bool,
    /// Whether stamps of the process's lock are noted.
    pub stamps: bool,
    /// What the plan does and does not.
    pub habits: Habits,
}

impl Lanes {
    pub fn of(scenario: &Scenario, plan: &Plan, db: &Database, symmetry: Symmetry) -> Self {
        let sessions = 0..plan.sessions.len();
        let mut steps: Vec<Vec<PlannedId>> = vec![Vec::new(); plan.sessions.len()];
        for (place, step) in plan.steps.iter().enumerate() {
            steps[step.session.0].push(PlannedId(place));
        }
        let action = |step: &PlannedId| &plan.steps[step.0].action;
        let newest = super::dropped::may_drop(plan);
        let alike = |a: usize, b: usize| {
            // A dropped write is judged by when it was drawn.
            symmetry == Symmetry::Used
                && !newest
                && plan.clients[a].strategy == plan.clients[b].strategy
                && plan.clients[a].isolation == plan.clients[b].isolation
                && plan.clients[a].on_conflict == plan.clients[b].on_conflict
                && steps[a].len() == steps[b].len()
                && steps[a].iter().map(action).eq(steps[b].iter().map(action))
        };
        let mut classes: Vec<Vec<usize>> = Vec::new();
        for session in sessions.clone() {
            match classes.iter_mut().find(|class| alike(class[0], session)) {
                Some(class) => class.push(session),
                None => classes.push(vec![session]),
            }
        }
        let shape = |session: usize| {
            let client = &plan.clients[session];
            let texts = steps[session].iter().map(action);
            let texts = texts.map(|action| without_numbers(action.text()));
            let texts: Vec<String> = texts.collect();
            format!(
                "{:?} {:?} {:?} {texts:?}",
                client.strategy, client.isolation, client.on_conflict
            )
        };
        let mut alike: Vec<(String, Vec<usize>)> = Vec::new();
        for (class, members) in classes.iter().enumerate() {
            if symmetry == Symmetry::Ignored || newest || members.len() > 1 {
                continue;
            }
            let shape = shape(members[0]);
            match alike.iter_mut().find(|(other, _)| *other == shape) {
                Some((_, classes)) => classes.push(class),
                None => alike.push((shape, vec![class])),
            }
        }
        let most = alike.into_iter().map(|(_, classes)| classes);
        let alike = most.max_by_key(Vec::len).unwrap_or_default();
        let used = steps
            .iter()
            .map(|lane| {
                let mut from: Vec<Set<String>> = vec![Set::new()];
                for step in lane.iter().rev() {
                    let mut names = from.last().cloned().unwrap_or_default();
                    names.extend(variables(action(step)));
                    from.push(names);
                }
                from.reverse();
                from
            })
            .collect();
        let is_call = |step: &PlannedId, calls: fn(ProcessCall) -> bool| matches!(action(step), PlannedAction::Process(call) if calls(*call));
        let stamped = |lane: &Vec<PlannedId>| {
            lane.iter()
                .any(|step| is_call(step, |call| matches!(call, ProcessCall::Stamp(_))))
        };
        let again = sessions
            .map(|session| {
                matches!(plan.clients[session].on_conflict, OnConflict::Retry { .. })
                    || stamped(&steps[session])
            })
            .collect();
        let twice = steps
            .iter()
            .map(|lane| {
                lane.iter().rposition(|step| {
                    matches!(
                        action(step),
                        PlannedAction::Fault(Fault::LoseReply | Fault::Redeliver)
                    )
                })
            })
            .collect();
        Self {
            times: super::habits::asks_for_waits(scenario),
            drops: super::dropped::may_drop(plan),
            stamps: steps.iter().any(stamped),
            habits: super::habits::habits(scenario, plan, db),
            classes,
            alike,
            used,
            again,
            twice,
            steps,
        }
    }

    /// Has a client forget what has no effect on what it will do.
    pub fn forget(&self, session: usize, client: &mut crate::run::Client) {
        let used = |place: usize, name: &str| {
            let from = &self.used[session];
            from.get(place).is_some_and(|names| names.contains(name))
        };
        let twice = self.twice[session].is_some_and(|last| client.next <= last);
        client.forget(&used, self.again[session], twice);
    }

    /// What a client's next step depends on, if nothing that all share is its session's.
    pub fn reach(&self, plan: &Plan, client: &crate::run::Client, in_transaction: bool) -> Reach {
        let habits = &self.habits;
        let Some((_, step)) = client.due(plan) else {
            return Reach::All;
        };
        let PlannedAction::Sql { sql, .. } = &plan.steps[step.0].action else {
            return Reach::All;
        };
        if habits.keeps_time || habits.locks_tables || !habits.forgets {
            return Reach::All;
        }
        match &sql.statement {
            Statement::Begin(_) if !in_transaction => Reach::Nothing,
            _ => Reach::All,
        }
    }

    /// Whether a session may make a step more than once.
    pub fn makes_steps_twice(&self, session: usize) -> bool {
        self.again[session] || self.twice[session].is_some()
    }

    /// The number of a step among its session's.
    pub fn place(&self, session: SessionId, step: PlannedId) -> usize {
        super::memory::place_of(&self.steps[session.0], step)
    }
}

/// The host variables that a step uses.
fn variables(action: &PlannedAction) -> Vec<String> {
    let names = RefCell::new(Vec::new());
    let note = |name: &str| {
        names.borrow_mut().push(name.to_owned());
        Some(crate::db::Value::Null)
    };
    // What comes of it does not matter: every variable is asked for.
    match action {
        PlannedAction::Sql { sql, .. } => {
            let _ = substitute(&sql.statement, &note);
        }
        PlannedAction::Require(require) => {
            let _ = substitute_expr(&require.condition, &note);
        }
        PlannedAction::Fault(_) | PlannedAction::Process(_) => {}
    }
    names.into_inner()
}

/// A text with the same sign for every number in it.
fn without_numbers(text: &str) -> String {
    let mut plain = String::new();
    for sign in text.chars() {
        match sign.is_ascii_digit() {
            true if plain.ends_with('#') => {}
            true => plain.push('#'),
            false => plain.push(sign),
        }
    }
    plain
}
