//! The colours that a session can be given, so that they can be told apart without seeing hues alike (Okabe and Ito 2008).

use super::header::{HeaderError, plain};
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// A session's colour. Without one a session has that of its lane, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "a colour is its name")]
pub enum Colour {
    Blue,
    Orange,
    Green,
    Pink,
    Yellow,
    Sky,
    Vermilion,
    Grey,
}

impl Colour {
    /// Every colour, in the order in which lanes have them.
    pub const ALL: [Self; 8] = [
        Self::Blue,
        Self::Orange,
        Self::Green,
        Self::Pink,
        Self::Yellow,
        Self::Sky,
        Self::Vermilion,
        Self::Grey,
    ];

    /// Its place among all of them, which is its number in the style sheets too.
    #[must_use]
    pub fn hue(self) -> usize {
        self as usize
    }

    /// The name, as the text form has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Orange => "orange",
            Self::Green => "green",
            Self::Pink => "pink",
            Self::Yellow => "yellow",
            Self::Sky => "sky",
            Self::Vermilion => "vermilion",
            Self::Grey => "grey",
        }
    }
}

impl Display for Colour {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Colour {
    type Err = HeaderError;

    fn from_str(text: &str) -> Result<Self, HeaderError> {
        let name = plain(text);
        let found = Self::ALL.into_iter().find(|it| it.as_str() == name);
        found.ok_or_else(|| HeaderError {
            message: format!("`{}` is not a colour of a session", text.trim()),
            expected: "blue, orange, green, pink, yellow, sky, vermilion or grey",
        })
    }
}
