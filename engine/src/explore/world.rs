//! What a move does, learned once and looked up ever after.
//!
//! A state is one number for what all sessions share and one for each session: what it has to itself. What one session does
//! in one go (a step, going on when woken, something that time brings) depends on its own part and on the shared one, and
//! changes these two; in the parts of the others it changes names at most. So the engine is asked once for each pair, and
//! the answer stands in a table:
//!
//! ```text
//!   (shared 7, own 3)  ->  shared 9, own 12, others under names 2
//! ```
//!
//! Sessions that do the same share their own parts, whoever of them is in one.

use super::dropped::{self, Mark};
use super::lanes::Lanes;
use super::memory::{Memory, Table, tables};
use super::orders::{NONE, Orders};
use super::pool::{Memo, Pool};
use super::serial::Serial;
use crate::db::canonical::{Names, Private, Room, Shared};
use crate::ids::{SessionId, Tick};
use crate::run::{
    Cause, Client, Outcome, ProcessLockState, SetupError, Stage, Told, Transaction, fairness, play,
    prepare,
};
use crate::strategy::{Fairness, Plan};
use crate::verdict::Contents;
use std::sync::Arc;

/// What all sessions share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Common {
    pub shared: Shared,
    pub process: ProcessLockState,
    /// Where clients drop writes: writes and drops, in their order.
    pub marks: Vec<Mark>,
    /// When something happened last; where a rule asks for times.
    pub last: Tick,
}

/// What a session has to itself.
#[derive(Clone, Debug, PartialEq, Hash)]
pub(super) struct Own {
    class: usize,
    client: Client,
    backend: Private,
    memory: Memory,
    /// Its number in the shared part, if that knows of it.
    actor: Option<usize>,
}

/// What is looked up of an own part.
#[derive(Clone, Copy)]
struct OwnFacts {
    /// Its number in the shared part, or none.
    actor: u8,
    /// Whether it has a step left and no statement under way.
    due: bool,
    /// Whether a statement is under way.
    pending: bool,
    /// Its memory, by number.
    memory: u32,
    /// What its next step depends on.
    reach: Reach,
    /// The beginning of what its transaction is told, by number from 1, if somebody may ask for it.
    beginning: u32,
}

const NO_ACTOR: u8 = u8::MAX;

/// What is looked up of a shared part.
#[derive(Clone, Copy)]
struct CommonFacts {
    woken: u8,
    timer: u8,
    /// Whether anybody waits for the process's lock.
    queue: bool,
}

/// What a move does.
#[derive(Clone, Copy, Default)]
struct Effect {
    common: u32,
    own: u32,
    /// The names that the others get; 0: those they have.
    names: u32,
    /// What a transaction that has committed was told, by number from [`FIRST_TOLD`].
    committed: u32,
}

/// How much of the shared part the next thing that a session does can depend on. Where that is not all, it changes nothing
/// there either.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nothing: it begins a transaction.
    Nothing,
    /// The committed rows: it reads them and takes no lock that anybody could meet.
    Rows,
    /// All of it.
    All,
}

/// Nothing has committed.
const NOTHING: u32 = 0;
/// A transaction has committed to which was told what no order tells.
const DEAF: u32 = 1;
const FIRST_TOLD: u32 = 2;

/// The places of a state before those of sessions: the shared part, and the set of serial orders that are open.
pub(super) const HEAD: usize = 2;

/// How it is remembered what transactions were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remember {
    /// As orders that are open, where that can be done.
    Orders,
    /// Word by word.
    #[cfg(test)]
    Words,
}

/// All that is known of parts and moves.
pub(super) struct World {
    plan: Arc<Plan>,
    lanes: Lanes,
    room: Room,
    /// How much memory shared and own parts take, in bytes, roughly.
    part_bytes: usize,
    commons: Pool<Common>,
    common_facts: Vec<CommonFacts>,
    owns: Pool<Own>,
    own_facts: Vec<OwnFacts>,
    memories: Pool<Memory>,
    tables: Pool<Vec<Table>>,
    /// The committed tables of shared parts, once they are asked for.
    common_tables: Vec<Option<u32>>,
    names: Pool<Names>,
    serial: Serial,
    orders: Option<Orders>,
    /// Own parts that are deaf, by those that are not.
    deafened: Memo<u32>,
    effects: Memo<Effect>,
    /// Effects of what depends on committed rows at most, by these and the own part.
    own_effects: Memo<Effect>,
    rows: Pool<Contents>,
    /// The committed rows of shared parts, once they are asked for.
    common_rows: Vec<Option<u32>>,
    renamed: Memo<u32>,
    /// Which class the session at each place of a state is of.
    pub class_of: Vec<usize>,
    /// The places of each class.
    pub places: Vec<std::ops::Range<usize>>,
}

