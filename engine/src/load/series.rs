//! What happens over time: at most 256 bins, which are joined pair by pair when time goes beyond them.

/// What a bin counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Transactions that came.
    pub arrivals: f64,
    /// Attempts that began.
    pub attempts: f64,
    /// Attempts that failed because of another transaction.
    pub failures: f64,
    /// Transactions that committed.
    pub commits: f64,
    /// Transactions that ended without.
    pub rejects: f64,
    /// The integral of the number of transactions under way.
    in_flight: f64,
    /// The integral of the number of those that wait for a lock.
    waiting: f64,
    /// How long the bin has lasted.
    time: f64,
}

impl Bin {
    /// How many transactions were under way, on average.
    #[must_use]
    pub fn mean_in_flight(&self) -> f64 {
        self.in_flight / self.time.max(f64::MIN_POSITIVE)
    }

    /// How many waited for a lock, on average.
    #[must_use]
    pub fn mean_waiting(&self) -> f64 {
        self.waiting / self.time.max(f64::MIN_POSITIVE)
    }

    fn join(&self, other: &Self) -> Self {
        Self {
            arrivals: self.arrivals + other.arrivals,
            attempts: self.attempts + other.attempts,
            failures: self.failures + other.failures,
            commits: self.commits + other.commits,
            rejects: self.rejects + other.rejects,
            in_flight: self.in_flight + other.in_flight,
            waiting: self.waiting + other.waiting,
            time: self.time + other.time,
        }
    }
}

/// Bins from the start to now.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    width: f64,
    bins: Vec<Bin>,
    /// When the bin under way ends.
    end: f64,
    now: f64,
    bin: Bin,
}

/// The most bins.
const MOST: usize = 256;

impl Series {
    /// From time 0, with bins that are at first this wide.
    #[must_use]
    pub fn new(width: f64) -> Self {
        Self {
            width,
            bins: Vec::with_capacity(MOST),
            end: width,
            now: 0.0,
            bin: Bin::default(),
        }
    }

    /// The bin under way.
    #[inline]
    pub fn bin(&mut self) -> &mut Bin {
        &mut self.bin
    }

    /// Goes on to a time; since the last call so many were under way, and so many waited.
    #[inline]
    pub fn advance(&mut self, to: f64, in_flight: f64, waiting: f64) {
        while to >= self.end {
            let time = self.end - self.now;
            self.spend(time, in_flight, waiting);
            self.now = self.end;
            self.turn();
            // Long idle times are passed over in larger steps.
            while to - self.end > self.width * MOST as f64 {
                self.double();
            }
        }
        self.spend(to - self.now, in_flight, waiting);
        self.now = to;
    }

    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    fn spend(&mut self, time: f64, in_flight: f64, waiting: f64) {
        self.bin.time += time;
        self.bin.in_flight += time * in_flight;
        self.bin.waiting += time * waiting;
    }

    /// Begins a new bin.
    fn turn(&mut self) {
        self.bins.push(self.bin);
        self.bin = Bin::default();
        self.end = (self.bins.len() + 1) as f64 * self.width;
        if self.bins.len() == MOST {
            self.double();
        }
    }

    /// Joins the bins pair by pair.
    fn double(&mut self) {
        if self.bins.len() % 2 == 1 {
            // The bin under way is the second of its pair.
            let last = self.bins.pop().unwrap_or_default();
            self.bin = last.join(&self.bin);
        }
        for place in 0..self.bins.len() / 2 {
            self.bins[place] = self.bins[2 * place].join(&self.bins[2 * place + 1]);
        }
        self.bins.truncate(self.bins.len() / 2);
        self.width *= 2.0;
        self.end = (self.bins.len() + 1) as f64 * self.width;
    }

    /// How wide a bin is, in seconds.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.width
    }

    /// The bins from time 0 on, the one under way included.
    pub fn bins(&self) -> impl Iterator<Item = &Bin> {
        let under_way = (self.bin.time > 0.0).then_some(&self.bin);
        self.bins.iter().chain(under_way)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_when_bins_are_joined(gaps in prop::collection::vec(0.0..400.0f64, 1..600)) {
            let mut series = Series::new(0.25);
            let mut now = 0.0;
            for gap in &gaps {
                now += gap;
                series.advance(now, 2.0, 0.5);
                series.bin().arrivals += 1.0;
            }
            let all = series.bins().fold(Bin::default(), |sum, bin| sum.join(bin));
            // An arrival at the very beginning of a bin that has not lasted yet is in no bin.
            let last = series.bin().arrivals;
            prop_assert!(all.arrivals >= gaps.len() as f64 - last);
            prop_assert!((all.time - now).abs() < 1e-6 * now.max(1.0));
            prop_assert!((all.mean_in_flight() - 2.0).abs() < 1e-9 || now == 0.0);
            prop_assert!((all.mean_waiting() - 0.5).abs() < 1e-9 || now == 0.0);
            prop_assert!(series.bins().count() <= MOST);
            let mut until = 0.0;
            for bin in series.bins() {
                prop_assert!(bin.time <= series.width() + 1e-9);
                until += series.width();
            }
            prop_assert!(until + 1e-9 >= now);
        }
    }
}
