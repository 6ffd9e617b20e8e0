//! What the plan at hand never does, and so need not be told apart.

/// What the sessions of a plan do and do not, on which depends what can be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Habits {
    /// Whether some step takes a lock on a table that conflicts with that of a plain write.
    pub locks_tables: bool,
    /// Whether what is of no use may be dropped. Not at a level without write locks, whose rollbacks bring old versions back.
    pub forgets: bool,
    /// Whether the age of transactions says something beyond what snapshots say: under SSI it does.
    pub keeps_age: bool,
    /// Whether somebody looks at the clock.
    pub keeps_time: bool,
    /// Whether time brings a session nothing but the search for a deadlock, and that to all after the same time.
    pub one_alarm: bool,
    /// Whether nothing that anybody is told depends on the order in which rows stand.
    pub by_key: bool,
    /// By table, the columns that are used of a version that was replaced before a statement got to it; `None`: all are.
    pub filters: Option<Vec<Vec<bool>>>,
    /// Whether each statement that locks rows names one, by its key, and changes nothing that has to be unique.
    pub one_row: bool,
    /// Whether no circle of sessions that wait for each other can come to be, so that nobody need look for one.
    pub no_circles: bool,
    /// Whether, besides, who waits for a row gets it in the order of coming whether it has a turn (`Tag::Tuple`) or not: all who
    /// can wait are plain changes, and nobody loses patience.
    pub first_come: bool,
}
