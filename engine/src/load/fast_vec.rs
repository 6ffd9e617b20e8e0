//! A vector whose indexing is compiled in.
//!
//! The page is compiled for size, and then `Vec`'s own indexing is a call; in the simulation's inner loop those calls were a third of
//! the time. This one has nothing that a vector has not, and is indexed as a slice is.

use std::ops::{Deref, DerefMut, Index, IndexMut, Range};

/// A vector.
#[derive(Clone, Debug)]
pub(super) struct FastVec<T>(Vec<T>);

impl<T> FastVec<T> {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// So many of the same.
    pub fn of(item: T, count: usize) -> Self
    where
        T: Clone,
    {
        Self(vec![item; count])
    }
}

impl<T> Deref for FastVec<T> {
    type Target = Vec<T>;

    #[inline(always)]
    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for FastVec<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T> Index<usize> for FastVec<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, place: usize) -> &T {
        &self.0.as_slice()[place]
    }
}

impl<T> IndexMut<usize> for FastVec<T> {
    #[inline(always)]
    fn index_mut(&mut self, place: usize) -> &mut T {
        &mut self.0.as_mut_slice()[place]
    }
}

impl<T> Index<Range<usize>> for FastVec<T> {
    type Output = [T];

    #[inline(always)]
    fn index(&self, places: Range<usize>) -> &[T] {
        &self.0.as_slice()[places]
    }
}

impl<T> IndexMut<Range<usize>> for FastVec<T> {
    #[inline(always)]
    fn index_mut(&mut self, places: Range<usize>) -> &mut [T] {
        &mut self.0.as_mut_slice()[places]
    }
}
