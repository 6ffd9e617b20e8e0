//! A case made small: what can be left out without the difference going away is left out.

use super::case::Case;

/// The smallest case that is found within so many trials and still `differs`.
pub fn shrink(case: Case, trials: usize, differs: &mut dyn FnMut(&Case) -> bool) -> Case {
    let mut case = case;
    let mut left = trials;
    loop {
        let mut smaller = None;
        for candidate in candidates(&case) {
            if left == 0 {
                return case;
            }
            left -= 1;
            if candidate.size() < case.size() && differs(&candidate) {
                smaller = Some(candidate);
                break;
            }
        }
        match smaller {
            Some(candidate) => case = candidate,
            None => return case,
        }
    }
}

/// Cases that are smaller by one thing, the biggest things first.
fn candidates(case: &Case) -> Vec<Case> {
    let mut all = Vec::new();
    if case.permutations.len() > 1 {
        all.extend((0..case.permutations.len()).map(|place| case.alone(place)));
    }
    if case.sessions.len() > 1 {
        all.extend((0..case.sessions.len()).map(|session| case.without_session(session)));
    }
    for (session, of) in case.sessions.iter().enumerate() {
        for (step, what) in of.steps.iter().enumerate() {
            // Without its end a transaction would stand in the way of the teardown.
            if of.steps.len() > 1 && (!what.needed || of.setup.is_empty() && step == 1) {
                all.push(case.without_step(session, step));
            }
        }
    }
    let mut change = |change: &dyn Fn(&mut Case)| {
        let mut candidate = case.clone();
        change(&mut candidate);
        if candidate != *case {
            all.push(candidate);
        }
    };
    change(&|case| case.extras.clear());
    for table in 0..case.tables.len() {
        change(&|case| {
            case.tables.remove(table);
        });
        for row in 0..case.tables[table].rows.len() {
            change(&|case| {
                case.tables[table].rows.remove(row);
            });
        }
        for part in 0..case.tables[table].parts.len() {
            change(&|case| {
                // The constraints behind the type.
                let part = &mut case.tables[table].parts[part];
                let words: Vec<&str> = part.split(' ').collect();
                if words.len() > 2 && !part.starts_with("PRIMARY") {
                    *part = words[..2].join(" ");
                }
            });
        }
    }
    for session in 0..case.sessions.len() {
        change(&|case| case.sessions[session].teardown = None);
        change(&|case| {
            for begin in &mut case.sessions[session].setup {
                "BEGIN".clone_into(begin);
            }
        });
        for step in 0..case.sessions[session].steps.len() {
            for clause in [
                " RETURNING",
                " ORDER BY",
                " WHERE",
                " ON CONFLICT",
                " FOR",
                " LIMIT",
            ] {
                change(&|case| {
                    let sql = &mut case.sessions[session].steps[step].sql;
                    if let (Some(at), false) = (sql.find(clause), sql.contains("; ")) {
                        sql.truncate(at);
                    }
                });
            }
            for keep_last in [true, false] {
                change(&|case| {
                    let sql = &mut case.sessions[session].steps[step].sql;
                    if let Some((first, last)) = sql.split_once("; ") {
                        *sql = if keep_last { last } else { first }.to_owned();
                    }
                });
            }
            change(&|case| {
                let sql = &mut case.sessions[session].steps[step].sql;
                if let Some((before, after)) = sql.split_once("), (") {
                    let end = after.find(')').unwrap_or(0);
                    *sql = format!("{before}{}", &after[end..]);
                }
            });
        }
    }
    all
}
