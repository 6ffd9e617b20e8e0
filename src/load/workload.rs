//! The workload that the visitor has set: what the sliders say, and the traffic that the engine simulates for it.
//!
//! Strategy and client come from the scenario on the screen, so that what is drawn and what is measured are guarded alike.

use rowlock_engine::load::number::{duration, significant};
use rowlock_engine::load::{
    AtRetry, Choice, Costs, Drawn, Faults, Locking, OnConflict, Policy, Rate, Readers, Settings,
    Times,
};
use rowlock_engine::scenario::Scenario;

/// What the controls say.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// Writers of each row a second.
    pub lambda: f64,
    /// Seconds from read to write, unless taken from the drawing.
    pub t: f64,
    /// How t is distributed.
    pub shape: Shape,
    /// Rows that there are.
    pub rows: f64,
    /// Rows of a transaction.
    pub rows_each: f64,
    /// The exponent of Zipf's law; 0: all rows alike.
    pub skew: f64,
    /// The share of transactions that only read.
    pub reads: f64,
    /// What a client does on a conflict.
    pub client: Client,
    /// The first pause before a retry, in seconds, doubled each time and drawn anew between nothing and that.
    pub backoff: f64,
    /// Seconds for each lock.
    pub round_trip: f64,
    /// Seconds that a user thinks between read and write.
    pub think: f64,
    /// Seconds that a retry costs beside the attempt.
    pub retry_price: f64,
    /// From the last write to the end of the commit, in seconds.
    pub commit: f64,
    /// Whether a retry takes as long as the attempt before it.
    pub at_retry: AtRetry,
    /// What readers do where writers lock.
    pub readers: Readers,
    /// Connections; 0: for everybody.
    pub connections: f64,
    /// What goes wrong, as in the drawing.
    pub faults: Faults,
    /// Clients of the retry storm.
    pub crowd: f64,
    /// Where chance begins.
    pub seed: u64,
}

/// The distributions of t.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Always the same.
    Fixed,
    /// Many short ones, some long.
    Exponential,
    /// What people and networks do; as wide as its mean.
    LogNormal,
    /// The distances of the drawing, each equally often.
    Drawn,
}

/// What clients do on a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// What the scenario says.
    AsDrawn,
    /// They give up.
    GiveUp,
    /// Three more attempts.
    Thrice,
    /// Until they succeed.
    ForEver,
}

impl Workload {
    /// Two writers a second, a quarter of a second from read to write, and nothing else that costs time.
    #[must_use]
    pub fn new(seed: Option<u64>) -> Self {
        Self {
            lambda: 2.0,
            t: 0.25,
            shape: Shape::Fixed,
            rows: 1.0,
            rows_each: 1.0,
            skew: 0.0,
            reads: 0.0,
            client: Client::AsDrawn,
            backoff: 0.0,
            round_trip: 0.0,
            think: 0.0,
            retry_price: 0.0,
            commit: 0.0,
            at_retry: AtRetry::Redraw,
            readers: Readers::Snapshot,
            connections: 0.0,
            faults: Faults::default(),
            crowd: 50.0,
            seed: seed.unwrap_or(1),
        }
    }

    /// The same with all that the drawing says of its traffic: t, rows, readers, the time of a commit, and what goes wrong.
    #[must_use]
    pub fn like(&self, drawn: &Drawn) -> Self {
        Self {
            shape: if drawn.distances.is_empty() {
                self.shape
            } else {
                Shape::Drawn
            },
            rows: f64::from(drawn.rows.max(drawn.rows_each)),
            rows_each: f64::from(drawn.rows_each),
            skew: 0.0,
            reads: drawn.read_share.min(0.99),
            client: Client::AsDrawn,
            commit: drawn.commit,
            faults: drawn.faults,
            at_retry: AtRetry::Keep,
            ..self.clone()
        }
    }

