//! Syntax tree to text: key words in capitals, names quoted and parentheses set only where they must be.
//!
//! What is printed parses to the same tree.

mod ddl;
mod expr;
mod query;
mod statement;
mod write;

use super::ast::{CommonTable, Expr, Ident};
use super::lexer::is_plain_name;
use super::parser::is_reserved;
use std::fmt::{self, Display, Formatter};

/// Items with commas between them.
struct List<'a, T>(&'a [T]);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            item.fmt(f)?;
        }
        Ok(())
    }
}

/// A value, or `DEFAULT`.
struct ValueOrDefault<'a>(&'a Option<Expr>);

impl Display for ValueOrDefault<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("DEFAULT"),
        }
    }
}

/// A key word before something that may be absent.
fn clause(f: &mut Formatter<'_>, word: &str, value: Option<&impl Display>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, " {word} {value}"))
}

fn list_clause<T: Display>(f: &mut Formatter<'_>, word: &str, items: &[T]) -> fmt::Result {
    if items.is_empty() {
        Ok(())
    } else {
        write!(f, " {word} {}", List(items))
    }
}

impl Display for Ident {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if is_plain_name(&self.name) && !is_reserved(&self.name) {
            f.write_str(&self.name)
        } else {
            write!(f, "\"{}\"", self.name.replace('"', "\"\""))
        }
    }
}

/// `WITH ...` and the blank behind it.
fn with(f: &mut Formatter<'_>, members: &[CommonTable]) -> fmt::Result {
    if members.is_empty() {
        return Ok(());
    }
    write!(f, "WITH {} ", List(members))
}
