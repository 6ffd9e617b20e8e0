//! The walk over all states, level by level.
//!
//! A level holds the states that can be reached in so many moves, each once, with the number of ways that lead there: exactly
//! the number of beginnings of schedules that end in it. A move leads from one level to the next and hands the number on;
//! where ways meet, numbers are added. A state without a move is an end, and its number is how many schedules end so.
//! Two levels are alive at a time; of the others it is kept from where each state was first reached.
//!
//! ```text
//!   level 0        level 1      level 2
//!   (begin) 1 --A--> 1 --A--> 1
//!           `--B--> 1 --B--> ... A then B and B then A meet: 2
//! ```
//!
//! Where several sessions that do the same are in the same situation, one of them stands for all: the way through it counts
//! as often as there are of them.
//!
//! Sessions that do the same but for a number in what they send are *anonymous* until that number matters to anybody else. Before
//! that, whatever one of them does, each of the others could do in its place, so every way of saying who is who is reached
//! by as many ways; that one number is what a state with anonymous sessions has:
//!
//! ```text
//!   A: -1  B: -2  C: -3        one has read 10, two wait for the row: 3 states that are one
//! ```
//!
//! When the number of one must be known, the state is taken apart: into one in which it is A, one in which it is B, and so on.

use super::count::{Count, add_to};
use super::explorer::{Limits, Status};
use super::lost::{Lost, Witness};
use super::orders::NONE;
use super::pool::{Pool, mix};
use super::world::{HEAD, World};

/// A level.
struct Level {
    /// The states, one after the other.
    states: Vec<u32>,
    /// The number of ways into each, so many limbs a state.
    counts: Vec<u64>,
    /// How likely each is when everybody who has a move is equally likely to be next.
    likely: Vec<f64>,
    /// From where each was first reached.
    from: Vec<Origin>,
    /// Numbers of states by hash; a power of two of places.
    places: Vec<u32>,
}

const EMPTY: u32 = u32::MAX;

/// From where a state was first reached.
#[derive(Clone, Copy)]
struct Origin {
    /// The number of the state in the level before.
    state: u32,
    /// The number of the list of who turned out to be who, times 64, and the place of who moved then.
    how: u32,
}
const PLACES: u32 = 64;

/// Who turned out to be who: places with numbers in `World::alike`.
type Known = Vec<(u8, u8)>;

impl Level {
    fn new() -> Self {
        Self {
            states: Vec::new(),
            counts: Vec::new(),
            likely: Vec::new(),
            from: Vec::new(),
            places: vec![EMPTY; 64],
        }
    }

    fn len(&self) -> usize {
        self.likely.len()
    }

    fn clear(&mut self) {
        self.states.clear();
        self.counts.clear();
        self.likely.clear();
        self.from.clear();
        self.places.fill(EMPTY);
    }
}

#[inline]
#[cfg_attr(made_small, optimize(speed))]
fn hash(state: &[u32]) -> u64 {
    let pairs = state.chunks(2);
    pairs.fold(0x2545_F491_4F6C_DD1D, |hash, pair| {
        let high = pair.get(1).copied().unwrap_or(0);
        mix(hash, u64::from(pair[0]) << 32 | u64::from(high))
    })
}

/// A way in which schedules end.
pub(super) struct End {
    /// How many do.
    pub limbs: Vec<u64>,
    /// How likely it is.
    pub likely: f64,
    /// How one is reached by the fewest moves.
    pub first: First,
    /// That state, or as much of it as is known where it is one of many: its tables.
    pub state: Box<[u32]>,
}

impl First {
    /// By how many moves it is reached first, and which of those that are reached by as many it is.
    pub fn reached(&self) -> (u32, u32) {
        match self {
            Self::State(level, number, _) => (*level, *number),
            Self::Lost(moves, _) => (*moves, u32::MAX),
        }
    }
}

/// How an end is reached by the fewest moves.
pub(super) enum First {
    /// As a state: its level, its number there, and who turned out to be who in it.
    State(u32, u32, Known),
    /// By a schedule that was lost before.
    Lost(u32, Witness),
}

/// What tells ends apart: the tables, whether the outcome is serial if that is known, whether a
/// newer write was dropped, the longest wait if somebody asks, and for each place of a state what is remembered of the session and whether it waits,
/// in order within each class.
pub(super) type EndKey = (u32, Option<bool>, bool, u64, Box<[(u32, bool)]>);

