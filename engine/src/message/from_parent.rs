//! Messages from the page around, read and checked.

use super::{Code, Refusal, Topic};
use crate::gallery;
use crate::import::{self, ImportError, Kind};
use crate::link::{Fragment, Part, ThemeChoice};
use crate::scenario;
use crate::sql::ast::IsolationLevel;
use crate::strategy::Strategy;

/// A text longer than this, in UTF-16 units as browsers count, is not read.
pub const MOST_UNITS: usize = scenario::MOST_BYTES;

/// The longest `id`.
const MOST_ID: usize = 64;

/// A message as it came.
pub trait Fields {
    /// The field of this name. A text of more than [`MOST_UNITS`] is [`Field::TooLong`]: it must not be copied.
    fn field(&self, name: &str) -> Field;
}

/// A field of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// It is not there, or `undefined` or `null`.
    Absent,
    /// A text.
    Text(String),
    /// A text that is too long.
    TooLong,
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// A list of texts.
    List(Vec<String>),
    /// Anything else.
    Other,
}

/// What names an answer: it is given back as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Id {
    /// A text of at most 64 characters.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// What the page around wants.
#[derive(Clone, Debug, PartialEq)]
pub enum FromParent {
    /// It listens, and wants to hear of these.
    Hello {
        /// Of what; where nothing is named, of all.
        want: Vec<Topic>,
    },
    /// Another scenario.
    Load {
        /// Its text, which is sound.
        text: String,
        /// The story that it is.
        story: Option<&'static str>,
        /// What a link asks for beside it.
        asks: Fragment,
    },
    /// Other settings.
    Set(Settings),
    /// Starts the player.
    Play,
    /// Stops it.
    Pause,
    /// One event on.
    Next,
    /// One event back.
    Prev,
    /// To a position.
    Seek {
        /// How many events have happened; what is beyond the end is the end.
        step: usize,
    },
    /// Asks for something.
    Get(What),
}

/// Settings; those that are `None` stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The colours.
    pub theme: Option<ThemeChoice>,
    /// The strategy.
    pub strategy: Option<Strategy>,
    /// The isolation level; `Some(None)` is the strategy's own.
    pub isolation: Option<Option<IsolationLevel>>,
    /// Whether steps can be moved and edited.
    pub edit: Option<bool>,
    /// What is shown.
    pub show: Option<Vec<Part>>,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// The scenario's text.
    Text,
    /// A link to what is shown.
    Url,
    /// How it ended.
    Outcome,
    /// All that happened.
    Trace,
    /// A picture.
    Svg,
}

const WHAT: [(What, &str); 5] = [
    (What::Text, "text"),
    (What::Url, "url"),
    (What::Outcome, "outcome"),
    (What::Trace, "trace"),
    (What::Svg, "svg"),
];

/// The types of messages that are understood.
pub(super) const TYPES: [&str; 9] = [
    "hello", "load", "set", "play", "pause", "next", "prev", "seek", "get",
];

fn refuse<T>(code: Code, message: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal {
        code,
        message: message.into(),
    })
}

fn bad_field<T>(name: &str, expected: &str) -> Result<T, Refusal> {
    refuse(
        Code::BadField,
        format!("`{name}` is not understood here; expected {expected}."),
    )
}

/// The `id` of a message; `None`: there is none, or none that could be given back.
#[must_use]
pub fn id(fields: &dyn Fields) -> Option<Id> {
    match fields.field("id") {
        Field::Text(id) if id.chars().count() <= MOST_ID => Some(Id::Text(id)),
        // Beyond this numbers of JavaScript are not whole.
        Field::Number(id) if id.fract() == 0.0 && id.abs() <= 9_007_199_254_740_991.0 => {
            Some(Id::Number(id as i64))
        }
        _ => None,
    }
}

/// Reads a message whose namespace and version are ours.
///
/// # Errors
/// What is wrong with it, to be sent back.
pub fn read(fields: &dyn Fields) -> Result<FromParent, Refusal> {
    let kind = match fields.field("type") {
        Field::Text(kind) => kind,
        _ => String::new(),
    };
    Ok(match kind.as_str() {
        "hello" => FromParent::Hello {
            want: want(fields)?,
        },
        "load" => load(fields)?,
        "set" => FromParent::Set(settings(fields)?),
        "play" => FromParent::Play,
        "pause" => FromParent::Pause,
        "next" => FromParent::Next,
        "prev" => FromParent::Prev,
        "seek" => match fields.field("step") {
            Field::Number(step) if step >= 0.0 && step.fract() == 0.0 => FromParent::Seek {
                // What is too large becomes the largest there is.
                step: step as usize,
            },
            _ => return bad_field("step", "a number of events, from 0"),
        },
        "get" => {
            let what = match fields.field("what") {
                Field::Text(what) => WHAT.iter().find(|(_, name)| *name == what),
                _ => None,
            };
            match what {
                Some((what, _)) => FromParent::Get(*what),
                None => return bad_field("what", "text, url, outcome, trace or svg"),
            }
        }
        _ => {
            let shown: String = kind.chars().take(MOST_ID).collect();
            let known = TYPES.join(", ");
            return refuse(
                Code::UnknownType,
                format!("There is no message `{shown}`; there are {known}."),
            );
        }
    })
}

