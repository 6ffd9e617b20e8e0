//! Locks: who holds what and who waits, the states of one lock, and who waits for whom.

use crate::picture::Picture;
use crate::shared::Shared;
use crate::state::Show;
use crate::versions::who;
use rowlock_engine::db::SqlState;
use rowlock_engine::diagram::graphs::{lock_states, target_name, waits};
use rowlock_engine::diagram::svg::own_colours;
use rowlock_engine::run::EventKind;
use rowlock_engine::run::landmarks::{Landmark, jump};
use rowlock_engine::run::locks::{Claim, LockLog, LockState, LockStory};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// More locks than this are not in the table.
const MOST_ROWS: usize = 16;
/// More locks than this cannot be chosen.
const MOST_LOCKS: usize = 60;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
    /// Called with a position when one is chosen.
    pub on_seek: Callback<usize>,
}

/// The room.
#[component]
pub fn Locks(props: &Props) -> Html {
    let show = &props.show;
    let log = &show.locks;
    let chosen = use_state(|| None::<usize>);
    {
        // Another run has other locks.
        let chosen = chosen.clone();
        use_effect_with(show.clone(), move |_| chosen.set(None));
    }
    let told = first_to_tell(log);
    let chosen_lock = chosen.filter(|lock| *lock < log.locks.len()).or(told);
    html! {
        <div class="locks" id="locks">
            <section class="lock-table">
                <h2>{ "Lock table" }</h2>
                { table(show, log, props.position, chosen_lock, &chosen) }
            </section>
            <section>
                <h2>{ "One lock's states" }</h2>
                { states(show, log, props.position, chosen_lock, &chosen) }
            </section>
            <section>
                <h2>{ "Who waits for whom" }</h2>
                { wait_graph(props, log) }
            </section>
        </div>
    }
}

/// The lock that has most to tell: one that somebody waits for, else one on a row, else any.
fn first_to_tell(log: &LockLog) -> Option<usize> {
    let find = |wanted: &dyn Fn(&LockStory) -> bool| log.locks.iter().position(wanted);
    find(&|lock| lock.is_contended() && lock.is_of_row())
        .or_else(|| find(&LockStory::is_contended))
        .or_else(|| find(&LockStory::is_of_row))
        .or_else(|| (!log.locks.is_empty()).then_some(0))
}

fn table(
    show: &Show,
    log: &LockLog,
    position: usize,
    chosen: Option<usize>,
    set: &UseStateHandle<Option<usize>>,
) -> Html {
    let mut held: Vec<(usize, &LockStory)> = log
        .locks
        .iter()
        .enumerate()
        .filter(|(_, lock)| {
            lock.at(position)
                .is_some_and(|it| it.state() != LockState::Unlocked)
        })
        .collect();
    // What somebody waits for comes first, then rows, then what every statement takes on its table.
    rowlock_engine::collections::sort_by_key(&mut held, |(_, lock)| {
        let wanted = lock.at(position).is_some_and(|held| !held.queue.is_empty());
        (!wanted, !lock.is_of_row())
    });
    let more = held.len().saturating_sub(MOST_ROWS);
    let claims = |list: &[Claim]| -> Html {
        if list.is_empty() {
            return html! { "–" };
        }
        html! { <>{ for list.iter().map(|claim| html! {
            <span class="item">{ who(show, claim.session) }{ " " }<code>{ claim.mode }</code></span>
        }) }</> }
    };
    if held.is_empty() {
        return html! { <p>{ "At this step nobody holds a lock." }</p> };
    }
    html! {
        <>
        <div class="wide" tabindex="0" role="group" aria-label="Lock table">
        <table class="grid">
            <thead><tr>
                <th scope="col">{ "Lock" }</th><th scope="col">{ "State" }</th><th scope="col">{ "Held by" }</th><th scope="col">{ "Waits, in this order" }</th>
            </tr></thead>
            <tbody>{ for held.into_iter().take(MOST_ROWS).filter_map(|(place, lock)| {
                let now = lock.at(position)?;
                let set = set.clone();
                Some(html! {
                    <tr class={(now.state() == LockState::Contended).then_some("contended")}>
                        <th scope="row"><button type="button" class="pill" aria-pressed={(chosen == Some(place)).to_string()}
                            onclick={Callback::from(move |_| set.set(Some(place)))}>{ target_name(&lock.target) }</button></th>
                        <td>{ now.state().as_str() }</td>
                        <td>{ claims(&now.holders) }</td>
                        <td>{ claims(&now.queue) }</td>
                    </tr>
                })
            }) }</tbody>
        </table>
        </div>
        if more > 0 { <p class="muted">{ format!("and {more} more") }</p> }
        </>
    }
}

