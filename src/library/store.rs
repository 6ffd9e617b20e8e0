//! Where scenarios are kept: in the browser's own storage, each under a key of its own, so that two tabs do not write over each
//! other's.

use crate::browser;
use std::rc::Rc;

/// A scenario that is kept under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    /// What tells it from all others; later ones are greater.
    pub id: Rc<str>,
    /// The name that its author gave it.
    pub name: Rc<str>,
    /// The scenario.
    pub text: Rc<str>,
}

/// Why something could not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The browser keeps nothing for this page.
    Off,
    /// There is no room left.
    Full,
}

impl Trouble {
    /// What the visitor can do about it.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Off => {
                "This browser keeps nothing for this page (a private window, perhaps). A link or the text itself keeps your work."
            }
            Self::Full => {
                "The browser's storage is full, so this was not saved. Delete a scenario, or keep the text or a link of this one."
            }
        }
    }
}

const SAVED: &str = "rowlock.saved.";

/// The key under which a scenario is kept.
#[must_use]
pub fn key(id: &str) -> String {
    format!("{SAVED}{id}")
}

/// The name stands in the first line, the scenario below it.
fn unpack(id: &str, value: &str) -> Option<Saved> {
    let (name, text) = value.split_once('\n')?;
    Some(Saved {
        id: id.into(),
        name: name.into(),
        text: text.into(),
    })
}

fn pack(saved: &Saved) -> String {
    format!("{}\n{}", one_line(&saved.name), saved.text)
}

fn one_line(name: &str) -> String {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        "Untitled".to_owned()
    } else {
        name
    }
}

/// Everything that is kept, the newest first.
#[must_use]
pub fn all() -> Vec<Saved> {
    let Some(storage) = browser::storage() else {
        return Vec::new();
    };
    let mut found: Vec<Saved> = (0..storage.length().unwrap_or(0))
        .filter_map(|at| {
            let key = storage.key(at).ok()??;
            let id = key.strip_prefix(SAVED)?;
            unpack(id, &storage.get_item(&key).ok()??)
        })
        .collect();
    rowlock_engine::collections::sort_by(&mut found, |a, b| b.id.cmp(&a.id));
    found
}

/// What is kept under an id, as it is now: another tab may have changed it.
#[must_use]
pub fn get(id: &str) -> Option<Saved> {
    unpack(id, &browser::storage()?.get_item(&key(id)).ok()??)
}

/// Keeps a scenario, in the place of what was kept under its id.
///
/// # Errors
/// When the browser does not take it.
pub fn put(saved: &Saved) -> Result<(), Trouble> {
    let storage = browser::storage().ok_or(Trouble::Off)?;
    let kept = storage.set_item(&key(&saved.id), &pack(saved));
    kept.map_err(|_| Trouble::Full)
}

/// Writes the text of a scenario anew; its name stays. One that was deleted elsewhere stays deleted.
///
/// # Errors
/// When the browser does not take it.
pub fn write(id: &str, text: &Rc<str>) -> Result<(), Trouble> {
    match get(id) {
        Some(old) if old.text != *text => put(&Saved {
            text: Rc::clone(text),
            ..old
        }),
        _ => Ok(()),
    }
}

/// Forgets a scenario.
pub fn remove(id: &str) {
    if let Some(storage) = browser::storage() {
        let _ = storage.remove_item(&key(id));
    }
}

/// A new id: the time, so that later ones are greater.
#[must_use]
pub fn new_id() -> Rc<str> {
    format!("{:014}", js_sys::Date::now() as u64).into()
}

/// The name that a scenario gives itself.
#[must_use]
pub fn own_name(text: &str) -> Rc<str> {
    let title = text.lines().find_map(|line| line.strip_prefix("title:"));
    one_line(title.unwrap_or_default()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let saved = Saved {
            id: "1".into(),
            name: "Mine\nand yours".into(),
            text: "title: x\n\ntimeline:\n".into(),
        };
        let back = unpack("1", &pack(&saved)).expect("it was packed here");
        assert_eq!((&*back.name, back.text), ("Mine and yours", saved.text));
        assert_eq!(unpack("1", "no line end"), None);
        assert_eq!(&*own_name("# c\ntitle:  Two  shops\n"), "Two shops");
        assert_eq!(&*own_name(""), "Untitled");
    }
}
