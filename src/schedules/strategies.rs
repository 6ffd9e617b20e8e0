//! All strategies side by side.

use super::numbers::shown;
use super::sentences::{answer, share};
use super::state::{Phase, View};
use crate::state::Action;
use rowlock_engine::strategy::Strategy;
use rowlock_engine::work::{Amount, StrategyLine};
use yew::prelude::*;

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is known.
    pub view: View,
    /// Whether counts are shown, with all digits.
    pub all_digits: bool,
    /// The strategy of the drawing.
    pub chosen: Strategy,
    /// Whether a session has one of its own.
    pub has_own: bool,
    /// While nothing can be chosen.
    pub disabled: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

const HEADS: [&str; 5] = [
    "Correct",
    "Goes wrong",
    "Turned away",
    "With a deadlock",
    "Not ended",
];

/// The table.
#[component]
pub fn Strategies(props: &Props) -> Html {
    let view = &props.view;
    let fresh = view.lines.iter().filter(|(_, is_fresh)| *is_fresh);
    let known: Vec<&StrategyLine> = fresh.map(|(line, _)| line).collect();
    let is_over = known.len() == Strategy::ALL.len();
    let says = match view.phase {
        _ if is_over => answer(&known, true),
        Phase::Over | Phase::Failed(_) => {
            format!("Not all were counted. {}", answer(&known, false))
        }
        _ => "One strategy after the other is counted.".to_owned(),
    };
    html! {
        <>
        <p id="strategies-answer" role="status">{ says }</p>
        if props.has_own {
            <p class="muted">{ "Sessions that have a strategy of their own keep it." }</p>
        }
        <div class="wide" tabindex="0" role="group" aria-label="All schedules under every strategy">
        <table class="grid" id="strategies">
            <thead><tr>
                <th scope="col">{ "Strategy" }</th>
                <th scope="col">{ "Schedules" }</th>
                { for HEADS.into_iter().map(|head| html! { <th scope="col">{ head }</th> }) }
            </tr></thead>
            <tbody>{ for Strategy::ALL.into_iter().map(|strategy| row(props, strategy)) }</tbody>
        </table>
        </div>
        </>
    }
}

fn row(props: &Props, strategy: Strategy) -> Html {
    let line = props.view.line(strategy);
    let is_chosen = strategy.slug() == props.chosen.slug();
    let pick = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::PickStrategy(strategy)))
    };
    let is_old = line.is_some_and(|(_, is_fresh)| !is_fresh);
    html! {
        <tr key={strategy.slug()} class={classes!(is_old.then_some("old"))} data-strategy={strategy.slug()} data-fresh={(line.is_some() && !is_old).to_string()}>
            <th scope="row">
                <button type="button" class="pill" aria-pressed={is_chosen.to_string()} disabled={props.disabled} onclick={pick}>
                    { strategy.name() }
                </button>
            </th>
            { match line {
                Some((line, _)) => cells(line, props.all_digits),
                None => html! { <td colspan="6" class="muted">{ "not counted yet" }</td> },
            } }
        </tr>
    }
}

fn cells(line: &StrategyLine, all_digits: bool) -> Html {
    let at_least = if line.is_exact { "" } else { "≥ " };
    // Beside each name what it says of the strategy that there are some.
    let sign = |place: usize, amount: &Amount| match place {
        0 if line.is_exact && amount.count == line.interleavings => "✓ ",
        1 if !amount.is_none() => "✗ ",
        _ => "",
    };
    html! {
        <>
        <td>{ at_least }{ shown(&line.interleavings, all_digits) }</td>
        { for line.amounts.iter().enumerate().map(|(place, amount)| html! {
            <td class={classes!((amount.is_none()).then_some("muted"), (place == 1 && !amount.is_none()).then_some("wrong"))}>
                { sign(place, amount) }{ share(amount) }
                if all_digits && !amount.is_none() {
                    <span class="count">{ format!("{at_least}{}", shown(&amount.count, true)) }</span>
                }
            </td>
        }) }
        </>
    }
}
