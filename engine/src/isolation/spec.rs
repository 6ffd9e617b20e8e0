//! The spec format: text to [`Spec`] (`specscanner.l`, `specparse.y`, and `check_testspec` of `isolationtester.c`).
//!
//! ```text
//! spec        = setup* [teardown] session+ permutation*
//! session     = "session" name [setup] step+ [teardown]
//! step        = "step" name { SQL }
//! setup       = "setup" { SQL }             teardown = "teardown" { SQL }
//! permutation = "permutation" placed+       placed   = name [ "(" marker { "," marker } ")" ]
//! marker      = "*" | name | name "notices" integer
//! ```
//!
//! `#` begins a comment, except in SQL. SQL ends at the first `}`, wherever that stands, and is kept as it is but for
//! blanks (not line ends) at its two ends. Errors have the driver's own words, and a sentence of ours behind.

use crate::collections::{Set, sort_by_key};
use std::fmt;

/// A spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// What is done before each permutation, a message each.
    pub setups: Vec<Block>,
    /// What is done after each permutation.
    pub teardown: Option<Block>,
    /// The sessions, in their order.
    pub sessions: Vec<Session>,
    /// The permutations asked for; none: all there are.
    pub permutations: Vec<Permutation>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub name: String,
    /// What it does before each permutation.
    pub setup: Option<Block>,
    /// Its steps, in their order.
    pub steps: Vec<Step>,
    /// What it does after each permutation.
    pub teardown: Option<Block>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name, which no other step has.
    pub name: String,
    /// What it sends.
    pub sql: Block,
}

/// SQL between braces: one message to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The text.
    pub text: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// Where in the spec the text begins, in bytes.
    pub start: usize,
}

/// A step by its places: in the list of sessions, and in that session's list of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepId {
    /// The session.
    pub session: usize,
    /// The step.
    pub step: usize,
}

/// Steps in the order in which they are launched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permutation {
    /// The steps; one may occur twice.
    pub steps: Vec<Placed>,
}

/// A step in a permutation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which step.
    pub step: StepId,
    /// What its report waits for.
    pub markers: Vec<Marker>,
}

/// What holds back the report that a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// `*`: it is reported to wait once, whatever happens.
    Once,
    /// `other`: not before this step is done.
    Step(StepId),
    /// `other notices 2`: not before so many notices have come from that step's session since this one was launched.
    Notices(StepId, usize),
}

/// A spec that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecError {
    /// The line, from 1, where the driver knows it.
    pub line: Option<usize>,
    /// What the driver says.
    pub message: String,
    /// What would be right, as a sentence; empty when the message says it all.
    pub hint: String,
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SpecError {}

impl Spec {
    /// A step.
    #[must_use]
    pub fn step(&self, id: StepId) -> &Step {
        &self.sessions[id.session].steps[id.step]
    }

    /// All steps.
    pub fn steps(&self) -> impl Iterator<Item = StepId> {
        self.sessions
            .iter()
            .enumerate()
            .flat_map(|(session, of)| (0..of.steps.len()).map(move |step| StepId { session, step }))
    }

    /// The names of steps that no permutation has, sorted; none where no permutation is given.
    #[must_use]
    pub fn unused(&self) -> Vec<&str> {
        if self.permutations.is_empty() {
            return Vec::new();
        }
        let placed = self.permutations.iter().flat_map(|one| &one.steps);
        let used: Set<StepId> = placed.map(|placed| placed.step).collect();
        let unused = self.steps().filter(|id| !used.contains(id));
        let mut names: Vec<&str> = unused.map(|id| self.step(id).name.as_str()).collect();
        sort_by_key(&mut names, |name| *name);
        names
    }
}

/// Reads a spec.
///
/// # Errors
/// The first thing that is wrong with it, as the driver finds it.
pub fn parse(text: &str) -> Result<Spec, SpecError> {
    let mut parser = Parser::new(text)?;
    let (mut spec, permutations) = parser.spec()?;
    let names = step_names(&spec)?;
    for permutation in permutations {
        let permutation = link(&spec, &names, permutation)?;
        spec.permutations.push(permutation);
    }
    Ok(spec)
}

// ---- names ----

/// A permutation as it is written.
type Written = Vec<(String, Vec<WrittenMarker>)>;

enum WrittenMarker {
    Once,
    Step(String),
    Notices(String, usize),
}

/// All steps by name.
fn step_names(spec: &Spec) -> Result<Vec<(String, StepId)>, SpecError> {
    let mut names: Vec<(String, StepId)> = spec
        .steps()
        .map(|id| (spec.step(id).name.clone(), id))
        .collect();
    sort_by_key(&mut names, |(name, _)| name.clone());
    if let Some(twice) = names.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(named(
            format!("duplicate step name: {}", twice[0].0),
            "Permutations name steps without their session, so no two steps of a spec may have one name.",
        ));
    }
    Ok(names)
}

fn named(message: String, hint: &str) -> SpecError {
    SpecError {
        line: None,
        message,
        hint: hint.to_owned(),
    }
}

