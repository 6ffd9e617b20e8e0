//! In which clause a place stands, told by the tokens before it.

use super::scope::{is_symbol, is_word};
use crate::sql::TokenKind;

/// A clause of a statement, or what else a step can be in the middle of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clause {
    /// Nothing stands there yet, or a word that begins nothing.
    Start,
    /// Between `INSERT` and `INTO`, or `DELETE` and `FROM`.
    Verb,
    /// The select list.
    Select,
    /// Tables: `FROM`, `JOIN`, `USING` of a DELETE.
    From,
    /// The condition of a join.
    On,
    /// The columns of a join, in parentheses.
    Using,
    /// A condition.
    Where,
    /// `GROUP BY`
    Group,
    /// `HAVING`
    Having,
    /// `ORDER BY`
    Order,
    /// `LIMIT` and `OFFSET`
    Limit,
    /// `FOR UPDATE` and its kin.
    Locking,
    /// The table of an INSERT, and what follows it.
    Into,
    /// The columns of an INSERT, in parentheses.
    IntoColumns,
    /// `VALUES`, and what follows its rows.
    Values,
    /// A row of values, in parentheses.
    Row,
    /// After `ON CONFLICT`.
    Conflict,
    /// The columns of `ON CONFLICT`, in parentheses.
    ConflictColumns,
    /// Between `DO UPDATE` and `SET`.
    DoUpdate,
    /// After `DO NOTHING`.
    DoNothing,
    /// The table of an UPDATE.
    Update,
    /// Assignments.
    Set,
    /// `RETURNING`
    Returning,
    /// The tables of a LOCK.
    Lock,
    /// The mode of a LOCK.
    LockMode,
    /// The modes of a transaction.
    Begin,
    /// After `ROLLBACK`.
    Rollback,
    /// After `RELEASE`.
    Release,
    /// The name of a savepoint that is there.
    Savepoint,
    /// `SET` of a setting.
    Setting,
    /// The client's own condition.
    Require,
    /// Nothing can follow that is known here.
    Over,
}

/// A place among parentheses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// The clause.
    pub clause: Clause,
    /// The statement's first word.
    verb: Verb,
    /// Whether the parentheses only hold a part of an expression.
    pub is_nested: bool,
    /// Where in the tokens the clause begins.
    pub begins: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    None,
    Select,
    Insert,
    Update,
    Delete,
}

impl Frame {
    /// Whether the statement writes rows, and so can have `RETURNING`.
    pub fn writes(&self) -> bool {
        matches!(self.verb, Verb::Insert | Verb::Update | Verb::Delete)
    }

    /// Whether it is a DELETE.
    pub fn deletes(&self) -> bool {
        self.verb == Verb::Delete
    }

    /// Whether it is an INSERT.
    pub fn inserts(&self) -> bool {
        self.verb == Verb::Insert
    }
}

/// The innermost place behind tokens.
pub(super) fn of(tokens: &[TokenKind]) -> Frame {
    let mut frames = vec![Frame {
        clause: Clause::Start,
        verb: Verb::None,
        is_nested: false,
        begins: 0,
    }];
    for (at, token) in tokens.iter().enumerate() {
        let last = frames.len() - 1;
        let frame = frames[last];
        match token {
            TokenKind::Symbol("(") => {
                let clause = match frame.clause {
                    Clause::Into => Clause::IntoColumns,
                    Clause::Values => Clause::Row,
                    Clause::Conflict => Clause::ConflictColumns,
                    // A query, or what a WITH names.
                    Clause::From | Clause::Start => Clause::Start,
                    other => other,
                };
                frames.push(Frame {
                    clause,
                    verb: Verb::None,
                    is_nested: clause == frame.clause,
                    begins: at + 1,
                });
            }
            TokenKind::Symbol(")") if last > 0 => {
                frames.pop();
            }
            TokenKind::Symbol(";") => frames[last].clause = Clause::Over,
            TokenKind::Word(word) => {
                let before = at.checked_sub(1).and_then(|at| tokens.get(at));
                let mut next = frame;
                follow(&mut next, word, before, last == 0);
                if next.clause != frame.clause || word == "select" {
                    next.begins = at + 1;
                    next.is_nested &= word != "select";
                }
                frames[last] = next;
            }
            _ => {}
        }
    }
    frames[frames.len() - 1]
}

