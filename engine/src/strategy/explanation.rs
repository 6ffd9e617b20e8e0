//! What is said about each strategy: what it assumes, what it is good and bad at, when to use it, and how it goes wrong.

use super::Strategy;

/// What is said about a strategy, each in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What has to be so.
    pub assumes: &'static str,
    /// What it is good at.
    pub strengths: &'static str,
    /// What it is bad at.
    pub weaknesses: &'static str,
    /// When to use it.
    pub use_for: &'static str,
    /// The classic mistake, as a sentence.
    pub mistake: &'static str,
    /// The story that shows it, by its name in links.
    pub story: &'static str,
}

impl Strategy {
    /// What is said about it.
    #[must_use]
    pub fn explanation(&self) -> Explanation {
        match self {
            Self::None => Explanation {
                assumes: "that nobody else touches the row between your read and your write",
                strengths: "simplest; fastest where rows are private",
                weaknesses: "loses updates as soon as two meet, without a word",
                use_for: "a row belongs to one user or one worker",
                mistake: "“It works on my machine”: tests with one session never show it.",
                story: "two-cashiers",
            },
            Self::LastWriteWins => Explanation {
                assumes: "clocks that agree, and values whose older version may vanish",
                strengths: "never waits, never refuses; works across replicas",
                weaknesses: "drops the older write silently, and with a clock that is ahead the newer one",
                use_for: "presence, caches, settings of one user",
                mistake: "Using it for counters: a sum computed from an old value wins as well.",
                story: "presence",
            },
            Self::Atomic { .. } => Explanation {
                assumes: "that the new value can be computed by the database from the stored one",
                strengths: "one round trip, no retry, the shortest lock",
                weaknesses: "cannot express what a user typed in, or logic in the application",
                use_for: "counters, stock, balances: add, subtract, compare",
                mistake: "Reading first “to be sure” and checking that value instead of the guard in WHERE.",
                story: "flash-sale",
            },
            Self::Optimistic { .. } => Explanation {
                assumes: "that conflicts are rare and that the work can be done again",
                strengths: "no lock while the user thinks; reports conflicts",
                weaknesses: "retries cost work; a hot row turns them into a storm; write skew passes",
                use_for: "forms, documents, rows with conflicts under 5 %",
                mistake: "Not looking at the number of rows that the UPDATE touched.",
                story: "cms-draft",
            },
            Self::Pessimistic { .. } => Explanation {
                assumes: "that everybody who writes asks for the lock, and holds it shortly",
                strengths: "no retries; the second sees the first one’s result",
                weaknesses: "waiting, deadlocks, and stuck locks of clients that hang",
                use_for: "hot rows, several steps that must not fail at the end",
                mistake: "Taking several locks in different orders; thinking (or calling others) while holding one.",
                story: "transfer-deadlock",
            },
            Self::Upsert { .. } => Explanation {
                assumes: "a unique key that tells when two writes mean the same",
                strengths: "sending twice leaves what sending once leaves",
                weaknesses: "guards only the row of the key: what is computed beside it happens again",
                use_for: "ingesting events, syncing state",
                mistake: "Believing that it makes a whole transaction idempotent.",
                story: "upsert-balance",
            },
            Self::UpsertLock => Explanation {
                assumes: "that the caller sends the same key with the same request",
                strengths: "exactly once, even when replies get lost or messages come again",
                weaknesses: "one more row and one more round trip for each request; keys have to be cleaned up",
                use_for: "payments, orders, anything with a retry button",
                mistake: "Recording the key in another transaction than the work.",
                story: "payment-reply-lost",
            },
            Self::Snapshot => Explanation {
                assumes: "that the client tries again on 40001",
                strengths: "reads never wait and agree with each other; no update is lost",
                weaknesses: "write skew: decisions on rows that others change",
                use_for: "reports; read, compute, write on the same rows",
                mistake: "Retrying only the statement that failed, not the transaction.",
                story: "on-call-doctors",
            },
            Self::Serializable => Explanation {
                assumes: "that all transactions use it and try again on 40001",
                strengths: "correct whatever the transactions do; nothing to think about",
                weaknesses: "false alarms, more of them the more is read; tracking costs memory",
                use_for: "rules over several rows, code too intricate to lock by hand",
                mistake: "Leaving one writer at read committed.",
                story: "on-call-doctors",
            },
            Self::AdvisoryLock { .. } => Explanation {
                assumes: "that every program agrees on what the number means",
                strengths: "locks what has no row: a job, a customer, a rule",
                weaknesses: "nothing enforces it; a forgotten caller is not held back",
                use_for: "one job at a time, rules over rows that may not be there yet",
                mistake: "Session-level locks with a pooled connection: they outlive the request.",
                story: "job-queue",
            },
            Self::TableLock { .. } => Explanation {
                assumes: "that writers can wait for one another",
                strengths: "one statement guards everything in the table, rows to come included",
                weaknesses: "all writers stand in line; long ones stop the shop",
                use_for: "imports, rare repairs",
                mistake: "A mode that does not conflict with itself, such as ROW EXCLUSIVE.",
                story: "on-call-doctors",
            },
            Self::InProcess { .. } => Explanation {
                assumes: "one process, and only one",
                strengths: "nanoseconds, not round trips; read-write and stamped variants for readers",
                weaknesses: "worthless with a second instance; not held by the database",
                use_for: "caches and other state in memory",
                mistake: "Guarding a database row with it, then starting a second instance.",
                story: "price-cache",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_explanation_leads_to_a_story() {
        for strategy in Strategy::ALL {
            let story = strategy.explanation().story;
            assert!(crate::gallery::story(story).is_some(), "{story}");
        }
    }
}
