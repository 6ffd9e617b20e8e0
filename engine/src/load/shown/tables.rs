//! What was measured as tables, in HTML.

use super::super::decide::{Advice, Known, Node, Study, Tree, Walk};
use super::super::findings::Findings;
use super::super::number::{duration, significant};
use super::super::predictions;
use super::curves;
use crate::markup::attribute as escape;
use std::fmt::Write as _;

/// Everything that was measured of the workload, and the closed forms beside it.
#[must_use]
pub fn measures(findings: &Findings) -> String {
    let measures = findings.measures();
    let settings = &findings.question.settings;
    let forms = predictions(settings);
    let mut out = format!(
        "<table class=\"grid\" id=\"measures\"><caption>{}: λ = {} a second, t = {}, seed {}; {} events, {} of traffic</caption>\
        <thead><tr><th scope=\"col\">measure</th><th scope=\"col\">measured</th><th scope=\"col\">95 % interval</th><th scope=\"col\">closed form</th></tr></thead><tbody>",
        curves::name(&settings.policy),
        significant(settings.lambda(), 3),
        duration(settings.distance()),
        settings.seed,
        measures.events,
        duration(measures.time)
    );
    for (quantity, estimate) in measures.all() {
        let show = |value| quantity.unit().show(value);
        let interval = if estimate.low.is_nan() {
            String::new()
        } else {
            format!("{} to {}", show(estimate.low), show(estimate.high))
        };
        let beside: Vec<String> = forms
            .iter()
            .filter(|it| it.quantity == quantity)
            .map(|it| {
                format!(
                    "{} ({}, {})",
                    show(it.value),
                    it.standing.as_str(),
                    escape(it.form.formula)
                )
            })
            .collect();
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{interval}</td><td>{}</td></tr>",
            quantity.label(),
            show(estimate.value),
            beside.join("<br>")
        );
    }
    out.push_str("</tbody></table>");
    if measures.falls_behind {
        out.push_str("<p><strong>More comes than can be done:</strong> queues grow as long as this goes on, and latencies only tell for how long it went on.</p>");
    }
    out
}

/// A tree as a list of lists, with the way through it.
#[must_use]
pub fn walked(walk: &Walk) -> String {
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
#[must_use]
pub fn at_points(all: &[Advice]) -> String {
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
#[must_use]
pub fn compared(study: &Study) -> String {
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
    use super::super::super::decide::{Answers, TREES};
    use super::super::super::{Finding as _, Settings};
    use super::*;
    use crate::strategy::Strategy;

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
