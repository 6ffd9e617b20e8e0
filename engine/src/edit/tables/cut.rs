//! `CREATE TABLE` and `INSERT`, cut at their tokens, so that one part can be written anew and the others stay as they stand.
//!
//! ```text
//! CREATE TABLE stock (id int PRIMARY KEY, quantity int, CHECK (quantity >= 0))
//!                     element              element       element: no column
//!                     name type trait
//! INSERT INTO stock (id, quantity) VALUES (42, 10), (43, 7)
//!                    names                 row: cells
//! ```
//!
//! The syntax tree says what a statement means and knows no places of types, constraints and cells; this knows places and means
//! nothing. What it is given has been read already, so it looks no closer than it must.

use crate::sql::{Span, Token, TokenKind, parse_leading_expression, tokenize};

/// A statement's tokens with their places in the text that it was cut from.
pub(super) struct Source<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

impl<'t> Source<'t> {
    /// The statement at a place of a scenario's text; lines that are comments of the document are no part of it.
    pub fn of(text: &'t str, place: Span) -> Option<Self> {
        let mut statement = String::new();
        for (number, line) in text.get(place.start..place.end)?.split('\n').enumerate() {
            if number > 0 {
                statement.push('\n');
            }
            if number > 0 && line.trim_start().starts_with('#') {
                statement.extend(std::iter::repeat_n(' ', line.len()));
            } else {
                statement.push_str(line);
            }
        }
        let mut tokens = tokenize(&statement).ok()?;
        for token in &mut tokens {
            token.span = token.span.shifted(place.start);
        }
        tokens.pop();
        Some(Self { text, tokens })
    }

    /// What stands at a place.
    pub fn at(&self, span: Span) -> &'t str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// Where the last token ends; a comment may follow.
    pub fn end(&self) -> Option<usize> {
        self.tokens.last().map(|token| token.span.end)
    }

    /// Where the token stands that has this place in another spelling of the same statement.
    pub fn same_token(&self, other: &Source<'_>, place: Span) -> Option<Span> {
        let number = other
            .tokens
            .iter()
            .position(|it| it.span.start == place.start)?;
        Some(self.tokens.get(number)?.span)
    }

    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        let token = self.tokens.get(at).map(|token| &token.kind);
        matches!(token, Some(TokenKind::Word(word)) if words.contains(&word.as_str()))
    }

    fn is_symbol(&self, at: usize, symbol: &str) -> bool {
        let token = self.tokens.get(at).map(|token| &token.kind);
        matches!(token, Some(TokenKind::Symbol(it)) if *it == symbol)
    }

    /// The items between the parentheses that open at a token, as ranges of tokens, and the token that closes them.
    fn items(&self, open: usize) -> Option<(Vec<(usize, usize)>, usize)> {
        let mut items = Vec::new();
        let (mut depth, mut start) = (0usize, open + 1);
        for at in open..self.tokens.len() {
            if self.is_symbol(at, "(") {
                depth += 1;
            } else if self.is_symbol(at, ")") {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    if start < at {
                        items.push((start, at));
                    }
                    return Some((items, at));
                }
            } else if depth == 1 && self.is_symbol(at, ",") {
                items.push((start, at));
                start = at + 1;
            }
        }
        None
    }

    fn span(&self, (start, end): (usize, usize)) -> Span {
        self.tokens[start].span.to(self.tokens[end - 1].span)
    }
}

/// What stands between the parentheses of a `CREATE TABLE`.
pub(super) struct CreateCut {
    /// The opening parenthesis.
    pub open: Span,
    /// Columns and constraints in their order.
    pub elements: Vec<Element>,
}

/// A column, or a constraint of the table.
pub(super) struct Element {
    /// All of it.
    pub span: Span,
    /// The column; `None`: a constraint.
    pub column: Option<ColumnCut>,
}

/// A column, cut.
pub(super) struct ColumnCut {
    /// Its name.
    pub name: Span,
    /// Its type.
    pub ty: Span,
    /// What follows the type.
    pub traits: Vec<Trait>,
}

/// Something that follows a column's type.
pub(super) struct Trait {
    /// What it says.
    pub kind: TraitKind,
    /// All of it.
    pub span: Span,
    /// The value of a `DEFAULT`.
    pub value: Option<Span>,
}

/// What a trait says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TraitKind {
    /// `PRIMARY KEY`
    PrimaryKey,
    /// `NOT NULL`
    NotNull,
    /// `UNIQUE`
    Unique,
    /// `DEFAULT`
    Default,
    /// Anything else; it stays as it stands.
    Other,
}

impl CreateCut {
    /// Cuts a `CREATE TABLE` that has a list of columns and no query.
    pub fn of(source: &Source<'_>) -> Option<Self> {
        let open = (0..source.tokens.len()).find(|at| source.is_symbol(*at, "("))?;
        let (items, _) = source.items(open)?;
        let constraint = ["constraint", "primary", "unique", "check", "foreign"];
        let elements = items.into_iter().map(|item| Element {
            span: source.span(item),
            column: (!source.is_word(item.0, &constraint)).then(|| column(source, item)),
        });
        Some(Self {
            open: source.tokens[open].span,
            elements: elements.collect(),
        })
    }

