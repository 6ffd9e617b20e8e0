//! Whether a serial order has an outcome, asked of very many outcomes.
//!
//! The question is that of `verdict::serial`, and so is the answer. What is different is that thousands of outcomes of one
//! plan are judged, and that they have nearly everything in common: the same transactions on the same tables. So each
//! transaction is carried out once on each content of the tables, and what came of it stands in a table:
//!
//! ```text
//!   (content 4, transaction 2)  ->  content 7, told 3
//! ```
//!
//! A search for an order goes through that table alone. Sessions that made the same steps and were told the same stand for
//! each other, so that fifty identical buyers are not fifty factorial orders.

use super::memory::{Table, tables};
use super::pool::{Memo, Pool, hash_of};
use crate::collections::Seen;
use crate::db::RowSet;
use crate::ids::SessionId;
use crate::run::{Answer, PlannedId, Serially, SetupError, Told};
use crate::strategy::Plan;
use crate::verdict::{Contents, Job, in_any_order, place_matters, same_told};

/// The most transactions that are looked up for one outcome.
const MOST_LOOKS: usize = 200_000;

/// The most contents of tables that are kept.
const MOST_CONTENTS: usize = 50_000;

/// A transaction to be carried out, with what its client knows before.
#[derive(Clone, Debug, PartialEq, Hash)]
struct Task {
    session: SessionId,
    steps: Vec<PlannedId>,
    known: Vec<RowSet>,
}

/// What came of one.
#[derive(Clone, Copy, Default)]
struct Done {
    content: u32,
    told: u32,
}

/// All that is known of transactions carried out alone.
pub(super) struct Serial {
    /// A server for each content of the tables.
    servers: Vec<Serially>,
    contents: Pool<Contents>,
    finals: Vec<Option<Vec<Table>>>,
    tasks: Pool<Task>,
    told: Pool<Told>,
    done: Memo<Done>,
    place_matters: bool,
}

/// Sessions that made the same steps and were told the same.
struct Group {
    /// How many.
    sessions: usize,
    /// Their transactions: number of the task, the job, what they were told.
    jobs: Vec<(u32, Job, Told)>,
}

impl Serial {
    pub fn new(plan: &Plan) -> Result<Self, SetupError> {
        let mut serial = Self {
            servers: Vec::new(),
            contents: Pool::new(),
            finals: Vec::new(),
            tasks: Pool::new(),
            told: Pool::new(),
            done: Memo::new(),
            place_matters: place_matters(plan),
        };
        serial.content(Serially::start(plan)?);
        Ok(serial)
    }

    fn content(&mut self, server: Serially) -> u32 {
        let mut contents = server.contents();
        if !self.place_matters {
            contents = in_any_order(contents);
        }
        let (number, new) = self.contents.number(contents);
        if new {
            self.servers.push(server);
            self.finals.push(None);
        }
        number
    }

    /// Whether some order of these transactions, each session's in their own order, tells each what it was told and leaves
    /// these tables; `None`: there were too many to try. Each session comes with one that stands for it.
    pub fn has_order(
        &mut self,
        plan: &Plan,
        sessions: Vec<(SessionId, Vec<(Job, Told)>)>,
        tables: &[Table],
    ) -> Option<bool> {
        let mut groups: Vec<Group> = Vec::new();
        for (stands, jobs) in sessions {
            if jobs.is_empty() {
                continue;
            }
            let mut known: Vec<RowSet> = Vec::new();
            let mut own = Vec::new();
            for (job, told) in jobs {
                known.extend(job.known.iter().cloned());
                let task = Task {
                    session: stands,
                    steps: job.steps.clone(),
                    known: known.clone(),
                };
                known.extend(told.answers.iter().filter_map(|answer| match answer {
                    Answer::Rows(rows) => Some(rows.clone()),
                    _ => None,
                }));
                own.push((self.tasks.number(task).0, job, told));
            }
            let same = |group: &&mut Group| {
                group.jobs.len() == own.len()
                    && group
                        .jobs
                        .iter()
                        .zip(&own)
                        .all(|(a, b)| a.0 == b.0 && a.2 == b.2)
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.sessions += 1,
                None => groups.push(Group {
                    sessions: 1,
                    jobs: own,
                }),
            }
        }
        // How many sessions of each group are how far.
        let far: Vec<Vec<usize>> = groups
            .iter()
            .map(|group| {
                let mut far = vec![0; group.jobs.len() + 1];
                far[0] = group.sessions;
                far
            })
            .collect();
        let mut search = Search {
            plan,
            groups: &groups,
            tables,
            left: MOST_LOOKS,
            seen: Seen::default(),
        };
        search.descend(self, 0, far)
    }

