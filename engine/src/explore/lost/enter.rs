//! Where the walk comes to lost states, and what becomes of these.
//!
//! A lost state is in a situation, and that has terms. With the state's own values in them they say which final values it leads to,
//! in how many schedules. Where a term adds what one takes of whom it is not known who it is, it may be any of those who are left, each as
//! often: the number is noted once, and divided by the number of choices when all has been added up.

use super::super::count::Count;
use super::super::pool::Pool;
use super::super::world::{HEAD, World};
use super::share::{Share, choose, orders};
use super::terms::{Role, Scratch, pull, shares_of, sort_roles, split, values_of};
use super::{Lost, sort_few};

/// In the place of the number of somebody among those that are alike: it is not known.
const UNKNOWN: u8 = u8::MAX;

/// A lost state that the walk has come to.
pub(super) struct Entry {
    /// The number of ways into it, all ways of saying who is who together, and how likely they are.
    pub ways: Count,
    likely: f64,
    /// By how many moves it is reached, and its number there.
    state: (u32, u32),
    /// For each place of the situation, the place in the state.
    places: Vec<usize>,
    /// The values, in the order of the situation.
    values: Vec<i64>,
    /// Who is at each place: the number among those that are alike.
    who: Vec<u8>,
    /// The same for places whose sessions have the same values and are the same.
    parts: Vec<usize>,
    /// Groups of the situation in which not all have the same values.
    split: Vec<Vec<usize>>,
    /// Those of whom it is not known where they are, as bits.
    unknown: u64,
}

/// What all lost schedules of one kind come to.
pub(in super::super) struct Arrival {
    /// The shared part.
    pub common: u32,
    /// How the sessions end, in order within each class.
    pub sessions: Box<[(u32, bool)]>,
    /// How many schedules come to it, and how likely they are.
    pub count: Count,
    pub likely: f64,
    /// The fewest moves.
    pub moves: u32,
    /// A schedule with as many.
    pub witness: Witness,
}

/// A lost schedule.
#[derive(Clone)]
pub(in super::super) struct Witness {
    level: u32,
    node: u32,
    entry: u32,
    term: u32,
    /// The roles by place.
    roles: Vec<u32>,
    /// For places of the situation of which it was not known who was there, who it is.
    members: Vec<(usize, usize)>,
}

/// How a lost schedule goes.
pub(in super::super) struct Trail {
    /// The state in which it is lost: by how many moves it is reached, and its number there.
    pub state: (u32, u32),
    /// Places of that state whose sessions turn out to be these of those that are alike.
    pub members: Vec<(usize, usize)>,
    /// The places there of those who move from then on, in their order.
    pub movers: Vec<usize>,
}

/// Sums by what they come to.
#[derive(Default)]
struct Sum {
    count: Count,
    likely: f64,
    moves: u32,
    witness: Option<Witness>,
}

/// What is known of where lost schedules come to.
pub(super) struct Arrivals {
    /// The layer and the node whose entries are being looked at.
    at: (usize, usize),
    /// By end, final values as far as they are known, who is unknown, and the roles that unknown ones have.
    keys: Pool<Box<[i64]>>,
    sums: Vec<Sum>,
}

impl Arrivals {
    pub fn new() -> Self {
        Self {
            at: (0, 0),
            keys: Pool::new(),
            sums: Vec::new(),
        }
    }

    pub fn bytes(&self) -> usize {
        300 * self.sums.len()
    }
}

