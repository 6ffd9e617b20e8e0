//! The query of an address: how the page shows itself. `?embed&show=diagram,verdict&theme=dark`.
//!
//! | key | values | default |
//! |---|---|---|
//! | `embed` | present: the page is one figure | off |
//! | `show` | any of [`Part`], in order | `diagram,verdict` |
//! | `theme` | `auto`, `light`, `dark` | `auto` |
//! | `strategies` | a list to switch between | the scenario's own |
//! | `controls` | `auto`, `full`, `none` | `auto` |
//! | `play` | present: plays when scrolled into view | off |
//! | `edit` | present: steps can be moved and edited in place | off |
//! | `load` | `eager`, `click` | `eager` |
//! | `parent` | the host's origin: messages from any other are dropped | any |
//!
//! What is wrong is named in a [`Notice`], and the rest still works. Keys of others (`utm_source`, `fbclid`) are none of our
//! business; one that is nearly ours is taken for a slip.

use super::choices::{CONTROLS, Controls, LOADS, Load, Part, THEMES, ThemeChoice, find, word};
use super::list::strategies;
use super::origin::{Parent, origin};
use super::{list, percent};
use crate::scenario::distance;
use crate::strategy::Strategy;
use std::fmt;

/// How the page shows itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Whether the page is one figure.
    pub embed: bool,
    /// What the figure shows, in order; never empty.
    pub show: Vec<Part>,
    /// Its colours.
    pub theme: ThemeChoice,
    /// The strategies that it offers to switch between; empty: the scenario's own.
    pub strategies: Vec<Strategy>,
    /// Its buttons.
    pub controls: Controls,
    /// Whether it plays when scrolled into view.
    pub play: bool,
    /// Whether steps can be moved and edited.
    pub edit: bool,
    /// When it comes to life.
    pub load: Load,
    /// Whose messages it hears.
    pub parent: Parent,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            embed: false,
            show: vec![Part::Diagram, Part::Verdict],
            theme: ThemeChoice::Auto,
            strategies: Vec::new(),
            controls: Controls::Auto,
            play: false,
            edit: false,
            load: Load::Eager,
            parent: Parent::Any,
        }
    }
}

/// An option that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The option as it stands: `theme=blue`.
    pub option: String,
    /// What would be understood, as the end of a sentence.
    pub expected: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not understood; expected {}.",
            self.option, self.expected
        )
    }
}

/// Keys, in the order in which they are written.
const KEYS: [&str; 9] = [
    "embed",
    "show",
    "theme",
    "strategies",
    "controls",
    "play",
    "edit",
    "load",
    "parent",
];

/// An option is shown as far as this.
const MOST_SHOWN: usize = 60;

impl Query {
    /// Reads a query, with or without its `?`. The first of several values counts.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<Notice>) {
        let (mut query, mut notices) = (Self::default(), Vec::new());
        let mut seen: Vec<&str> = Vec::new();
        let parts = text.strip_prefix('?').unwrap_or(text).split('&');
        for part in parts.filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let mut notice = |wrong: &str, expected: &str| {
                let option = if wrong.is_empty() {
                    key.to_owned()
                } else {
                    format!("{key}={wrong}")
                };
                notices.push(Notice {
                    option: option.chars().take(MOST_SHOWN).collect(),
                    expected: expected.to_owned(),
                });
            };
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            // Forms write a blank as a plus.
            let value = percent::decode(&value.replace('+', " "));
            let value = value.as_deref().unwrap_or("\u{fffd}").trim();
            query.set(key, value, &mut notice);
        }
        (query, notices)
    }

    /// Sets one option; `notice` is told what of its value is wrong, and what was expected.
    fn set(&mut self, key: &str, value: &str, notice: &mut dyn FnMut(&str, &str)) {
        let switch = |notice: &mut dyn FnMut(&str, &str)| match value {
            "" | "1" | "true" => true,
            "0" | "false" => false,
            _ => {
                notice(value, "no value, or 0 or 1");
                false
            }
        };
        match key {
            "embed" => self.embed = switch(notice),
            "play" => self.play = switch(notice),
            "edit" => self.edit = switch(notice),
            "show" => {
                let mut show = Vec::new();
                let mut names = value.split(',').map(str::trim).peekable();
                if value.is_empty() {
                    names.next();
                    notice("", SHOW);
                }
                for name in names {
                    match Part::named(name) {
                        Some(part) if show.contains(&part) => {}
                        Some(part) => show.push(part),
                        None => notice(name, SHOW),
                    }
                }
                if !show.is_empty() {
                    self.show = show;
                }
            }
            "theme" => choose(
                &THEMES,
                value,
                &mut self.theme,
                "auto, light or dark",
                notice,
            ),
            "controls" => choose(
                &CONTROLS,
                value,
                &mut self.controls,
                "auto, full or none",
                notice,
            ),
            "load" => choose(&LOADS, value, &mut self.load, "eager or click", notice),
            "strategies" => {
                let (found, wrong) = strategies(value);
                let expected =
                    "strategies with commas between them, as in none,optimistic,pessimistic,nowait";
                if found.is_empty() && wrong.is_empty() {
                    notice("", expected);
                }
                for piece in wrong {
                    notice(&piece, expected);
                }
                self.strategies = found;
            }
            "parent" => {
                self.parent = match origin(value) {
                    Some(origin) => Parent::Origin(origin),
                    None => {
                        notice(
                            value,
                            "an origin, as in https://blog.example; until then no message is heard",
                        );
                        Parent::Nobody
                    }
                };
            }
            _ => {
                // One letter is nearly any other.
                let near = |known: &&&str| key.len() > 3 && distance(key, known) <= 2;
                if let Some(known) = KEYS.iter().find(near) {
                    notice(value, &format!("`{known}`"));
                }
            }
        }
    }

    /// The query with its `?`, without what is the default; empty when all is.
    #[must_use]
    pub fn to_text(&self) -> String {
        let usual = Self::default();
        let mut parts: Vec<String> = Vec::new();
        let mut switch = |on: bool, key: &str| {
            if on {
                parts.push(key.to_owned());
            }
        };
        switch(self.embed, "embed");
        let mut option = |key: &str, is_usual: bool, value: String| {
            if !is_usual {
                parts.push(format!("{key}={}", percent::encode(&value)));
            }
        };
        let show: Vec<&str> = self.show.iter().map(|part| part.as_str()).collect();
        option("show", self.show == usual.show, show.join(","));
        option(
            "theme",
            self.theme == usual.theme,
            self.theme.as_str().to_owned(),
        );
        option(
            "strategies",
            self.strategies.is_empty(),
            list::text(&self.strategies),
        );
        let controls = word(&CONTROLS, self.controls).to_owned();
        option("controls", self.controls == usual.controls, controls);
        let load = word(&LOADS, self.load).to_owned();
        option("load", self.load == usual.load, load);
        if let Parent::Origin(origin) = &self.parent {
            option("parent", false, origin.clone());
        }
        let mut switch = |on: bool, key: &str| {
            if on {
                parts.push(key.to_owned());
            }
        };
        switch(self.play, "play");
        switch(self.edit, "edit");
        if parts.is_empty() {
            String::new()
        } else {
            format!("?{}", parts.join("&"))
        }
    }
}

