//! What can be chosen of a figure, with the names that queries and messages have for it.

/// What a figure can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The timeline.
    Draw,
    /// The sequence diagram.
    Diagram,
    /// The rows with their versions.
    Rows,
    /// Locks and who waits for whom.
    Locks,
    /// What is said of the run.
    Verdict,
    /// All schedules.
    Schedules,
    /// Traffic.
    Load,
    /// The code.
    Code,
}

const PARTS: [(Part, &str); 8] = [
    (Part::Draw, "draw"),
    (Part::Diagram, "diagram"),
    (Part::Rows, "rows"),
    (Part::Locks, "locks"),
    (Part::Verdict, "verdict"),
    (Part::Schedules, "schedules"),
    (Part::Load, "load"),
    (Part::Code, "code"),
];

impl Part {
    /// The name, as queries and messages have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        word(&PARTS, self)
    }

    /// The part of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        find(&PARTS, name)
    }
}

/// Which colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThemeChoice {
    /// Those of the visitor's system.
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

pub(super) const THEMES: [(ThemeChoice, &str); 3] = [
    (ThemeChoice::Auto, "auto"),
    (ThemeChoice::Light, "light"),
    (ThemeChoice::Dark, "dark"),
];

impl ThemeChoice {
    /// The name, as queries and messages have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        word(&THEMES, self)
    }

    /// The choice of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        find(&THEMES, name)
    }
}

/// Which buttons a figure has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Controls {
    /// Those that its size has room for.
    Auto,
    /// All.
    Full,
    /// None.
    None,
}

pub(super) const CONTROLS: [(Controls, &str); 3] = [
    (Controls::Auto, "auto"),
    (Controls::Full, "full"),
    (Controls::None, "none"),
];

/// When a figure comes to life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Load {
    /// At once.
    Eager,
    /// A drawn still; live on a click.
    Click,
}

pub(super) const LOADS: [(Load, &str); 2] = [(Load::Eager, "eager"), (Load::Click, "click")];

/// The choice of a name.
pub(super) fn find<T: Copy>(choices: &[(T, &str)], name: &str) -> Option<T> {
    let found = choices.iter().find(|(_, known)| *known == name);
    found.map(|(choice, _)| *choice)
}

/// The name of a choice.
pub(super) fn word<T: Copy + PartialEq>(choices: &[(T, &'static str)], choice: T) -> &'static str {
    let found = choices.iter().find(|(known, _)| *known == choice);
    found.map_or("", |(_, word)| word)
}