/// A word changes the clause.
fn follow(frame: &mut Frame, word: &str, before: Option<&TokenKind>, is_outermost: bool) {
    let clause = match (word, frame.clause) {
        ("select", _) => {
            if frame.verb != Verb::Insert {
                frame.verb = Verb::Select;
            }
            Clause::Select
        }
        ("insert", Clause::Start) => {
            frame.verb = Verb::Insert;
            Clause::Verb
        }
        ("delete", Clause::Start) => {
            frame.verb = Verb::Delete;
            Clause::Verb
        }
        ("update", Clause::Start) => {
            frame.verb = Verb::Update;
            Clause::Update
        }
        ("update", Clause::Conflict) if is_word(before, "do") => Clause::DoUpdate,
        ("nothing", Clause::Conflict) if is_word(before, "do") => Clause::DoNothing,
        ("lock", Clause::Start) => Clause::Lock,
        ("in", Clause::Lock) => Clause::LockMode,
        ("begin", Clause::Start) => Clause::Begin,
        ("transaction", Clause::Start) if is_word(before, "start") => Clause::Begin,
        ("transaction", Clause::Setting) => Clause::Begin,
        ("rollback" | "abort", Clause::Start) if is_outermost => Clause::Rollback,
        ("release", Clause::Start) if is_outermost => Clause::Release,
        ("to", Clause::Rollback) | ("savepoint", Clause::Release) => Clause::Savepoint,
        ("set", Clause::Start) => Clause::Setting,
        (
            "commit" | "end" | "savepoint" | "crash" | "restart" | "hang" | "redeliver" | "reply"
            | "show" | "reset" | "deallocate" | "execute" | "prepare" | "truncate" | "create"
            | "drop" | "analyze" | "vacuum",
            Clause::Start,
        ) if is_outermost => Clause::Over,
        ("require", Clause::Start) if is_outermost => Clause::Require,
        ("else", Clause::Require) if !frame.is_nested => Clause::Over,
        ("into", Clause::Verb) => Clause::Into,
        ("from", _) if is_word(before, "distinct") && frame.clause != Clause::Select => {
            frame.clause
        }
        ("from", _) => Clause::From,
        ("using", Clause::From) if frame.verb == Verb::Delete => Clause::From,
        ("using", Clause::From) => Clause::Using,
        ("join", _) => Clause::From,
        ("on", Clause::From | Clause::Using) => Clause::On,
        ("where", _) => Clause::Where,
        ("by", _) if is_word(before, "group") => Clause::Group,
        ("by", _) if is_word(before, "order") => Clause::Order,
        ("having", _) => Clause::Having,
        ("limit" | "offset", _) => Clause::Limit,
        ("for", _) => Clause::Locking,
        ("values", Clause::Into | Clause::Start) => Clause::Values,
        ("conflict", _) => Clause::Conflict,
        ("set", Clause::Update | Clause::DoUpdate) => Clause::Set,
        ("returning", _) => Clause::Returning,
        ("union" | "intersect" | "except", _) => Clause::Start,
        (_, clause) => clause,
    };
    frame.clause = clause;
}

/// Whether the last token ends an operand, so that an operator or another clause follows.
pub(super) fn ends_operand(tokens: &[TokenKind]) -> bool {
    const WANT_ONE: [&str; 36] = [
        "select",
        "distinct",
        "where",
        "and",
        "or",
        "not",
        "on",
        "having",
        "by",
        "set",
        "returning",
        "when",
        "then",
        "else",
        "case",
        "in",
        "like",
        "ilike",
        "between",
        "limit",
        "offset",
        "values",
        "all",
        "any",
        "some",
        "exists",
        "from",
        "join",
        "into",
        "using",
        "require",
        "update",
        "table",
        "is",
        "lock",
        "of",
    ];
    match tokens.last() {
        None => false,
        Some(TokenKind::Word(word)) => !WANT_ONE.contains(&word.as_str()),
        Some(TokenKind::Symbol("*")) => {
            let before = tokens.len().checked_sub(2).and_then(|at| tokens.get(at));
            ["select", "returning"]
                .iter()
                .any(|word| is_word(before, word))
                || [",", "."].iter().any(|symbol| is_symbol(before, symbol))
        }
        Some(TokenKind::Symbol(symbol)) => *symbol == ")",
        Some(_) => true,
    }
}
