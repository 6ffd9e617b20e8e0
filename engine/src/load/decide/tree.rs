//! The two decision trees, as data, walked with numbers.
//!
//! ```text
//!   writes conflict -- over 10 % --> rows each -- one --> FOR UPDATE
//!          |                            +-- several --> lock in a consistent order
//!          +-- 5 to 10 % --> measure
//!          +-- under 5 % --> optimistic: version column, raise and retry
//!
//!   concurrent reads frequent -- yes --> writes frequent too -- yes --> row lock
//!          |                                  +-- no --> read-write lock
//!          +-- no --> single-threaded -- yes --> no lock
//!                           +-- no --> conflicts -- rare --> optimistic, MVCC
//!                                          +-- frequent --> FOR UPDATE
//! ```

use super::super::quantity::Unit;
use super::evidence::{Evidence, Gathered};

/// What a tree advises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advised {
    /// `SELECT ... FOR UPDATE`.
    ForUpdate,
    /// The same, several rows in an order that all agree on.
    ForUpdateInOrder,
    /// A version column; on a conflict at save, raise and retry.
    Optimistic,
    /// Measure both under real load.
    Measure,
    /// A read-write lock.
    ReadWriteLock,
    /// No lock at all.
    NoLock,
}

impl Advised {
    /// The advice, in a sentence.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ForUpdate => "Lock the row: SELECT … FOR UPDATE.",
            Self::ForUpdateInOrder => "Lock the rows with FOR UPDATE, everybody in the same order.",
            Self::Optimistic => {
                "Optimistic locking: a version column; on a conflict at save, raise and retry."
            }
            Self::Measure => "Measure both under real load.",
            Self::ReadWriteLock => "A read-write lock: readers together, writers alone.",
            Self::NoLock => "No lock: nobody else is there.",
        }
    }
}

/// Which number answers a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The share of writes that another writer comes between.
    ConflictRate,
    /// How many rows a transaction writes.
    RowsEach,
    /// The share of transactions that only read.
    ReadShare,
    /// How busy writers keep a row: lambda t.
    WriteShare,
    /// How many are under way at a time, at most.
    Together,
}

/// A fork or an end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node {
    /// A fork.
    Question {
        /// In words.
        text: &'static str,
        /// What answers it.
        asks: Asked,
        /// The ways on, by rising numbers.
        branches: &'static [Branch],
    },
    /// An end.
    Leaf(Advised),
}

/// A way on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Branch {
    /// The answer in words.
    pub answer: &'static str,
    /// It is taken below this number (and not below that of the branch before).
    pub below: f64,
    /// Where it leads, by the place among the tree's nodes.
    pub to: usize,
}

/// A tree; the first node is its root.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tree {
    /// What it is about.
    pub title: &'static str,
    /// Its nodes.
    pub nodes: &'static [Node],
}

const fn branch(answer: &'static str, below: f64, to: usize) -> Branch {
    Branch { answer, below, to }
}

/// Both trees.
pub const TREES: [Tree; 2] = [
    Tree {
        title: "A write is needed",
        nodes: &[
            Node::Question {
                text: "How often do writes conflict?",
                asks: Asked::ConflictRate,
                branches: &[
                    branch("under 5 %", 0.05, 2),
                    branch("5 to 10 %", 0.1, 3),
                    branch("over 10 %", f64::INFINITY, 1),
                ],
            },
            Node::Question {
                text: "One row or several?",
                asks: Asked::RowsEach,
                branches: &[branch("one", 1.5, 4), branch("several", f64::INFINITY, 5)],
            },
            Node::Leaf(Advised::Optimistic),
            Node::Leaf(Advised::Measure),
            Node::Leaf(Advised::ForUpdate),
            Node::Leaf(Advised::ForUpdateInOrder),
        ],
    },
    Tree {
        title: "Readers and writers",
        nodes: &[
            Node::Question {
                text: "Are concurrent reads frequent?",
                asks: Asked::ReadShare,
                branches: &[
                    branch("no, under half", 0.5, 2),
                    branch("yes, half and more", f64::INFINITY, 1),
                ],
            },
            Node::Question {
                text: "Are writes frequent too?",
                asks: Asked::WriteShare,
                branches: &[
                    branch("no, λt below 0.1", 0.1, 4),
                    branch("yes, λt 0.1 and more", f64::INFINITY, 5),
                ],
            },
            Node::Question {
                text: "Is it single-threaded?",
                asks: Asked::Together,
                branches: &[
                    branch("yes, never two at a time", 1.5, 6),
                    branch("no", f64::INFINITY, 3),
                ],
            },
            Node::Question {
                text: "Is a conflict likely?",
                asks: Asked::ConflictRate,
                branches: &[
                    branch("no, under 10 %", 0.1, 7),
                    branch("yes, 10 % and more", f64::INFINITY, 5),
                ],
            },
            Node::Leaf(Advised::ReadWriteLock),
            Node::Leaf(Advised::ForUpdate),
            Node::Leaf(Advised::NoLock),
            Node::Leaf(Advised::Optimistic),
        ],
    },
];

/// A fork that was passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// The node, by its place in the tree.
    pub node: usize,
    /// The question.
    pub question: &'static str,
    /// The way that was taken, by its place among the branches.
    pub branch: usize,
    /// The answer in words.
    pub answer: &'static str,
    /// The number that answered it.
    pub evidence: Evidence,
    /// Whether the interval of the number lies within the branch; otherwise more measuring could change the way.
    pub is_sure: bool,
    /// What would change the way: the nearest other answer, with the number at which it begins and where it would end.
    pub would_change: String,
}

/// A walk through a tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// The tree.
    pub tree: &'static Tree,
    /// The forks, from the root on.
    pub taken: Vec<Taken>,
    /// Where it ends.
    pub advised: Advised,
}