/// The walk.
pub(super) struct Walk {
    pub world: World,
    width: usize,
    limbs: usize,
    level: Level,
    next: Level,
    /// How far the level has been gone through.
    at: usize,
    /// How much memory is taken by where states of older levels were first reached, in bytes.
    older: usize,
    /// From where each state of each level was first reached.
    from: Vec<Vec<Origin>>,
    /// Lists of who turned out to be who.
    known: Pool<Known>,
    /// Ends, by number of their key.
    pub keys: Pool<EndKey>,
    pub ends: Vec<End>,
    /// Whether lost schedules are counted from their ends. Where all sessions do the same there are few values, and it does not pay.
    has_lost: bool,
    /// Schedules of which it is certain that no order gives what they come to.
    lost: Lost,
    /// Whether what these come to is among the ends.
    all_arrived: bool,
    /// How many states were met.
    pub states: u64,
    pub start: Vec<u32>,
    scratch: Vec<u32>,
    here: Vec<u32>,
}

impl Walk {
    pub fn new(world: World, start: Vec<u32>) -> Self {
        let mut level = Level::new();
        level.states.extend(&start);
        level.counts.push(1);
        level.likely.push(1.0);
        level.from.push(Origin { state: 0, how: 0 });
        let mut known = Pool::new();
        known.number(Known::new());
        Self {
            has_lost: world.foresees && world.places.len() > 1,
            lost: Lost::new(&world),
            all_arrived: false,
            width: start.len(),
            limbs: 1,
            level,
            next: Level::new(),
            at: 0,
            older: 0,
            from: Vec::new(),
            known,
            keys: Pool::new(),
            ends: Vec::new(),
            states: 1,
            scratch: start.clone(),
            here: Vec::new(),
            start,
            world,
        }
    }

    /// Goes through so many states, to the end, or to a limit.
    pub fn advance(&mut self, mut budget: usize, limits: &Limits) -> Status {
        while budget > 0 {
            let is_time = budget.is_multiple_of(64);
            if is_time && (self.met() >= limits.states || self.memory() >= limits.memory) {
                return Status::Stopped;
            }
            if self.at == self.level.len() {
                let level = self.from.len();
                if self.lost.expand(&mut self.world, level) {
                    if self.world.escaped || self.world.refuted {
                        return Status::Running;
                    }
                    budget -= 1;
                    continue;
                }
                if self.next.len() == 0 && !self.lost.reaches(level + 1) {
                    return match self.settle(&mut budget) {
                        true => Status::Finished,
                        false => Status::Running,
                    };
                }
                self.older += 8 * self.level.from.len();
                self.from.push(std::mem::take(&mut self.level.from));
                std::mem::swap(&mut self.level, &mut self.next);
                self.next.clear();
                self.at = 0;
                self.states += self.level.len() as u64;
                // Where only lost schedules are left a level is empty.
                continue;
            }
            self.expand(self.at);
            if self.world.escaped || self.world.refuted {
                return Status::Running;
            }
            self.at += 1;
            budget -= 1;
        }
        Status::Running
    }

    /// How many states were met, those of the level in the making included.
    pub fn met(&self) -> u64 {
        self.states + (self.next.len() + self.lost.met()) as u64
    }

    /// Works out what lost schedules come to, as far as they were followed; whether that is done.
    #[cfg_attr(made_small, optimize(speed))]
    pub fn settle(&mut self, budget: &mut usize) -> bool {
        if self.all_arrived {
            return true;
        }
        if !self.lost.settle(&mut self.world, budget) {
            return false;
        }
        self.all_arrived = true;
        for arrival in self.lost.arrivals(&mut self.world) {
            let state = [arrival.common, NONE];
            let tables = self.world.tables(&state);
            let key = (tables, Some(false), false, 0, arrival.sessions);
            let first = First::Lost(arrival.moves, arrival.witness);
            self.add_to_end(key, first, &state, &arrival.count, arrival.likely);
        }
        true
    }

