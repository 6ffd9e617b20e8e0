//! Suggestions as they are gathered: best first, narrowed down by what is typed.

use super::place::Typed;
use super::{Suggestion, SuggestionKind as Kind, Wish};
use crate::sql::ast::Ident;

/// The suggestions so far.
pub(super) struct Offers {
    /// What is typed.
    pub typed: Typed,
    found: Vec<(Fit, Suggestion)>,
    is_whole: bool,
}

/// How well a suggestion fits what is typed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It begins so.
    Begins,
    /// One of its later words does.
    Holds,
}

impl Offers {
    pub fn new(typed: Typed) -> Self {
        Self {
            typed,
            found: Vec::new(),
            is_whole: false,
        }
    }

    /// The best, and whether the first of them is likely meant: a word is begun so, and is none yet.
    pub fn best(mut self, most: usize) -> (Vec<Suggestion>, Wish) {
        crate::collections::sort_by_key(&mut self.found, |(fit, _)| *fit);
        let begins = self
            .found
            .first()
            .is_some_and(|(fit, _)| *fit == Fit::Begins);
        let mut best: Vec<Suggestion> = Vec::new();
        for (_, suggestion) in self.found {
            if best.len() < most && best.iter().all(|it| it.text != suggestion.text) {
                best.push(suggestion);
            }
        }
        let is_begun = match &self.typed {
            Typed::Nothing | Typed::Number(_) => false,
            Typed::Word(_) | Typed::Text(_) => true,
            Typed::Variable(name) => !name.is_empty(),
        };
        let wish = if is_begun && begins && !self.is_whole {
            Wish::Likely
        } else {
            Wish::Open
        };
        (best, wish)
    }

    pub fn push(&mut self, kind: Kind, text: &str, detail: &str) {
        let typed = match (&self.typed, kind) {
            (Typed::Nothing, _) => "",
            (Typed::Variable(typed), Kind::Variable) => typed,
            (Typed::Number(typed) | Typed::Text(typed), Kind::Value) => typed,
            (Typed::Word(typed), _) => typed,
            _ => return,
        };
        let bare = text.strip_prefix(':').unwrap_or(text);
        if bare
            .trim_end_matches(['(', '*', ')'])
            .eq_ignore_ascii_case(typed)
            && !typed.is_empty()
        {
            self.is_whole = true;
            return;
        }
        let Some(fit) = fit(bare, typed) else { return };
        self.found.push((
            fit,
            Suggestion {
                text: text.to_owned(),
                kind,
                detail: detail.to_owned(),
            },
        ));
    }

    pub fn name(&mut self, kind: Kind, text: &str, detail: &str) {
        self.push(kind, &Ident::new(text).to_string(), detail);
    }
}

fn fit(text: &str, typed: &str) -> Option<Fit> {
    let begins = |part: &str| {
        let head = part.get(..typed.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(typed))
    };
    if begins(text) {
        return Some(Fit::Begins);
    }
    let mut places = text.char_indices().filter(|(_, it)| " _.\"".contains(*it));
    places
        .any(|(at, _)| begins(&text[at + 1..]))
        .then_some(Fit::Holds)
}
