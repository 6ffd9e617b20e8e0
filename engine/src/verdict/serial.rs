//! Whether some serial order gives the same outcome, and what all serial orders leave.
//!
//! The question is decided by carrying transactions out one after the other on copies of the database. A depth-first
//! search walks the serial orders that keep every session's own order:
//!
//! ```text
//!                       (set-up)
//!                     A /      \ B
//!                  told 10    told 10
//!                  B /            \ A
//!             told 9, but 10       told 9, but 10 in the run: no serial order
//!             in the run: cut
//! ```
//!
//! An order is given up at the first answer that is another than in the run. Two orders of the same
//! transactions that leave the same rows are one: what follows depends on the rows and on the clients' host variables,
//! and those on what the clients were told. (Where a statement has a `LIMIT`, the place of a row in the heap counts too.)
//! The first order that is tried follows the dependency graph, so that a run without a cycle costs one pass.
//!
//! View serializability is hard in general (Papadimitriou 1979); the search stops when it has carried out
//! [`MOST_STATEMENTS`], and says so.

use super::replay::{
    Contents, Job, Replay, in_any_order, job_of, place_matters, planned, same_answer, same_tables,
    same_told,
};
use super::{Graph, Serial};
use crate::collections::Seen;
use crate::run::{Answer, Run, TableState, Told, TransactionId, told};
use crate::strategy::Plan;
use std::ops::ControlFlow;

/// The most statements that one search carries out, unless it is told otherwise.
pub(super) const MOST_STATEMENTS: usize = 20_000;

/// The same for what the tables should have been, which is wanted at every key stroke and decides nothing.
pub(super) const MOST_STATEMENTS_FOR_TABLES: usize = 200;

/// The answer, and what stands in the way of every order.
pub(super) struct Decision {
    /// The answer.
    pub serial: Serial,
    /// Of a `No`: a transaction that was told in no order what it was told in the run, and the answer at which it comes
    /// to that.
    pub never_told: Option<(TransactionId, usize)>,
}

/// Looks for a serial order of the committed transactions with the outcome of the run.
pub(super) fn decide<W: Replay>(
    start: W,
    plan: &Plan,
    run: &Run,
    graph: &Graph,
    most: usize,
) -> Decision {
    let mut lanes: Vec<Vec<Job>> = vec![Vec::new(); plan.sessions.len()];
    let mut ids: Vec<Vec<TransactionId>> = vec![Vec::new(); plan.sessions.len()];
    let mut own_order = Vec::new();
    for id in (0..run.transactions.len()).map(TransactionId) {
        let session = run.transactions[id.0].session.0;
        if super::history::committed(run, id) && session < lanes.len() {
            own_order.extend(ids[session].last().map(|&before| (before, id)));
            lanes[session].push(job_of(run, id));
            ids[session].push(id);
        }
    }
    let order: Vec<_> = graph.components_with(&own_order).concat();
    let place = |id| {
        order
            .iter()
            .position(|&other| other == id)
            .unwrap_or(order.len())
    };
    let rank = ids
        .iter()
        .map(|lane| lane.iter().copied().map(place).collect())
        .collect();
    let told = ids
        .iter()
        .map(|lane| lane.iter().map(|&id| told(run, id)).collect())
        .collect();
    let mut search = Search::new(plan, &lanes, Outcome::new(rank, told, &run.tables));
    search.most = most;
    let stop = search.descend(start);
    let goal = search.goal;
    let serial = match (&goal.found, stop) {
        (Some(order), _) => {
            let mut done = vec![0; ids.len()];
            let order = order.iter().map(|&lane| {
                done[lane] += 1;
                ids[lane][done[lane] - 1].0
            });
            Serial::Yes(order.collect())
        }
        (None, ControlFlow::Break(())) => Serial::Undecided,
        (None, ControlFlow::Continue(())) => Serial::No,
    };
    let never = ids.iter().enumerate().flat_map(|(lane, ids)| {
        let (held, failed_at) = (&goal.held[lane], &goal.failed_at[lane]);
        ids.iter()
            .zip(held.iter().zip(failed_at))
            .filter(|(_, (held, _))| !**held)
            .filter_map(|(&id, (_, failed_at))| Some((id, (*failed_at)?)))
    });
    Decision {
        never_told: never.min_by_key(|(id, _)| run.transactions[id.0].last),
        serial,
    }
}

