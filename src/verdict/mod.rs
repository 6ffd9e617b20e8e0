//! The verdict: one sentence, and what would cure it.

mod cures;

use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::{Action, Show};
pub use cures::cures_of;
use cures::use_cures;
use rowlock_engine::db::SqlState;
use rowlock_engine::run::{Conflict, Outcome};
use rowlock_engine::verdict::{Verdict, VerdictKind};
use yew::prelude::*;

/// What the strip shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// Whether the text has changed since, and is broken.
    pub stale: bool,
    /// Where actions go.
    pub dispatch: Callback<Action>,
    /// Called when the dependency graph is wanted.
    #[prop_or_default]
    pub on_graph: Option<Callback<()>>,
}

/// The verdict.
#[component]
pub fn VerdictStrip(props: &Props) -> Html {
    let verdict = &props.show.verdict;
    let cures = use_cures(&props.show);
    let heading = match verdict.kind {
        VerdictKind::Anomaly => verdict
            .anomalies
            .first()
            .map_or("anomaly", |anomaly| anomaly.name.as_str()),
        VerdictKind::Correct => "correct",
        VerdictKind::TurnedAway => setback(&props.show),
        VerdictKind::RuleBroken => "rule broken",
        VerdictKind::Unfinished => "unfinished",
        VerdictKind::Undecided => "undecided",
    };
    let mark_of_kind = if verdict.kind == VerdictKind::Correct {
        "✓"
    } else {
        "✗"
    };
    let evidence = verdict
        .anomalies
        .first()
        .map(|anomaly| anomaly.evidence.as_slice())
        .unwrap_or_default();
    html! {
        <section class={classes!("verdict", props.stale.then_some("stale"))} data-kind={verdict.kind.as_str()} aria-label="Verdict">
            <p class="kind"><span aria-hidden="true">{ mark_of_kind }</span>{ " " }{ heading }{ terms(verdict) }</p>
            <p class="sentence" id="verdict" data-kind={verdict.kind.as_str()} role="status" aria-live="polite">{ &verdict.sentence }</p>
            <div class="buttons">
                { broken_rules(&props.show) }
                { for verdict.anomalies.iter().skip(1).map(|other| html! {
                    <span class="label" title={other.sentence.clone()}>{ format!("also {}", other.name.as_str()) }</span>
                }) }
                if !evidence.is_empty() {
                    <span class="label evidence">{ "See it:" }</span>
                    { for evidence.iter().enumerate().map(|(number, event)| step(props, number + 1, *event)) }
                    if let Some(on_graph) = props.on_graph.clone() {
                        <button type="button" class="quiet evidence" id="show-graph" onclick={Callback::from(move |_| {
                            on_graph.emit(());
                            if let Some(room) = crate::browser::element("panel") {
                                room.scroll_into_view();
                                let _ = room.focus();
                            }
                        })}>{ "Dependency graph" }</button>
                    }
                }
                if !cures.is_empty() {
                    <span class="label">{ "Cure:" }</span>
                    { for cures.iter().take(MOST_CURES).map(|cure| {
                        let (dispatch, cure) = (props.dispatch.clone(), *cure);
                        html! {
                            <button type="button" class="cure" onclick={Callback::from(move |_| dispatch.emit(Action::PickStrategy(cure)))}>
                                { cure.to_string() }
                            </button>
                        }
                    }) }
                    if cures.len() > MOST_CURES {
                        <span class="label">{ format!("and {} others", cures.len() - MOST_CURES) }</span>
                    }
                }
            </div>
        </section>
    }
}

/// A step that proves what went wrong, to be looked at.
fn step(props: &Props, number: usize, event: usize) -> Html {
    let show = &props.show;
    let Some(what) = show.run.events.get(event) else {
        return Html::default();
    };
    let dispatch = props.dispatch.clone();
    let who = show.plan.sessions.get(what.session.0);
    let who = who.map_or("", |session| session.display_name());
    let sql = what.step.and_then(|step| show.plan.steps.get(step.0));
    let verb = sql.map_or("", |step| step.action.text());
    let verb = verb.split_whitespace().next().unwrap_or_default();
    html! {
        <button type="button" class="quiet evidence" data-event={event.to_string()}
            title={sql.map(|step| format!("{who}: {}", step.action.text()))}
            onclick={Callback::from(move |_| dispatch.emit(Action::Seek(event + 1)))}>
            <span class="unseen">{ format!("Step {number}, {who}: ") }</span>
            <span class={class(what.session)} aria-hidden="true">{ format!("{number} {}", mark(what.session)) }</span>
            { format!("\u{a0}{verb}") }
        </button>
    }
}

/// What the literature calls the worst anomaly.
fn terms(verdict: &Verdict) -> Html {
    let worst = verdict
        .anomalies
        .first()
        .map_or("", |anomaly| anomaly.name.terms());
    if worst.is_empty() || verdict.kind != VerdictKind::Anomaly {
        return Html::default();
    }
    html! { <small>{ format!(" ({worst})") }</small> }
}

/// The rules that do not hold.
fn broken_rules(show: &Show) -> Html {
    let broken = show.verdict.rules.iter();
    let broken = broken.filter(|rule| rule.holds != Ok(true)).map(|rule| html! {
        <span class="broken-rule"><span aria-hidden="true">{ "✗ " }</span>{ "Rule broken: " }<bdi>{ &rule.name }</bdi></span>
    });
    html! { <>{ for broken }</> }
}

/// So many cures are offered; the others are in the bar above.
const MOST_CURES: usize = 6;

/// Why somebody was turned away, in a word or two.
fn setback(show: &Show) -> &'static str {
    let mut conflicts =
        show.run
            .transactions
            .iter()
            .filter_map(|transaction| match &transaction.outcome {
                Outcome::Conflict(conflict) => Some(conflict),
                _ => None,
            });
    match conflicts.next_back() {
        Some(Conflict::Version) => "version conflict",
        Some(Conflict::Server(error)) if error.state == SqlState::DEADLOCK_DETECTED => "deadlock",
        Some(Conflict::Server(error)) if error.state == SqlState::LOCK_NOT_AVAILABLE => {
            "row is locked"
        }
        Some(Conflict::Server(_)) => "serialization failure",
        Some(Conflict::NotGranted) => "lock is taken",
        Some(Conflict::Stamp) => "stamp not good",
        None => "turned away",
    }
}