impl World {
    /// The world of a plan, and its first state.
    pub fn new(
        plan: &Arc<Plan>,
        lanes: Lanes,
        remember: Remember,
    ) -> Result<(Self, Vec<u32>), SetupError> {
        let db = prepare(plan)?;
        let mut serial = Serial::new(plan)?;
        let orders = match remember {
            Remember::Orders => Orders::new(plan, &lanes, &mut serial),
            #[cfg(test)]
            Remember::Words => None,
        };
        let (orders, all) = match orders {
            Some((orders, all)) => (Some(orders), all),
            None => (None, NONE),
        };
        let backends: Vec<Private> = lanes
            .classes
            .iter()
            .map(|class| Shared::backend(&db, class[0]))
            .collect();
        let (shared, room) = Shared::start(db, &lanes.habits);
        let mut class_of = Vec::new();
        let mut places = Vec::new();
        for (class, members) in lanes.classes.iter().enumerate() {
            places.push(class_of.len()..class_of.len() + members.len());
            class_of.extend(members.iter().map(|_| class));
        }
        let mut world = Self {
            plan: Arc::clone(plan),
            room,
            part_bytes: 0,
            commons: Pool::new(),
            common_facts: Vec::new(),
            owns: Pool::new(),
            own_facts: Vec::new(),
            memories: Pool::new(),
            tables: Pool::new(),
            common_tables: Vec::new(),
            names: Pool::new(),
            serial,
            orders,
            deafened: Memo::new(),
            effects: Memo::new(),
            own_effects: Memo::new(),
            rows: Pool::new(),
            common_rows: Vec::new(),
            renamed: Memo::new(),
            class_of,
            places,
            lanes,
        };
        // Number 0 is that nothing is called anew.
        world.names.number(Names::none());
        let common = world.common(Common {
            shared,
            process: ProcessLockState::default(),
            marks: Vec::new(),
            last: Tick(0),
        });
        let mut state = vec![common, all];
        for (class, backend) in backends.into_iter().enumerate() {
            let first = world.lanes.classes[class][0];
            let own = world.own(Own {
                class,
                client: Client::new(SessionId(first), plan),
                backend,
                memory: Memory::default(),
                actor: None,
            });
            state.extend(world.places[class].clone().map(|_| own));
        }
        Ok((world, state))
    }

    /// Whether the session at a place has a move.
    #[inline]
    pub fn has_move(&self, state: &[u32], place: usize) -> bool {
        let facts = self.own_facts[state[HEAD + place] as usize];
        facts.due
            && (facts.actor == NO_ACTOR
                || !self.common_facts[state[0] as usize].queue
                || self.races(state, place))
    }

    /// Whether a session does not wait for the process's lock, or races for it.
    fn races(&self, state: &[u32], place: usize) -> bool {
        let process = &self.commons[state[0]].process;
        let actor = SessionId(usize::from(
            self.own_facts[state[HEAD + place] as usize].actor,
        ));
        let fairness = self.fairness(place);
        !process.waits(actor)
            || fairness == Fairness::Unfair && process.can_go_on(actor, fairness).is_some()
    }

    fn fairness(&self, place: usize) -> Fairness {
        let first = self.lanes.classes[self.class_of[place]][0];
        fairness(&self.plan, SessionId(first))
    }

    fn place_of_actor(&self, state: &[u32], actor: u8) -> Option<usize> {
        let is_it = |own: &u32| self.own_facts[*own as usize].actor == actor;
        state[HEAD..].iter().position(is_it)
    }