/// The different final tables that serial orders of all planned transactions leave, each transaction tried once; empty
/// if there were too many orders to try with `most` statements.
pub(super) fn tables<W: Replay>(start: W, plan: &Plan, most: usize) -> Vec<Vec<TableState>> {
    let lanes = planned(plan);
    let goal = AllTables {
        plan,
        found: Vec::new(),
        seen: Seen::default(),
    };
    let mut search = Search::new(plan, &lanes, goal);
    search.most = most;
    match search.descend(start) {
        ControlFlow::Break(()) => Vec::new(),
        ControlFlow::Continue(()) => {
            let mut found = search.goal.found;
            crate::collections::sort_by(&mut found, |a, b| super::words::compare_tables(a, b));
            found
        }
    }
}

/// What a search is for.
trait Goal<W> {
    /// The sessions that may go next, the likeliest first.
    fn choices(&self, lanes: &[Vec<Job>], done: &[usize], heard: &[Vec<Told>]) -> Vec<usize>;
    /// A session has these answers so far in its transaction at a place; whether to carry the transaction on.
    fn goes_on(&self, plan: &Plan, lane: usize, place: usize, job: &Job, so_far: &[Answer])
    -> bool;
    /// A session was told this by its transaction at a place; whether to follow the order further.
    fn heard(&mut self, plan: &Plan, lane: usize, place: usize, job: &Job, told: &Told) -> bool;
    /// Whether clients may know different things in orders that are followed.
    const CLIENTS_DIFFER: bool;
    /// All are done.
    fn end(&mut self, world: &W, order: &[usize]) -> ControlFlow<()>;
}

/// What tells two states of a search apart: the transactions done, what the clients have to remember, and the rows.
type Situation = (Vec<usize>, Vec<Vec<Told>>, Contents);

struct Search<'a, G> {
    plan: &'a Plan,
    lanes: &'a [Vec<Job>],
    goal: G,
    /// Statements carried out.
    work: usize,
    /// How many may be.
    most: usize,
    /// Whether rows in another order are another state.
    place_matters: bool,
    /// Transactions done, by session.
    done: Vec<usize>,
    /// What the clients still have to remember of what they were told.
    heard: Vec<Vec<Told>>,
    /// Who went, in order.
    order: Vec<usize>,
    seen: Seen<Situation>,
}

impl<'a, G> Search<'a, G> {
    fn new(plan: &'a Plan, lanes: &'a [Vec<Job>], goal: G) -> Self {
        Self {
            plan,
            lanes,
            goal,
            work: 0,
            most: MOST_STATEMENTS,
            place_matters: place_matters(plan),
            done: vec![0; lanes.len()],
            heard: vec![Vec::new(); lanes.len()],
            order: Vec::new(),
            seen: Seen::default(),
        }
    }

    fn descend<W: Replay>(&mut self, world: W) -> ControlFlow<()>
    where
        G: Goal<W>,
    {
        let choices = self.goal.choices(self.lanes, &self.done, &self.heard);
        if choices.is_empty() {
            return self.goal.end(&world, &self.order);
        }
        // A single choice from the start on leads nowhere twice.
        if self.lanes.iter().filter(|lane| !lane.is_empty()).count() > 1 && !self.order.is_empty() {
            let mut contents = world.contents();
            if !self.place_matters {
                contents = in_any_order(contents);
            }
            let key = (self.done.clone(), self.heard.clone(), contents);
            if !self.seen.insert(key) {
                return ControlFlow::Continue(());
            }
        }
        let lanes = self.lanes;
        for lane in choices {
            let place = self.done[lane];
            let job = &lanes[lane][place];
            if self.work + job.steps.len() > self.most {
                return ControlFlow::Break(());
            }
            let mut next = world.clone();
            for result in &job.known {
                next.remember(job.session, result);
            }
            let goal = &self.goal;
            let told = next.perform(self.plan, job.session, &job.steps, &|so_far| {
                goal.goes_on(self.plan, lane, place, job, so_far)
            });
            self.work += told.answers.len();
            if !self.goal.heard(self.plan, lane, place, job, &told) {
                continue;
            }
            self.done[lane] += 1;
            self.order.push(lane);
            let before = self.heard[lane].clone();
            if self.done[lane] == lanes[lane].len() {
                self.heard[lane].clear();
            } else if G::CLIENTS_DIFFER {
                self.heard[lane].push(told);
            }
            let stop = self.descend(next);
            self.heard[lane] = before;
            self.order.pop();
            self.done[lane] -= 1;
            stop?;
        }
        ControlFlow::Continue(())
    }
}

