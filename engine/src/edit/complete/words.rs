//! Key words and functions that are offered, with the words that belong together in one piece.

/// How a statement or another step begins.
pub(super) const STATEMENTS: [&str; 17] = [
    "SELECT",
    "UPDATE",
    "INSERT INTO",
    "DELETE FROM",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "LOCK TABLE",
    "SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
    "RELEASE SAVEPOINT",
    "BEGIN ISOLATION LEVEL REPEATABLE READ",
    "BEGIN ISOLATION LEVEL SERIALIZABLE",
    "BEGIN ISOLATION LEVEL READ COMMITTED",
    "SET LOCAL",
    "SET TRANSACTION ISOLATION LEVEL",
    "WITH",
];

/// What only stands in a transaction block.
pub(super) const IN_BLOCK: [&str; 8] = [
    "COMMIT",
    "ROLLBACK",
    "LOCK TABLE",
    "SAVEPOINT",
    "ROLLBACK TO SAVEPOINT",
    "RELEASE SAVEPOINT",
    "SET LOCAL",
    "SET TRANSACTION ISOLATION LEVEL",
];

pub(super) const MODES: [&str; 6] = [
    "ISOLATION LEVEL READ COMMITTED",
    "ISOLATION LEVEL REPEATABLE READ",
    "ISOLATION LEVEL SERIALIZABLE",
    "ISOLATION LEVEL READ UNCOMMITTED",
    "READ ONLY",
    "READ WRITE",
];

pub(super) const SETTINGS: [&str; 5] = [
    "LOCAL lock_timeout =",
    "LOCAL statement_timeout =",
    "TRANSACTION ISOLATION LEVEL",
    "lock_timeout =",
    "statement_timeout =",
];

pub(super) const LOCKING: [&str; 4] = [
    "FOR UPDATE",
    "FOR NO KEY UPDATE",
    "FOR SHARE",
    "FOR KEY SHARE",
];

pub(super) const AFTER_LOCKING: [&str; 3] = ["NOWAIT", "SKIP LOCKED", "OF"];

pub(super) const LOCK_MODES: [&str; 8] = [
    "IN EXCLUSIVE MODE",
    "IN SHARE ROW EXCLUSIVE MODE",
    "IN SHARE MODE",
    "IN ACCESS EXCLUSIVE MODE",
    "IN ROW EXCLUSIVE MODE",
    "IN ROW SHARE MODE",
    "IN ACCESS SHARE MODE",
    "IN SHARE UPDATE EXCLUSIVE MODE",
];

/// What follows a column that is to be compared.
pub(super) const COMPARE: [&str; 12] = [
    "=",
    "<",
    ">",
    "<=",
    ">=",
    "<>",
    "IN (",
    "IS NULL",
    "IS NOT NULL",
    "BETWEEN",
    "LIKE",
    "NOT IN (",
];

/// What a value can be, once `IS` stands behind it.
pub(super) const IS: [&str; 4] = ["IS NULL", "IS NOT NULL", "IS TRUE", "IS NOT TRUE"];

pub(super) const JOINS: [&str; 3] = ["JOIN", "LEFT JOIN", "AS"];

/// What follows the tables and conditions of a query.
pub(super) const AFTER_ROWS: [&str; 5] = ["ORDER BY", "LIMIT", "GROUP BY", "OFFSET", "UNION ALL"];

/// Functions that are offered, with what they give.
pub(super) const FUNCTIONS: [(&str, &str); 14] = [
    ("coalesce(", "the first that is not NULL"),
    ("greatest(", "the largest"),
    ("least(", "the smallest"),
    ("nullif(", "NULL if both are equal"),
    ("abs(", "without its sign"),
    ("round(", "rounded"),
    ("length(", "how many letters"),
    ("lower(", "in small letters"),
    ("upper(", "in capitals"),
    ("concat(", "put together"),
    ("substr(", "a part of a text"),
    ("mod(", "the remainder"),
    ("now()", "when the transaction began"),
    ("EXISTS (SELECT", "whether there is a row"),
];

/// Aggregates, for a select list and HAVING.
pub(super) const AGGREGATES: [(&str, &str); 7] = [
    ("count(*)", "how many rows"),
    ("sum(", "of all rows"),
    ("min(", "of all rows"),
    ("max(", "of all rows"),
    ("avg(", "of all rows"),
    ("bool_and(", "whether it holds for all rows"),
    ("bool_or(", "whether it holds for some row"),
];

/// Functions for a select list alone.
pub(super) const LOCK_FUNCTIONS: [(&str, &str); 5] = [
    (
        "pg_advisory_xact_lock(",
        "an advisory lock until the transaction ends",
    ),
    ("pg_try_advisory_xact_lock(", "the same, or false at once"),
    ("pg_advisory_lock(", "an advisory lock until it is let go"),
    ("pg_advisory_unlock(", "lets an advisory lock go"),
    ("pg_sleep(", "waits, in seconds"),
];

pub(super) const TYPES: [&str; 8] = [
    "int",
    "bigint",
    "numeric",
    "text",
    "boolean",
    "date",
    "timestamp",
    "timestamptz",
];
