//! The colours of a picture that stands alone: those of the page, light and dark, and those that a scenario gives its sessions.

use super::{COLOURS, class};
use crate::ids::SessionId;
use crate::scenario::{Colour, Scenario};

/// The rules for the figure begin here in the page's style sheet.
const FIGURE: &str = "/* The figure */";
const STYLE: &str = include_str!("../../../../static/diagram.css");

/// The values of the style's custom properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Pairs of a name, as `--text`, and its value.
    pub values: &'static [(&'static str, &'static str)],
    own: OwnColours,
}

/// The colours that sessions have of their own, by the session's class; `None`: that of the lane.
pub type OwnColours = [Option<Colour>; COLOURS];

/// The colours that a scenario gives its sessions. Of those with the same class the first that has one decides.
#[must_use]
pub fn own_colours(scenario: &Scenario) -> OwnColours {
    let mut own = [None; COLOURS];
    for (place, session) in scenario.sessions.iter().enumerate() {
        let colour = &mut own[class(SessionId(place))];
        *colour = colour.or(session.colour);
    }
    own
}

impl Theme {
    /// The same with sessions in their own colours.
    #[must_use]
    pub fn with_sessions(self, own: OwnColours) -> Self {
        Self { own, ..self }
    }

    /// The value of a custom property.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&'static str> {
        let value = |name: &str| {
            let found = self.values.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| *value)
        };
        let place = name.strip_prefix(SESSION).and_then(|it| it.parse().ok());
        match place.and_then(|place: usize| *self.own.get(place)?) {
            // The first lanes have all colours, in their order.
            Some(own) => value(&format!("{SESSION}{}", own.hue())),
            None => value(name),
        }
    }
}

/// What the name of a session's colour begins with.
const SESSION: &str = "--session-";

/// Dark on light, as in `static/base.css`.
pub const LIGHT: Theme = Theme {
    values: &[
        ("--panel", "#ffffff"),
        ("--text", "#1b1f24"),
        ("--muted", "#57606a"),
        ("--line", "#d0d7de"),
        ("--accent", "#0b5cad"),
        ("--accent-soft", "#e3effb"),
        ("--bad", "#b3261e"),
        ("--warn", "#8a5a00"),
        ("--ok", "#1a6b3c"),
        ("--session-0", "#0072b2"),
        ("--session-1", "#b35900"),
        ("--session-2", "#00795a"),
        ("--session-3", "#a3487f"),
        ("--session-4", "#6b6000"),
        ("--session-5", "#1b6e94"),
        ("--session-6", "#8f3d00"),
        ("--session-7", "#4d4d4d"),
        ("--session-8", "#0072b2"),
        ("--session-9", "#b35900"),
        ("--session-10", "#00795a"),
        ("--session-11", "#a3487f"),
        ("--session-12", "#6b6000"),
        ("--session-13", "#1b6e94"),
        ("--session-14", "#8f3d00"),
        ("--session-15", "#4d4d4d"),
        ("--font-mono", MONO),
        ("--font-sans", SANS),
    ],
    own: [None; COLOURS],
};

/// Light on dark, as in `static/base.css`.
pub const DARK: Theme = Theme {
    values: &[
        ("--panel", "#171d24"),
        ("--text", "#e6eaef"),
        ("--muted", "#9aa7b4"),
        ("--line", "#323c47"),
        ("--accent", "#6cb6ff"),
        ("--accent-soft", "#16304a"),
        ("--bad", "#ff8a80"),
        ("--warn", "#f0c15c"),
        ("--ok", "#6fd79b"),
        ("--session-0", "#56b4e9"),
        ("--session-1", "#f0a030"),
        ("--session-2", "#35c99e"),
        ("--session-3", "#e39bc4"),
        ("--session-4", "#e6d94c"),
        ("--session-5", "#8cc8ee"),
        ("--session-6", "#f58b52"),
        ("--session-7", "#c3c9cf"),
        ("--session-8", "#56b4e9"),
        ("--session-9", "#f0a030"),
        ("--session-10", "#35c99e"),
        ("--session-11", "#e39bc4"),
        ("--session-12", "#e6d94c"),
        ("--session-13", "#8cc8ee"),
        ("--session-14", "#f58b52"),
        ("--session-15", "#c3c9cf"),
        ("--font-mono", MONO),
        ("--font-sans", SANS),
    ],
    own: [None; COLOURS],
};

// Without quotes: resvg, and what is built on it, understands no list that has some.
const MONO: &str = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace";
const SANS: &str = "system-ui, Segoe UI, Roboto, Helvetica, Arial, sans-serif";

/// The rules of a figure of class `sq`, with a theme's values in the place of `var(...)`.
#[must_use]
pub fn style(theme: &Theme) -> String {
    let rules = STYLE.split_once(FIGURE).map_or("", |(_, rules)| rules);
    let mut out = String::with_capacity(rules.len());
    let mut rest = rules;
    while let Some((before, after)) = rest.split_once("var(") {
        out.push_str(before);
        let (name, after) = after.split_once(')').unwrap_or((after, ""));
        out.push_str(theme.value(name).unwrap_or("inherit"));
        rest = after;
    }
    out.push_str(rest);
    out
}