/// To find an order with the outcome of a run.
struct Outcome<'a> {
    tables: &'a [TableState],
    /// Where each stands in the first order to try.
    rank: Vec<Vec<usize>>,
    /// What each was told.
    told: Vec<Vec<Told>>,
    /// Which were told the same in some order.
    held: Vec<Vec<bool>>,
    /// At which answer each came to hear something else.
    failed_at: Vec<Vec<Option<usize>>>,
    /// The lanes in the order that gives the outcome.
    found: Option<Vec<usize>>,
}

impl<'a> Outcome<'a> {
    fn new(rank: Vec<Vec<usize>>, told: Vec<Vec<Told>>, tables: &'a [TableState]) -> Self {
        Self {
            tables,
            held: told.iter().map(|lane| vec![false; lane.len()]).collect(),
            failed_at: told.iter().map(|lane| vec![None; lane.len()]).collect(),
            rank,
            told,
            found: None,
        }
    }
}

impl<W: Replay> Goal<W> for Outcome<'_> {
    // What they know is what they knew in the run.
    const CLIENTS_DIFFER: bool = false;

    fn choices(&self, lanes: &[Vec<Job>], done: &[usize], _: &[Vec<Told>]) -> Vec<usize> {
        let mut choices: Vec<usize> = (0..lanes.len())
            .filter(|&lane| done[lane] < lanes[lane].len())
            .collect();
        crate::collections::sort_by_key(&mut choices, |&lane| self.rank[lane][done[lane]]);
        choices
    }

    /// Nobody needs the rest of a transaction that has heard something else.
    fn goes_on(
        &self,
        plan: &Plan,
        lane: usize,
        place: usize,
        job: &Job,
        so_far: &[Answer],
    ) -> bool {
        let at = so_far.len() - 1;
        let expected = self.told[lane][place].answers.get(at);
        expected.is_some_and(|expected| same_answer(plan, job, at, expected, &so_far[at]))
    }

    fn heard(&mut self, plan: &Plan, lane: usize, place: usize, job: &Job, told: &Told) -> bool {
        match same_told(plan, job, &self.told[lane][place], told) {
            Ok(()) => {
                self.held[lane][place] = true;
                true
            }
            Err(at) => {
                let furthest = &mut self.failed_at[lane][place];
                *furthest = (*furthest).max(Some(at));
                false
            }
        }
    }

    fn end(&mut self, world: &W, order: &[usize]) -> ControlFlow<()> {
        if !same_tables(&world.tables(), self.tables) {
            return ControlFlow::Continue(());
        }
        self.found = Some(order.to_vec());
        ControlFlow::Break(())
    }
}

/// To find all final tables.
struct AllTables<'a> {
    plan: &'a Plan,
    found: Vec<Vec<TableState>>,
    seen: Seen<Contents>,
}

impl<W: Replay> Goal<W> for AllTables<'_> {
    /// Of sessions that have the same left to do and were told the same, one stands for all.
    fn choices(&self, lanes: &[Vec<Job>], done: &[usize], heard: &[Vec<Told>]) -> Vec<usize> {
        let left = |lane: usize| lanes[lane][done[lane]..].iter().map(|job| &job.steps);
        let mut choices: Vec<usize> = Vec::new();
        for lane in (0..lanes.len()).filter(|&lane| done[lane] < lanes[lane].len()) {
            let alike = |&other: &usize| {
                heard[lane] == heard[other]
                    && left(lane).len() == left(other).len()
                    && left(lane).zip(left(other)).all(|(a, b)| {
                        let action = |step: &crate::run::PlannedId| &self.plan.steps[step.0].action;
                        a.len() == b.len() && a.iter().map(action).eq(b.iter().map(action))
                    })
            };
            if !choices.iter().any(alike) {
                choices.push(lane);
            }
        }
        choices
    }

    const CLIENTS_DIFFER: bool = true;

    fn goes_on(&self, _: &Plan, _: usize, _: usize, _: &Job, _: &[Answer]) -> bool {
        true
    }

    fn heard(&mut self, _: &Plan, _: usize, _: usize, _: &Job, _: &Told) -> bool {
        true
    }

    fn end(&mut self, world: &W, _: &[usize]) -> ControlFlow<()> {
        if self.seen.insert(in_any_order(world.contents())) {
            self.found.push(world.tables());
        }
        ControlFlow::Continue(())
    }
}