impl Lost {
    /// The walk comes to a lost state by so many moves, where it has this number; in so many ways, and so likely. `None`: it has no
    /// situation.
    pub fn enter(
        &mut self,
        world: &mut World,
        state: &[u32],
        (level, number): (u32, u32),
        ways: Count,
        likely: f64,
    ) -> Option<()> {
        let mut situation = world.situation_of(state)?;
        let (node, places) = self.node(world, level as usize, &mut situation);
        let mut values = world.shared_values(state)?.to_vec();
        let mut who: Vec<u8> = vec![0; places.len()];
        let mut unknown = (1u128 << world.alike.len()) as u64;
        unknown = unknown.wrapping_sub(1);
        for (at, place) in places.iter().enumerate() {
            values.extend(world.own_values(state[HEAD + place])?);
            if let Some(member) = world.alike.iter().position(|alike| alike == place) {
                who[at] = UNKNOWN;
                if !world.is_anonymous(state, *place) {
                    who[at] = member as u8;
                    unknown &= !(1 << member);
                }
            }
        }
        let node = &mut self.layers[level as usize].nodes[node as usize];
        if values.len() != node.begin[places.len()] {
            return None;
        }
        let own = |at: usize| (who[at], &values[node.begin[at]..node.begin[at + 1]]);
        let part = |at: usize| (0..at).find(|other| own(*other) == own(at)).unwrap_or(at);
        let parts: Vec<usize> = (0..places.len()).map(part).collect();
        self.entered += 1;
        node.entries.push(Entry {
            ways,
            likely,
            state: (level, number),
            places,
            values,
            who,
            split: split(&node.groups, &parts),
            parts,
            unknown,
        });
        Some(())
    }

    /// Puts the values of entries into terms; whether that is done for all.
    pub(super) fn arrive(&mut self, world: &mut World, budget: &mut usize) -> bool {
        while self.arrivals.at.0 < self.layers.len() {
            let (level, number) = self.arrivals.at;
            if number == self.layers[level].nodes.len() {
                self.arrivals.at = (level + 1, 0);
                continue;
            }
            for entry in 0..self.layers[level].nodes[number].entries.len() {
                if self.arrive_from(world, level, number, entry).is_none() {
                    world.refuted = true;
                    return false;
                }
            }
            self.arrivals.at.1 += 1;
            let node = &self.layers[level].nodes[number];
            let work = node.entries.len() * node.terms.counts.len();
            *budget = budget.saturating_sub(1 + work);
            if *budget == 0 {
                return false;
            }
        }
        true
    }

    #[cfg_attr(made_small, optimize(speed))]
    fn arrive_from(
        &mut self,
        world: &World,
        level: usize,
        number: usize,
        entry_number: usize,
    ) -> Option<()> {
        let node = &self.layers[level].nodes[number];
        let entry = &node.entries[entry_number];
        let places = entry.places.len();
        let mut sum: Vec<i64> = Vec::new();
        let mut stands = Share {
            gets: Vec::new(),
            ways: 1,
        };
        for term in 0..node.terms.counts.len() {
            let key = &node.terms.keys[term as u32];
            let values = values_of(key, places);
            let first = 1 + 2 * values;
            let ways = node.terms.ways[term];
            let given = shares_of(key, first, ways, &entry.split, &entry.parts)?;
            stands.gets.clear();
            stands
                .gets
                .extend(key[first..].iter().map(|role| *role as u32));
            stands.ways = ways;
            let shares = match given.is_empty() {
                true => std::slice::from_ref(&stands),
                false => &given,
            };
            for share in shares {
                sum.clear();
                sum.push(key[0]);
                for value in 0..values {
                    let base = match key[2 + 2 * value] {
                        0 => 0,
                        shared => *entry.values.get(shared as usize - 1)?,
                    };
                    sum.push(key[1 + 2 * value] + base);
                }
                sum.push(entry.unknown as i64);
                let first_open = sum.len();
                for (place, roles) in share.gets.iter().enumerate().filter(|it| *it.1 != 0) {
                    let mut is_open = false;
                    for role in &self.roles[*roles] {
                        let value = 1 + role.value();
                        match role {
                            Role::Base(_, number) => {
                                let at = node.begin[place] + usize::from(*number);
                                sum[value] += entry.values.get(at)?;
                            }
                            Role::Added(..) if entry.who[place] == UNKNOWN => is_open = true,
                            Role::Added(_, kind) => {
                                sum[value] += world.added_by(*kind, usize::from(entry.who[place]));
                            }
                        }
                    }
                    if is_open {
                        sum.push(added(&mut self.roles, &mut self.added, *roles).into());
                    }
                }
                sort_few(&mut sum[first_open..]);
                let at = self.arrivals.keys.number_of(&sum) as usize;
                let moves = entry.state.0 + node.terms.moves[term];
                let sums = &mut self.arrivals.sums;
                if at == sums.len() {
                    sums.push(Sum::default());
                }
                let sum = &mut sums[at];
                let count = &node.terms.counts[term];
                sum.count.add_product(&entry.ways, count, share.ways);
                sum.likely += entry.likely * node.terms.likely[term] * share.ways as f64;
                if sum.witness.is_none() || moves < sum.moves {
                    sum.moves = moves;
                    sum.witness = Some(Witness {
                        level: level as u32,
                        node: number as u32,
                        entry: entry_number as u32,
                        term: term as u32,
                        roles: share.gets.clone(),
                        members: Vec::new(),
                    });
                }
            }
        }
        Some(())
    }