    /// The traffic, under the scenario's strategy and with its client.
    #[must_use]
    pub fn settings(&self, scenario: &Scenario, drawn: Option<&Drawn>) -> Settings {
        let mut client: OnConflict = scenario
            .on_conflict
            .unwrap_or(scenario.strategy.default_on_conflict())
            .into();
        client.retries = match self.client {
            Client::AsDrawn => client.retries,
            Client::GiveUp => Some(0),
            Client::Thrice => Some(3),
            Client::ForEver => None,
        };
        if self.backoff > 0.0 {
            client.backoff = self.backoff;
            client.jitter = true;
        }
        let mut policy = Policy::of(&scenario.strategy).0;
        if let Policy::Pessimistic(locking) | Policy::UpsertLock(locking) = &mut policy {
            *locking = Locking {
                readers: self.readers,
                ..*locking
            };
        }
        let distances = drawn.map(|drawn| &drawn.distances);
        Settings {
            rate: Rate::PerRow(self.lambda),
            read_share: self.reads,
            burst: None,
            rows: self.rows as u32,
            choice: if self.skew > 0.0 {
                Choice::Zipf(self.skew)
            } else {
                Choice::Uniform
            },
            rows_each: self.rows_each.min(self.rows) as u32,
            times: match (self.shape, distances) {
                (Shape::Drawn, Some(all)) if !all.is_empty() => Times::Drawn(all.clone()),
                (Shape::Fixed | Shape::Drawn, _) => Times::Fixed(self.t),
                (Shape::Exponential, _) => Times::Exponential { mean: self.t },
                (Shape::LogNormal, _) => Times::LogNormal {
                    mean: self.t,
                    variation: 1.0,
                },
            },
            at_retry: self.at_retry,
            policy,
            on_conflict: client,
            costs: Costs {
                lock_round_trip: self.round_trip,
                think: self.think,
                retry: self.retry_price,
                commit: self.commit,
            },
            connections: (self.connections >= 1.0).then_some(self.connections as u32),
            faults: self.faults,
            seed: self.seed,
        }
    }
}

/// How a slider's places are spread.
#[derive(Clone, Copy)]
enum Spread {
    /// Evenly, rounded to this.
    Even(f64),
    /// Evenly on a logarithmic scale.
    Log,
    /// The same, and nothing at the very left.
    LogOrNothing,
}

/// A slider.
pub struct Knob {
    /// Its id.
    pub id: &'static str,
    /// What it sets, with its unit.
    pub label: &'static str,
    low: f64,
    high: f64,
    spread: Spread,
    show: fn(f64) -> String,
    field: fn(&mut Workload) -> &mut f64,
}

/// The rightmost place of a slider.
pub const PLACES: u32 = 1000;

const fn knob(
    id: &'static str,
    label: &'static str,
    (low, high, spread): (f64, f64, Spread),
    show: fn(f64) -> String,
    field: fn(&mut Workload) -> &mut f64,
) -> Knob {
    Knob {
        id,
        label,
        low,
        high,
        spread,
        show,
        field,
    }
}

fn rate(value: f64) -> String {
    format!("{} / s", significant(value, 3))
}

fn share(value: f64) -> String {
    format!("{} %", significant(value * 100.0, 3))
}

fn plain(value: f64) -> String {
    significant(value, 3)
}

fn time(value: f64) -> String {
    if value == 0.0 {
        "none".to_owned()
    } else {
        duration(value)
    }
}

fn connections(value: f64) -> String {
    if value < 1.0 {
        "enough".to_owned()
    } else {
        plain(value)
    }
}

/// How many of [`KNOBS`] are always in sight.
pub const ALWAYS: usize = 5;

/// All sliders, the most important first.
pub const KNOBS: [Knob; 12] = [
    knob(
        "lambda",
        "λ, writers of each row a second",
        (0.01, 100.0, Spread::Log),
        rate,
        |it| &mut it.lambda,
    ),
    knob(
        "time",
        "t, from read to write",
        (0.001, 100.0, Spread::Log),
        duration,
        |it| &mut it.t,
    ),
    knob("rows", "rows", (1.0, 1000.0, Spread::Log), plain, |it| {
        &mut it.rows
    }),
    knob(
        "skew",
        "skew of the rows (Zipf’s s)",
        (0.0, 2.0, Spread::Even(0.05)),
        plain,
        |it| &mut it.skew,
    ),
    knob(
        "reads",
        "share of transactions that only read",
        (0.0, 0.95, Spread::Even(0.01)),
        share,
        |it| &mut it.reads,
    ),
    knob(
        "backoff",
        "first pause before a retry",
        (0.001, 10.0, Spread::LogOrNothing),
        time,
        |it| &mut it.backoff,
    ),
    knob(
        "retry-price",
        "price of a retry beside the attempt",
        (0.001, 10.0, Spread::LogOrNothing),
        time,
        |it| &mut it.retry_price,
    ),
    knob(
        "round-trip",
        "round trip for each lock",
        (0.0001, 1.0, Spread::LogOrNothing),
        time,
        |it| &mut it.round_trip,
    ),
    knob(
        "think",
        "think time between read and write",
        (0.01, 100.0, Spread::LogOrNothing),
        time,
        |it| &mut it.think,
    ),
    knob(
        "rows-each",
        "rows of a transaction",
        (1.0, 8.0, Spread::Even(1.0)),
        plain,
        |it| &mut it.rows_each,
    ),
    knob(
        "connections",
        "connections",
        (1.0, 1000.0, Spread::LogOrNothing),
        connections,
        |it| &mut it.connections,
    ),
    knob(
        "crowd",
        "clients at once in the retry storm",
        (2.0, 500.0, Spread::Log),
        plain,
        |it| &mut it.crowd,
    ),
];