    /// The columns in their order, each with its place among the elements.
    pub fn columns(&self) -> impl Iterator<Item = (usize, &ColumnCut)> {
        let elements = self.elements.iter().enumerate();
        elements.filter_map(|(place, element)| Some((place, element.column.as_ref()?)))
    }
}

/// Words that a trait begins with.
const TRAITS: [&str; 9] = [
    "constraint",
    "not",
    "null",
    "default",
    "primary",
    "unique",
    "check",
    "references",
    "generated",
];

fn column(source: &Source<'_>, (start, end): (usize, usize)) -> ColumnCut {
    let mut starts: Vec<usize> = Vec::new();
    let (mut at, mut depth) = (start + 1, 0usize);
    while at < end {
        if source.is_symbol(at, "(") {
            depth += 1;
        } else if source.is_symbol(at, ")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && source.is_word(at, &TRAITS) && !goes_on(source, at, &starts) {
            starts.push(at);
            if source.is_word(at, &["default"]) {
                at = after_default(source, at, end);
                continue;
            }
        }
        at += 1;
    }
    let ty = (
        start + 1,
        starts.first().copied().unwrap_or(end).max(start + 2),
    );
    let ends = starts.iter().skip(1).copied().chain([end]);
    let traits = starts.iter().zip(ends).map(|(&start, end)| {
        let kind = if source.is_word(start, &["primary"]) {
            TraitKind::PrimaryKey
        } else if source.is_word(start, &["unique"]) {
            TraitKind::Unique
        } else if source.is_word(start, &["not"]) {
            TraitKind::NotNull
        } else if source.is_word(start, &["default"]) {
            TraitKind::Default
        } else {
            TraitKind::Other
        };
        let value =
            (kind == TraitKind::Default && start + 1 < end).then(|| source.span((start + 1, end)));
        Trait {
            kind,
            span: source.span((start, end)),
            value,
        }
    });
    ColumnCut {
        name: source.tokens[start].span,
        ty: source.span((ty.0.min(end - 1), ty.1.min(end))),
        traits: traits.collect(),
    }
}

/// Whether a word that begins traits goes on with the one before it: `NOT NULL`, `ON DELETE SET NULL`, `BY DEFAULT`,
/// `NOT DEFERRABLE`, and what has a name of its own.
fn goes_on(source: &Source<'_>, at: usize, starts: &[usize]) -> bool {
    let before = at - 1;
    source.is_word(before, &["set", "by"])
        || (source.is_word(at, &["null"]) && source.is_word(before, &["not"]))
        || (source.is_word(at, &["not"]) && source.is_word(at + 1, &["deferrable"]))
        || starts.last().is_some_and(|&last| {
            source.is_word(last, &["constraint"]) && (at == last + 1 || at == last + 2)
        })
}

/// The token after the value of a `DEFAULT`.
fn after_default(source: &Source<'_>, at: usize, end: usize) -> usize {
    let Some(first) = source.tokens.get(at + 1) else {
        return end;
    };
    let start = first.span.start;
    let rest = source.at(Span::new(start, source.tokens[end - 1].span.end));
    match parse_leading_expression(rest) {
        Ok((_, stop)) => (at + 1..end)
            .find(|at| source.tokens[*at].span.start >= start + stop)
            .unwrap_or(end),
        Err(_) => (at + 2).min(end),
    }
}

/// An `INSERT` of rows, cut.
pub(super) struct InsertCut {
    /// The columns that are named; empty: all in their order.
    pub names: Vec<Span>,
    /// The rows.
    pub rows: Vec<RowCut>,
}

/// A row, cut.
pub(super) struct RowCut {
    /// With its parentheses.
    pub span: Span,
    /// Its cells.
    pub cells: Vec<Span>,
}

impl InsertCut {
    /// Cuts an `INSERT INTO table (columns) VALUES rows`.
    pub fn of(source: &Source<'_>) -> Option<Self> {
        // `INSERT INTO table`, then perhaps another name and the columns.
        let stop = |at: &usize| source.is_symbol(*at, "(") || source.is_word(*at, &["values"]);
        let first = (3..source.tokens.len()).find(stop)?;
        let (names, values) = if source.is_symbol(first, "(") {
            let (names, close) = source.items(first)?;
            (names, close + 1)
        } else {
            (Vec::new(), first)
        };
        if !source.is_word(values, &["values"]) {
            return None;
        }
        let mut rows = Vec::new();
        let mut at = values + 1;
        while source.is_symbol(at, "(") {
            let (cells, close) = source.items(at)?;
            rows.push(RowCut {
                span: source.span((at, close + 1)),
                cells: cells.into_iter().map(|cell| source.span(cell)).collect(),
            });
            at = close + 1;
            if source.is_symbol(at, ",") {
                at += 1;
            }
        }
        Some(Self {
            names: names.into_iter().map(|name| source.span(name)).collect(),
            rows,
        })
    }
}
