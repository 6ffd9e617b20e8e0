//! The outcomes: how many schedules have each, and what it is.

use super::numbers::{percent, probability, shown};
use crate::shared::Shared;
use crate::state::Action;
use rowlock_engine::edit::Edit;
use rowlock_engine::verdict::VerdictKind;
use rowlock_engine::work::{Known, Outcome, Schedules};
use yew::prelude::*;

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is known.
    pub report: Shared<Schedules>,
    /// Whether counts are shown with all digits.
    pub all_digits: bool,
    /// Whether a schedule can be put into the drawing.
    pub can_draw: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

/// The heads of the columns. They stand beside the cells where the table is narrow.
const HEADS: [&str; 6] = [
    "Of all schedules",
    "If whoever can go on is equally likely to be next",
    "Verdict",
    "Left in the tables",
    "What the sessions were told",
    "The shortest schedule",
];

/// The table.
#[component]
pub fn Outcomes(props: &Props) -> Html {
    let report = &props.report;
    let is_exact = report.known == Known::All;
    html! {
        <>
        <p class="muted">{ "Schedules that end the same are one outcome. The first column counts every schedule once; in the second, at each point \
            every session that can go on is equally likely to be next. The two differ." }</p>
        <table class="grid outcomes" id="outcomes" role="table">
            <thead role="rowgroup"><tr role="row">{ for HEADS.into_iter().map(|head| html! { <th role="columnheader" scope="col">{ head }</th> }) }</tr></thead>
            <tbody role="rowgroup">{ for report.outcomes.iter().enumerate().map(|(place, outcome)| row(props, place, outcome, is_exact)) }</tbody>
        </table>
        if report.more > 0 {
            <p class="muted">{ format!("And {} further outcomes, each of fewer schedules.", report.more) }</p>
        }
        </>
    }
}

fn row(props: &Props, place: usize, outcome: &Outcome, is_exact: bool) -> Html {
    let (kind, sign, word) = verdict(outcome);
    let count = shown(&outcome.amount.count, props.all_digits);
    let at_least = if is_exact { "" } else { "≥ " };
    let share = percent(outcome.amount.share);
    let draw = {
        let (dispatch, order) = (props.dispatch.clone(), outcome.order.clone());
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Change(Edit::Reschedule(order.clone())));
            dispatch.emit(Action::Seek(usize::MAX));
        })
    };
    let others = outcome.anomalies.iter().filter(|name| **name != word);
    let width = (outcome.amount.share * 100.0).max(1.0).round() as u32;
    html! {
        <tr role="row" key={place} class={kind} data-count={outcome.amount.count.clone()} data-verdict={outcome.verdict.as_str()}>
            <td role="cell" data-head={HEADS[0]} class="ratio">
                <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="track" width="100" height="8" /><rect class="fill" width={width.to_string()} height="8" />
                </svg>
                <strong>{ share }</strong>{ " " }<span class="count">{ format!("{at_least}{count}") }</span>
            </td>
            <td role="cell" data-head={HEADS[1]}>{ at_least }{ probability(outcome.amount.likely) }</td>
            <td role="cell" data-head={HEADS[2]} class="what">
                <strong><span aria-hidden="true">{ sign }</span>{ " " }{ &word }</strong>
                { for others.map(|name| html! { <span class="item">{ format!("also {name}") }</span> }) }
                if outcome.deadlock { <span class="item">{ "with a deadlock" }</span> }
                { for outcome.broken_rules.iter().map(|rule| html! { <span class="item broken-rule">{ format!("✗ {rule}") }</span> }) }
                <span class="sentence">{ &outcome.sentence }</span>
            </td>
            <td role="cell" data-head={HEADS[3]}>{ for outcome.tables.iter().map(|table| html! { <code class="line">{ table }</code> }) }</td>
            <td role="cell" data-head={HEADS[4]}>{ for outcome.sessions.iter().map(|(name, told)| html! {
                <span class="line"><strong>{ name }</strong>{ format!(": {told}") }</span>
            }) }</td>
            <td role="cell" data-head={HEADS[5]}>
                <button type="button" class="pill draw-it" disabled={!props.can_draw || outcome.order.is_empty()} onclick={draw}>
                    { "Draw it" }<span class="unseen">{ format!(": {word}, {count}") }</span>
                </button>
                if !outcome.faithful {
                    <span class="muted">{ "Drawn, it may end in another way: what a strategy sends once more comes when it can." }</span>
                }
            </td>
        </tr>
    }
}

/// An outcome's class, sign and word.
fn verdict(outcome: &Outcome) -> (&'static str, &'static str, String) {
    let word = |word: &str| word.to_owned();
    match outcome.verdict {
        VerdictKind::Correct => ("is-correct", "✓", word("correct")),
        VerdictKind::Anomaly => {
            let name = outcome.anomalies.first().map_or("anomaly", String::as_str);
            ("is-wrong", "✗", word(name))
        }
        VerdictKind::RuleBroken => ("is-wrong", "✗", word("rule broken")),
        VerdictKind::TurnedAway => ("is-turned-away", "⊘", word("turned away")),
        VerdictKind::Unfinished => ("is-open", "…", word("unfinished")),
        VerdictKind::Undecided => ("is-open", "?", word("undecided")),
    }
}
