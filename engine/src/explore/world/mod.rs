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
//! What is learned is learned with marks in the place of values that steps only carry about (see `carried`), and says where values
//! come from. Parts are such a part with marks, and values; what a move does to them is put together from what was learned once for
//! all values, and then stands in a table of its own.
//!
//! Sessions that do the same share their own parts, whoever of them is in one. Sessions that do the same but for a number can
//! be in one that is *anonymous*: the list of what each of them has to itself if it is the one. A move of one is the same whoever
//! it is as long as the engine says so of each on the list; if it does not, it must be known first who moves.

mod situation;

pub(super) use situation::Shift;

use super::carried::{self, Carried, Source};
use super::dropped::{self, Mark};
use super::lanes::Lanes;
use super::memory::{Memory, Table, tables};
use super::orders::{NONE, Orders};
use super::pool::{Memo, Pool};
use super::serial::Serial;
use crate::db::canonical::{Actor, Names, Private, Room, Shared};
use crate::ids::{SessionId, Tick};
use crate::run::{
    Answer, Cause, Client, Outcome, ProcessLockState, SetupError, Stage, Told, Transaction,
    fairness, play, prepare,
};
use crate::strategy::{Fairness, Plan};
use std::sync::Arc;

/// What all sessions share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Common {
    /// But for the sessions that it knows of.
    pub shared: Shared,
    /// These, by number.
    actors: Box<[u32]>,
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
    /// How many steps are left.
    left: u32,
    /// Whether it is that of somebody of whom it does not matter yet who it is.
    anonymous: bool,
    /// Whether its transaction was told what no open order tells.
    deaf: bool,
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

/// What a move does where marks stand for values, and where the values come from.
struct Learned {
    /// The shared part with marks, and its values.
    common: (u32, Box<[Source]>),
    /// The session's own part with marks, and its values.
    own: (u32, Box<[Source]>),
    /// As in [`Effect`].
    names: u32,
    /// As in [`Effect`], with marks, and its values.
    committed: (u32, Box<[Source]>),
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

/// How much of the shared part the next thing that a session does can depend on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Nothing, and it changes nothing there: it begins a transaction.
    Nothing,
    /// All of it.
    All,
}

/// In the place of an own part's number: that of nobody.
const NOBODY: u32 = u32::MAX;
/// In the place of an own part with marks: it is anonymous.
const ANONYMOUS: u32 = u32::MAX;
/// In the place of an own part with marks: it is a situation, in which somebody of those that are alike is.
const SITUATION: u32 = u32::MAX - 1;
/// In the place of the values of a shared part: they are left open.
const ANY_VALUES: u32 = u32::MAX;

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

/// Whether marks stand for values that steps only carry about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marks {
    /// Yes, where that can be done.
    Used,
    /// No.
    Ignored,
}

/// How an own part with marks first came to be.
#[derive(Clone, Copy)]
enum Birth {
    /// Before the first move.
    First,
    /// By a move, in a shared part and from an own part with marks.
    Move(u32, u32),
    /// Under new names.
    Renamed(u32, u32),
    /// As what is told no longer matters.
    Deaf(u32),
}

/// Whether it is used that a schedule is lost before it is over (see `lost`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Foresight {
    /// Yes, where that can be done.
    Used,
    /// No.
    Ignored,
}

impl Learned {
    /// In the place of what was taken out.
    fn none() -> Self {
        Self {
            common: (0, Box::default()),
            own: (0, Box::default()),
            names: 0,
            committed: (NOTHING, Box::default()),
        }
    }
}

