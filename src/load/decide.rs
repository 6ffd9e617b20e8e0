//! Deciding: both trees walked with the scenario's own numbers, the recommendation, and every strategy measured on this workload.

use super::controls::Controls;
use super::work::{Job, progress, use_work};
use super::workload::Workload;
use crate::shared::Shared;
use crate::state::{Action, Show};
use rowlock_engine::load::decide::{
    Advice, Answers, Known, Node, Recommendation, Study, Tree, Walk,
};
use rowlock_engine::load::number::significant;
use rowlock_engine::load::{Drawn, Settings};
use rowlock_engine::markup::attribute as escape;
use rowlock_engine::scenario::{OnConflict, Scenario};
use rowlock_engine::strategy::Strategy;
use std::fmt::Write as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The scenario on the screen.
    pub show: Shared<Show>,
    /// What the controls say.
    pub workload: UseStateHandle<Workload>,
    /// Where actions go.
    pub dispatch: Callback<Action>,
}

impl Job for Study {
    fn run(&mut self, events: u64) -> bool {
        Self::run(self, events)
    }

    fn is_ready(&self) -> bool {
        Self::is_ready(self)
    }

    fn progress(&self) -> f64 {
        Self::progress(self)
    }
}

type Answer = (&'static str, &'static str, fn(&mut Answers) -> &mut bool);

const ANSWERS: [Answer; 4] = [
    ("can-retry", "The application can do its work again", |it| {
        &mut it.can_retry
    }),
    ("wrong-costs", "A wrong result costs something", |it| {
        &mut it.wrong_is_costly
    }),
    ("may-vanish", "An older write may vanish silently", |it| {
        &mut it.older_may_vanish
    }),
    (
        "is-arithmetic",
        "The database can compute the new value from the stored one",
        |it| &mut it.is_arithmetic,
    ),
];

/// What the drawing answers, until the visitor says otherwise.
fn answered(scenario: &Scenario, drawn: Option<&Drawn>) -> Answers {
    let gives_up = |client| !matches!(client, OnConflict::Retry { .. });
    Answers {
        can_retry: !scenario.on_conflict.is_some_and(gives_up),
        wrong_is_costly: !scenario.expect.is_empty(),
        older_may_vanish: matches!(scenario.strategy, Strategy::LastWriteWins),
        is_arithmetic: drawn.is_some_and(|drawn| drawn.is_arithmetic),
    }
}

/// The room.
#[component]
pub fn Decide(props: &Props) -> Html {
    let drawn = super::use_drawn(&props.show);
    let scenario = &props.show.scenario;
    let settings = props.workload.settings(scenario, drawn.as_ref().as_ref());
    let work = use_work(settings, |settings: &Settings| Study::new(settings).ok());
    // What the visitor has said stands, whatever is drawn afterwards.
    let said = use_state(|| [None::<bool>; ANSWERS.len()]);
    let mut answers = answered(scenario, drawn.as_ref().as_ref());
    for ((_, _, field), said) in ANSWERS.iter().zip(*said) {
        if let Some(said) = said {
            *field(&mut answers) = said;
        }
    }
    let told = use_memo((answers, work.seen), |(answers, _)| {
        work.look(|study| study.recommendation(answers))
    });
    let tables = use_memo(work.seen, |_| {
        let tables = work.look(|study| (at_points(&study.at_points()), compared(study)));
        tables.map(|(points, all)| (AttrValue::from(points), AttrValue::from(all)))
    });
    let questions = ANSWERS.iter().enumerate().map(|(place, (id, label, field))| {
        let said = said.clone();
        let say = Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                let mut all = *said;
                all[place] = Some(input.checked());
                said.set(all);
            }
        });
        html! { <label class="check"><input type="checkbox" id={*id} checked={*field(&mut answers)} onchange={say} />{ *label }</label> }
    });
    html! {
        <div class="load" id="decide">
            <div class="side">
                <fieldset><legend>{ "What numbers cannot tell" }</legend>{ for questions }</fieldset>
                <Controls workload={props.workload.clone()} drawn={(*drawn).clone()} />
            </div>
            <div class="main">
                { progress(&work, "decide-progress") }
                if let Some(told) = told.as_ref() {
                    { recommended(told, scenario.strategy, &props.dispatch) }
                    <h2>{ "Both decision trees, walked" }</h2>
                    <div class="trees">{ Html::from_html_unchecked(told.walks.iter().map(walked).collect::<String>().into()) }</div>
                    <h2>{ "The questions that decide" }</h2>
                    <dl>{ for told.questions.iter().map(|it| html! {
                        <><dt>{ it.question }</dt><dd>{ &it.answer }<span class="muted">{ if it.is_measured { " measured" } else { " set" } }</span></dd></>
                    }) }</dl>
                } else {
                    <p>{ "Measuring this workload under every strategy …" }</p>
                }
                if let Some((points, all)) = tables.as_ref() {
                    <div class="wide" tabindex="0" role="group" aria-label="The literature’s advice and this workload’s own measurement">{ Html::from_html_unchecked(points.clone()) }</div>
                    <div class="wide" tabindex="0" role="group" aria-label="Every strategy on this workload">{ Html::from_html_unchecked(all.clone()) }</div>
                }
            </div>
        </div>
    }
}