    /// So many schedules, and so likely, end in this state. It is the first of its end unless there is one that is reached by fewer moves.
    fn add_to_end(&mut self, key: EndKey, first: First, state: &[u32], count: &Count, likely: f64) {
        let (number, new) = self.keys.number(key);
        if new {
            self.ends.push(End {
                limbs: Vec::new(),
                likely: 0.0,
                first,
                state: state.into(),
            });
        } else if first.reached().0 < self.ends[number as usize].first.reached().0 {
            self.ends[number as usize].first = first;
        }
        let end = &mut self.ends[number as usize];
        end.likely += likely;
        let mut sum = Count::from_limbs(&end.limbs);
        sum.add(count);
        end.limbs = sum.into_limbs();
    }

    /// The moves of one state.
    #[cfg_attr(made_small, optimize(speed))]
    fn expand(&mut self, at: usize) {
        let places = self.width - HEAD;
        let state = at * self.width..(at + 1) * self.width;
        if self.has_lost && self.world.foresees && self.level.states[state.start + 1] == NONE {
            return self.enter(at);
        }
        let mut movable = 0u32;
        for place in 0..places {
            movable += u32::from(
                self.world
                    .has_move(&self.level.states[state.clone()], place),
            );
        }
        let mut here = std::mem::take(&mut self.here);
        here.clear();
        here.extend_from_slice(&self.level.states[state]);
        let total = self.assignments(&here);
        if movable == 0 {
            self.end(at, here.clone(), total, &mut Known::new());
        } else {
            self.move_on(at, &here, total, movable);
        }
        self.here = here;
    }

    /// A state is lost: only its situation is followed from here on.
    fn enter(&mut self, at: usize) {
        self.world.foresaw = true;
        let state = self.level.states[at * self.width..(at + 1) * self.width].to_vec();
        let total = self.assignments(&state);
        let ways = self.ways(&self.level, at, total);
        let likely = self.level.likely[at] * total as f64;
        let number = (self.from.len() as u32, at as u32);
        let entered = self
            .lost
            .enter(&mut self.world, &state, number, ways, likely);
        self.world.refuted |= entered.is_none();
    }

    /// The moves of a state, in so many ways of saying who is who.
    #[cfg_attr(made_small, optimize(speed))]
    fn move_on(&mut self, at: usize, state: &[u32], total: u64, movable: u32) {
        let places = self.width - HEAD;
        let share = self.level.likely[at] / f64::from(movable);
        let mut place = 0;
        while place < places {
            let class = self.world.places[self.world.class_of[place]].clone();
            let own = state[HEAD + place];
            let mut twins = 1;
            if self.world.is_anonymous(state, place) {
                twins = self.twins(state, place);
                let first = self.world.alike.iter().find(|at| state[HEAD + **at] == own);
                if first != Some(&place) {
                    place += 1;
                    continue;
                }
            } else {
                // Twins stand side by side.
                while place + twins < class.end && state[HEAD + place + twins] == own {
                    twins += 1;
                }
            }
            if self.world.has_move(state, place) {
                let weight = (total, twins as u64);
                self.go(at, state, place, weight, share, &mut Known::new());
            }
            place += match self.world.is_anonymous(state, place) {
                true => 1,
                false => twins,
            };
        }
    }

    /// How many anonymous sessions are in the situation of the one at a place.
    fn twins(&self, state: &[u32], place: usize) -> usize {
        let alike = self.world.alike.iter();
        alike
            .filter(|at| state[HEAD + **at] == state[HEAD + place])
            .count()
    }

    /// In how many ways it can be said who the anonymous sessions of a state are.
    #[cfg_attr(made_small, optimize(speed))]
    fn assignments(&self, state: &[u32]) -> u64 {
        let (mut ways, mut placed) = (1, 0);
        let mut run: (u32, u64) = (EMPTY, 0);
        for place in &self.world.alike {
            if self.world.is_anonymous(state, *place) {
                // They stand in order.
                let own = state[HEAD + place];
                run = (own, if own == run.0 { run.1 + 1 } else { 1 });
                placed += 1;
                ways = ways * placed / run.1;
            }
        }
        ways
    }