/// Walks a tree with the numbers of a workload.
#[must_use]
pub fn walk(tree: &'static Tree, numbers: &Gathered) -> Walk {
    follow(tree, &|asked| numbers.answer(asked))
}

fn follow(tree: &'static Tree, answer: &dyn Fn(Asked) -> Evidence) -> Walk {
    let mut taken = Vec::new();
    let mut node = 0;
    loop {
        match tree.nodes[node] {
            Node::Leaf(advised) => {
                return Walk {
                    tree,
                    taken,
                    advised,
                };
            }
            Node::Question {
                text,
                asks,
                branches,
            } => {
                let evidence = answer(asks);
                let value = evidence.value.value;
                let place = branches.iter().position(|branch| value < branch.below);
                let place = place.unwrap_or(branches.len() - 1);
                let before = place.checked_sub(1).map(|before| branches[before].below);
                let within = (before.unwrap_or(f64::NEG_INFINITY), branches[place].below);
                taken.push(Taken {
                    node,
                    question: text,
                    branch: place,
                    answer: branches[place].answer,
                    is_sure: !(evidence.value.low < within.0 || evidence.value.high >= within.1),
                    would_change: would_change(tree, branches, place, within, &evidence),
                    evidence,
                });
                node = branches[place].to;
            }
        }
    }
}

/// The nearest answer beside the one taken, which is given within two numbers.
fn would_change(
    tree: &Tree,
    branches: &[Branch],
    place: usize,
    (from, to): (f64, f64),
    evidence: &Evidence,
) -> String {
    let value = evidence.value.value;
    let is_above = value - from >= to - value;
    let (other, at) = if is_above {
        (place.checked_add(1), to)
    } else {
        (place.checked_sub(1), from)
    };
    let Some(other) = other.and_then(|other| branches.get(other)) else {
        return String::new();
    };
    let end = match tree.nodes[other.to] {
        Node::Leaf(advised) => advised.sentence().to_owned(),
        Node::Question { text, .. } => format!("The next question would be: {text}"),
    };
    // Whole numbers have their limits between two of them.
    let is_whole = evidence.unit == Unit::Number && at > 1.0;
    let (side, at) = match (is_above, is_whole) {
        (true, true) => ("from", at + 0.5),
        (true, false) => ("from", at),
        (false, true) => ("at", at - 0.5),
        (false, false) => ("below", at),
    };
    format!(
        "It is {}; {side} {} the answer would be “{}”. {end}",
        evidence.unit.show(value),
        evidence.unit.show(at),
        other.answer
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::estimate::Estimate;
    use super::*;

    fn walked(tree: &'static Tree, numbers: &[(Asked, f64)]) -> Walk {
        follow(tree, &|asked| {
            let value = numbers.iter().find(|(it, _)| *it == asked);
            let value = value.expect("it is asked for what it was given").1;
            Evidence {
                label: "a number",
                value: Estimate {
                    value,
                    low: value - 0.01,
                    high: value + 0.01,
                },
                unit: Unit::Share,
                is_measured: true,
            }
        })
    }

    #[test]
    fn every_way_ends_where_the_literature_has_it() {
        use Asked::{ConflictRate, ReadShare, RowsEach, Together, WriteShare};
        let [writes, readers] = &TREES;
        for (tree, numbers, end) in [
            (writes, &[(ConflictRate, 0.02)][..], Advised::Optimistic),
            (writes, &[(ConflictRate, 0.07)], Advised::Measure),
            (
                writes,
                &[(ConflictRate, 0.2), (RowsEach, 1.0)],
                Advised::ForUpdate,
            ),
            (
                writes,
                &[(ConflictRate, 0.2), (RowsEach, 2.0)],
                Advised::ForUpdateInOrder,
            ),
            (
                readers,
                &[(ReadShare, 0.8), (WriteShare, 0.5)],
                Advised::ForUpdate,
            ),
            (
                readers,
                &[(ReadShare, 0.8), (WriteShare, 0.05)],
                Advised::ReadWriteLock,
            ),
            (
                readers,
                &[(ReadShare, 0.1), (Together, 1.0)],
                Advised::NoLock,
            ),
            (
                readers,
                &[(ReadShare, 0.1), (Together, 5.0), (ConflictRate, 0.04)],
                Advised::Optimistic,
            ),
            (
                readers,
                &[(ReadShare, 0.1), (Together, 5.0), (ConflictRate, 0.4)],
                Advised::ForUpdate,
            ),
        ] {
            assert_eq!(walked(tree, numbers).advised, end, "{numbers:?}");
        }
    }

    #[test]
    fn a_walk_says_what_would_change_it_and_how_sure_it_is() {
        let walk = walked(&TREES[0], &[(Asked::ConflictRate, 0.095)]);
        assert_eq!(
            walk.taken[0].would_change,
            "It is 9.5 %; from 10.0 % the answer would be “over 10 %”. The next question would be: One row or several?"
        );
        assert!(!walk.taken[0].is_sure);
        let walk = walked(&TREES[0], &[(Asked::ConflictRate, 0.02)]);
        assert!(walk.taken[0].is_sure);
    }

    #[test]
    fn every_branch_leads_somewhere_and_none_is_circular() {
        for tree in &TREES {
            for (place, node) in tree.nodes.iter().enumerate() {
                if let Node::Question { branches, .. } = node {
                    assert!(
                        branches
                            .windows(2)
                            .all(|pair| pair[0].below < pair[1].below)
                    );
                    assert_eq!(branches.last().map(|it| it.below), Some(f64::INFINITY));
                    assert!(
                        branches
                            .iter()
                            .all(|it| it.to > 0 && it.to < tree.nodes.len() && it.to != place)
                    );
                }
            }
        }
    }
}
