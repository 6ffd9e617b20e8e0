//! Which ends are correct, and which are of one kind.

use super::count::Count;
use super::memory::Memory;
use super::pool::Pool;
use super::serial::Serial;
use super::walk::{End, EndKey, Walk};
use crate::ids::SessionId;
use crate::run::{Outcome, PlannedId, SetupError};
use crate::scenario::Scenario;
use crate::strategy::Plan;
use crate::verdict::{Facts, RuleResult, VerdictKind, ask_with};

/// How a session ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionEnd {
    /// How each of its transactions ended, in their order. Of attempts at one and the same the last is there.
    pub transactions: Vec<Outcome>,
    /// Whether it waits for ever.
    pub waits: bool,
}

impl SessionEnd {
    pub(super) fn of(memory: &Memory, waits: bool) -> Self {
        let ended = memory.pasts.iter().chain(&memory.open);
        Self {
            transactions: ended.map(|past| past.outcome.clone()).collect(),
            waits,
        }
    }
}

/// What ends of one kind have in common.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct KindKey {
    pub tables: u32,
    pub verdict: &'static str,
    pub rules: u32,
    /// How the sessions of each class end, in an order that says nothing.
    pub sessions: Vec<SessionEnd>,
}

/// Ends of one kind.
pub(super) struct Found {
    pub verdict: VerdictKind,
    pub rules: u32,
    pub count: Count,
    pub likely: f64,
    /// An end of it that is reached by the fewest moves.
    pub first: u32,
    /// How many ends it has that differ in what somebody was told.
    pub ends: usize,
}

/// Judges ends.
pub(super) struct Ends {
    serial: Serial,
    /// The kind of each end, as far as they have been judged.
    kind_of: Vec<u32>,
    keys: Pool<KindKey>,
    verdicts: Vec<VerdictKind>,
    /// Rules asked of tables, as bits of which hold.
    rules: Pool<(u32, Facts)>,
    rule_results: Vec<Vec<RuleResult>>,
}

impl Ends {
    pub fn new(plan: &Plan) -> Result<Self, SetupError> {
        Ok(Self {
            serial: Serial::new(plan)?,
            kind_of: Vec::new(),
            keys: Pool::new(),
            verdicts: Vec::new(),
            rules: Pool::new(),
            rule_results: Vec::new(),
        })
    }

    /// Judges at most so many ends that have not been; `true` when all are.
    pub fn judge(&mut self, scenario: &Scenario, plan: &Plan, walk: &Walk, most: usize) -> bool {
        let from = self.kind_of.len();
        let to = walk.ends.len().min(from + most);
        for end in from..to {
            let kind = self.kind(scenario, plan, walk, end as u32);
            self.kind_of.push(kind);
        }
        to == walk.ends.len()
    }

    fn kind(&mut self, scenario: &Scenario, plan: &Plan, walk: &Walk, end: u32) -> u32 {
        let (tables, serial, dropped, longest, sessions): &EndKey = &walk.keys[end];
        let world = &walk.world;
        let memory = |number: u32| world.memory_of(number);
        let facts = {
            let counts = sessions.iter().map(|(number, _)| memory(*number).counts());
            let (committed, failed) =
                counts.fold((0, 0), |sum, more| (sum.0 + more.0, sum.1 + more.1));
            Facts {
                committed,
                failed,
                waiting: sessions.iter().filter(|(_, waits)| *waits).count(),
                longest_wait: *longest,
            }
        };
        let failed = facts.failed;
        let (asked, new) = self.rules.number((*tables, facts.clone()));
        if new {
            let state = &walk.ends[end as usize].state;
            let results = ask_with(scenario, &world.database(state), &facts);
            self.rule_results.push(results);
        }
        let holds = |rule: &RuleResult| rule.holds == Ok(true);
        let results = &self.rule_results[asked as usize];
        let all_hold = results.iter().all(holds);
        let order = || world.class_of.iter().zip(sessions);
        let twice = sessions
            .iter()
            .any(|(number, _)| memory(*number).carried_out_twice());
        let open = sessions
            .iter()
            .any(|(number, _)| memory(*number).open.is_some());
        let lanes = world.lanes();
        let serial = serial.or_else(|| {
            let committed = order().map(|(class, (number, _))| {
                let session = SessionId(lanes.classes[*class][0]);
                let steps: &[PlannedId] = &lanes.steps[session.0];
                (session, memory(*number).committed(session, steps).collect())
            });
            let committed = committed.collect();
            self.serial
                .has_order(plan, committed, world.tables_of(*tables))
        });
        let verdict = match serial {
            _ if twice || *dropped => VerdictKind::Anomaly,
            Some(false) => VerdictKind::Anomaly,
            _ if open => VerdictKind::Unfinished,
            None => VerdictKind::Undecided,
            Some(true) if all_hold => VerdictKind::Correct,
            Some(true) if failed == 0 => VerdictKind::RuleBroken,
            Some(true) => VerdictKind::TurnedAway,
        };
        let mut ends: Vec<SessionEnd> = sessions
            .iter()
            .map(|(number, waits)| SessionEnd::of(memory(*number), *waits))
            .collect();
        for class in &world.places {
            crate::collections::sort_by_key(&mut ends[class.clone()], super::serial::any_order);
        }
        let key = KindKey {
            tables: *tables,
            verdict: verdict.as_str(),
            rules: asked,
            sessions: ends,
        };
        let (kind, new) = self.keys.number(key);
        if new {
            self.verdicts.push(verdict);
        }
        kind
    }

    /// The kinds with what is counted by now, those with the most schedules first.
    pub fn kinds(&self, walk: &Walk) -> Vec<Found> {
        let mut found: Vec<Option<Found>> = self.verdicts.iter().map(|_| None).collect();
        let judged = self.kind_of.iter().zip(&walk.ends).enumerate();
        for (number, (kind, end)) in judged {
            let End { limbs, likely, .. } = end;
            let found = found[*kind as usize].get_or_insert_with(|| Found {
                verdict: self.verdicts[*kind as usize],
                rules: self.keys[*kind].rules,
                count: Count::default(),
                likely: 0.0,
                first: number as u32,
                ends: 0,
            });
            found.count.add(&Count::from_limbs(limbs));
            found.likely += likely;
            found.ends += 1;
            if end.first.reached() < walk.ends[found.first as usize].first.reached() {
                found.first = number as u32;
            }
        }
        let mut kinds: Vec<Found> = found.into_iter().flatten().collect();
        crate::collections::sort_by(&mut kinds, |a, b| {
            let first = |found: &Found| walk.ends[found.first as usize].first.reached();
            b.count.cmp(&a.count).then(first(a).cmp(&first(b)))
        });
        kinds
    }

    /// What came of the rules, by their number.
    pub fn rules(&self, number: u32) -> &[RuleResult] {
        &self.rule_results[number as usize]
    }
}
