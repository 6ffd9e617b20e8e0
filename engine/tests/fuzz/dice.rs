//! Small numbers that look random and are the same every time.

/// A generator (splitmix64): one number in, one number out, no state to speak of.
pub struct Dice(u64);

impl Dice {
    /// The dice of a case of a seed.
    pub fn of_case(seed: u64, case: u64) -> Self {
        let mut dice = Self(seed ^ 0x9e37_79b9_7f4a_7c15);
        let mixed = dice.next() ^ case.wrapping_mul(0xd134_2543_de82_ef95);
        Self(mixed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to but without `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        (self.next() % sides.max(1) as u64) as usize
    }

    /// Whether something happens that does in so many of a hundred cases.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.roll(100) < chance
    }

    /// One of these.
    pub fn pick<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.roll(of.len())]
    }

    /// One of these by its weight.
    pub fn weighed<T: Copy>(&mut self, of: &[(usize, T)]) -> T {
        let sum: usize = of.iter().map(|(weight, _)| weight).sum();
        let mut left = self.roll(sum);
        for &(weight, item) in of {
            if left < weight {
                return item;
            }
            left -= weight;
        }
        of[of.len() - 1].1
    }
}