impl Knob {
    fn value(&self, place: u32) -> f64 {
        let way = f64::from(place.min(PLACES)) / f64::from(PLACES);
        match self.spread {
            Spread::Even(step) => {
                let steps = ((self.high - self.low) * way / step).round();
                self.low + steps * step
            }
            Spread::LogOrNothing if place == 0 => 0.0,
            Spread::Log | Spread::LogOrNothing => {
                let exact = self.low * (self.high / self.low).powf(way);
                // Two significant digits, so that what is said is what is computed with; and no half rows.
                let digit = 10f64.powf(exact.log10().floor() - 1.0);
                let digit = if self.low >= 1.0 {
                    digit.max(1.0)
                } else {
                    digit
                };
                (exact / digit).round() * digit
            }
        }
    }

    /// Sets what a place of the slider stands for. Where that is what is set already, the next value on the way: a step with a key
    /// leads on, however little it is.
    pub fn set(&self, workload: &mut Workload, place: u32) {
        let (from, _) = self.read(workload);
        let now = *(self.field)(workload);
        let mut place = place;
        while self.value(place) == now && place != from && (1..PLACES).contains(&place) {
            place = if place > from { place + 1 } else { place - 1 };
        }
        *(self.field)(workload) = self.value(place);
    }

    /// Where the slider stands, and its value in words.
    #[must_use]
    pub fn read(&self, workload: &Workload) -> (u32, String) {
        let value = *(self.field)(&mut workload.clone());
        let way = match self.spread {
            Spread::Even(_) => (value - self.low) / (self.high - self.low),
            _ if value < self.low => 0.0,
            _ => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        let place = (way.clamp(0.0, 1.0) * f64::from(PLACES)).round() as u32;
        let is_something = matches!(self.spread, Spread::LogOrNothing) && value >= self.low;
        let place = place.max(u32::from(is_something));
        (place, (self.show)(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::gallery::STORIES;
    use rowlock_engine::load::drawn;
    use rowlock_engine::scenario::read;

    #[test]
    fn every_place_of_every_slider_can_be_simulated_and_is_found_again() {
        let scenario = read(STORIES[0].text).expect("a story is sound");
        for knob in &KNOBS {
            for place in [0, 1, 137, 500, 999, PLACES] {
                let mut workload = Workload::new(None);
                knob.set(&mut workload, place);
                let settings = workload.settings(&scenario, None);
                assert_eq!(settings.check(), Ok(()), "{} at {place}", knob.id);
                let (found, words) = knob.read(&workload);
                let mut again = workload.clone();
                knob.set(&mut again, found);
                assert_eq!(knob.read(&again).1, words, "{} at {place}", knob.id);
            }
        }
    }

    #[test]
    fn a_key_leads_on_from_every_value_to_both_sides() {
        for knob in &KNOBS {
            let mut workload = Workload::new(None);
            knob.set(&mut workload, 400);
            for _ in 0..60 {
                let (place, words) = knob.read(&workload);
                for next in [place + 1, place - 1] {
                    let mut moved = workload.clone();
                    knob.set(&mut moved, next);
                    assert_ne!(knob.read(&moved).1, words, "{} at {place}", knob.id);
                }
                knob.set(&mut workload, place + 1);
                if knob.read(&workload).0 >= PLACES {
                    break;
                }
            }
        }
    }

    #[test]
    fn every_story_can_be_put_under_load() {
        for story in STORIES {
            let scenario = read(story.text).expect("a story is sound");
            let drawn = drawn(&scenario).expect("its set-up is sound");
            let workload = Workload::new(Some(7)).like(&drawn);
            let settings = workload.settings(&scenario, Some(&drawn));
            assert_eq!(settings.check(), Ok(()), "{}", story.slug);
            assert_eq!((settings.seed, settings.faults), (7, drawn.faults));
            if !drawn.distances.is_empty() {
                assert_eq!(settings.times, Times::Drawn(drawn.distances.clone()));
            }
        }
    }
}
