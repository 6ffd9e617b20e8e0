//! Who is heard, what was asked for, and when a size is worth a message.

use super::from_parent::{Field, Fields, FromParent, Id, id, read};
use super::{NAMESPACE, Refusal, ToParent, Topic, VERSION};
use crate::link::Parent;

/// Changes smaller than this, in pixels, are not told: a page that rounds differently would answer for ever.
const LEAST_CHANGE: u32 = 2;

/// An embed's side of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    parent: Parent,
    /// What was asked for by `hello`.
    want: Vec<Topic>,
    /// Where `hello` came from: nobody but who asked is told.
    with: Option<String>,
    /// The last size that was told.
    size: Option<(u32, u32)>,
}

/// What became of something that came in.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// It is none of our business: it is not from the parent, or not of our kind or version.
    Nothing,
    /// A message to obey; then [`ToParent::Result`] with the `id`, or [`ToParent::Error`], goes to `answer_to`.
    Message {
        /// What is given back with the answer.
        id: Option<Id>,
        /// The message.
        message: FromParent,
        /// The origin that the answer is for, as `postMessage` takes it.
        answer_to: String,
    },
    /// A message that cannot be obeyed; [`ToParent::Error`] goes to `answer_to`.
    Refused {
        /// What is given back with the answer.
        id: Option<Id>,
        /// What is said of it.
        refusal: Refusal,
        /// The origin that the answer is for.
        answer_to: String,
    },
}

impl Conversation {
    /// One that has not begun.
    #[must_use]
    pub fn new(parent: Parent) -> Self {
        Self {
            parent,
            want: Vec::new(),
            with: None,
            size: None,
        }
    }

    /// Takes what has come in. `from_parent`: whether its source is the parent window; `origin` is as the browser tells it.
    pub fn hear(&mut self, from_parent: bool, origin: &str, fields: &dyn Fields) -> Heard {
        let known = match &self.parent {
            Parent::Any => true,
            Parent::Origin(expected) => expected == origin,
            Parent::Nobody => false,
        };
        let ours = from_parent
            && known
            && fields.field("ns") == Field::Text(NAMESPACE.to_owned())
            && fields.field("v") == Field::Number(f64::from(VERSION));
        if !ours {
            return Heard::Nothing;
        }
        let answer_to = target(origin);
        let id = id(fields);
        match read(fields) {
            Ok(message) => {
                if let FromParent::Hello { want } = &message {
                    self.want.clone_from(want);
                    self.with = Some(answer_to.clone());
                }
                Heard::Message {
                    id,
                    message,
                    answer_to,
                }
            }
            Err(refusal) => Heard::Refused {
                id,
                refusal,
                answer_to,
            },
        }
    }

    /// For which origin a message goes out that nobody has asked for just now; `None`: it does not.
    ///
    /// That it is there and how large it is an embed says to everybody who may listen; the rest it says to who said hello.
    #[must_use]
    pub fn tell(&self, message: &ToParent) -> Option<String> {
        match message.topic() {
            Some(topic) => self.want.contains(&topic).then(|| self.with.clone())?,
            None => match &self.parent {
                Parent::Any => Some("*".to_owned()),
                Parent::Origin(origin) => Some(origin.clone()),
                Parent::Nobody => None,
            },
        }
    }

    /// Whether somebody wants to hear of this, so that it need not be written for nobody.
    #[must_use]
    pub fn wants(&self, topic: Topic) -> bool {
        self.want.contains(&topic)
    }

    /// The message that the content has this size, if that is news.
    pub fn resized(&mut self, width: u32, height: u32) -> Option<ToParent> {
        let near = |(w, h): (u32, u32)| {
            w.abs_diff(width) < LEAST_CHANGE && h.abs_diff(height) < LEAST_CHANGE
        };
        if self.size.is_some_and(near) {
            return None;
        }
        self.size = Some((width, height));
        Some(ToParent::Resize { width, height })
    }
}

/// An origin as `postMessage` takes it. One that is opaque has no name: then it is all or nobody.
fn target(origin: &str) -> String {
    if origin.is_empty() || origin == "null" {
        "*".to_owned()
    } else {
        origin.to_owned()
    }
}
