//! Two accounts of one spec: where do they differ in what PostgreSQL promises?
//!
//! The order of rows without ORDER BY is the plan's, which is not simulated: such rows are sorted in both.

/// An account in parts: what comes before the first permutation, then the permutations.
pub fn sections(account: &str) -> Vec<String> {
    let mut sections = vec![String::new()];
    for line in account.lines() {
        if line.starts_with("starting permutation:") {
            sections.push(String::new());
        }
        if let Some(last) = sections.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    sections.into_iter().map(|one| sorted(&one)).collect()
}

/// Sorts the rows of results whose step has no ORDER BY, or several statements.
fn sorted(section: &str) -> String {
    let lines: Vec<&str> = section.lines().collect();
    let mut text = String::new();
    let mut ordered: Vec<(String, bool)> = Vec::new();
    let mut is_ordered = false;
    let mut at = 0;
    let push = |line: &str, text: &mut String| {
        text.push_str(line);
        text.push('\n');
    };
    while at < lines.len() {
        let line = lines[at];
        if let Some((name, sql)) = line
            .strip_prefix("step ")
            .and_then(|rest| rest.split_once(": "))
        {
            if sql == "<... completed>" {
                let known = ordered.iter().rev().find(|(other, _)| other == name);
                is_ordered = known.is_some_and(|(_, is)| *is);
            } else {
                let is_alone = !sql.trim_end_matches(';').contains(';');
                is_ordered = is_alone && sql.contains("ORDER BY");
                ordered.push((name.to_owned(), is_ordered));
            }
        }
        push(line, &mut text);
        at += 1;
        let is_rule = !line.is_empty() && line.bytes().all(|byte| b"-+".contains(&byte));
        if is_rule {
            let ends = |line: &&str| line.starts_with('(') && line.ends_with(')');
            let end = lines[at..].iter().position(ends).map_or(at, |n| at + n);
            let mut rows: Vec<&str> = lines[at..end].to_vec();
            if !is_ordered {
                rows.sort_unstable();
            }
            for row in rows {
                push(row, &mut text);
            }
            at = end;
        }
    }
    text
}