/// All that is known of parts and moves.
pub(super) struct World {
    plan: Arc<Plan>,
    lanes: Lanes,
    room: Room,
    /// How much memory shared and own parts take, in bytes, roughly.
    part_bytes: usize,
    carried: Carried,
    /// Whether a value was met that cannot be carried: what came since is of no use.
    pub escaped: bool,
    /// Shared and own parts, with marks in the place of what is carried.
    marked_commons: Pool<Common>,
    /// Sessions as shared parts know them.
    actors: Pool<Actor>,
    marked_facts: Vec<CommonFacts>,
    marked_owns: Pool<Own>,
    /// Lists of values.
    values: Pool<Box<[i64]>>,
    /// Shared and own parts: one with marks, and values.
    commons: Pool<(u32, u32)>,
    common_facts: Vec<CommonFacts>,
    owns: Pool<(u32, u32)>,
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
    /// What was learned, and its places there by parts with marks.
    learned: Vec<Learned>,
    learned_of: Memo<u32>,
    /// Where the values come from of own parts that become deaf, with what they become, by those that are not, all with marks.
    deaf_of: Memo<u32>,
    /// What transactions were told, with marks.
    marked_told: Pool<Vec<Answer>>,
    /// The own parts that an anonymous one can be, by who it is; [`NOBODY`] where somebody is somebody else for certain.
    members: Pool<Box<[u32]>>,
    /// Anonymous own parts with one less, by number of that.
    without: Memo<u32>,
    /// What listening makes of anonymous own parts, by open orders.
    listening: Memo<u32>,
    /// The places of sessions that are anonymous at first.
    pub alike: Vec<usize>,
    renamed: Memo<u32>,
    /// Own parts with marks under new names, by the old ones.
    marked_renamed: Memo<u32>,
    scratch: Vec<i64>,
    /// Whether lost schedules are known as such before they are over, and only their situations are kept.
    pub foresees: bool,
    /// Whether that was made use of.
    pub foresaw: bool,
    /// Whether it has turned out that it cannot be done: what came since is of no use.
    pub refuted: bool,
    /// Of own parts with marks, how they came to be, and how many values they have.
    births: Vec<(Birth, usize)>,
    /// How many values shared parts with marks have.
    common_slots: Vec<usize>,
    /// The own parts with marks of each class before the first move.
    first_owns: Vec<u32>,
    /// Own parts with marks that sessions which are alike have in the same situation, by who it is.
    kin: Pool<Box<[u32]>>,
    /// The number of that list, by own part with marks; or none.
    kin_of: Vec<u32>,
    /// The situations of own parts, by number of both.
    situations: Memo<u32>,
    /// Where values come from in moves of situations, and its places there by shared and own parts.
    shifts: Vec<situation::Shifts>,
    shifts_of: Memo<u32>,
    /// What is added, by who does it of those that are alike.
    kinds: Pool<Box<[i64]>>,
    /// What is done in a situation, as it is done: the place, the shared and the own part before.
    trace: Option<Vec<(usize, u32, u32)>>,
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
        marks: Marks,
        foresight: Foresight,
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
        // Whether a row was changed is remembered where there are no orders, and asks for its values.
        let carries = marks == Marks::Used && orders.is_some() && !lanes.drops;
        let carried = match carries {
            true => Carried::of(plan, &db),
            false => Carried::default(),
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
            carried,
            escaped: false,
            marked_commons: Pool::new(),
            actors: Pool::new(),
            marked_facts: Vec::new(),
            marked_owns: Pool::new(),
            values: Pool::new(),
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
            learned: Vec::new(),
            learned_of: Memo::new(),
            deaf_of: Memo::new(),
            marked_told: Pool::new(),
            members: Pool::new(),
            without: Memo::new(),
            listening: Memo::new(),
            alike: Vec::new(),
            renamed: Memo::new(),
            marked_renamed: Memo::new(),
            scratch: Vec::new(),
            foresees: false,
            foresaw: false,
            refuted: false,
            births: Vec::new(),
            common_slots: Vec::new(),
            first_owns: Vec::new(),
            kin: Pool::new(),
            kin_of: Vec::new(),
            situations: Memo::new(),
            shifts: Vec::new(),
            shifts_of: Memo::new(),
            kinds: Pool::new(),
            trace: None,
            class_of,
            places,
            lanes,
        };
        // Number 0 is that nothing is called anew.
        world.names.number(Names::none());
        let common = Common {
            shared,
            actors: Box::default(),
            process: ProcessLockState::default(),
            marks: Vec::new(),
            last: Tick(0),
        };
        let owns: Vec<Own> = backends
            .into_iter()
            .enumerate()
            .map(|(class, backend)| Own {
                class,
                client: Client::new(SessionId(world.lanes.classes[class][0]), plan),
                backend,
                memory: Memory::default(),
                actor: None,
            })
            .collect();
        let numbers = match world.first(&common, &owns) {
            Some(numbers) => Some(numbers),
            None => {
                world.carried = Carried::default();
                world.first(&common, &owns)
            }
        };
        // Without marks everything has its number.
        let (common, owns) = numbers.unwrap_or_default();
        let mut state = vec![common, all];
        for (class, own) in owns.into_iter().enumerate() {
            state.extend(world.places[class].clone().map(|_| own));
        }
        let alike = world.lanes.alike.iter();
        let alike: Vec<usize> = alike.map(|class| world.places[*class].start).collect();
        let members: Vec<u32> = alike.iter().map(|place| state[HEAD + place]).collect();
        if let Some(anonymous) = world.anonymous(&members).filter(|_| alike.len() > 1) {
            for place in &alike {
                state[HEAD + place] = anonymous;
            }
            world.alike = alike;
        }
        world.foresees = foresight == Foresight::Used
            && world.orders.is_some()
            && !world.carried.is_empty()
            && !world.lanes.times;
        Ok((world, state))
    }

    /// The numbers of parts before the first step.
    fn first(&mut self, common: &Common, owns: &[Own]) -> Option<(u32, Vec<u32>)> {
        let at_first = |value| Some(Source::constant(value));
        let (marked, sources) = self.mark_common(common.clone(), &[], &at_first)?;
        let values: Option<Vec<i64>> = sources.iter().map(|it| it.value(&[], &[])).collect();
        let values = self.values.number_of(&values?);
        let common = self.common_with(marked, values);
        let mut first_owns = Vec::new();
        let owns = owns.iter().map(|own| {
            let (marked, sources) = self.mark_own(own.clone(), &at_first)?;
            self.born(Birth::First, sources.len());
            first_owns.push(marked);
            let values = self.values.number_of(&vec![0; sources.len()]);
            Some(self.own_with(marked, values))
        });
        let owns: Option<Vec<u32>> = owns.collect();
        self.first_owns = first_owns;
        Some((common, owns?))
    }

    /// Whether the session at a place has a move.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    pub fn has_move(&self, state: &[u32], place: usize) -> bool {
        let facts = self.own_facts[state[HEAD + place] as usize];
        facts.due
            && (facts.actor == NO_ACTOR
                || !self.common_facts[state[0] as usize].queue
                || self.races(state, place))
    }

    /// Whether a session does not wait for the process's lock, or races for it.
    fn races(&self, state: &[u32], place: usize) -> bool {
        let process = self.process(state[0]);
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

    #[cfg_attr(made_small, optimize(speed))]
    fn place_of_actor(&self, state: &[u32], actor: u8) -> Option<usize> {
        let is_it = |own: &u32| self.own_facts[*own as usize].actor == actor;
        state[HEAD..].iter().position(is_it)
    }

    /// The session at a place makes its move, and all that follows from it happens.
    ///
    /// # Errors
    /// The place of a session of whom it must be known who it is; the state is of no use then.
    #[cfg_attr(made_small, optimize(speed))]
    pub fn go(&mut self, state: &mut [u32], place: usize) -> Result<(), usize> {
        let open = state[1];
        self.act(state, place)?;
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
                Some(place) if !self.escaped => self.act(state, place)?,
                _ => break,
            }
        }
        if self.foresees && state[1] != NONE && self.is_deaf(state) {
            // As every transaction commits, so will this one, and then no order is open.
            self.foresaw = true;
            state[1] = NONE;
        }
        if state[1] != open {
            for place in 0..self.class_of.len() {
                self.listen(state, place);
            }
        }
        Ok(())
    }

    /// Whether a transaction that is open was told what no open order tells.
    fn is_deaf(&self, state: &[u32]) -> bool {
        let mut owns = state[HEAD..].iter();
        owns.any(|own| self.own_facts[*own as usize].deaf)
    }

    /// A session to whom is told what no open order tells becomes deaf.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    fn listen(&mut self, state: &mut [u32], place: usize) {
        let own = state[HEAD + place];
        let beginning = self.own_facts[own as usize].beginning;
        if beginning == 0 {
            return;
        }
        if self.own_facts[own as usize].anonymous {
            state[HEAD + place] = self.listen_anonymously(state[1], own);
            return;
        }
        if let Some(orders) = &mut self.orders
            && !orders.begins(&self.plan, &self.serial, state[1], beginning - 1)
        {
            state[HEAD + place] = match self.deafened.get(own, 0) {
                Some(deaf) => deaf,
                None => self.deafen(own),
            };
        }
    }

    /// The same for a session of whom it does not matter who it is: it may become deaf if it is this one, and not if it is that.
    fn listen_anonymously(&mut self, open: u32, own: u32) -> u32 {
        if let Some(known) = self.listening.get(open, own) {
            return known;
        }
        let mut scratch = vec![0; HEAD + 1];
        let mut members = self.members[self.owns[own].1].to_vec();
        for member in members.iter_mut().filter(|member| **member != NOBODY) {
            scratch[1] = open;
            scratch[HEAD] = *member;
            self.listen(&mut scratch, 0);
            *member = scratch[HEAD];
        }
        let heard = self.anonymous(&members).unwrap_or(own);
        self.listening.insert(open, own, heard);
        heard
    }

    /// The anonymous own part that is one of these; `None` if it can be seen from outside which.
    fn anonymous(&mut self, members: &[u32]) -> Option<u32> {
        let mut all = members.iter().filter(|member| **member != NOBODY);
        let facts = |member: u32| self.own_facts[member as usize];
        let first = facts(*all.next()?);
        let same = all.clone().all(|member| {
            let it = facts(*member);
            (it.actor, it.due, it.pending, it.left)
                == (first.actor, first.due, first.pending, first.left)
        });
        let hears = first.beginning != 0 || all.clone().any(|it| facts(*it).beginning != 0);
        let deaf = first.deaf && all.clone().all(|it| facts(*it).deaf);
        let depends = all.any(|it| facts(*it).reach == Reach::All);
        if !same {
            return None;
        }
        let number = self.members.number(members.into()).0;
        let (own, new) = self.owns.number((ANONYMOUS, number));
        if new {
            self.own_facts.push(OwnFacts {
                beginning: u32::from(hears),
                reach: if depends { Reach::All } else { first.reach },
                anonymous: true,
                deaf,
                ..first
            });
        }
        Some(own)
    }

    /// Whether it does not matter yet who the session at a place is.
    pub fn is_anonymous(&self, state: &[u32], place: usize) -> bool {
        self.own_facts[state[HEAD + place] as usize].anonymous
    }

    /// Says who the session at a place is: the one of this number in [`World::alike`]. The others move together, and who is the
    /// last is known then.
    #[cfg_attr(made_small, optimize(speed))]
    pub fn reveal(
        &mut self,
        state: &mut [u32],
        place: usize,
        member: usize,
    ) -> Vec<(usize, usize)> {
        let alike = std::mem::take(&mut self.alike);
        let own = state[HEAD + place];
        let is = self.members[self.owns[own].1][member];
        // The others in order: sessions of which it is not known who they are stand so.
        let mut rest: Vec<(u32, usize)> = Vec::with_capacity(alike.len());
        for at in alike.iter().filter(|at| **at != place) {
            if self.is_anonymous(state, *at) {
                let own = self.without(state[HEAD + at], member);
                let after = rest.partition_point(|other| *other < (own, *at));
                rest.insert(after, (own, *at));
            }
        }
        let free = alike.iter().enumerate().filter(|(number, at)| {
            *number != member && self.own_facts[state[HEAD + **at] as usize].anonymous
        });
        let is_last = rest.len() == 1;
        let mut moved = Vec::with_capacity(rest.len() + 1);
        moved.push((place, alike[member]));
        let mut owns: [u32; 64] = [NOBODY; 64];
        for ((number, to), (own, from)) in free.zip(rest) {
            owns[number % 64] = match is_last {
                true => self.members[self.owns[own].1][number],
                false => own,
            };
            moved.push((from, *to));
        }
        for (number, to) in alike.iter().enumerate() {
            if owns[number % 64] != NOBODY {
                state[HEAD + to] = owns[number % 64];
            }
        }
        state[HEAD + alike[member]] = is;
        self.alike = alike;
        moved
    }

    /// An anonymous own part of which it is known that it is not this one's.
    fn without(&mut self, own: u32, member: usize) -> u32 {
        if let Some(known) = self.without.get(own, member as u32) {
            return known;
        }
        let mut members = self.members[self.owns[own].1].to_vec();
        members[member] = NOBODY;
        // They were alike before, and are with one less.
        let less = self.anonymous(&members).unwrap_or(own);
        self.without.insert(own, member as u32, less);
        less
    }

    fn deafen(&mut self, own: u32) -> u32 {
        let Some(learned) = self.learned_deaf(self.owns[own].0) else {
            self.escaped = true;
            return own;
        };
        let (deaf, sources) = &self.learned[learned as usize].own;
        let (deaf, sources) = (*deaf, sources.clone());
        let deaf = self.own(deaf, &sources, 0, own);
        self.deafened.insert(own, 0, deaf);
        deaf
    }

    /// The place in what was learned of an own part with marks that becomes deaf; `None`: there are too many values.
    fn learned_deaf(&mut self, marked: u32) -> Option<u32> {
        if let Some(learned) = self.deaf_of.get(marked, 0) {
            return Some(learned);
        }
        let mut deaf = self.marked_owns[marked].clone();
        if let Some(open) = &mut deaf.memory.open {
            open.answers.clear();
            open.deaf = true;
        }
        let own = self.mark_own(deaf, &Source::of)?;
        self.born(Birth::Deaf(marked), own.1.len());
        let learned = self.learned.len() as u32;
        self.learned.push(Learned {
            own,
            ..Learned::none()
        });
        self.deaf_of.insert(marked, 0, learned);
        Some(learned)
    }

    /// Notes how own parts with marks that are new came to be, and how many values they have.
    fn born(&mut self, birth: Birth, values: usize) {
        self.births.resize(self.marked_owns.len(), (birth, values));
        self.kin_of.resize(self.marked_owns.len(), NOBODY);
    }

    /// The process's lock.
    fn process(&self, common: u32) -> &ProcessLockState {
        &self.marked_commons[self.commons[common].0].process
    }

    /// Who is handed the process's lock.
    #[cfg_attr(made_small, optimize(speed))]
    fn heir(&self, state: &[u32], facts: CommonFacts) -> Option<usize> {
        if !facts.queue {
            return None;
        }
        let process = self.process(state[0]);
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
    #[cfg_attr(made_small, optimize(speed))]
    fn act(&mut self, state: &mut [u32], place: usize) -> Result<(), usize> {
        let (common, own) = (state[0], state[HEAD + place]);
        if let Some(trace) = &mut self.trace {
            trace.push((place, common, own));
        }
        // What depends on nothing is learned in the first shared part that comes along.
        let depends = match self.own_facts[own as usize].reach {
            Reach::Nothing => u32::MAX - 1,
            Reach::All => common,
        };
        let effect = match self.effects.get(depends, own) {
            Some(effect) if depends != common => Effect { common, ..effect },
            Some(effect) => effect,
            None => {
                let effect = match self.owns[own].0 {
                    ANONYMOUS => self.anonymous_effect(common, own),
                    SITUATION => self.situation_effect(common, own),
                    _ => self.effect(common, own),
                };
                let is_small = effect.common == common && effect.names == 0;
                if depends != common && !is_small {
                    self.own_facts[own as usize].reach = Reach::All;
                    self.effects.insert(common, own, effect);
                } else {
                    self.effects.insert(depends, own, effect);
                }
                effect
            }
        };
        if effect.own == NOBODY {
            return Err(place);
        }
        self.put(state, place, effect);
        Ok(())
    }

    /// What a session does whoever it is; to nobody, if that is not the same for all.
    #[cfg_attr(made_small, optimize(speed))]
    fn anonymous_effect(&mut self, common: u32, own: u32) -> Effect {
        let mut members = self.members[self.owns[own].1].to_vec();
        let mut all: Option<Effect> = None;
        for member in members.iter_mut().filter(|member| **member != NOBODY) {
            let effect = match self.effects.get(common, *member) {
                Some(effect) => effect,
                None => {
                    let effect = self.effect(common, *member);
                    self.effects.insert(common, *member, effect);
                    effect
                }
            };
            *member = effect.own;
            let first = all.get_or_insert(effect);
            if (first.common, first.names, first.committed)
                != (effect.common, effect.names, effect.committed)
                || effect.committed >= FIRST_TOLD
            {
                return Effect {
                    own: NOBODY,
                    ..effect
                };
            }
        }
        let own = self.anonymous(&members).unwrap_or(NOBODY);
        Effect {
            own,
            ..all.unwrap_or_default()
        }
    }

    /// What a session does, from what was learned of it or is now.
    #[cfg_attr(made_small, optimize(speed))]
    fn effect(&mut self, common: u32, own: u32) -> Effect {
        let nothing = Effect {
            common,
            own,
            ..Effect::default()
        };
        let (marked_common, marked_own) = (self.commons[common].0, self.owns[own].0);
        let Some(learned) = self.learned_move(marked_common, marked_own) else {
            self.escaped = true;
            return nothing;
        };
        let it = std::mem::replace(&mut self.learned[learned as usize], Learned::none());
        let mut committed = it.committed.0;
        if committed >= FIRST_TOLD {
            let mut answers = self.marked_told[committed - FIRST_TOLD].clone();
            if let Some(values) = self.values_of(&it.committed.1, common, own) {
                let mut values = self.values[values].iter();
                self.carried.each_of_answers(&mut answers, &mut |value| {
                    *value = values.next().copied().unwrap_or_default();
                });
            }
            let outcome = Outcome::Committed;
            committed = match &mut self.orders {
                Some(orders) => FIRST_TOLD + orders.told(Told { answers, outcome }),
                None => DEAF,
            };
        }
        let effect = Effect {
            common: self.common(it.common.0, &it.common.1, common, own),
            own: self.own(it.own.0, &it.own.1, common, own),
            names: it.names,
            committed,
        };
        self.learned[learned as usize] = it;
        if self.escaped { nothing } else { effect }
    }

    /// The place in what was learned of a move, all with marks; `None`: there are too many values.
    #[cfg_attr(made_small, optimize(speed))]
    fn learned_move(&mut self, common: u32, own: u32) -> Option<u32> {
        if let Some(learned) = self.learned_of.get(common, own) {
            return Some(learned);
        }
        let effect = self.learn(common, own)?;
        self.born(Birth::Move(common, own), effect.own.1.len());
        let learned = self.learned.len() as u32;
        self.learned.push(effect);
        self.learned_of.insert(common, own, learned);
        Some(learned)
    }

    /// The number of the list of values that come from these sources, in a shared and an own part.
    #[cfg_attr(made_small, optimize(speed))]
    fn values_of(&mut self, sources: &[Source], common: u32, own: u32) -> Option<u32> {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        if !sources.is_empty() {
            let shared = &self.values[self.commons[common].1];
            let own = &self.values[self.owns[own].1];
            for source in sources {
                match source.value(shared, own) {
                    Some(value) => scratch.push(value),
                    None => self.escaped = true,
                }
            }
        }
        let number = (!self.escaped).then(|| self.values.number_of(&scratch));
        self.scratch = scratch;
        number
    }

    /// Puts an effect in.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
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

    #[cfg_attr(made_small, optimize(speed))]
    fn rename(&mut self, own: u32, names: u32) -> u32 {
        let (marked, values) = self.owns[own];
        if marked == ANONYMOUS {
            let mut members = self.members[values].to_vec();
            for member in members.iter_mut().filter(|member| **member != NOBODY) {
                *member = match self.renamed.get(*member, names) {
                    Some(renamed) => renamed,
                    None => self.rename(*member, names),
                };
            }
            let number = self.anonymous(&members).unwrap_or(own);
            self.renamed.insert(own, names, number);
            return number;
        }
        let number = match marked {
            SITUATION => self.situation_renamed(own, names),
            _ => {
                let renamed = self.rename_marked(marked, names);
                self.own_with(renamed, values)
            }
        };
        self.renamed.insert(own, names, number);
        number
    }

    /// An own part with marks under new names.
    fn rename_marked(&mut self, marked: u32, names: u32) -> u32 {
        if let Some(renamed) = self.marked_renamed.get(marked, names) {
            return renamed;
        }
        let mut renamed = self.marked_owns[marked].clone();
        let by = &self.names[names];
        by.apply(&mut renamed.backend);
        renamed.actor = renamed.actor.and_then(|actor| by.actor(actor));
        let renamed = self.marked_own(renamed);
        self.born(
            Birth::Renamed(marked, names),
            self.births[marked as usize].1,
        );
        self.marked_renamed.insert(marked, names, renamed);
        renamed
    }

    /// Asks the engine.
    fn learn(&mut self, common: u32, own: u32) -> Option<Learned> {
        let (here, me) = (&self.marked_commons[common], &self.marked_owns[own]);
        let class = me.class;
        let session = SessionId(self.lanes.classes[class][0]);
        let whole = self.whole(here);
        let actor = SessionId(me.actor.unwrap_or(whole.actors()));
        let swap = |other: SessionId| match other {
            it if it == actor => session,
            it if it == session => actor,
            it => it,
        };
        let mut process = here.process.clone();
        process.rename(&swap);
        let cause = if whole.is_woken() {
            Cause::Woken
        } else if let (Some((at, _)), true) = (whole.next_timer(), me.client.is_waiting()) {
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
        let (db, known) = whole.join(me.actor, &me.backend, session.0);
        let stage = Stage {
            db,
            process,
            client: me.client.clone(),
            open,
        };
        let played = play(&self.plan, session, cause, stage);
        let commits = |it: &Transaction| matches!(it.outcome, Outcome::Open | Outcome::Committed);
        if self.foresees && !played.transactions.iter().all(commits) {
            self.refuted = self.foresaw;
            self.foresees = self.foresaw;
        }
        let mut memory = me.memory.clone();
        let before = here.actors.clone();
        let lanes = &self.lanes;
        memory.note(
            played.events.iter(),
            &played.transactions,
            was_open,
            &|step| lanes.place(session, step),
        );
        let mut committed = NOTHING;
        let mut told: Vec<Source> = Vec::new();
        if self.orders.is_some() {
            committed = match memory.strike_out() {
                None => NOTHING,
                Some(None) => DEAF,
                Some(Some(mut answers)) => {
                    let mut sources: Vec<Option<Source>> = Vec::new();
                    self.carried.each_of_answers(&mut answers, &mut |value| {
                        sources.push(Source::of(*value));
                        *value = 0;
                    });
                    told = sources.into_iter().collect::<Option<_>>()?;
                    FIRST_TOLD + self.marked_told.number(answers).0
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
        let (shared, backend, names) = known.apart(
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
        let common = Common {
            shared,
            actors: Box::default(),
            process,
            marks,
            last,
        };
        let (common, shared_sources) = self.mark_common(common, &before, &Source::of)?;
        Some(Learned {
            common: (common, shared_sources),
            own: self.mark_own(own, &Source::of)?,
            names,
            committed: (committed, told.into()),
        })
    }

    /// Puts marks into a shared part: its number, and where its values come from. `None`: there are too many. `before`: actors that
    /// may be in it still.
    #[cfg_attr(made_small, optimize(speed))]
    fn mark_common(
        &mut self,
        mut common: Common,
        before: &[u32],
        source: &dyn Fn(i64) -> Option<Source>,
    ) -> Option<(u32, Box<[Source]>)> {
        let mut sources: Vec<Source> = Vec::new();
        let mut all_there = true;
        if !self.carried.is_empty() {
            let columns = &self.carried.columns;
            common.shared.each_row(&mut |table, row| {
                let columns = columns.get(table).map_or(&[][..], Vec::as_slice);
                carried::each_of_row(row, columns, &mut |value| match (
                    source(*value),
                    carried::shared_mark(sources.len()),
                ) {
                    (Some(source), Some(mark)) => {
                        sources.push(source);
                        *value = mark;
                    }
                    _ => all_there = false,
                });
            });
        }
        if !all_there {
            return None;
        }
        let actor = |actor: Option<usize>| actor.map_or(NO_ACTOR, |actor| actor as u8);
        let facts = CommonFacts {
            woken: actor(common.shared.woken()),
            timer: actor(common.shared.next_timer().map(|(_, actor)| actor)),
            queue: common.process.waiters().next().is_some(),
        };
        // Most are as they were.
        let mut before = before.iter().copied();
        let actors = common.shared.take_actors().into_iter();
        let actors = actors.map(|actor| match before.next() {
            Some(number) if self.actors[number] == actor => number,
            _ => self.actors.number(actor).0,
        });
        common.actors = actors.collect();
        let (number, new) = self.marked_commons.number(common);
        if new {
            let it = &self.marked_commons[number];
            self.marked_facts.push(facts);
            self.common_slots.push(sources.len());
            let lists = 4 * it.actors.len() + 60 * it.marks.len();
            self.part_bytes += it.shared.bytes() + 100 + lists;
        }
        Some((number, sources.into()))
    }

    /// The same for an own part.
    #[cfg_attr(made_small, optimize(speed))]
    fn mark_own(
        &mut self,
        mut own: Own,
        source: &dyn Fn(i64) -> Option<Source>,
    ) -> Option<(u32, Box<[Source]>)> {
        let sources = self
            .carried
            .mark_own(&mut own.client, &mut own.memory, source)?;
        Some((self.marked_own(own), sources.into()))
    }

    fn marked_own(&mut self, own: Own) -> u32 {
        let pending = own.client.is_waiting();
        let (number, new) = self.marked_owns.number(own);
        if new {
            // A statement under way is there three times over, and planned.
            self.part_bytes += size_of::<Own>() + if pending { 6000 } else { 1500 };
        }
        number
    }

    /// A shared part with the values that come from these sources in a shared and an own part.
    fn common(&mut self, marked: u32, sources: &[Source], common: u32, own: u32) -> u32 {
        match self.values_of(sources, common, own) {
            Some(values) => self.common_with(marked, values),
            None => common,
        }
    }

    #[cfg_attr(made_small, optimize(speed))]
    fn common_with(&mut self, marked: u32, values: u32) -> u32 {
        let (number, new) = self.commons.number((marked, values));
        if new {
            let facts = self.marked_facts[marked as usize];
            self.common_facts.push(facts);
            self.common_tables.push(None);
        }
        number
    }

    /// An own part with the values that come from these sources in a shared and an own part.
    fn own(&mut self, marked: u32, sources: &[Source], common: u32, own: u32) -> u32 {
        match self.values_of(sources, common, own) {
            Some(values) => self.own_with(marked, values),
            None => own,
        }
    }

    #[cfg_attr(made_small, optimize(speed))]
    fn own_with(&mut self, marked: u32, values: u32) -> u32 {
        let (number, new) = self.owns.number((marked, values));
        if new {
            let memory = &self.marked_owns[marked].memory;
            let memory = self.carried.memory(memory, &self.values[values]);
            let facts = self.facts(marked, memory);
            self.own_facts.push(facts);
        }
        number
    }

    /// What is looked up of an own part with marks, with this memory.
    #[cfg_attr(made_small, optimize(speed))]
    fn facts(&mut self, marked: u32, memory: Memory) -> OwnFacts {
        let it = &self.marked_owns[marked];
        let pending = it.client.is_waiting();
        let reach = if it.actor.is_some() || pending {
            Reach::All
        } else {
            self.lanes.reach(
                self.plan.as_ref(),
                &it.client,
                it.backend.transaction.is_some(),
            )
        };
        OwnFacts {
            reach,
            actor: it.actor.map_or(NO_ACTOR, |actor| actor as u8),
            due: it.client.due(&self.plan).is_some(),
            pending,
            beginning: match (&mut self.orders, &memory.open) {
                (Some(orders), Some(open)) if !open.deaf => {
                    1 + orders.beginning(it.class, open.answers.clone())
                }
                _ => 0,
            },
            left: it.client.left() as u32,
            anonymous: false,
            deaf: memory.open.as_ref().is_some_and(|open| open.deaf),
            memory: self.memories.number(memory).0,
        }
    }

    /// What is remembered of the session at a place, and whether it waits.
    pub fn memory(&self, state: &[u32], place: usize) -> (u32, bool) {
        let facts = self.own_facts[state[HEAD + place] as usize];
        let process = self.process(state[0]);
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
        let content = tables(self.shared(state[0]).database());
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
        let end = self.marked_commons[self.commons[state[0]].0].last;
        let places = 0..self.class_of.len();
        let waits = places.map(|place| {
            let (memory, _) = self.memory(state, place);
            self.memories[memory].longest_wait(end)
        });
        waits.max().unwrap_or(0)
    }

    /// Whether a write was dropped that was newer than what was stored.
    pub fn newer_dropped(&self, state: &[u32]) -> bool {
        dropped::newer_dropped(&self.marked_commons[self.commons[state[0]].0].marks)
    }

    /// Whether the outcome of a state that is an end is serial; `None`: that is to be found out from what everybody was told.
    pub fn is_serial(&mut self, state: &[u32], tables: u32) -> Option<bool> {
        let orders = self.orders.as_ref()?;
        Some(orders.is_serial(&mut self.serial, state[1], &self.tables[tables]))
    }

    /// The server of a state, for questions about its committed tables.
    pub fn database(&self, state: &[u32]) -> crate::db::Database {
        self.shared(state[0]).database().clone()
    }

    /// A shared part with the sessions that it knows of.
    fn whole(&self, common: &Common) -> Shared {
        let actors = common.actors.iter().map(|actor| &self.actors[*actor]);
        common.shared.with_actors(actors)
    }

    /// The server of a shared part, with its values in the place of marks.
    fn shared(&self, common: u32) -> Shared {
        let (marked, values) = self.commons[common];
        let mut shared = self.whole(&self.marked_commons[marked]);
        let mut values = self.values[values].iter();
        if !self.carried.is_empty() {
            shared.each_row(&mut |table, row| {
                let columns = self.carried.columns.get(table);
                let columns = columns.map_or(&[][..], Vec::as_slice);
                carried::each_of_row(row, columns, &mut |value| {
                    *value = values.next().copied().unwrap_or_default();
                });
            });
        }
        shared
    }

    /// The sessions and their steps.
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// How much memory the parts and moves take, in bytes, roughly.
    pub fn bytes(&self) -> usize {
        self.part_bytes
            + Actor::BYTES * self.actors.len()
            + 48 * (self.effects.len() + self.renamed.len() + self.marked_renamed.len())
            + 64 * (self.commons.len() + self.owns.len() + self.values.len())
            + 300 * self.learned.len()
            + (100 + 4 * self.alike.len()) * self.members.len()
            + 48 * (self.without.len() + self.listening.len() + self.situations.len())
            + 200 * self.shifts.len()
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
            let left = u64::from(self.own_facts[state[HEAD + place] as usize].left);
            for number in 1..=left {
                placed += 1;
                // The product of these fractions is a whole number at every turn.
                most.scale(placed, number);
            }
        }
        Some(most)
    }
}
