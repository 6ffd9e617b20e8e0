//! What all schedules come to, in sentences.

use super::numbers::{percent, probability, shown};
use rowlock_engine::verdict::VerdictKind;
use rowlock_engine::work::{Amount, Known, Schedules, StrategyLine};

/// So many names of anomalies are in the sentence.
const MOST_NAMES: usize = 3;

/// How many interleavings there are and how many go wrong.
pub fn headline(report: &Schedules, all_digits: bool) -> String {
    let at_least = if report.known == Known::All {
        ""
    } else {
        "at least "
    };
    let ways = if report.interleavings == "1" {
        "way"
    } else {
        "ways"
    };
    let mut text = format!(
        "{at_least}{} {ways} to interleave; ",
        shown(&report.interleavings, all_digits)
    );
    if let (true, Some(first)) = (!at_least.is_empty(), text.get_mut(..1)) {
        first.make_ascii_uppercase();
    }
    let some = |amount: &Amount, one: &str, many: &str| {
        let verb = if amount.count == "1" { one } else { many };
        format!("{at_least}{} {verb}", shown(&amount.count, all_digits))
    };
    text.push_str(&if report.wrong.is_none() {
        if at_least.is_empty() {
            "none goes wrong".to_owned()
        } else {
            "none of those counted goes wrong".to_owned()
        }
    } else if report.wrong.count == report.interleavings && at_least.is_empty() {
        "all go wrong".to_owned()
    } else {
        some(&report.wrong, "goes wrong", "go wrong")
    });
    let names = names_of_wrong(report);
    if !names.is_empty() {
        text.push_str(&format!(" ({})", names.join(", ")));
    }
    if !report.turned_away.is_none() {
        text.push_str(&format!(
            "; in {at_least}{} somebody is turned away, and told so",
            shown(&report.turned_away.count, all_digits)
        ));
    }
    if !report.unfinished.is_none() {
        text.push_str("; ");
        text.push_str(&some(
            &report.unfinished,
            "does not come to an end",
            "do not come to an end",
        ));
    }
    if !report.deadlocked.is_none() {
        text.push_str(&format!(
            "; {at_least}{} with a deadlock",
            shown(&report.deadlocked.count, all_digits)
        ));
    }
    text.push('.');
    text
}

/// What goes wrong, the most frequent first.
fn names_of_wrong(report: &Schedules) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for outcome in &report.outcomes {
        let name = match outcome.verdict {
            VerdictKind::Anomaly => outcome.anomalies.first().map(String::as_str),
            VerdictKind::RuleBroken => Some("rule broken"),
            _ => None,
        };
        if let Some(name) = name
            && names.len() < MOST_NAMES
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// How much the numbers say, where not every schedule was counted.
pub fn bounds(report: &Schedules, all_digits: bool) -> Option<String> {
    let Known::Bounds {
        open,
        at_most,
        stopped,
    } = &report.known
    else {
        return None;
    };
    let states = shown(&report.states.to_string(), true);
    let why = if *stopped {
        format!("You stopped it after {states} states.")
    } else {
        format!("It stopped after {states} states, as much as this page can bear.")
    };
    let most = at_most.as_ref().map_or(String::new(), |most| {
        format!(
            " There are at most {} schedules in all.",
            shown(most, all_digits)
        )
    });
    Some(format!(
        "{why} So every count is a lower bound, and every probability is too low by at most {}.{most}",
        probability(*open)
    ))
}

/// Which strategy keeps the rule in every schedule.
pub fn answer(lines: &[&StrategyLine], is_over: bool) -> String {
    let names = |wanted: &dyn Fn(&StrategyLine) -> bool| {
        let names = lines.iter().filter(|line| wanted(line));
        let names: Vec<&str> = names.map(|line| line.strategy.name()).collect();
        (!names.is_empty()).then(|| list(&names))
    };
    let [correct, wrong, _, _, open] = [0, 1, 2, 3, 4];
    let keeps =
        |line: &StrategyLine| line.is_exact && line.amounts[correct].count == line.interleavings;
    let safe = |line: &StrategyLine| {
        line.is_exact
            && !keeps(line)
            && line.amounts[wrong].is_none()
            && line.amounts[open].is_none()
    };
    let unknown = |line: &StrategyLine| {
        !line.is_exact && line.amounts[wrong].is_none() && line.amounts[open].is_none()
    };
    let mut text = match names(&keeps) {
        Some(names) => format!("Correct in every schedule: {names}."),
        None if is_over => "No strategy is correct in every schedule.".to_owned(),
        None => "None so far.".to_owned(),
    };
    if let Some(names) = names(&safe) {
        text.push_str(&format!(
            " Never wrong, but somebody may be turned away: {names}."
        ));
    }
    if let Some(names) = names(&unknown) {
        text.push_str(&format!(
            " Not known, as there are too many states: {names}."
        ));
    }
    text
}

/// "a, b and c".
fn list(names: &[&str]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// An amount's share in the table of strategies.
pub fn share(amount: &Amount) -> String {
    if amount.is_none() {
        "none".to_owned()
    } else {
        percent(amount.share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::gallery::STORIES;
    use rowlock_engine::strategy::Strategy;
    use rowlock_engine::work::{Answer, Job, Task};

    fn told(strategy: Strategy, stop_after: Option<usize>) -> (Schedules, Vec<StrategyLine>) {
        let mut scenario = rowlock_engine::scenario::read(STORIES[0].text).expect("it is sound");
        scenario.strategy = strategy;
        let text = scenario.to_text();
        let Some(Ok(mut job)) = Job::new(Task::Explore { id: 1, text }) else {
            panic!("a story can be explored");
        };
        let (mut report, mut lines) = (None, Vec::new());
        let mut answers = match stop_after {
            Some(states) => {
                job.advance(states);
                job.stop()
            }
            None => job.advance(1000),
        };
        loop {
            for answer in answers {
                match answer {
                    Answer::Report { report: it, .. } => report = Some(*it),
                    Answer::Line { line, .. } => lines.push(*line),
                    Answer::Finished { .. } => return (report.expect("one was told"), lines),
                    _ => {}
                }
            }
            answers = job.advance(1000);
        }
    }

    #[test]
    fn the_headline_counts_and_names_what_goes_wrong() {
        let (report, lines) = told(Strategy::None, None);
        assert_eq!(
            headline(&report, false),
            "50 ways to interleave; 40 go wrong (lost update)."
        );
        assert_eq!(bounds(&report, false), None);
        let lines: Vec<&StrategyLine> = lines.iter().collect();
        let says = answer(&lines, true);
        let correct = says.split('.').next().unwrap_or_default();
        assert!(correct.starts_with("Correct in every schedule: "), "{says}");
        assert!(correct.contains("pessimistic"), "{says}");
        assert!(!says.contains("none,"), "{says}");
        assert_eq!(answer(&[], false), "None so far.");
        let (report, _) = told(Strategy::PESSIMISTIC, None);
        let says = headline(&report, false);
        assert!(
            says.ends_with(" ways to interleave; none goes wrong."),
            "{says}"
        );
    }

    #[test]
    fn what_was_stopped_is_told_as_bounds() {
        let (report, _) = told(Strategy::None, Some(1));
        let says = headline(&report, false);
        assert!(says.starts_with("At least "), "{says}");
        let bounds = bounds(&report, false).expect("there are some");
        assert!(bounds.starts_with("You stopped it after "), "{bounds}");
        assert!(bounds.contains("too low by at most "), "{bounds}");
    }
}
