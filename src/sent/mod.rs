//! What was drawn and what is really sent, as a difference.

use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::Show;
use rowlock_engine::scenario::{Action, SessionId, StepId};
use rowlock_engine::strategy::{Origin, PlannedAction, PlannedStep};
use yew::prelude::*;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The plan on the screen.
    pub show: Shared<Show>,
}

/// The room.
#[component]
pub fn Sent(props: &Props) -> Html {
    let show = &props.show;
    let changed = show.plan.setup_changed.iter().map(|place| {
        let drawn = show.scenario.setup.get(*place).map(|drawn| &drawn.sql.text);
        let sent = &show.plan.setup[*place].sql.text;
        html! { <>
            if let Some(drawn) = drawn {
                <tr class="old"><td class="sign">{ "−" }</td><td><code>{ drawn }</code></td><td></td></tr>
            }
            <tr class="new"><td class="sign">{ "+" }</td><td><code>{ sent }</code></td><td>{ "the strategy needs it" }</td></tr>
        </> }
    });
    html! {
        <div class="sent" id="sent">
            if show.plan.steps.iter().all(|step| matches!(step.origin, Origin::Drawn(_))) && show.plan.dropped.is_empty() {
                <p class="muted">{ "Everything is sent as it was drawn." }</p>
            }
            { for show.plan.remarks.iter().map(|remark| html! { <p class="remark">{ remark }</p> }) }
            if !show.plan.setup_changed.is_empty() {
                <section><h2>{ "Set-up" }</h2><table class="difference"><tbody>{ for changed }</tbody></table></section>
            }
            { for show.scenario.sessions.iter().enumerate().map(|(place, session)| {
                let id = SessionId(place);
                html! {
                    <section class={class(id)}>
                        <h2><span class="mark" aria-hidden="true">{ mark(id) }</span>{ " " }{ session.display_name() }</h2>
                        <table class="difference"><tbody>{ for lines(show, id) }</tbody></table>
                    </section>
                }
            }) }
        </div>
    }
}

fn lines(show: &Show, session: SessionId) -> Vec<Html> {
    let row =
        |class: &'static str, sign: &'static str, word: &'static str, sql: &str, why: &str| {
            html! {
                <tr {class}>
                    <td class="sign">{ sign }<span class="unseen">{ word }</span></td>
                    <td><code>{ sql.to_owned() }</code></td>
                    <td>{ why.to_owned() }</td>
                </tr>
            }
        };
    let mut rows = Vec::new();
    for (place, step) in show
        .scenario
        .timeline
        .iter()
        .enumerate()
        .filter(|(_, step)| step.session == session)
    {
        let id = StepId(place);
        let drawn = match &step.action {
            Action::Sql(sql) => sql.text.clone(),
            Action::Require(require) => format!("require {}", require.text),
            Action::Fault(fault) => fault.to_string(),
        };
        for planned in show
            .plan
            .steps
            .iter()
            .filter(|planned| planned.origin.step() == id)
        {
            match &planned.origin {
                Origin::Drawn(_) => rows.push(row("same", "", "as drawn", &drawn, "")),
                Origin::Added { why, .. } => {
                    rows.push(row("new", "+", "added", &text(planned), why))
                }
                Origin::Changed { why, .. } => {
                    rows.push(row("old", "−", "drawn", &drawn, ""));
                    rows.push(row("new", "+", "sent", &text(planned), why));
                }
            }
        }
        if let Some(dropped) = show.plan.dropped.iter().find(|dropped| dropped.step == id) {
            rows.push(row("old", "−", "not sent", &drawn, &dropped.why));
        }
    }
    rows
}

fn text(step: &PlannedStep) -> String {
    match &step.action {
        PlannedAction::Require(require) => format!("require {}", require.text),
        action => action.text().to_owned(),
    }
}