fn want(fields: &dyn Fields) -> Result<Vec<Topic>, Refusal> {
    let names = match fields.field("want") {
        Field::Absent => return Ok(Topic::ALL.to_vec()),
        Field::List(names) => names,
        _ => return bad_field("want", "a list of step, outcome, change, open"),
    };
    // A later version may know more: what it is told of here is what there is.
    let wanted = Topic::ALL.into_iter();
    Ok(wanted
        .filter(|topic| names.iter().any(|name| name == topic.as_str()))
        .collect())
}

/// Exactly one of `text`, `url` and `story`.
fn load(fields: &dyn Fields) -> Result<FromParent, Refusal> {
    let given = ["text", "url", "story"].map(|name| (name, fields.field(name)));
    let mut given = given
        .into_iter()
        .filter(|(_, field)| *field != Field::Absent);
    let (Some((name, field)), None) = (given.next(), given.next()) else {
        return refuse(
            Code::BadField,
            "`load` wants one of `text`, `url` and `story`.",
        );
    };
    let value = match field {
        Field::Text(value) => value,
        Field::TooLong => {
            return refuse(
                Code::BadField,
                format!("`{name}` is longer than Rowlock reads."),
            );
        }
        _ => return bad_field(name, "a text"),
    };
    let (text, story, asks) = match name {
        "text" => (value, None, Fragment::default()),
        "story" => match gallery::story(&value) {
            Some(story) => (story.text.to_owned(), Some(story.slug), Fragment::default()),
            None => {
                let shown: String = value.chars().take(MOST_ID).collect();
                return refuse(Code::NoSuchStory, format!("There is no story `{shown}`."));
            }
        },
        _ => match import::import(&value) {
            Ok(imported) if imported.kind == Kind::Link => {
                (imported.text, imported.story, imported.asks)
            }
            Ok(_) => return refuse(Code::BadLink, "`url` is not a link of Rowlock's."),
            Err(error @ ImportError::NoSuchStory(_)) => {
                return refuse(Code::NoSuchStory, error.to_string());
            }
            Err(error) => return refuse(Code::BadLink, error.to_string()),
        },
    };
    match scenario::read(&text) {
        Ok(_) => Ok(FromParent::Load { text, story, asks }),
        Err(errors) => {
            let first = errors.first().map(ToString::to_string);
            refuse(
                Code::BadScenario,
                format!("The text is not sound: {}.", first.unwrap_or_default()),
            )
        }
    }
}

fn settings(fields: &dyn Fields) -> Result<Settings, Refusal> {
    let mut settings = Settings::default();
    match fields.field("theme") {
        Field::Absent => {}
        Field::Text(name) if ThemeChoice::named(&name).is_some() => {
            settings.theme = ThemeChoice::named(&name);
        }
        _ => return bad_field("theme", "auto, light or dark"),
    }
    match fields.field("strategy") {
        Field::Absent => {}
        Field::Text(text) => match text.parse() {
            Ok(strategy) => settings.strategy = Some(strategy),
            Err(error) => return refuse(Code::BadField, format!("{error}.")),
        },
        _ => {
            return bad_field(
                "strategy",
                "a strategy's text, as in \"pessimistic, nowait\"",
            );
        }
    }
    match fields.field("isolation") {
        Field::Absent => {}
        Field::Text(text) if text == "auto" => settings.isolation = Some(None),
        Field::Text(text) => match text.parse() {
            Ok(level) => settings.isolation = Some(Some(level)),
            Err(error) => return refuse(Code::BadField, format!("{error}, or auto.")),
        },
        _ => return bad_field("isolation", "an isolation level's text, or auto"),
    }
    match fields.field("edit") {
        Field::Absent => {}
        Field::Flag(edit) => settings.edit = Some(edit),
        _ => return bad_field("edit", "true or false"),
    }
    let names = match fields.field("show") {
        Field::Absent => Vec::new(),
        Field::List(names) if !names.is_empty() => names,
        Field::Text(text) => text.split(',').map(|name| name.trim().to_owned()).collect(),
        _ => return bad_field("show", SHOW),
    };
    let mut show = Vec::new();
    for name in names {
        match Part::named(&name) {
            Some(part) if show.contains(&part) => {}
            Some(part) => show.push(part),
            None => return bad_field("show", SHOW),
        }
    }
    settings.show = (!show.is_empty()).then_some(show);
    if settings == Settings::default() {
        return refuse(
            Code::BadField,
            "`set` wants one or more of `theme`, `strategy`, `isolation`, `edit` and `show`.",
        );
    }
    Ok(settings)
}

const SHOW: &str = "a list of draw, diagram, rows, locks, verdict, schedules, load and code";
