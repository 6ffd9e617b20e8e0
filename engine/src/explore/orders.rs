//! Which serial orders are still open.
//!
//! At its end a schedule is judged by whether some serial order of the committed transactions tells each what it was told and
//! leaves the same tables. To remember until then what each was told keeps apart countless states that have the same future.
//! What the future needs is less: which orders are still open.
//!
//! An order is known by what it tells and what it leaves. Before the first move all orders of all subsets of the transactions
//! are open:
//!
//! ```text
//!   { }, 10     A told 10, 9     B told 10, 9     A told 10, B told 9, 8     B told 10, A told 9, 8
//! ```
//!
//! When a transaction commits, those stay open that tell it what it was told, and what it was told is struck out. After A was
//! told 10 and committed:
//!
//! ```text
//!   (9)      B told 9 (8)
//! ```
//!
//! When B, who was told 10 as well, commits next, none is left: whatever else happens, the outcome is that of no serial order,
//! and what anybody is told from there on matters to nobody. At the end the outcome is serial if an order is open in which
//! nobody is left to be told anything, and which leaves these tables.
//!
//! This is done where each session has one transaction and no fault makes it twice; and where there are not too many orders.

use super::lanes::Lanes;
use super::memory::Table;
use super::pool::{Memo, Pool};
use super::serial::Serial;
use crate::ids::SessionId;
use crate::run::{Answer, Outcome, Told};
use crate::strategy::{Plan, PlannedAction};
use crate::verdict::{Job, same_told};

/// The most orders, taken as one if they tell and leave the same.
const MOST_ORDERS: usize = 20_000;

/// What an order tells to whom (class, number of what is told; sorted) and the content of the tables that it leaves.
type Order = (Vec<(u32, u32)>, u32);

/// No order is open.
pub(super) const NONE: u32 = 0;

/// Sets of orders, by number.
pub(super) struct Orders {
    orders: Pool<Order>,
    sets: Pool<Vec<u32>>,
    /// What transactions were told in runs.
    told: Pool<Told>,
    /// Each class's transaction.
    jobs: Vec<Job>,
    /// From a set, by class and what was told (as one number), to the set that stays open.
    after: Memo<u32>,
    keys: Pool<(u32, u32)>,
    /// Whether an order of a set tells a class something that begins so.
    begins: Memo<bool>,
    beginnings: Pool<(u32, Vec<Answer>)>,
}

impl Orders {
    /// All orders, and the number of their set; `None` where this is not done.
    pub fn new(plan: &Plan, lanes: &Lanes, serial: &mut Serial) -> Option<(Self, u32)> {
        let fault =
            |step: &crate::strategy::PlannedStep| matches!(step.action, PlannedAction::Fault(_));
        if plan.steps.iter().any(fault) {
            return None;
        }
        let planned = crate::verdict::planned(plan);
        let mut jobs = Vec::new();
        for class in &lanes.classes {
            let [job] = planned[class[0]].as_slice() else {
                return None;
            };
            jobs.push(job.clone());
        }
        let mut it = Self {
            orders: Pool::new(),
            sets: Pool::new(),
            told: Pool::new(),
            jobs,
            after: Memo::new(),
            keys: Pool::new(),
            begins: Memo::new(),
            beginnings: Pool::new(),
        };
        it.sets.number(Vec::new());
        let mut at = 0;
        it.orders.number((Vec::new(), 0));
        while at < it.orders.len() {
            let (told, content) = it.orders[at as u32].clone();
            at += 1;
            for (class, members) in lanes.classes.iter().enumerate() {
                let done = told
                    .iter()
                    .filter(|(other, _)| *other as usize == class)
                    .count();
                if done == members.len() {
                    continue;
                }
                let steps = it.jobs[class].steps.clone();
                let (next, heard) = serial.alone(plan, content, SessionId(members[0]), steps)?;
                if serial.told(heard).outcome != Outcome::Committed {
                    continue;
                }
                let mut more = told.clone();
                let place = more.partition_point(|entry| *entry <= (class as u32, heard));
                more.insert(place, (class as u32, heard));
                it.orders.number((more, next));
                if it.orders.len() > MOST_ORDERS {
                    return None;
                }
            }
        }
        let all = it.sets.number((0..it.orders.len() as u32).collect()).0;
        Some((it, all))
    }

    /// What stays open of a set when a transaction of a class commits that was told this.
    pub fn commit(
        &mut self,
        plan: &Plan,
        serial: &Serial,
        set: u32,
        class: usize,
        told: u32,
    ) -> u32 {
        if set == NONE {
            return NONE;
        }
        let key = self.keys.number((class as u32, told)).0;
        if let Some(known) = self.after.get(set, key) {
            return known;
        }
        let mut left: Vec<u32> = Vec::new();
        for order in self.sets[set].clone() {
            let (entries, content) = self.orders[order].clone();
            let mut struck = None;
            for (place, (of, heard)) in entries.iter().enumerate() {
                let again = struck == Some((*of, *heard));
                if *of as usize != class || again {
                    continue;
                }
                let job = &self.jobs[class];
                if same_told(plan, job, &self.told[told], serial.told(*heard)).is_ok() {
                    struck = Some((*of, *heard));
                    let mut rest = entries.clone();
                    rest.remove(place);
                    left.push(self.orders.number((rest, content)).0);
                }
            }
        }
        left.sort_unstable();
        left.dedup();
        let left = self.sets.number(left).0;
        self.after.insert(set, key, left);
        left
    }

    /// The number of what a transaction was told in a run.
    pub fn told(&mut self, told: Told) -> u32 {
        self.told.number(told).0
    }

    /// The number of the beginning of what a transaction of a class is told; 0 stands for one that no order has.
    pub fn beginning(&mut self, class: usize, answers: Vec<Answer>) -> u32 {
        self.beginnings.number((class as u32, answers)).0
    }

    /// Whether some order of a set tells a transaction something that begins so.
    pub fn begins(&mut self, plan: &Plan, serial: &Serial, set: u32, beginning: u32) -> bool {
        if set == NONE {
            return false;
        }
        if let Some(known) = self.begins.get(set, beginning) {
            return known;
        }
        let (class, answers) = &self.beginnings[beginning];
        let part = |told: &Told| Told {
            answers: told.answers.iter().take(answers.len()).cloned().collect(),
            outcome: Outcome::Open,
        };
        let wanted = Told {
            answers: answers.clone(),
            outcome: Outcome::Open,
        };
        let job = &self.jobs[*class as usize];
        let found = self.sets[set].iter().any(|order| {
            let mut entries = self.orders[*order].0.iter();
            entries.any(|(of, heard)| {
                of == class && same_told(plan, job, &wanted, &part(serial.told(*heard))).is_ok()
            })
        });
        self.begins.insert(set, beginning, found);
        found
    }

    /// Whether an order of a set tells nobody anything any more and leaves these tables.
    pub fn is_serial(&self, serial: &mut Serial, set: u32, tables: &[Table]) -> bool {
        let mut open = self.sets[set].iter().map(|order| &self.orders[*order]);
        open.any(|(entries, content)| entries.is_empty() && serial.leaves(*content, tables))
    }
}