    /// What all lost schedules come to, when all terms are worked out and put in.
    pub fn arrivals(&mut self, world: &mut World) -> Vec<Arrival> {
        let mut keys: Pool<Box<[i64]>> = Pool::new();
        let mut arrivals: Vec<Arrival> = Vec::new();
        for (number, sum) in std::mem::take(&mut self.arrivals.sums)
            .into_iter()
            .enumerate()
        {
            let key = self.arrivals.keys[number as u32].clone();
            let (Some(witness), Some(end)) = (sum.witness, key.first()) else {
                continue;
            };
            let (common, sessions) = self.ends[*end as u32].clone();
            let values = world.slots_shared(common);
            let unknown = key[1 + values] as u64;
            let members: Vec<usize> = (0..64)
                .filter(|member| unknown >> member & 1 == 1)
                .collect();
            let open: Vec<u32> = key[2 + values..].iter().map(|role| *role as u32).collect();
            let chosen = choose(members.len(), open.len());
            let choices = orders(&open).and_then(|orders| chosen?.checked_mul(orders));
            let Some(choices) = choices else {
                world.refuted = true;
                return Vec::new();
            };
            let mut chosen: Vec<usize> = Vec::new();
            each_choice(&open, &members, &mut chosen, &mut |chosen| {
                let mut now = key[..=values].to_vec();
                for (role, member) in open.iter().zip(chosen) {
                    for role in &self.roles[*role] {
                        if let Role::Added(value, kind) = role {
                            now[1 + usize::from(*value)] += world.added_by(*kind, *member);
                        }
                    }
                }
                let mut count = sum.count.clone();
                count.scale(1, choices);
                let likely = sum.likely / choices as f64;
                let at = keys.number_of(&now) as usize;
                if let Some(it) = arrivals.get_mut(at) {
                    it.count.add(&count);
                    it.likely += likely;
                    if sum.moves >= it.moves {
                        return;
                    }
                    it.moves = sum.moves;
                    it.witness = self.witness(&witness, &open, chosen, &members);
                } else {
                    arrivals.push(Arrival {
                        common: world.common_of(common, &now[1..]),
                        sessions: sessions.clone(),
                        count,
                        likely,
                        moves: sum.moves,
                        witness: self.witness(&witness, &open, chosen, &members),
                    });
                }
            });
        }
        arrivals
    }