fn link(
    spec: &Spec,
    names: &[(String, StepId)],
    written: Written,
) -> Result<Permutation, SpecError> {
    let find = |name: &str| {
        let found = names.binary_search_by(|(other, _)| other.as_str().cmp(name));
        found.ok().map(|place| names[place].1)
    };
    let mut steps = Vec::new();
    for (name, _) in &written {
        let step = find(name).ok_or_else(|| {
            named(
                format!("undefined step \"{name}\" specified in permutation"),
                "A permutation names steps that a session has.",
            )
        })?;
        steps.push(step);
    }
    let mut permutation = Permutation { steps: Vec::new() };
    for ((name, markers), &step) in written.iter().zip(&steps) {
        let other = |of: &str| {
            let other = find(of).filter(|other| steps.contains(other)).ok_or_else(|| {
                named(
                    format!("undefined blocking step \"{of}\" referenced in permutation step \"{name}\""),
                    "A step can only be held back by a step of the same permutation.",
                )
            })?;
            if other.session == step.session {
                return Err(named(
                    format!("permutation step \"{name}\" cannot block on its own session"),
                    "The steps of a session follow each other anyhow.",
                ));
            }
            Ok(other)
        };
        let markers = markers.iter().map(|marker| {
            Ok(match marker {
                WrittenMarker::Once => Marker::Once,
                WrittenMarker::Step(of) => Marker::Step(other(of)?),
                WrittenMarker::Notices(of, count) => Marker::Notices(other(of)?, *count),
            })
        });
        let markers = markers.collect::<Result<_, SpecError>>()?;
        debug_assert!(step.session < spec.sessions.len());
        permutation.steps.push(Placed { step, markers });
    }
    Ok(permutation)
}

// ---- tokens ----

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A key word.
    Word(&'static str),
    /// A name, bare or between double quotes.
    Name(String),
    Sql(Block),
    Integer(usize),
    /// `(`, `)`, `,` or `*`.
    Mark(char),
    End,
}

const KEY_WORDS: [&str; 6] = [
    "notices",
    "permutation",
    "session",
    "setup",
    "step",
    "teardown",
];

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        self.line += usize::from(character == '\n');
        Some(character)
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &str {
        let start = self.at;
        while self.peek().is_some_and(&accept) {
            self.bump();
        }
        &self.text[start..self.at]
    }

    fn error(&self, what: &str, hint: &str) -> SpecError {
        SpecError {
            line: Some(self.line),
            message: format!("{what} at line {}", self.line),
            hint: hint.to_owned(),
        }
    }

    fn next(&mut self) -> Result<Token, SpecError> {
        loop {
            self.take_while(|character| character == '\n' || is_blank(character));
            if self.peek() != Some('#') {
                break;
            }
            self.take_while(|character| character != '\n' && character != '\r');
        }
        let Some(character) = self.peek() else {
            return Ok(Token::End);
        };
        if starts_name(character) {
            let word = self.take_while(continues_name);
            let known = KEY_WORDS.into_iter().find(|known| *known == word);
            return Ok(known.map_or_else(|| Token::Name(word.to_owned()), Token::Word));
        }
        if character.is_ascii_digit() {
            let digits = self.take_while(|character| character.is_ascii_digit());
            return Ok(Token::Integer(digits.parse().unwrap_or(usize::MAX)));
        }
        let line = self.line;
        self.bump();
        match character {
            '"' => self.quoted(),
            '{' => self.sql(line),
            '(' | ')' | ',' | '*' => Ok(Token::Mark(character)),
            _ => Err(SpecError {
                line: Some(line),
                message: format!(
                    "syntax error at line {line}: unexpected character \"{character}\""
                ),
                hint: "Outside of SQL there are words, names in double quotes, { SQL } and the markers of permutations."
                    .to_owned(),
            }),
        }
    }

    /// A name between quotes, of which a doubled one stands for itself; the opening one is taken.
    fn quoted(&mut self) -> Result<Token, SpecError> {
        let mut name = String::new();
        loop {
            match self.peek() {
                None => {
                    return Err(self.error(
                        "unterminated quoted identifier",
                        "A name that begins with a double quote ends with one.",
                    ));
                }
                Some('\n') => {
                    return Err(self.error(
                        "unexpected newline in quoted identifier",
                        "A name that begins with a double quote ends with one, on the same line.",
                    ));
                }
                Some(character) => {
                    self.bump();
                    if character == '"' {
                        if self.peek() != Some('"') {
                            return Ok(Token::Name(name));
                        }
                        self.bump();
                    }
                    name.push(character);
                }
            }
        }
    }

    /// SQL up to the next `}`; the opening brace is taken.
    fn sql(&mut self, line: usize) -> Result<Token, SpecError> {
        self.take_while(is_blank);
        let start = self.at;
        let text = self.take_while(|character| character != '}');
        let text = text.trim_end_matches(is_blank).to_owned();
        if self.bump().is_none() {
            return Err(self.error(
                "unterminated sql block",
                "SQL that begins with { ends at the first }.",
            ));
        }
        Ok(Token::Sql(Block { text, line, start }))
    }
}