    /// The session at a place of a state moves, in so many ways of saying who is who, and as often in each. `known`: what has
    /// turned out of that.
    #[cfg_attr(made_small, optimize(speed))]
    fn go(
        &mut self,
        at: usize,
        state: &[u32],
        place: usize,
        (total, twins): (u64, u64),
        share: f64,
        known: &mut Known,
    ) {
        self.scratch.copy_from_slice(state);
        let Err(unknown) = self.world.go(&mut self.scratch, place) else {
            self.sort();
            let times = total * twins / self.assignments(&self.scratch);
            let list = match known.is_empty() {
                true => 0,
                false => self.known.number(known.clone()).0,
            };
            return self.reach(at, list * PLACES + place as u32, times, share);
        };
        let members = self.unknown(state);
        let whole = members.len() as u64;
        if unknown == place || self.twins(state, unknown) == 1 {
            // Somebody is the one in question.
            let ways = total * self.twins(state, unknown) as u64 / whole;
            for member in members {
                let mut next = state.to_vec();
                let moved = self.world.reveal(&mut next, unknown, member);
                known.push((unknown as u8, member as u8));
                let twins = if unknown == place { 1 } else { twins };
                let place = moved_to(&moved, place);
                self.go(at, &next, place, (ways, twins), share, known);
                known.pop();
            }
            return;
        }
        // The first is one of them.
        for other in self.situations(state) {
            let there = self.twins(state, other) as u64;
            let ways = total * there / whole;
            let mut next = state.to_vec();
            let moved = self.world.reveal(&mut next, other, members[0]);
            known.push((other as u8, members[0] as u8));
            let is_mover = state[HEAD + other] == state[HEAD + place];
            if is_mover {
                let first = moved_to(&moved, other);
                self.go(at, &next, first, (ways, 1), share, known);
            }
            if !is_mover || there > 1 {
                let same = |at: &&usize| **at != other && state[HEAD + **at] == state[HEAD + place];
                let mover = self.world.alike.iter().find(same);
                let mover = moved_to(&moved, mover.copied().unwrap_or(place));
                let twins = if is_mover { there - 1 } else { twins };
                self.go(at, &next, mover, (ways, twins), share, known);
            }
            known.pop();
        }
    }

    /// The numbers in `World::alike` of those who are not known yet.
    fn unknown(&self, state: &[u32]) -> Vec<usize> {
        let alike = self.world.alike.iter().enumerate();
        alike
            .filter(|(_, place)| self.world.is_anonymous(state, **place))
            .map(|(member, _)| member)
            .collect()
    }

    /// A place for each situation in which anonymous sessions are.
    fn situations(&self, state: &[u32]) -> Vec<usize> {
        let mut places: Vec<usize> = Vec::new();
        for place in &self.world.alike {
            let is_new = places
                .iter()
                .all(|other| state[HEAD + other] != state[HEAD + place]);
            if is_new && self.world.is_anonymous(state, *place) {
                places.push(*place);
            }
        }
        places
    }

    /// Brings the sessions of each class in the scratch into order.
    #[cfg_attr(made_small, optimize(speed))]
    fn sort(&mut self) {
        for class in &self.world.places {
            if class.len() > 1 {
                bring_in_order(&mut self.scratch[HEAD + class.start..HEAD + class.end]);
            }
        }
        if self.world.alike.is_empty() {
            return;
        }
        // A handful.
        let mut last: Vec<usize> = Vec::new();
        for place in &self.world.alike {
            if !self.world.is_anonymous(&self.scratch, *place) {
                continue;
            }
            last.push(*place);
            for at in (1..last.len()).rev() {
                let (one, two) = (HEAD + last[at - 1], HEAD + last[at]);
                if self.scratch[one] <= self.scratch[two] {
                    break;
                }
                self.scratch.swap(one, two);
            }
        }
    }