    /// The session at a place makes its move, and all that follows from it happens.
    pub fn go(&mut self, state: &mut [u32], place: usize) {
        let open = state[1];
        self.act(state, place);
        loop {
            let facts = self.common_facts[state[0] as usize];
            let next = if facts.woken != NO_ACTOR {
                self.place_of_actor(state, facts.woken)
            } else if let Some(heir) = self.heir(state, facts) {
                Some(heir)
            } else if facts.timer != NO_ACTOR
                && !(0..self.class_of.len()).any(|place| self.has_move(state, place))
            {
                self.place_of_actor(state, facts.timer)
            } else {
                None
            };
            match next {
                Some(place) => self.act(state, place),
                None => break,
            }
        }
        if state[1] != open {
            for place in 0..self.class_of.len() {
                self.listen(state, place);
            }
        }
    }

    /// A session to whom is told what no open order tells becomes deaf.
    #[inline]
    fn listen(&mut self, state: &mut [u32], place: usize) {
        let own = state[HEAD + place];
        let beginning = self.own_facts[own as usize].beginning;
        if beginning == 0 {
            return;
        }
        if let Some(orders) = &mut self.orders
            && !orders.begins(&self.plan, &self.serial, state[1], beginning - 1)
        {
            state[HEAD + place] = match self.deafened.get(own, 0) {
                Some(deaf) => deaf,
                None => {
                    let mut deaf = self.owns[own].clone();
                    if let Some(open) = &mut deaf.memory.open {
                        open.answers.clear();
                        open.deaf = true;
                    }
                    let deaf = self.own(deaf);
                    self.deafened.insert(own, 0, deaf);
                    deaf
                }
            };
        }
    }

    /// Who is handed the process's lock.
    fn heir(&self, state: &[u32], facts: CommonFacts) -> Option<usize> {
        if !facts.queue {
            return None;
        }
        let process = &self.commons[state[0]].process;
        let mut waiters = process.waiters().filter_map(|actor| {
            let place = self.place_of_actor(state, actor.0 as u8)?;
            Some((actor, place, self.own_facts[state[HEAD + place] as usize]))
        });
        let heir = waiters.find(|(actor, place, facts)| {
            let fairness = self.fairness(*place);
            facts.due && fairness == Fairness::Fair && process.can_go_on(*actor, fairness).is_some()
        });
        heir.map(|(_, place, _)| place)
    }

    /// The session at a place does one thing.
    #[inline]
    fn act(&mut self, state: &mut [u32], place: usize) {
        let (common, own) = (state[0], state[HEAD + place]);
        let reach = self.own_facts[own as usize].reach;
        if reach != Reach::All
            && let Some(effect) = self.small_effect(common, own, reach)
        {
            return self.put(state, place, effect);
        }
        let effect = match self.effects.get(common, own) {
            Some(effect) => effect,
            None => {
                let effect = self.learn(common, own);
                self.effects.insert(common, own, effect);
                effect
            }
        };
        self.put(state, place, effect);
    }

    /// What a session does that depends on little; `None` if it does not after all.
    #[inline]
    fn small_effect(&mut self, common: u32, own: u32, reach: Reach) -> Option<Effect> {
        let rows = match reach {
            Reach::Nothing => u32::MAX - 1,
            _ => match self.common_rows[common as usize] {
                Some(rows) => rows,
                None => {
                    let contents = self.commons[common].shared.contents();
                    let rows = self.rows.number(contents).0;
                    self.common_rows[common as usize] = Some(rows);
                    rows
                }
            },
        };
        if let Some(effect) = self.own_effects.get(rows, own) {
            return Some(Effect { common, ..effect });
        }
        let effect = self.learn(common, own);
        if effect.common != common || effect.names != 0 {
            self.own_facts[own as usize].reach = Reach::All;
            self.effects.insert(common, own, effect);
            return None;
        }
        self.own_effects.insert(rows, own, effect);
        Some(effect)
    }

    /// Puts an effect in.
    #[inline]
    fn put(&mut self, state: &mut [u32], place: usize, effect: Effect) {
        state[0] = effect.common;
        if effect.names != 0 {
            for other in state[HEAD..].iter_mut() {
                if self.own_facts[*other as usize].actor != NO_ACTOR {
                    *other = match self.renamed.get(*other, effect.names) {
                        Some(renamed) => renamed,
                        None => self.rename(*other, effect.names),
                    };
                }
            }
        }
        state[HEAD + place] = effect.own;
        if effect.committed != NOTHING {
            state[1] = match &mut self.orders {
                Some(orders) if effect.committed != DEAF => orders.commit(
                    &self.plan,
                    &self.serial,
                    state[1],
                    self.class_of[place],
                    effect.committed - FIRST_TOLD,
                ),
                _ => NONE,
            };
        }
        self.listen(state, place);
    }

