//! What a SIREAD lock can stand on: a version of a row, a page, a whole table or index.
//!
//! A coarse target covers the finer ones in it, so a lock on it stands for locks on all of them:
//!
//! ```text
//!   Relation(heap of t)
//!      Page(heap of t, 0)
//!         Tuple(heap of t, 0, version 3)
//! ```
//!
//! Source: `src/include/storage/predicate_internals.h`.

use crate::db::{TableId, TupleId};

/// A table's heap, or one of its indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Relation {
    /// The rows of a table.
    Heap(TableId),
    /// An index of a table, by its place among them.
    Index(TableId, usize),
}

impl Relation {
    /// The heap that it is or that it is an index of.
    #[must_use]
    pub fn heap(self) -> Self {
        let (Self::Heap(table) | Self::Index(table, _)) = self;
        Self::Heap(table)
    }
}

/// A page of a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PageNo(pub u32);

/// What a SIREAD lock can stand on, and what a write is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// All of a table or index.
    Relation(Relation),
    /// A page of it.
    Page(Relation, PageNo),
    /// A version of a row, on its page.
    Tuple(Relation, PageNo, TupleId),
}

impl Target {
    /// The relation it is, or is in.
    #[must_use]
    pub fn relation(self) -> Relation {
        let (Self::Relation(relation) | Self::Page(relation, _) | Self::Tuple(relation, ..)) = self;
        relation
    }

    /// The next coarser target, which covers it.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Relation(_) => None,
            Self::Page(relation, _) => Some(Self::Relation(relation)),
            Self::Tuple(relation, page, _) => Some(Self::Page(relation, page)),
        }
    }

    /// The targets that cover it, from the finest to the coarsest.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |target| target.parent())
    }

    /// Itself, and then the targets that cover it.
    pub fn and_ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |target| target.parent())
    }
}