    /// The scratch is reached from a state of the level.
    #[cfg_attr(made_small, optimize(speed))]
    fn reach(&mut self, at: usize, how: u32, twins: u64, share: f64) {
        let (width, limbs) = (self.width, self.limbs);
        let next = &mut self.next;
        let mask = next.places.len() - 1;
        let mut slot = hash(&self.scratch) as usize & mask;
        let number = loop {
            let number = next.places[slot];
            if number == EMPTY {
                break None;
            }
            let place = number as usize * width;
            if next.states[place..place + width] == self.scratch[..] {
                break Some(number as usize);
            }
            slot = (slot + 1) & mask;
        };
        let number = match number {
            Some(number) => number,
            None => {
                let number = next.len();
                next.places[slot] = number as u32;
                next.states.extend(&self.scratch);
                next.counts.resize(next.counts.len() + limbs, 0);
                next.likely.push(0.0);
                let state = at as u32;
                next.from.push(Origin { state, how });
                if next.len() * 2 > next.places.len() {
                    let size = next.places.len() * 2;
                    next.places.clear();
                    next.places.resize(size, EMPTY);
                    for (number, state) in next.states.chunks(width).enumerate() {
                        let mut slot = hash(state) as usize & (size - 1);
                        while next.places[slot] != EMPTY {
                            slot = (slot + 1) & (size - 1);
                        }
                        next.places[slot] = number as u32;
                    }
                }
                number
            }
        };
        next.likely[number] += share * twins as f64;
        let ways = &self.level.counts[at * limbs..(at + 1) * limbs];
        let sum = &mut next.counts[number * limbs..(number + 1) * limbs];
        let before: Vec<u64>;
        if limbs == 1 {
            let (product, over) = ways[0].overflowing_mul(twins);
            let (total, more) = sum[0].overflowing_add(product);
            if !over && !more {
                sum[0] = total;
                return;
            }
            before = vec![sum[0]];
        } else {
            before = sum.to_vec();
            if add_to(sum, ways, twins) == 0 {
                return;
            }
        }
        // It does not fit: all numbers get one limb more.
        sum.copy_from_slice(&before);
        widen(&mut self.level.counts, limbs);
        widen(&mut self.next.counts, limbs);
        self.limbs += 1;
        let limbs = self.limbs;
        let ways = &self.level.counts[at * limbs..(at + 1) * limbs];
        add_to(
            &mut self.next.counts[number * limbs..(number + 1) * limbs],
            ways,
            twins,
        );
    }

    /// A state of the level is an end, in so many ways of saying who is who.
    fn end(&mut self, at: usize, state: Vec<u32>, total: u64, known: &mut Known) {
        let members = self.unknown(&state);
        if let Some(member) = members.first() {
            for place in self.situations(&state) {
                let ways = total * self.twins(&state, place) as u64 / members.len() as u64;
                let mut next = state.clone();
                self.world.reveal(&mut next, place, *member);
                known.push((place as u8, *member as u8));
                self.end(at, next, ways, known);
                known.pop();
            }
            return;
        }
        let state = &state[..];
        let tables = self.world.tables(state);
        let mut sessions: Vec<(u32, bool)> = (0..self.width - HEAD)
            .map(|place| self.world.memory(state, place))
            .collect();
        for class in &self.world.places {
            sessions[class.clone()].sort_unstable();
        }
        let serial = self.world.is_serial(state, tables);
        let dropped = self.world.newer_dropped(state);
        let longest = self.world.longest_wait(state);
        let key = (tables, serial, dropped, longest, sessions.into());
        let likely = self.level.likely[at] * total as f64;
        let ways = self.ways(&self.level, at, total);
        let first = First::State(self.from.len() as u32, at as u32, known.clone());
        self.add_to_end(key, first, state, &ways, likely);
    }

    /// The number of ways into a state of a level, for so many ways of saying who is who.
    fn ways(&self, level: &Level, at: usize, total: u64) -> Count {
        let mut ways = Count::from_limbs(&level.counts[at * self.limbs..(at + 1) * self.limbs]);
        ways.scale(total, 1);
        ways
    }

    /// How many moves lead to the states of the level that is gone through.
    pub fn moves(&self) -> usize {
        self.from.len()
    }

    /// How much memory it takes, in bytes, roughly.
    pub fn memory(&self) -> usize {
        let level = |level: &Level| {
            4 * (level.states.capacity() + level.places.capacity())
                + 8 * (level.counts.capacity() + level.likely.capacity() + level.from.capacity())
        };
        level(&self.level)
            + level(&self.next)
            + self.older
            + self.lost.bytes()
            + self.world.bytes()
            + 200 * self.ends.len()
    }

    /// There are at most so many schedules, of which so many are counted; `None` where there is no telling.
    pub fn at_most(&self, counted: &Count) -> Option<Count> {
        let mut sum = counted.clone();
        let rest = |level: &Level, from: usize, sum: &mut Count| {
            for at in from..level.len() {
                let state = &level.states[at * self.width..(at + 1) * self.width];
                let ways = self.ways(level, at, self.assignments(state));
                sum.add(&self.world.most_ways(state, ways)?);
            }
            Some(())
        };
        rest(&self.level, self.at, &mut sum)?;
        rest(&self.next, 0, &mut sum)?;
        self.lost.at_most(&self.world, &mut sum)?;
        Some(sum)
    }

