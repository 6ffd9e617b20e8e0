//! How the transactions are guarded: strategy, its options, isolation level.

use crate::shared::Shared;
use crate::state::{Action, Show};
use rowlock_engine::scenario::OnConflict;
use rowlock_engine::sql::ast::{IsolationLevel, WaitPolicy};
use rowlock_engine::strategy::{LockOrder, Strategy};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the bar shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The scenario on the screen.
    pub show: Shared<Show>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
    /// While the text is broken nothing can be chosen.
    pub disabled: bool,
}

const LEVELS: [IsolationLevel; 5] = [
    IsolationLevel::ReadCommitted,
    IsolationLevel::RepeatableRead,
    IsolationLevel::Serializable,
    IsolationLevel::ReadUncommitted,
    IsolationLevel::DirtyRead,
];

/// The bar.
#[component]
pub fn StrategyBar(props: &Props) -> Html {
    let scenario = &props.show.scenario;
    let chosen = scenario.strategy;
    let keys = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            let count = Strategy::ALL.len();
            let place = Strategy::ALL
                .iter()
                .position(|strategy| strategy.slug() == chosen.slug())
                .unwrap_or(0);
            let next = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => (place + 1) % count,
                "ArrowLeft" | "ArrowUp" => (place + count - 1) % count,
                _ => return,
            };
            event.prevent_default();
            dispatch.emit(Action::PickStrategy(Strategy::ALL[next]));
            if let Some(button) =
                crate::browser::element(&format!("strategy-{}", Strategy::ALL[next].slug()))
            {
                let _ = button.focus();
            }
        })
    };
    html! {
        <div class="strategy-bar">
            <div class="strategies" role="radiogroup" aria-label="Strategy" onkeydown={keys}>
                { for Strategy::ALL.into_iter().map(|strategy| {
                    let checked = strategy.slug() == chosen.slug();
                    let dispatch = props.dispatch.clone();
                    html! {
                        <button type="button" role="radio" id={format!("strategy-{}", strategy.slug())}
                            data-strategy={strategy.slug()} aria-checked={checked.to_string()} title={strategy.description()}
                            tabindex={if checked { "0" } else { "-1" }} disabled={props.disabled}
                            onclick={Callback::from(move |_| if !checked { dispatch.emit(Action::PickStrategy(strategy)) })}>
                            { strategy.slug() }
                        </button>
                    }
                }) }
            </div>
            <p class="description">{ chosen.description() }</p>
            <div class="options">
                { options(props, chosen) }
                <label>
                    <span>{ "On conflict" }</span>
                    <select id="on-conflict" disabled={props.disabled} onchange={on_conflict(props)}>
                        { for conflict_choices(scenario.on_conflict).into_iter().map(|choice| html! {
                            <option value={choice.map(|choice| choice.to_string()).unwrap_or_default()}
                                selected={choice == scenario.on_conflict}>
                                { match choice {
                                    None => format!("{} (its own way)", chosen.default_on_conflict()),
                                    Some(choice) => choice.to_string(),
                                } }
                            </option>
                        }) }
                    </select>
                </label>
                <label>
                    <span>{ "Isolation" }</span>
                    <select id="isolation" disabled={props.disabled} onchange={isolation(props)}>
                        { for LEVELS.into_iter().map(|level| html! {
                            <option value={level.to_string()} selected={level == props.show.plan.isolation}>
                                { level.to_string() }
                                { if level == IsolationLevel::DirtyRead { " (not PostgreSQL)" } else { "" } }
                            </option>
                        }) }
                    </select>
                </label>
            </div>
        </div>
    }
}

fn value(event: &Event) -> String {
    event
        .target_dyn_into::<HtmlSelectElement>()
        .map(|select| select.value())
        .unwrap_or_default()
}

fn isolation(props: &Props) -> Callback<Event> {
    let dispatch = props.dispatch.clone();
    Callback::from(move |event: Event| {
        if let Ok(level) = value(&event).parse::<IsolationLevel>() {
            // The usual level need not be written down.
            dispatch.emit(Action::PickIsolation(
                (level != IsolationLevel::ReadCommitted).then_some(level),
            ));
        }
    })
}

fn conflict_choices(current: Option<OnConflict>) -> Vec<Option<OnConflict>> {
    let mut choices = vec![None, Some(OnConflict::Reject)];
    choices.extend([1, 3, 10].map(|limit| Some(OnConflict::Retry { limit })));
    if !choices.contains(&current) {
        choices.push(current);
    }
    choices
}

fn on_conflict(props: &Props) -> Callback<Event> {
    let dispatch = props.dispatch.clone();
    Callback::from(move |event: Event| {
        dispatch.emit(Action::PickOnConflict(value(&event).parse().ok()))
    })
}

/// The chosen strategy's own options.
fn options(props: &Props, chosen: Strategy) -> Html {
    let Strategy::Pessimistic { wait, order } = chosen else {
        return html! {};
    };
    let waits = [
        (WaitPolicy::Block, "wait"),
        (WaitPolicy::NoWait, "nowait"),
        (WaitPolicy::SkipLocked, "skip locked"),
    ];
    let orders = [
        (LockOrder::AsDrawn, "as drawn"),
        (LockOrder::ByKey, "by key"),
    ];
    let pick_wait = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            if let Some((wait, _)) = waits.iter().find(|(_, name)| *name == value(&event)) {
                dispatch.emit(Action::PickStrategy(Strategy::Pessimistic {
                    wait: *wait,
                    order,
                }));
            }
        })
    };
    let pick_order = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            if let Some((order, _)) = orders.iter().find(|(_, name)| *name == value(&event)) {
                dispatch.emit(Action::PickStrategy(Strategy::Pessimistic {
                    wait,
                    order: *order,
                }));
            }
        })
    };
    html! {
        <>
            <label>
                <span>{ "Locked row" }</span>
                <select id="lock-wait" disabled={props.disabled} onchange={pick_wait}>
                    { for waits.iter().map(|(which, name)| html! { <option value={*name} selected={*which == wait}>{ *name }</option> }) }
                </select>
            </label>
            <label>
                <span>{ "Lock order" }</span>
                <select id="lock-order" disabled={props.disabled} onchange={pick_order}>
                    { for orders.iter().map(|(which, name)| html! { <option value={*name} selected={*which == order}>{ *name }</option> }) }
                </select>
            </label>
        </>
    }
}
