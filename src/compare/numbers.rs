//! What each strategy comes to, in one table.

use super::Side;
use crate::tables::shown;
use rowlock_engine::verdict::VerdictKind;
use yew::prelude::*;

/// Tables larger than this are not written out.
const MOST_ROWS: usize = 6;

/// The table.
pub fn table(sides: &[Side]) -> Html {
    let count = |name: &'static str, value: &dyn Fn(&Side) -> String| {
        html! {
            <tr><th scope="row">{ name }</th>{ for sides.iter().map(|side| html! { <td>{ value(side) }</td> }) }</tr>
        }
    };
    html! {
        <div class="wide" tabindex="0" role="group" aria-label="The strategies in numbers">
        <table class="grid" id="compare-numbers">
            <caption>{ "In numbers" }</caption>
            <thead><tr>
                <td></td>
                { for sides.iter().map(|side| html! { <th scope="col">{ side.strategy.to_string() }</th> }) }
            </tr></thead>
            <tbody>
                { count("Verdict", &|side| verdict(side)) }
                { count("Committed", &|side| side.counts.committed.to_string()) }
                { count("Aborted", &|side| side.counts.aborted.to_string()) }
                { count("Retried", &|side| side.counts.retried.to_string()) }
                { count("Waited for", &|side| match side.counts.waits {
                    0 => "nobody".to_owned(),
                    1 => format!("1 wait, {} ms", side.counts.waited),
                    waits => format!("{waits} waits, {} ms", side.counts.waited),
                }) }
                { count("Rules kept", &|side| match side.counts.rules {
                    0 => "–".to_owned(),
                    rules if side.counts.rules_kept == rules => format!("✓ {rules} of {rules}"),
                    rules => format!("✗ {} of {rules}", side.counts.rules_kept),
                }) }
                { count("Statements sent", &|side| side.counts.statements.to_string()) }
                <tr><th scope="row">{ "In the end" }</th>{ for sides.iter().map(|side| html! { <td>{ state(side) }</td> }) }</tr>
            </tbody>
        </table>
        </div>
    }
}

fn verdict(side: &Side) -> String {
    let verdict = &side.show.verdict;
    let mark = if verdict.kind == VerdictKind::Correct {
        "✓"
    } else {
        "✗"
    };
    let name = match verdict.anomalies.first() {
        Some(anomaly) if verdict.kind == VerdictKind::Anomaly => anomaly.name.as_str(),
        _ => verdict.kind.as_str(),
    };
    format!("{mark} {}", name.replace('-', " "))
}

fn state(side: &Side) -> Html {
    let tables = side.show.run.tables.iter().map(|table| {
        let rows = table.rows.iter().take(MOST_ROWS).map(|row| {
            let columns = table.columns.iter().zip(row.iter());
            let cells: Vec<String> = columns
                .map(|(column, value)| format!("{column} = {}", shown(value)))
                .collect();
            html! { <li><code>{ cells.join(", ") }</code></li> }
        });
        let more = table.rows.len().saturating_sub(MOST_ROWS);
        html! {
            <div><span class="muted">{ &table.name }</span><ul class="plain">{ for rows }</ul>
                if more > 0 { <span class="muted">{ format!("and {more} rows more") }</span> }
            </div>
        }
    });
    html! { <>{ for tables }</> }
}