/// The recommendation, its reasons, and what would change it.
fn recommended(told: &Recommendation, now: Strategy, dispatch: &Callback<Action>) -> Html {
    let strategy = told.strategy;
    let pick = dispatch.reform(move |_: MouseEvent| Action::PickStrategy(strategy));
    let is_on = now == strategy;
    let list = |lines: &[String]| html! { <ul>{ for lines.iter().map(|line| html! { <li>{ line }</li> }) }</ul> };
    html! {
        <section class="told">
            <h2>{ "Recommended" }</h2>
            <p class="answer" id="recommendation" role="status">{ told.sentence }</p>
            <p><button type="button" id="take-advice" disabled={is_on} onclick={pick}>
                { if is_on { format!("{strategy} is on") } else { format!("Use {strategy}") } }
            </button></p>
            <h2>{ "Because" }</h2>
            { list(&told.reasons) }
            <h2>{ "What would change it" }</h2>
            { list(&told.would_change) }
        </section>
    }
}

/// A tree as a list of lists, with the way through it.
fn walked(walk: &Walk) -> String {
    format!(
        "<section><h3>{}</h3><ul class=\"tree\">{}</ul></section>",
        escape(walk.tree.title),
        below(walk.tree, 0, Some(walk))
    )
}

/// A node and what is below it; `walk`: while the way goes through here.
fn below(tree: &Tree, node: usize, walk: Option<&Walk>) -> String {
    match tree.nodes[node] {
        Node::Leaf(advised) => {
            let here = if walk.is_some() {
                " class=\"taken\""
            } else {
                ""
            };
            format!("<li{here}>⇒ {}</li>", escape(advised.sentence()))
        }
        Node::Question { text, branches, .. } => {
            let taken = walk.and_then(|walk| walk.taken.iter().find(|it| it.node == node));
            let mut out = String::from("<li>");
            out.push_str(text);
            if let Some(taken) = taken {
                let _ = write!(
                    out,
                    " <strong>{}</strong><span class=\"muted\"> {}{}</span>",
                    taken.evidence.shown(),
                    if taken.evidence.is_measured {
                        "measured"
                    } else {
                        "set"
                    },
                    if taken.is_sure { "" } else { ", not yet sure" }
                );
            }
            out.push_str("<ul>");
            for (place, branch) in branches.iter().enumerate() {
                let way = walk.filter(|_| taken.is_some_and(|taken| taken.branch == place));
                let (class, mark) = if way.is_some() {
                    (" class=\"taken\"", "✓ ")
                } else {
                    ("", "")
                };
                let _ = write!(
                    out,
                    "<li{class}>{mark}{}<ul>{}</ul></li>",
                    branch.answer,
                    below(tree, branch.to, way)
                );
            }
            out.push_str("</ul></li>");
            out
        }
    }
}