/// The scanner's blanks; the end of a line is none of them.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\x0c')
}

fn starts_name(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_' || !character.is_ascii()
}

fn continues_name(character: char) -> bool {
    starts_name(character) || character.is_ascii_digit() || character == '$'
}

// ---- grammar ----

struct Parser<'a> {
    scanner: Scanner<'a>,
    token: Token,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self, SpecError> {
        let mut scanner = Scanner {
            text,
            at: 0,
            line: 1,
        };
        let token = scanner.next()?;
        Ok(Self { scanner, token })
    }

    fn bump(&mut self) -> Result<Token, SpecError> {
        let next = self.scanner.next()?;
        Ok(std::mem::replace(&mut self.token, next))
    }

    fn eat(&mut self, token: &Token) -> Result<bool, SpecError> {
        let found = self.token == *token;
        if found {
            self.bump()?;
        }
        Ok(found)
    }

    fn eat_word(&mut self, word: &'static str) -> Result<bool, SpecError> {
        self.eat(&Token::Word(word))
    }

    fn wrong(&self, hint: &str) -> SpecError {
        self.scanner.error("syntax error", hint)
    }

    fn name(&mut self, hint: &str) -> Result<String, SpecError> {
        match self.token {
            Token::Name(_) => match self.bump()? {
                Token::Name(name) => Ok(name),
                _ => Err(self.wrong(hint)),
            },
            _ => Err(self.wrong(hint)),
        }
    }

    fn sql(&mut self, hint: &str) -> Result<Block, SpecError> {
        match self.token {
            Token::Sql(_) => match self.bump()? {
                Token::Sql(block) => Ok(block),
                _ => Err(self.wrong(hint)),
            },
            _ => Err(self.wrong(hint)),
        }
    }

    fn block(&mut self, word: &'static str) -> Result<Option<Block>, SpecError> {
        if self.eat_word(word)? {
            self.sql("After `setup` and `teardown` comes { SQL }.")
                .map(Some)
        } else {
            Ok(None)
        }
    }

    fn spec(&mut self) -> Result<(Spec, Vec<Written>), SpecError> {
        let mut spec = Spec {
            setups: Vec::new(),
            teardown: None,
            sessions: Vec::new(),
            permutations: Vec::new(),
        };
        while let Some(setup) = self.block("setup")? {
            spec.setups.push(setup);
        }
        spec.teardown = self.block("teardown")?;
        while self.eat_word("session")? {
            let session = self.session()?;
            spec.sessions.push(session);
        }
        if spec.sessions.is_empty() {
            return Err(self.wrong(
                "A spec is `setup { SQL }` as often as wanted, `teardown { SQL }` once, then sessions, then permutations.",
            ));
        }
        let mut permutations = Vec::new();
        while self.eat_word("permutation")? {
            permutations.push(self.permutation()?);
        }
        if self.token != Token::End {
            return Err(self.wrong(
                "A session is `session name`, `setup { SQL }` if wanted, steps, `teardown { SQL }` if wanted; \
                 permutations come after all sessions.",
            ));
        }
        Ok((spec, permutations))
    }

    fn session(&mut self) -> Result<Session, SpecError> {
        let name = self.name("After `session` comes its name.")?;
        let setup = self.block("setup")?;
        let mut steps = Vec::new();
        while self.eat_word("step")? {
            let name = self.name("After `step` comes its name; key words as names are quoted.")?;
            let sql = self.sql("A step is `step name { SQL }`.")?;
            steps.push(Step { name, sql });
        }
        if steps.is_empty() {
            return Err(self.wrong("A session has at least one `step name { SQL }`."));
        }
        let teardown = self.block("teardown")?;
        Ok(Session {
            name,
            setup,
            steps,
            teardown,
        })
    }

    fn permutation(&mut self) -> Result<Written, SpecError> {
        let mut steps = Vec::new();
        loop {
            let name = self.name("After `permutation` come names of steps.")?;
            let mut markers = Vec::new();
            if self.eat(&Token::Mark('('))? {
                loop {
                    markers.push(self.marker()?);
                    if !self.eat(&Token::Mark(','))? {
                        break;
                    }
                }
                if !self.eat(&Token::Mark(')'))? {
                    return Err(self.wrong("Markers are separated by `,` and end with `)`."));
                }
            }
            steps.push((name, markers));
            if !matches!(self.token, Token::Name(_)) {
                return Ok(steps);
            }
        }
    }

    fn marker(&mut self) -> Result<WrittenMarker, SpecError> {
        const HINT: &str = "A marker is `*`, a step's name, or `name notices 1`.";
        if self.eat(&Token::Mark('*'))? {
            return Ok(WrittenMarker::Once);
        }
        let name = self.name(HINT)?;
        if !self.eat_word("notices")? {
            return Ok(WrittenMarker::Step(name));
        }
        let Token::Integer(count) = self.token else {
            return Err(self.wrong(HINT));
        };
        self.bump()?;
        Ok(WrittenMarker::Notices(name, count))
    }
}