    fn rename(&mut self, own: u32, names: u32) -> u32 {
        let mut renamed = self.owns[own].clone();
        let by = &self.names[names];
        by.apply(&mut renamed.backend);
        renamed.actor = renamed.actor.and_then(|actor| by.actor(actor));
        let number = self.own(renamed);
        self.renamed.insert(own, names, number);
        number
    }

    /// Asks the engine.
    fn learn(&mut self, common: u32, own: u32) -> Effect {
        let (here, me) = (&self.commons[common], &self.owns[own]);
        let class = me.class;
        let session = SessionId(self.lanes.classes[class][0]);
        let actor = SessionId(me.actor.unwrap_or(here.shared.actors()));
        let swap = |other: SessionId| match other {
            it if it == actor => session,
            it if it == session => actor,
            it => it,
        };
        let mut process = here.process.clone();
        process.rename(&swap);
        let cause = if self.common_facts[common as usize].woken != NO_ACTOR {
            Cause::Woken
        } else if let (Some((at, _)), true) = (here.shared.next_timer(), me.client.is_waiting()) {
            Cause::Time(at)
        } else {
            Cause::Move
        };
        let open = me.memory.open.as_ref().map(|open| Transaction {
            session,
            number: open.number,
            attempt: open.attempt,
            delivery: open.delivery,
            isolation: self.plan.clients[session.0].isolation,
            first: 0,
            last: 0,
            outcome: Outcome::Open,
        });
        let was_open = open.is_some().then_some(0);
        let stage = Stage {
            db: here.shared.join(me.actor, &me.backend, session.0),
            process,
            client: me.client.clone(),
            open,
        };
        let played = play(&self.plan, session, cause, stage);
        let mut memory = me.memory.clone();
        let lanes = &self.lanes;
        memory.note(
            played.events.iter(),
            &played.transactions,
            was_open,
            &|step| lanes.place(session, step),
        );
        let mut committed = NOTHING;
        if let Some(orders) = &mut self.orders {
            committed = match memory.strike_out() {
                None => NOTHING,
                Some(None) => DEAF,
                Some(Some(answers)) => {
                    let outcome = Outcome::Committed;
                    FIRST_TOLD + orders.told(Told { answers, outcome })
                }
            };
        }
        let mut last = here.last;
        if lanes.times {
            memory.note_waits(played.events.iter());
            last = played.events.last().map_or(last, |event| event.at);
        }
        let mut marks = here.marks.clone();
        if lanes.drops {
            dropped::note(
                &mut marks,
                &self.plan,
                session,
                &played.events,
                &played.transactions,
            );
        }
        let mut process = played.process;
        process.rename(&swap);
        process.forget(lanes.stamps);
        let (shared, backend, names) = here.shared.apart(
            played.db,
            me.actor,
            session.0,
            &|actor| process.knows(SessionId(actor)),
            &self.room,
            &lanes.habits,
        );
        process.rename(&|other| SessionId(names.actor(other.0).unwrap_or(0)));
        let mut client = played.client;
        lanes.forget(session.0, &mut client);
        if client.is_over() {
            memory.end();
        }
        let own = Own {
            class,
            client,
            backend,
            memory,
            actor: names.actor(actor.0),
        };
        let names = if names.is_same() {
            0
        } else {
            self.names.number(names).0
        };
        Effect {
            common: self.common(Common {
                shared,
                process,
                marks,
                last,
            }),
            own: self.own(own),
            names,
            committed,
        }
    }

    fn common(&mut self, common: Common) -> u32 {
        let (number, new) = self.commons.number(common);
        if new {
            let it = &self.commons[number];
            let actor = |actor: Option<usize>| actor.map_or(NO_ACTOR, |actor| actor as u8);
            self.common_facts.push(CommonFacts {
                woken: actor(it.shared.woken()),
                timer: actor(it.shared.next_timer().map(|(_, actor)| actor)),
                queue: it.process.waiters().next().is_some(),
            });
            self.part_bytes += it.shared.bytes() + 100 + 60 * it.marks.len();
            self.common_tables.push(None);
            self.common_rows.push(None);
        }
        number
    }