/// The literature and the measurement, in each band.
fn at_points(all: &[Advice]) -> String {
    let mut out = String::from(
        "<table class=\"grid\" id=\"at-points\"><caption>This workload at three values of λt</caption><thead><tr>\
        <th scope=\"col\">λt</th><th scope=\"col\">the literature</th><th scope=\"col\">this workload</th><th scope=\"col\">better off, measured</th>\
        <th scope=\"col\">mean latency, optimistic by pessimistic</th><th scope=\"col\">what turns it</th></tr></thead><tbody>",
    );
    for advice in all {
        let contest = &advice.contest;
        let turning: Vec<String> = advice
            .turning()
            .map(|it| format!("with {}: {}", it.change, it.winner.as_str()))
            .collect();
        let ratio = if contest.optimistic.falls_behind || contest.pessimistic.falls_behind {
            "without end".to_owned()
        } else {
            significant(contest.ratio, 3)
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td><strong>{}</strong></td><td>{}: {}</td><td>{ratio}</td><td>{}</td></tr>",
            significant(advice.lambda_t, 3),
            advice.literature,
            advice.agreement.as_str(),
            contest.winner.as_str(),
            contest.because,
            if turning.is_empty() {
                "nothing that was tried".to_owned()
            } else {
                turning.join("<br>")
            }
        );
    }
    out.push_str("</tbody></table>");
    out
}

/// Every strategy by what strategies are compared by.
fn compared(study: &Study) -> String {
    let mut out = String::from(
        "<table class=\"grid\" id=\"comparison\"><caption>Every strategy on this workload</caption><thead><tr><td></td>",
    );
    let all = study.comparisons();
    for cell in all.first().map_or(&[][..], |line| &line.cells) {
        let known = match cell.known {
            Known::Measured => "measured",
            Known::Known => "known",
        };
        let _ = write!(
            out,
            "<th scope=\"col\">{} <span class=\"muted\">{known}</span></th>",
            cell.column.label()
        );
    }
    out.push_str("</tr></thead><tbody>");
    for line in &all {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", line.strategy);
        for cell in &line.cells {
            let _ = write!(
                out,
                "<td class=\"{}\">{}</td>",
                matches!(cell.known, Known::Measured),
                escape(&cell.text)
            );
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::load::decide::TREES;

    #[test]
    fn every_end_of_both_trees_is_shown_and_one_way_through_each_is_marked() {
        let mut study = Study::new(&Settings::default()).expect("it can be simulated");
        while !study.is_ready() {
            study.run(1_000_000);
        }
        let answers = Answers {
            can_retry: true,
            wrong_is_costly: true,
            older_may_vanish: false,
            is_arithmetic: false,
        };
        let told = study.recommendation(&answers);
        for (walk, tree) in told.walks.iter().zip(&TREES) {
            let list = walked(walk);
            for node in tree.nodes {
                if let Node::Leaf(advised) = node {
                    assert!(list.contains(&escape(advised.sentence())), "{list}");
                }
            }
            // A branch for each fork, and the end.
            assert_eq!(
                list.matches("class=\"taken\"").count(),
                walk.taken.len() + 1
            );
            assert_eq!(list.matches('✓').count(), walk.taken.len());
            assert!(list.contains(&format!("taken\">⇒ {}", escape(walk.advised.sentence()))));
        }
        let table = compared(&study);
        assert_eq!(table.matches("<tr>").count(), 1 + Strategy::ALL.len());
        assert_eq!(
            at_points(&study.at_points())
                .matches("scope=\"row\"")
                .count(),
            3
        );
    }
}
