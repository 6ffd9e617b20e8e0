//! A histogram of times whose bins grow with the time: 32 to each doubling, so that a quantile is off by 2 % at most.
//!
//! The bin of a number is read off its bits: the exponent and the first five binary digits after the point, as in Tene's
//! HdrHistogram. From 2^-24 s (60 nanoseconds) to 2^24 s (half a year); beyond that the last bin counts, and 0 has a bin of its own.

/// Bins of a doubling, as a power of two.
const DIGITS: u32 = 5;
const LOWEST: i32 = -24;
const HIGHEST: i32 = 24;
const BINS: usize = ((HIGHEST - LOWEST) as usize) << DIGITS;

/// Times, counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// Below everything: a time of 0.
    zero: u64,
    bins: Vec<u64>,
    count: u64,
    longest: f64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self {
            zero: 0,
            bins: vec![0; BINS],
            count: 0,
            longest: 0.0,
        }
    }
}

/// A bar of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// From, in seconds.
    pub from: f64,
    /// To, in seconds.
    pub to: f64,
    /// The share of all.
    pub share: f64,
}

/// Where a bin begins.
fn edge(bin: usize) -> f64 {
    let exponent = (bin >> DIGITS) as i32 + LOWEST;
    let digits = (bin & ((1 << DIGITS) - 1)) as u64;
    f64::from_bits((((exponent + 1023) as u64) << 52) | digits << (52 - DIGITS))
}

impl Histogram {
    /// Counts a time.
    #[inline]
    pub fn add(&mut self, time: f64) {
        self.count += 1;
        if time > self.longest {
            self.longest = time;
        }
        let place = (time.to_bits() >> (52 - DIGITS)) as i64 - (i64::from(LOWEST + 1023) << DIGITS);
        if place < 0 {
            self.zero += 1;
        } else {
            self.bins[(place as usize).min(BINS - 1)] += 1;
        }
    }

    /// Counts what another has counted.
    pub fn merge(&mut self, other: &Self) {
        self.zero += other.zero;
        self.count += other.count;
        self.longest = self.longest.max(other.longest);
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            *bin += more;
        }
    }

    /// How many times it has counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The longest.
    #[must_use]
    pub fn longest(&self) -> f64 {
        self.longest
    }

    /// The time that a share of all stays below, by a straight line within its bin; NaN when nothing was counted.
    #[must_use]
    pub fn quantile(&self, share: f64) -> f64 {
        if self.count == 0 {
            return f64::NAN;
        }
        let wanted = share.clamp(0.0, 1.0) * self.count as f64;
        let mut below = self.zero as f64;
        if wanted <= below {
            return 0.0;
        }
        for (bin, count) in self.bins.iter().enumerate() {
            let count = *count as f64;
            if count > 0.0 && below + count >= wanted {
                let (from, to) = (edge(bin), edge(bin + 1));
                return (from + (to - from) * (wanted - below) / count).min(self.longest);
            }
            below += count;
        }
        self.longest
    }

    /// The share of times above a time.
    #[must_use]
    pub fn share_above(&self, time: f64) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let mut above = 0.0;
        for (bin, count) in self.bins.iter().enumerate() {
            let (from, to) = (edge(bin), edge(bin + 1));
            if from >= time {
                above += *count as f64;
            } else if to > time {
                above += *count as f64 * (to - time) / (to - from);
            }
        }
        above / self.count as f64
    }

    /// The bars of a picture from the shortest to the longest that was counted, so many to a doubling (1, 2, 4, ... 32).
    #[must_use]
    pub fn bars(&self, to_a_doubling: usize) -> Vec<Bar> {
        let join = (1 << DIGITS) / to_a_doubling.clamp(1, 1 << DIGITS).next_power_of_two();
        let shares = self.bins.chunks(join).enumerate().map(|(place, bins)| Bar {
            from: edge(place * join),
            to: edge((place + 1) * join),
            share: bins.iter().sum::<u64>() as f64 / self.count.max(1) as f64,
        });
        let mut bars: Vec<Bar> = shares.collect();
        let full = |bar: &Bar| bar.share > 0.0;
        let (Some(first), Some(last)) = (bars.iter().position(full), bars.iter().rposition(full))
        else {
            return Vec::new();
        };
        bars.truncate(last + 1);
        bars.drain(..first);
        bars
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_are_near_those_of_the_sorted_list(mut times in prop::collection::vec(1e-6..1e5f64, 1..300), share in 0.0..1.0f64) {
            let mut histogram = Histogram::default();
            for time in &times {
                histogram.add(*time);
            }
            times.sort_by(f64::total_cmp);
            let place = ((share * times.len() as f64).ceil() as usize).clamp(1, times.len()) - 1;
            let quantile = histogram.quantile(share);
            prop_assert!((quantile / times[place] - 1.0).abs() < 0.033, "{quantile} {}", times[place]);
            let bars = histogram.bars(4);
            let sum: f64 = bars.iter().map(|bar| bar.share).sum();
            prop_assert!((sum - 1.0).abs() < 1e-9);
            prop_assert!(bars[0].from <= times[0] && bars[bars.len() - 1].to > times[times.len() - 1]);
        }
    }

    #[test]
    fn what_two_have_counted_can_be_put_together() {
        let (mut one, mut other, mut both) = (
            Histogram::default(),
            Histogram::default(),
            Histogram::default(),
        );
        for step in 0..100 {
            let time = f64::from(step) * 0.01;
            if step % 3 == 0 { &mut one } else { &mut other }.add(time);
            both.add(time);
        }
        one.merge(&other);
        assert_eq!(one, both);
        assert!((one.share_above(0.5) - 0.5).abs() < 0.02);
        assert_eq!(one.quantile(0.0), 0.0);
        assert_eq!(Histogram::default().bars(8), []);
    }
}
