//! The rules that must hold at the end: added, named, written anew, moved, taken away.

use super::blocks::{Entry, Section, with_section};
use super::steps::one_paragraph;
use super::{EditError, Edited};
use crate::scenario::Scenario;
use crate::sql::Span;
use crate::sql::ast::{ColumnDef, SqlType, Statement};

/// A rule, by its place under `expect:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulePlace(pub usize);

/// A change of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleEdit {
    /// Adds a rule behind the others.
    Add {
        /// What it means, in words.
        name: String,
        /// A SELECT of one value that is true or false.
        query: String,
    },
    /// Gives a rule another name.
    Rename(RulePlace, String),
    /// Asks another question.
    SetQuery(RulePlace, String),
    /// Takes a rule away.
    Remove(RulePlace),
    /// Moves a rule to another place.
    Move(RulePlace, RulePlace),
}

impl RuleEdit {
    /// What was done, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::Add { .. } => "Rule added.",
            Self::Rename(..) => "Rule renamed.",
            Self::SetQuery(..) => "Rule changed.",
            Self::Remove(_) => "Rule removed. Undo brings it back.",
            Self::Move(..) => "Rule moved.",
        }
    }

    /// A rule to begin with, on the first table: how many rows it has, or what its numbers come to. Its name is none that is
    /// there.
    #[must_use]
    pub fn template(scenario: &Scenario) -> Self {
        let table = scenario
            .setup
            .iter()
            .find_map(|entry| match &entry.sql.statement {
                Statement::CreateTable(create) => Some(create),
                _ => None,
            });
        let Some(table) = table else {
            return Self::Add {
                name: free_name(scenario, "all commit"),
                query: "SELECT :failed = 0".to_owned(),
            };
        };
        let is_number = |column: &&ColumnDef| {
            matches!(
                column.ty,
                SqlType::SmallInt | SqlType::Int | SqlType::BigInt | SqlType::Numeric(_)
            )
        };
        let key = table.primary_key();
        let is_value = |column: &&ColumnDef| !key.contains(&column.name.name.as_str());
        match table.columns.iter().filter(is_number).find(is_value) {
            Some(column) => Self::Add {
                name: free_name(scenario, &format!("no {} is negative", column.name.name)),
                query: format!(
                    "SELECT COUNT(*) = 0 FROM {} WHERE {} < 0",
                    table.name, column.name
                ),
            },
            None => Self::Add {
                name: free_name(scenario, &format!("{} has rows", table.name.name)),
                query: format!("SELECT COUNT(*) > 0 FROM {}", table.name),
            },
        }
    }
}

pub(super) fn apply(text: &str, scenario: &Scenario, edit: &RuleEdit) -> Result<Edited, EditError> {
    let text = match edit {
        RuleEdit::Add { name, query } => add(text, scenario, name, query)?,
        RuleEdit::Rename(rule, name) => {
            let name = new_name(scenario, name, Some(*rule))?;
            let mut section = cut(text, scenario, *rule)?;
            section.entries[rule.0].head = name;
            section.put_together()
        }
        RuleEdit::SetQuery(rule, query) => {
            let query = question(query)?;
            let mut section = cut(text, scenario, *rule)?;
            let entry = &mut section.entries[rule.0];
            if entry.body.trim() != query {
                entry.body = format!(" {query}");
            }
            section.put_together()
        }
        RuleEdit::Remove(rule) => {
            let mut section = cut(text, scenario, *rule)?;
            let gone = section.entries.remove(rule.0);
            if rule.0 == section.entries.len() {
                match section.entries.last_mut() {
                    Some(last) => last.below.push_str(&gone.below),
                    None => {
                        let (before, below, after) = (section.before, gone.below, section.after);
                        return Ok(Edited {
                            text: format!("{before}{below}{after}"),
                            steps: Vec::new(),
                        });
                    }
                }
            }
            section.put_together()
        }
        RuleEdit::Move(rule, to) => {
            let mut section = cut(text, scenario, *rule)?;
            let last = section.entries.len() - 1;
            // Blank lines at the end stay at the end.
            let below = std::mem::take(&mut section.entries[last].below);
            let entry = section.entries.remove(rule.0);
            section.entries.insert(to.0.min(last), entry);
            section.entries[last].below.push_str(&below);
            section.put_together()
        }
    };
    Ok(Edited {
        text,
        steps: Vec::new(),
    })
}

fn add(text: &str, scenario: &Scenario, name: &str, query: &str) -> Result<String, EditError> {
    let name = new_name(scenario, name, None)?;
    let query = question(query)?;
    let mut entry = Entry::new(&name, &query, "  ");
    if let Some(mut section) = section(text, scenario) {
        if let Some(last) = section.entries.last_mut() {
            entry.indent.clone_from(&last.indent);
            entry.below = std::mem::take(&mut last.below);
        }
        section.entries.push(entry);
        return Ok(section.put_together());
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let is_head = line
            .split_once(':')
            .is_some_and(|(key, _)| key.trim_end().eq_ignore_ascii_case("expect"));
        if is_head {
            let gap = if line.ends_with('\n') { "" } else { "\n" };
            return Ok(format!(
                "{}{gap}  {name}: {query}\n{}",
                &text[..at],
                &text[at..]
            ));
        }
    }
    Ok(with_section(text, "expect", &entry))
}

fn section<'t>(text: &'t str, scenario: &Scenario) -> Option<Section<'t>> {
    let rules = scenario.expect.iter();
    let places: Vec<(Span, usize)> = rules
        .map(|rule| (rule.place, rule.comments.len()))
        .collect();
    Section::cut(text, &places)
}

fn cut<'t>(text: &'t str, scenario: &Scenario, rule: RulePlace) -> Result<Section<'t>, EditError> {
    section(text, scenario)
        .filter(|section| rule.0 < section.entries.len())
        .ok_or_else(|| EditError("There is no such rule.".to_owned()))
}

/// A name that no other rule has.
fn new_name(scenario: &Scenario, name: &str, own: Option<RulePlace>) -> Result<String, EditError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(EditError("A rule needs a name.".to_owned()));
    }
    if name.contains(':') || name.starts_with('#') {
        return Err(EditError(
            "A rule's name has no colon, and does not begin with `#`.".to_owned(),
        ));
    }
    let mut rules = scenario.expect.iter().enumerate();
    if rules.any(|(place, it)| it.name == name && own != Some(RulePlace(place))) {
        return Err(EditError(format!("There is a rule `{name}` already.")));
    }
    Ok(name)
}

/// A name that no rule has, made of one that may be taken.
fn free_name(scenario: &Scenario, name: &str) -> String {
    let name = name.replace(':', " ");
    let name = name.trim_start_matches(['#', ' ']);
    // One more than there are rules is free.
    let numbered = (2..scenario.expect.len() + 3).map(|number| format!("{name} ({number})"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    let free = names.find(|name| new_name(scenario, name, None).is_ok());
    free.unwrap_or_else(|| name.to_owned())
}

/// A query on one line.
fn question(query: &str) -> Result<String, EditError> {
    if query.trim().is_empty() {
        return Err(EditError(
            "A rule asks something: a SELECT of one value that is true or false.".to_owned(),
        ));
    }
    one_paragraph(query)
}