    fn perform(&mut self, plan: &Plan, content: u32, task: u32) -> Option<Done> {
        if let Some(done) = self.done.get(content, task) {
            return Some(done);
        }
        if self.contents.len() >= MOST_CONTENTS {
            return None;
        }
        let mut server = self.servers[content as usize].clone();
        let Task {
            session,
            steps,
            known,
        } = self.tasks[task].clone();
        server.forget(session);
        for result in &known {
            server.remember(session, result);
        }
        let told = server.perform(plan, session, &steps, &|_| true);
        server.forget(session);
        let done = Done {
            content: self.content(server),
            told: self.told.number(told).0,
        };
        self.done.insert(content, task, done);
        Some(done)
    }

    /// What comes of a transaction of a session that knows nothing before; `None`: there are too many contents.
    pub fn alone(
        &mut self,
        plan: &Plan,
        content: u32,
        session: SessionId,
        steps: Vec<PlannedId>,
    ) -> Option<(u32, u32)> {
        let task = Task {
            session,
            steps,
            known: Vec::new(),
        };
        let task = self.tasks.number(task).0;
        let done = self.perform(plan, content, task)?;
        Some((done.content, done.told))
    }

    /// What a transaction was told, by its number.
    pub fn told(&self, number: u32) -> &Told {
        &self.told[number]
    }

    /// Whether a content is that of these tables.
    pub fn leaves(&mut self, content: u32, wanted: &[Table]) -> bool {
        let server = &self.servers[content as usize];
        let found = self.finals[content as usize].get_or_insert_with(|| tables(server.database()));
        found == wanted
    }
}

struct Search<'a> {
    plan: &'a Plan,
    groups: &'a [Group],
    tables: &'a [Table],
    left: usize,
    seen: Seen<(u32, Vec<Vec<usize>>)>,
}

impl Search<'_> {
    fn descend(&mut self, serial: &mut Serial, content: u32, far: Vec<Vec<usize>>) -> Option<bool> {
        let over = |(group, far): (&Group, &Vec<usize>)| far[group.jobs.len()] == group.sessions;
        if self.groups.iter().zip(&far).all(over) {
            return Some(serial.leaves(content, self.tables));
        }
        if !self.seen.insert((content, far.clone())) {
            return Some(false);
        }
        let mut undecided = false;
        for (number, group) in self.groups.iter().enumerate() {
            for (place, (task, job, told)) in group.jobs.iter().enumerate() {
                if far[number][place] == 0 {
                    continue;
                }
                if self.left == 0 {
                    return None;
                }
                self.left -= 1;
                let done = serial.perform(self.plan, content, *task)?;
                if same_told(self.plan, job, told, &serial.told[done.told]).is_err() {
                    continue;
                }
                let mut next = far.clone();
                next[number][place] -= 1;
                next[number][place + 1] += 1;
                match self.descend(serial, done.content, next) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => undecided = true,
                }
            }
        }
        if undecided { None } else { Some(false) }
    }
}

/// A hash of anything, for orders that mean nothing.
pub(super) fn any_order(value: &impl std::hash::Hash) -> u64 {
    hash_of(value)
}