fn states(
    show: &Show,
    log: &LockLog,
    position: usize,
    chosen: Option<usize>,
    set: &UseStateHandle<Option<usize>>,
) -> Html {
    let Some((place, lock)) = chosen.and_then(|place| Some((place, log.locks.get(place)?))) else {
        return html! { <p>{ "In this run nothing is locked." }</p> };
    };
    let choose = {
        let set = set.clone();
        Callback::from(move |event: Event| {
            let list = event.target_dyn_into::<HtmlSelectElement>();
            set.set(list.and_then(|list| list.value().parse().ok()));
        })
    };
    let now = lock
        .at(position)
        .map_or(LockState::Unlocked, |held| held.state());
    let name = target_name(&lock.target);
    // The chosen one is in the list, however long that is.
    let listed = (0..log.locks.len()).filter(|other| *other < MOST_LOCKS || *other == place);
    html! {
        <>
            <label class="choose">{ "Lock " }
                <select id="lock" onchange={choose}>
                    { for listed.map(|other| html! {
                        <option value={other.to_string()} selected={other == place}>{ target_name(&log.locks[other].target) }</option>
                    }) }
                </select>
            </label>
            <p id="lock-state">{ format!("At this step it is {}.", now.as_str()) }</p>
            <Picture figure={lock_states(&show.plan, &show.run, lock, position)} own={own_colours(&show.scenario)}
                label={format!("The states of the lock on {name}; now it is {}", now.as_str())} />
        </>
    }
}

fn wait_graph(props: &Props, log: &LockLog) -> Html {
    let show = &props.show;
    // A deadlock is gone with its victim; just after that the graph is shown as it was.
    let last = props.position.checked_sub(1);
    let victim = last.and_then(|last| match &show.run.events.get(last)?.kind {
        EventKind::Failed(error) if error.state == SqlState::DEADLOCK_DETECTED => {
            Some(show.run.events[last].session)
        }
        _ => None,
    });
    let position = if victim.is_some() {
        props.position.saturating_sub(1)
    } else {
        props.position
    };
    let graph = waits(&show.plan, &show.run, log.waits_at(position), position);
    if graph.figure.nodes.is_empty() {
        let next = jump(&show.run, 0, Landmark::Wait, true);
        let on_seek = props.on_seek.clone();
        return html! {
            <p>
                { "At this step nobody waits for anybody. " }
                if let Some(next) = next {
                    <button type="button" class="pill" onclick={Callback::from(move |_| on_seek.emit(next))}>{ "Show the first wait" }</button>
                }
            </p>
        };
    }
    html! {
        <>
            if let Some(session) = victim {
                <p id="victim">{ "A deadlock, as it was until this step: " }{ who(show, session) }{ " found it and has been rolled back." }</p>
            } else if !graph.cycle.is_empty() {
                <p id="victim">{ "A deadlock: they wait for each other. " }
                    if let Some((session, event)) = graph.victim {
                        { who(show, session) }{ " will be the victim, " }
                        <button type="button" class="pill" onclick={{
                            let on_seek = props.on_seek.clone();
                            Callback::from(move |_| on_seek.emit(event + 1))
                        }}>{ format!("at event {}", event + 1) }</button>
                    }
                </p>
            }
            <Picture figure={graph.figure} own={own_colours(&show.scenario)} label="The graph of who waits for whom" />
            <ul class="plain" id="waits">{ for graph.list.iter().map(|line| html! { <li>{ line }</li> }) }</ul>
        </>
    }
}
