//! What happens next: a queue of timers, the earliest first, those of the same moment in the order in which they were set.
//!
//! A binary heap in one vector. A timer that is not wanted any more stays in it and is passed over: whoever set it remembers the
//! number of the timer that counts.

use super::fast_vec::FastVec;

/// A timer that went off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timer {
    /// When.
    pub at: f64,
    /// Its number: later timers have greater ones.
    pub number: u32,
    /// Whose.
    pub slot: u32,
}

impl Timer {
    #[inline]
    fn is_before(&self, other: &Self) -> bool {
        self.at < other.at || self.at == other.at && self.number < other.number
    }
}

/// All timers that are set.
#[derive(Clone, Debug)]
pub struct Agenda {
    heap: FastVec<Timer>,
    next: u32,
}

impl Default for Agenda {
    fn default() -> Self {
        Self {
            heap: FastVec::new(),
            next: 0,
        }
    }
}

impl Agenda {
    /// When the next timer goes off; infinity when none is set.
    #[inline]
    #[must_use]
    pub fn next_at(&self) -> f64 {
        self.heap.first().map_or(f64::INFINITY, |timer| timer.at)
    }

    /// Sets a timer and gives its number. Numbers are used again after 2^32 timers.
    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    pub fn set(&mut self, at: f64, slot: u32) -> u32 {
        self.next = self.next.wrapping_add(1);
        let timer = Timer {
            at,
            number: self.next,
            slot,
        };
        let mut place = self.heap.len();
        self.heap.push(timer);
        while place > 0 {
            let above = (place - 1) / 2;
            if !timer.is_before(&self.heap[above]) {
                break;
            }
            self.heap[place] = self.heap[above];
            place = above;
        }
        self.heap[place] = timer;
        timer.number
    }

    /// Takes the next timer.
    #[inline]
    pub fn take(&mut self) -> Option<Timer> {
        let last = self.heap.pop()?;
        let Some(first) = self.heap.first().copied() else {
            return Some(last);
        };
        let count = self.heap.len();
        let mut place = 0;
        loop {
            let mut below = 2 * place + 1;
            if below >= count {
                break;
            }
            if below + 1 < count && self.heap[below + 1].is_before(&self.heap[below]) {
                below += 1;
            }
            if !self.heap[below].is_before(&last) {
                break;
            }
            self.heap[place] = self.heap[below];
            place = below;
        }
        self.heap[place] = last;
        Some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn timers_go_off_in_order(times in prop::collection::vec(0u8..20, 0..200)) {
            let mut agenda = Agenda::default();
            let mut expected = Vec::new();
            for (slot, at) in times.iter().enumerate() {
                let number = agenda.set(f64::from(*at), slot as u32);
                expected.push((*at, number));
            }
            expected.sort_unstable();
            for (at, number) in expected {
                prop_assert_eq!(agenda.next_at(), f64::from(at));
                let timer = agenda.take().expect("there is one more");
                prop_assert_eq!((timer.at, timer.number), (f64::from(at), number));
            }
            prop_assert_eq!(agenda.next_at(), f64::INFINITY);
        }
    }
}
