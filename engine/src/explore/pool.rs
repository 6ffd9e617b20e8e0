//! Values that stand once, under small numbers.
//!
//! States are made of parts that come again and again. Each part is kept once in a [`Pool`] and known by its number from
//! there on, so that a state is a handful of numbers, two parts are equal if their numbers are, and what was learned of parts
//! is found by their numbers ([`Memo`]).
//!
//! The hash is a product of 64 bits whose upper half is folded into the lower, on every target: one of 32 bits, as `usize` has in
//! WebAssembly, would collapse at millions of states, and one of 128 is slow there.

use std::hash::{Hash, Hasher};

/// Mixes a number into a hash.
#[inline]
pub(super) fn mix(hash: u64, number: u64) -> u64 {
    let product = (hash ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ (product >> 32)
}

struct Mixer(u64);

impl Hasher for Mixer {
    #[cfg_attr(made_small, optimize(speed))]
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mix(self.0, number ^ 0x5851_F42D_4C95_7F2D);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A hash that is the same at every run and on every target.
#[cfg_attr(made_small, optimize(speed))]
pub(super) fn hash_of(value: &impl Hash) -> u64 {
    let mut mixer = Mixer(0x2545_F491_4F6C_DD1D);
    value.hash(&mut mixer);
    mixer.finish()
}

const EMPTY: u32 = u32::MAX;

/// Values by number.
pub(super) struct Pool<T> {
    values: Vec<T>,
    hashes: Vec<u64>,
    /// Numbers, by hash; a power of two of places, at most half of them taken.
    places: Vec<u32>,
}

impl<T: Hash + PartialEq> Pool<T> {
    pub fn new() -> Self {
        Self {
            values: Vec::new(),
            hashes: Vec::new(),
            places: vec![EMPTY; 16],
        }
    }

    /// The number of a value, and whether it is new.
    #[cfg_attr(made_small, optimize(speed))]
    pub fn number(&mut self, value: T) -> (u32, bool) {
        let hash = hash_of(&value);
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        while self.places[at] != EMPTY {
            let number = self.places[at];
            if self.hashes[number as usize] == hash && self.values[number as usize] == value {
                return (number, false);
            }
            at = (at + 1) & mask;
        }
        let number = self.values.len() as u32;
        self.places[at] = number;
        self.values.push(value);
        self.hashes.push(hash);
        if self.values.len() * 2 > self.places.len() {
            self.places = vec![EMPTY; self.places.len() * 2];
            let mask = self.places.len() - 1;
            for (number, hash) in self.hashes.iter().enumerate() {
                let mut at = *hash as usize & mask;
                while self.places[at] != EMPTY {
                    at = (at + 1) & mask;
                }
                self.places[at] = number as u32;
            }
        }
        (number, true)
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }
}

impl<T: Hash + PartialEq + Clone> Pool<Box<[T]>> {
    /// The number of a list, which is copied only if it is new.
    #[cfg_attr(made_small, optimize(speed))]
    pub fn number_of(&mut self, list: &[T]) -> u32 {
        let hash = hash_of(&list);
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        while self.places[at] != EMPTY {
            let number = self.places[at];
            if self.hashes[number as usize] == hash && *self.values[number as usize] == *list {
                return number;
            }
            at = (at + 1) & mask;
        }
        self.number(list.into()).0
    }
}

impl<T> std::ops::Index<u32> for Pool<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        &self.values[number as usize]
    }
}

/// What was learned of two numbers together.
pub(super) struct Memo<V> {
    /// Keys and values; a power of two of places, at most half of them taken.
    places: Vec<(u64, V)>,
    len: usize,
}

/// No key: two numbers are never both [`EMPTY`].
const NO_KEY: u64 = u64::MAX;

impl<V: Copy + Default> Memo<V> {
    pub fn new() -> Self {
        Self {
            places: vec![(NO_KEY, V::default()); 64],
            len: 0,
        }
    }

    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    fn place(&self, key: u64) -> usize {
        let mask = self.places.len() - 1;
        let mut at = mix(0x2545_F491_4F6C_DD1D, key) as usize & mask;
        while self.places[at].0 != key && self.places[at].0 != NO_KEY {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline]
    #[cfg_attr(made_small, optimize(speed))]
    pub fn get(&self, one: u32, two: u32) -> Option<V> {
        let key = u64::from(one) << 32 | u64::from(two);
        let (found, value) = self.places[self.place(key)];
        (found == key).then_some(value)
    }

    #[cfg_attr(made_small, optimize(speed))]
    pub fn insert(&mut self, one: u32, two: u32, value: V) {
        let key = u64::from(one) << 32 | u64::from(two);
        let at = self.place(key);
        self.len += usize::from(self.places[at].0 == NO_KEY);
        self.places[at] = (key, value);
        if self.len * 2 > self.places.len() {
            let double = vec![(NO_KEY, V::default()); self.places.len() * 2];
            for (key, value) in std::mem::replace(&mut self.places, double) {
                if key != NO_KEY {
                    let at = self.place(key);
                    self.places[at] = (key, value);
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }
}
