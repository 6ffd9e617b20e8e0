//! Messages to the page around, as objects.

use super::from_parent::TYPES;
use super::outcome::{Counts, outcome};
use super::{Code, Id, NAMESPACE, Refusal, Topic, VERSION, What};
use crate::export::{Export, Subject, trace};
use crate::json::{Data, Fields, Json};
use crate::link::{Fragment, encode};

/// What the embed says.
#[derive(Clone, Debug, PartialEq)]
pub enum ToParent {
    /// It is there, and which version and types of messages it understands.
    Ready,
    /// Its content is so large, in pixels.
    Resize {
        /// The width.
        width: u32,
        /// The height.
        height: u32,
    },
    /// The position.
    Step {
        /// How many events have happened.
        step: usize,
        /// Of how many.
        of: usize,
        /// What the last of them means, as a sentence; empty at the beginning.
        caption: String,
    },
    /// How the run ended: what [`outcome`] gives.
    Outcome(Data),
    /// The scenario was changed.
    Change {
        /// Its text.
        text: String,
        /// A link to it.
        url: String,
    },
    /// The reader wants the whole page at this address.
    Open {
        /// The address.
        url: String,
    },
    /// A message was not obeyed.
    Error {
        /// That of the message.
        id: Option<Id>,
        /// What is said of it.
        refusal: Refusal,
    },
    /// A message was obeyed.
    Result {
        /// That of the message.
        id: Option<Id>,
        /// What was asked for.
        value: Value,
    },
}

/// What a message gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Nothing,
    /// A text.
    Text(String),
    /// An object.
    Data(Data),
}

impl ToParent {
    /// What it is about, where that can be wanted or not. The others go out in any case.
    #[must_use]
    pub fn topic(&self) -> Option<Topic> {
        Some(match self {
            Self::Step { .. } => Topic::Step,
            Self::Outcome(_) => Topic::Outcome,
            Self::Change { .. } => Topic::Change,
            Self::Open { .. } => Topic::Open,
            _ => return None,
        })
    }

    /// The message as an object.
    #[must_use]
    pub fn to_data(&self) -> Data {
        let mut json = Json::default();
        json.object(|fields| {
            fields.string("ns", NAMESPACE).number("v", VERSION);
            match self {
                Self::Ready => {
                    fields.string("type", "ready").number("api", VERSION).field(
                        "features",
                        |json| {
                            let topics = Topic::ALL.map(Topic::as_str);
                            let all = TYPES.into_iter().chain(topics);
                            json.array(all, |json, name| json.string(name));
                        },
                    );
                }
                Self::Resize { width, height } => {
                    fields
                        .string("type", "resize")
                        .number("width", width)
                        .number("height", height);
                }
                Self::Step { step, of, caption } => {
                    fields
                        .string("type", "step")
                        .number("step", step)
                        .number("of", of)
                        .string("caption", caption);
                }
                Self::Outcome(outcome) => {
                    fields
                        .string("type", "outcome")
                        .data("outcome", outcome.clone());
                }
                Self::Change { text, url } => {
                    fields
                        .string("type", "change")
                        .string("text", text)
                        .string("url", url);
                }
                Self::Open { url } => {
                    fields.string("type", "open").string("url", url);
                }
                Self::Error { id, refusal } => {
                    fields.string("type", "error");
                    self::id(fields, id);
                    fields
                        .string("code", refusal.code.as_str())
                        .string("message", &refusal.message);
                }
                Self::Result { id, value } => {
                    fields.string("type", "result");
                    self::id(fields, id);
                    fields.boolean("ok", true);
                    match value {
                        Value::Nothing => {}
                        Value::Text(text) => {
                            fields.string("value", text);
                        }
                        Value::Data(data) => {
                            fields.data("value", data.clone());
                        }
                    }
                }
            }
        });
        json.finish()
    }
}

fn id(fields: &mut Fields, id: &Option<Id>) {
    match id {
        None => {}
        Some(Id::Text(text)) => {
            fields.string("id", text);
        }
        Some(Id::Number(number)) => {
            fields.number("id", number);
        }
    }
}

/// A height as Embedly and those who follow it have it: a text of JSON.
#[must_use]
pub fn embedly(height: u32) -> String {
    let mut json = Json::default();
    json.object(|fields| {
        fields
            .string("context", "iframe.resize")
            .number("height", height);
    });
    json.finish().to_text()
}

/// What is asked for.
///
/// # Errors
/// When this run has no such thing.
pub fn get(what: What, subject: &Subject<'_>, counts: Option<&Counts>) -> Result<Value, Refusal> {
    Ok(match what {
        What::Text => Value::Text(subject.scenario.to_text()),
        What::Url => {
            let fragment = Fragment {
                scenario: Some(encode(subject.scenario)),
                ..Fragment::default()
            };
            Value::Text(format!("{}{}", subject.address, fragment.to_text()))
        }
        What::Outcome => Value::Data(outcome(subject, counts)),
        What::Trace => Value::Data(trace(
            subject.scenario,
            subject.plan,
            subject.run,
            subject.verdict,
        )),
        What::Svg => {
            let files = Export::Svg.files(subject);
            let picture = files.ok().and_then(|files| files.into_iter().next());
            match picture {
                Some(picture) => Value::Text(picture.text),
                None => {
                    return Err(Refusal {
                        code: Code::NotAvailable,
                        message: "There is no picture of this run.".to_owned(),
                    });
                }
            }
        }
    })
}