    /// The sessions that move on a shortest way to an end, in their order.
    pub fn schedule(&mut self, end: u32) -> Vec<usize> {
        let mut moves = Vec::new();
        let (level, mut number, at_end, lost) = match &self.ends[end as usize].first {
            First::State(level, number, known) => (*level, *number, known.clone(), None),
            First::Lost(_, witness) => {
                let trail = self.lost.trail(witness);
                (trail.state.0, trail.state.1, Known::new(), Some(trail))
            }
        };
        for level in (1..=level as usize).rev() {
            let from = match self.from.get(level) {
                Some(from) => from[number as usize],
                None => self.level.from[number as usize],
            };
            let known = self.known[from.how / PLACES].clone();
            moves.push((known, Some((from.how % PLACES) as usize)));
            number = from.state;
        }
        moves.reverse();
        moves.push((at_end, None));
        // Who is at a place changes when the sessions of a class are brought into order. An anonymous one has a number beyond
        // those of sessions until it turns out who it is.
        let mut who: Vec<usize> = self.world.lanes().classes.concat();
        let sessions = who.len();
        let alike = self.world.alike.clone();
        let named: Vec<usize> = alike.iter().map(|place| who[*place]).collect();
        for (number, place) in alike.iter().enumerate() {
            who[*place] = sessions + number;
        }
        let mut is: Vec<usize> = vec![0; alike.len()];
        let mut state = self.start.clone();
        let mut schedule = Vec::new();
        for (known, place) in moves {
            for (place, member) in known {
                let moved = self.world.reveal(&mut state, place.into(), member.into());
                let before = who.clone();
                for (from, to) in moved {
                    who[to] = before[from];
                    if !self.world.is_anonymous(&state, to)
                        && let Some(is) = is.get_mut(before[from].wrapping_sub(sessions))
                        && let Some(member) = alike.iter().position(|place| *place == to)
                    {
                        *is = named[member];
                        who[to] = named[member];
                    }
                }
            }
            let Some(place) = place else { break };
            schedule.push(who[place]);
            // It was found out before what must be known.
            if self.world.go(&mut state, place).is_err() {
                break;
            }
            let unknown = self.unknown(&state);
            let unknown: Vec<usize> = unknown.into_iter().map(|member| alike[member]).collect();
            let classes = self
                .world
                .places
                .iter()
                .map(|class| class.clone().collect());
            let sorted: Vec<Vec<usize>> = classes.chain([unknown]).collect();
            for places in sorted {
                let mut members: Vec<(u32, usize)> = places
                    .iter()
                    .map(|place| (state[HEAD + place], who[*place]))
                    .collect();
                members.sort_by_key(|(own, _)| *own);
                for (place, (own, session)) in places.into_iter().zip(members) {
                    (state[HEAD + place], who[place]) = (own, session);
                }
            }
        }
        if let Some(trail) = lost {
            for (place, member) in trail.members {
                if let Some(is) = is.get_mut(who[place].wrapping_sub(sessions)) {
                    *is = named[member];
                }
            }
            schedule.extend(trail.movers.iter().map(|place| who[*place]));
        }
        let name = |session: usize| is.get(session.wrapping_sub(sessions)).copied();
        schedule
            .into_iter()
            .map(|session| name(session).unwrap_or(session))
            .collect()
    }
}

/// Sorts numbers of which nearly all stand in order: one session has moved, and who waits has moved along.
#[cfg_attr(made_small, optimize(speed))]
fn bring_in_order(numbers: &mut [u32]) {
    for from in 1..numbers.len() {
        let number = numbers[from];
        let mut at = from;
        while at > 0 && numbers[at - 1] > number {
            numbers[at] = numbers[at - 1];
            at -= 1;
        }
        numbers[at] = number;
    }
}

/// Where somebody stands after others have moved.
fn moved_to(moved: &[(usize, usize)], place: usize) -> usize {
    let to = moved.iter().find(|(from, _)| *from == place);
    to.map_or(place, |(_, to)| *to)
}

/// Gives each number one limb more.
fn widen(counts: &mut Vec<u64>, limbs: usize) {
    let mut wider = Vec::with_capacity(counts.len() / limbs * (limbs + 1));
    for count in counts.chunks(limbs) {
        wider.extend(count);
        wider.push(0);
    }
    *counts = wider;
}