const SHOW: &str =
    "draw, diagram, rows, locks, verdict, schedules, load or code, with commas between them";

fn choose<T: Copy>(
    choices: &[(T, &str)],
    name: &str,
    to: &mut T,
    expected: &str,
    notice: &mut dyn FnMut(&str, &str),
) {
    match find(choices, name) {
        Some(choice) => *to = choice,
        None => notice(name, expected),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(notices: &[Notice]) -> Vec<String> {
        notices.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_query_is_read_and_written() {
        let text = "?embed&show=verdict,rows&theme=dark&strategies=none,pessimistic,nowait&controls=full\
                    &load=click&parent=https://blog.example&play&edit";
        let (query, notices) = Query::parse(text);
        assert_eq!(notices, []);
        assert!(query.embed && query.play && query.edit);
        assert_eq!(query.show, [Part::Verdict, Part::Rows]);
        assert_eq!(query.strategies.len(), 2);
        assert_eq!(query.to_text(), text);
        assert_eq!(Query::parse("").0, Query::default());
        assert_eq!(Query::default().to_text(), "");
        assert_eq!(Query::parse("?embed").0.to_text(), "?embed");
    }

    #[test]
    fn what_is_wrong_is_named_and_the_rest_works() {
        let (query, notices) = Query::parse(
            "?embed=yes&show=rows,nonsense,rows&theme=blue&strategies=none,hope&controls=some&load=never\
             &parent=blog.example&play=0&edit&themes=dark&utm_source=x&theme=dark&fbclid=1&x=%zz",
        );
        assert_eq!(
            said(&notices),
            [
                "`embed=yes` is not understood; expected no value, or 0 or 1.",
                "`show=nonsense` is not understood; expected draw, diagram, rows, locks, verdict, schedules, load or code, with commas between them.",
                "`theme=blue` is not understood; expected auto, light or dark.",
                "`strategies=hope` is not understood; expected strategies with commas between them, as in none,optimistic,pessimistic,nowait.",
                "`controls=some` is not understood; expected auto, full or none.",
                "`load=never` is not understood; expected eager or click.",
                "`parent=blog.example` is not understood; expected an origin, as in https://blog.example; until then no message is heard.",
                "`themes=dark` is not understood; expected `theme`.",
            ]
        );
        assert_eq!(query.show, [Part::Rows]);
        assert_eq!(query.strategies, [Strategy::None]);
        assert_eq!(query.parent, Parent::Nobody);
        assert!(query.edit && !query.play && !query.embed);
    }

    #[test]
    fn an_empty_choice_is_no_choice() {
        let (query, notices) = Query::parse("show=&theme&strategies=");
        assert_eq!(query, Query::default());
        assert_eq!(notices.len(), 3);
        assert_eq!(notices[0].option, "show");
    }
}
