//! What a case may be about: features that can be switched on one by one.

/// A group of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Reading, locking and changing the rows of one table.
    Rows,
    /// INSERT ... ON CONFLICT.
    Upsert,
    /// SERIALIZABLE, READ ONLY, DEFERRABLE.
    Ssi,
    /// LOCK TABLE and lock_timeout.
    Tables,
    /// Advisory locks.
    Advisory,
    /// SAVEPOINT, ROLLBACK TO, RELEASE.
    Savepoints,
    /// Foreign keys.
    Fk,
    /// Joins, subqueries, groups, UPDATE ... FROM, DELETE ... USING, WITH.
    Sql,
    /// Conditions on a range of keys. In which order such rows are locked depends on the plan, so these are for those who
    /// ask for them.
    Plans,
}

/// All of them, by the names that the command line knows.
pub const GROUPS: [(&str, Group); 9] = [
    ("rows", Group::Rows),
    ("upsert", Group::Upsert),
    ("ssi", Group::Ssi),
    ("tables", Group::Tables),
    ("advisory", Group::Advisory),
    ("savepoints", Group::Savepoints),
    ("fk", Group::Fk),
    ("sql", Group::Sql),
    ("plans", Group::Plans),
];

/// The groups of a list such as `rows,fk`; without one, all whose outcome does not depend on plans.
pub fn chosen(only: Option<&str>) -> Vec<Group> {
    let Some(only) = only else {
        let all = GROUPS.iter().map(|(_, group)| *group);
        return all.filter(|group| *group != Group::Plans).collect();
    };
    only.split(',')
        .map(str::trim)
        .map(|name| {
            let found = GROUPS.iter().find(|(known, _)| *known == name);
            let known: Vec<&str> = GROUPS.iter().map(|(known, _)| *known).collect();
            found
                .unwrap_or_else(|| panic!("there is no group `{name}`, but {}", known.join(", ")))
                .1
        })
        .collect()
}
