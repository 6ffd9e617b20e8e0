//! The diagram as a picture for elsewhere: with the colours in it, a description in words, and the scenario it is of.

use super::{Subject, title};
use crate::diagram::{Options, account, layout, svg};

/// The whole run as a picture.
pub(super) fn svg(subject: &Subject<'_>) -> String {
    let options = Options {
        width: subject.look.width,
    };
    let diagram = layout(subject.run, subject.plan, subject.verdict, &options);
    let mut description = subject.verdict.sentence.clone();
    for sentence in account(subject.scenario, subject.plan, subject.run) {
        description.push('\n');
        description.push_str(&sentence);
    }
    let caption = svg::Caption {
        title: title(subject.scenario),
        description: &description,
        source: &subject.scenario.to_text(),
    };
    let own = svg::own_colours(subject.scenario);
    svg::to_svg(&diagram, &caption, &subject.look.theme.with_sessions(own)) + "\n"
}