    /// A witness with those in place of whom it was not known who they are.
    fn witness(&self, it: &Witness, open: &[u32], chosen: &[usize], all: &[usize]) -> Witness {
        let mut witness = it.clone();
        let entry =
            &self.layers[it.level as usize].nodes[it.node as usize].entries[it.entry as usize];
        let mut with_role: Vec<(u32, usize)> =
            open.iter().copied().zip(chosen.iter().copied()).collect();
        let mut rest = all
            .iter()
            .copied()
            .filter(|member| !chosen.contains(member));
        for (place, role) in it.roles.iter().enumerate() {
            if entry.who[place] != UNKNOWN {
                continue;
            }
            let added = self.added.get(*role as usize).copied().flatten();
            let at = with_role.iter().position(|(role, _)| Some(*role) == added);
            let member = match at {
                Some(at) => Some(with_role.remove(at).1),
                None => rest.next(),
            };
            witness.members.extend(member.map(|member| (place, member)));
        }
        witness
    }

    /// How a schedule goes.
    pub fn trail(&mut self, witness: &Witness) -> Trail {
        let (mut level, mut number) = (witness.level as usize, witness.node as usize);
        let mut term = witness.term;
        let mut roles = witness.roles.clone();
        let entry = &self.layers[level].nodes[number].entries[witness.entry as usize];
        let state = entry.state;
        let members = witness.members.iter();
        let members = members.map(|(place, member)| (entry.places[*place], *member));
        let members = members.collect();
        let mut who = entry.places.clone();
        let mut movers = Vec::new();
        while self.layers[level].nodes[number].terms.moves[term as usize] > 0 {
            let node = &self.layers[level].nodes[number];
            let wanted = &node.terms.keys[term];
            let (edge, after) = node.terms.via[term as usize];
            let edge = &node.edges[edge as usize];
            let child = &self.layers[level + 1].nodes[edge.child as usize];
            let mut pulled = None;
            let mut find = |scratch: &mut Scratch, _: u64| {
                let key = scratch.key.clone();
                sort_roles(&mut scratch.key, who.len(), &node.groups);
                if *scratch.key == **wanted {
                    pulled.get_or_insert((key, scratch.after.clone()));
                }
                Some(())
            };
            let (roles_by, scratch) = (&mut self.roles, &mut self.scratch);
            // It was done before.
            let _ = pull(node, edge, child, after, roles_by, scratch, &mut find);
            let Some((key, roles_after)) = pulled else {
                break;
            };
            let first = key.len() - who.len();
            let mut now = who.clone();
            for group in &node.groups {
                let mut free = group.clone();
                for place in group {
                    let role = key[first + place] as u32;
                    let at = free.iter().position(|other| roles[*other] == role);
                    now[*place] = who[free.remove(at.unwrap_or(0))];
                }
            }
            movers.push(now[edge.mover]);
            who = edge.from.iter().map(|from| now[*from]).collect();
            roles = roles_after;
            (level, number, term) = (level + 1, edge.child as usize, after);
        }
        Trail {
            state,
            members,
            movers,
        }
    }
}

/// What of roles is added, by number.
fn added(roles: &mut Pool<Box<[Role]>>, known: &mut Vec<Option<u32>>, number: u32) -> u32 {
    let at = number as usize;
    if let Some(Some(known)) = known.get(at) {
        return *known;
    }
    let list = roles[number].iter().copied();
    let list: Vec<Role> = list
        .filter(|role| matches!(role, Role::Added(..)))
        .collect();
    let added = roles.number_of(&list);
    known.resize(known.len().max(at + 1), None);
    known[at] = Some(added);
    added
}

/// Every way of giving roles to different members, roles in order; those that are the same to members in order.
fn each_choice(
    roles: &[u32],
    members: &[usize],
    chosen: &mut Vec<usize>,
    then: &mut dyn FnMut(&[usize]),
) {
    let at = chosen.len();
    if at == roles.len() {
        then(chosen);
        return;
    }
    for member in members {
        let same = at > 0 && roles[at - 1] == roles[at];
        if chosen.contains(member) || same && chosen[at - 1] > *member {
            continue;
        }
        chosen.push(*member);
        each_choice(roles, members, chosen, then);
        chosen.pop();
    }
}