    fn own(&mut self, own: Own) -> u32 {
        let (number, new) = self.owns.number(own);
        if new {
            let it = &self.owns[number];
            let pending = it.client.is_waiting();
            // A statement under way is there three times over, and planned.
            self.part_bytes += size_of::<Own>() + if pending { 6000 } else { 1500 };
            let reach = if it.actor.is_some() || pending {
                Reach::All
            } else {
                self.lanes.reach(
                    self.plan.as_ref(),
                    it.class,
                    &it.client,
                    it.backend.transaction.is_some(),
                )
            };
            let facts = OwnFacts {
                reach,
                actor: it.actor.map_or(NO_ACTOR, |actor| actor as u8),
                due: it.client.due(&self.plan).is_some(),
                pending,
                memory: self.memories.number(it.memory.clone()).0,
                beginning: match (&mut self.orders, &it.memory.open) {
                    (Some(orders), Some(open)) if !open.deaf => {
                        1 + orders.beginning(it.class, open.answers.clone())
                    }
                    _ => 0,
                },
            };
            self.own_facts.push(facts);
        }
        number
    }

    /// What is remembered of the session at a place, and whether it waits.
    pub fn memory(&self, state: &[u32], place: usize) -> (u32, bool) {
        let facts = self.own_facts[state[HEAD + place] as usize];
        let process = &self.commons[state[0]].process;
        let asks = facts.actor != NO_ACTOR && process.waits(SessionId(usize::from(facts.actor)));
        (facts.memory, facts.pending || asks)
    }

    /// A memory by its number.
    pub fn memory_of(&self, number: u32) -> &Memory {
        &self.memories[number]
    }

    /// The committed tables of a state, by number.
    pub fn tables(&mut self, state: &[u32]) -> u32 {
        let common = state[0] as usize;
        if let Some(known) = self.common_tables[common] {
            return known;
        }
        let content = tables(self.commons[state[0]].shared.database());
        let number = self.tables.number(content).0;
        self.common_tables[common] = Some(number);
        number
    }

    /// Tables by their number.
    pub fn tables_of(&self, number: u32) -> &[Table] {
        &self.tables[number]
    }

    /// The longest wait of a schedule that ends in a state, in milliseconds; 0 where no rule asks.
    pub fn longest_wait(&self, state: &[u32]) -> u64 {
        let end = self.commons[state[0]].last;
        let places = 0..self.class_of.len();
        let waits = places.map(|place| {
            let (memory, _) = self.memory(state, place);
            self.memories[memory].longest_wait(end)
        });
        waits.max().unwrap_or(0)
    }

    /// Whether a write was dropped that was newer than what was stored.
    pub fn newer_dropped(&self, state: &[u32]) -> bool {
        dropped::newer_dropped(&self.commons[state[0]].marks)
    }

    /// Whether the outcome of a state that is an end is serial; `None`: that is to be found out from what everybody was told.
    pub fn is_serial(&mut self, state: &[u32], tables: u32) -> Option<bool> {
        let orders = self.orders.as_ref()?;
        Some(orders.is_serial(&mut self.serial, state[1], &self.tables[tables]))
    }

    /// The server of a state, for questions about its committed tables.
    pub fn database(&self, state: &[u32]) -> &crate::db::Database {
        self.commons[state[0]].shared.database()
    }

    /// The sessions and their steps.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// How much memory the parts and moves take, in bytes, roughly.
    pub fn bytes(&self) -> usize {
        self.part_bytes
            + 48 * (self.effects.len() + self.own_effects.len() + self.renamed.len())
            + 300 * (self.names.len() + self.memories.len())
    }

    /// How many schedules can go on from a state that so many ways lead to, at most: as many as there are orders of the steps
    /// that are left. `None` where somebody may make a step twice.
    pub fn most_ways(&self, state: &[u32], ways: super::Count) -> Option<super::Count> {
        let mut most = ways;
        let mut placed = 0u64;
        for (place, class) in self.class_of.iter().enumerate() {
            let session = self.lanes.classes[*class][0];
            if self.lanes.makes_steps_twice(session) {
                return None;
            }
            let left = self.owns[state[HEAD + place]].client.left() as u64;
            for number in 1..=left {
                placed += 1;
                // The product of these fractions is a whole number at every turn.
                most.scale(placed, number);
            }
        }
        Some(most)
    }
}
