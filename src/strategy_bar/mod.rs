//! How the transactions are guarded: strategy, its options, isolation level; for all sessions or for one.

use crate::latest::use_latest;
use crate::shared::Shared;
use crate::state::{Action, Show};
use rowlock_engine::scenario::{Backoff, OnConflict, SessionId};
use rowlock_engine::sql::ast::IsolationLevel;
use rowlock_engine::strategy::Strategy;
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

const LEVELS: [IsolationLevel; 6] = [
    IsolationLevel::ReadCommitted,
    IsolationLevel::RepeatableRead,
    IsolationLevel::Serializable,
    IsolationLevel::ReadUncommitted,
    IsolationLevel::DirtyRead,
    IsolationLevel::DirtyWrite,
];

/// The bar.
#[component]
pub fn StrategyBar(props: &Props) -> Html {
    // For whom a strategy is chosen; all, unless a session is.
    let whom = use_state(|| None::<SessionId>);
    let scenario = &props.show.scenario;
    let session = whom.filter(|session| session.0 < scenario.sessions.len());
    let chosen = session.map_or(scenario.strategy, |session| scenario.strategy_of(session));
    let pick = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |strategy: Strategy| {
            dispatch.emit(match session {
                None => Action::PickStrategy(strategy),
                Some(session) => Action::PickSessionStrategy(session, Some(strategy)),
            })
        })
    };
    let latest = use_latest({
        let mut all = Strategy::ALL.iter();
        all.position(|it| it.slug() == chosen.slug()).unwrap_or(0)
    });
    let keys = {
        let pick = pick.clone();
        Callback::from(move |event: KeyboardEvent| {
            let (place, count) = (latest.get(), Strategy::ALL.len());
            let next = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => (place + 1) % count,
                "ArrowLeft" | "ArrowUp" => (place + count - 1) % count,
                _ => return,
            };
            event.prevent_default();
            latest.set(next);
            pick.emit(Strategy::ALL[next]);
            let id = format!("strategy-{}", Strategy::ALL[next].slug());
            if let Some(button) = crate::browser::element(&id) {
                let _ = button.focus();
            }
        })
    };
    let own = session.is_some_and(|session| scenario.sessions[session.0].strategy.is_some());
    html! {
        <div class="strategy-bar">
            <div class="strategies" role="radiogroup" aria-label="Strategy" onkeydown={keys}>
                { for Strategy::ALL.into_iter().map(|strategy| {
                    let checked = strategy.slug() == chosen.slug();
                    let pick = pick.clone();
                    html! {
                        <button type="button" role="radio" id={format!("strategy-{}", strategy.slug())}
                            data-strategy={strategy.slug()} aria-checked={checked.to_string()} title={strategy.description()}
                            tabindex={if checked { "0" } else { "-1" }} disabled={props.disabled}
                            onclick={Callback::from(move |_| if !checked { pick.emit(strategy) })}>
                            { strategy.name() }
                        </button>
                    }
                }) }
            </div>
            <p class="description">{ chosen.description() }</p>
            <div class="options">
                { for_whom(props, session, &whom) }
                if own {
                    <button type="button" id="as-all" class="quiet" onclick={as_all(props, session)}>{ "As all" }</button>
                }
                { for chosen.choices().into_iter().map(|choice| select(props, choice.id, choice.label,
                    choice.options.iter().map(|(words, it)| (it.to_string(), words.clone(), *it == chosen)).collect(),
                    {
                        let pick = pick.clone();
                        Callback::from(move |value: String| if let Ok(strategy) = value.parse() { pick.emit(strategy) })
                    })) }
                { select(props, "on-conflict", "On conflict",
                    conflict_choices(scenario.on_conflict).into_iter().map(|choice| (
                        choice.map(|choice| choice.to_string()).unwrap_or_default(),
                        match choice {
                            None => format!("{} (its own way)", scenario.strategy.default_on_conflict()),
                            Some(choice) => choice.to_string(),
                        },
                        choice == scenario.on_conflict,
                    )).collect(),
                    {
                        let dispatch = props.dispatch.clone();
                        Callback::from(move |value: String| dispatch.emit(Action::PickOnConflict(value.parse().ok())))
                    }) }
                { select(props, "isolation", "Isolation",
                    LEVELS.into_iter().map(|level| {
                        let note = if level <= IsolationLevel::DirtyRead { " (not PostgreSQL)" } else { "" };
                        (level.to_string(), format!("{level}{note}"), level == props.show.plan.isolation)
                    }).collect(),
                    isolation(props)) }
            </div>
        </div>
    }
}

/// For whom the strategy is chosen.
fn for_whom(
    props: &Props,
    session: Option<SessionId>,
    whom: &UseStateHandle<Option<SessionId>>,
) -> Html {
    let sessions = &props.show.scenario.sessions;
    let mut choices = vec![(String::new(), "all sessions".to_owned(), session.is_none())];
    choices.extend(sessions.iter().enumerate().map(|(place, about)| {
        let own = about
            .strategy
            .map_or(String::new(), |own| format!(" ({})", own.name()));
        (
            place.to_string(),
            format!("{}{own}", about.display_name()),
            session == Some(SessionId(place)),
        )
    }));
    let whom = whom.clone();
    let pick = Callback::from(move |value: String| whom.set(value.parse().ok().map(SessionId)));
    select(props, "strategy-for", "Strategy for", choices, pick)
}

/// A session goes back to what all have.
fn as_all(props: &Props, session: Option<SessionId>) -> Callback<MouseEvent> {
    let dispatch = props.dispatch.clone();
    Callback::from(move |_| {
        if let Some(session) = session {
            dispatch.emit(Action::PickSessionStrategy(session, None));
        }
    })
}

/// A labelled list of choices: value, words, whether it is the present one.
fn select(
    props: &Props,
    id: &'static str,
    label: &'static str,
    choices: Vec<(String, String, bool)>,
    pick: Callback<String>,
) -> Html {
    let change = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<HtmlSelectElement>() {
            pick.emit(select.value());
        }
    });
    html! {
        <label key={id}>
            <span>{ label }</span>
            <select {id} disabled={props.disabled} onchange={change}>
                { for choices.into_iter().map(|(value, words, selected)| html! {
                    <option {value} {selected}>{ words }</option>
                }) }
            </select>
        </label>
    }
}

fn isolation(props: &Props) -> Callback<String> {
    let dispatch = props.dispatch.clone();
    let usual = props.show.scenario.strategy.isolation();
    let usual = usual.unwrap_or(IsolationLevel::ReadCommitted);
    Callback::from(move |value: String| {
        if let Ok(level) = value.parse::<IsolationLevel>() {
            // The usual level need not be written down.
            dispatch.emit(Action::PickIsolation((level != usual).then_some(level)));
        }
    })
}

fn conflict_choices(current: Option<OnConflict>) -> Vec<Option<OnConflict>> {
    let backoff = |limit, jitter| OnConflict::Retry {
        limit,
        backoff: Backoff { first: 10, jitter },
    };
    let mut choices = vec![
        None,
        Some(OnConflict::Reject),
        Some(OnConflict::Abort),
        Some(OnConflict::retry(1)),
        Some(OnConflict::retry(3)),
        Some(OnConflict::retry(10)),
        Some(backoff(5, None)),
        Some(backoff(5, Some(1))),
    ];
    if !choices.contains(&current) {
        choices.push(current);
    }
    choices
}
