//! A spec of PostgreSQL's isolation tester, as a scenario.
//!
//! ```text
//! setup { CREATE TABLE t (id int PRIMARY KEY, v int); }     setup:
//! session s1                                                  CREATE TABLE t (id int PRIMARY KEY, v int);
//! setup { BEGIN; }                                          timeline:
//! step a { UPDATE t SET v = 1; }                     -->      s1: BEGIN
//! step c { COMMIT; }                                          s1: UPDATE t SET v = 1
//! session s2                                                  s2: UPDATE t SET v = 2
//! step b { UPDATE t SET v = 2; }                              s1: COMMIT
//! permutation a b c
//! ```
//!
//! One permutation is the timeline. The set-ups of sessions come first in it and their teardowns last, since that is when
//! the driver sends them. A block of several statements becomes several steps; outside a transaction such a block is one
//! to the server, so `BEGIN` and `COMMIT` go around it.
//!
//! The driver launches a step only when those before it are done or wait for a lock; a scenario has times. A step that would
//! go out too early gets a later time, which is found by running it.
//!
//! Left out, with a remark: the teardown of the spec (each run has tables of its own), markers (they only order what the
//! driver prints), steps that the permutation does not have. What cannot be said in a scenario is an error at its place:
//! SQL that Rowlock does not simulate, variables of psql, tables made in steps, going on at a savepoint after an error.
//! The rules are those of `src/test/isolation/README` and `isolationtester.c` of PostgreSQL 15.

mod order;
mod words;

use crate::isolation::{Block, Permutation, Placed, Spec, StepId, parse as parse_spec};
use crate::scenario::{
    Action, Scenario, Session, SessionId, SetupStatement, Sql, Step, TextError, check,
    line_and_column, parse,
};
use crate::sql::ast::{IsolationLevel, SetScope, Statement};
use crate::sql::{Span, TokenKind, parse_script, tokenize};
use words::{description, even, sessions, unreadable};

/// The scenario of a spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpecScenario {
    /// Its text form.
    pub text: String,
    /// What was left out or chosen, as sentences.
    pub remarks: Vec<String>,
}

/// The scenario of a spec under one of its permutations, counted from 0. Where it names none, there is one: the sessions
/// after each other, which is what the driver plays first.
///
/// # Errors
/// At the first place that is no spec, or that a scenario cannot say.
pub fn from_spec(text: &str, permutation: usize) -> Result<SpecScenario, TextError> {
    let spec = parse_spec(text).map_err(|error| unreadable(text, error))?;
    let mut reader = Reader {
        text,
        pieces: Vec::new(),
        inside: vec![false; spec.sessions.len()],
        remarks: Vec::new(),
    };
    let (title, about) = description(text);
    let mut scenario = Scenario {
        title,
        about,
        sessions: sessions(&spec),
        ..Scenario::default()
    };
    for setup in &spec.setups {
        reader.setup(setup, &mut scenario)?;
    }
    let setups = reader.pieces.len();
    for (place, session) in spec.sessions.iter().enumerate() {
        if let Some(setup) = &session.setup {
            reader.session_setup(SessionId(place), setup, &mut scenario)?;
        }
    }
    let chosen = reader.choose(&spec, permutation)?;
    for placed in &chosen.steps {
        let block = &spec.step(placed.step).sql;
        reader.block(SessionId(placed.step.session), block, &mut scenario)?;
    }
    for (place, session) in spec.sessions.iter().enumerate() {
        if let Some(teardown) = &session.teardown {
            reader.block(SessionId(place), teardown, &mut scenario)?;
        }
    }
    reader.leave_out(&spec, &chosen);
    common_level(&mut scenario);
    let mut scenario = reader.sound(scenario, setups)?;
    reader.keep_order(&mut scenario, setups)?;
    Ok(SpecScenario {
        text: scenario.to_text(),
        remarks: reader.remarks,
    })
}

/// A statement as it stands in the spec.
#[derive(Clone, Copy)]
struct Piece {
    start: usize,
    end: usize,
}

struct Reader<'a> {
    text: &'a str,
    /// Where the statements of the set-up, then of the timeline, come from.
    pieces: Vec<Piece>,
    /// Which sessions are in a transaction block.
    inside: Vec<bool>,
    remarks: Vec<String>,
}

impl Reader<'_> {
    fn error(&self, piece: Piece, message: impl Into<String>, expected: &str) -> TextError {
        let (line, column) = line_and_column(self.text, piece.start);
        let length = self.text.get(piece.start..piece.end).map_or(1, |text| {
            text.lines().next().unwrap_or_default().chars().count()
        });
        TextError {
            line,
            column,
            length: length.max(1),
            message: message.into(),
            expected: expected.to_owned(),
        }
    }

    fn remark(&mut self, remark: impl Into<String>) {
        let remark = remark.into();
        if !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// The statements of a block, each as its author wrote it.
    fn statements(&self, block: &Block, in_setup: bool) -> Result<Vec<(Sql, Piece)>, TextError> {
        let piece = |span: Span| Piece {
            start: block.start + span.start,
            end: block.start + span.end,
        };
        let wrong = |error: crate::sql::SyntaxError| {
            self.error(piece(error.span), error.message.clone(), &error.expected)
        };
        for token in tokenize(&block.text).map_err(wrong)? {
            if let TokenKind::HostVariable(name) = token.kind {
                let message =
                    format!("`:{name}` is a variable of psql, which the driver does not have");
                return Err(self.error(piece(token.span), message, "a value"));
            }
        }
        let statements = parse_script(&block.text).map_err(wrong)?;
        let statements = statements.into_iter().map(|(statement, span)| {
            let text = block.text.get(span.start..span.end).unwrap_or_default();
            let kept = Sql::parse(&even(text));
            let sql = match kept {
                Ok(sql) if sql.statement == statement => sql,
                _ => Sql::from_statement(statement),
            };
            let piece = piece(span);
            if sql.text.contains('\n') && !survives(&sql, in_setup) {
                let message =
                    "a text in this statement spans lines in a way that a scenario cannot hold";
                return Err(self.error(piece, message, "a text on one line"));
            }
            Ok((sql, piece))
        });
        statements.collect()
    }

    fn setup(&mut self, block: &Block, scenario: &mut Scenario) -> Result<(), TextError> {
        for (sql, piece) in self.statements(block, true)? {
            scenario.setup.push(SetupStatement {
                sql,
                comments: Vec::new(),
                place: Span::default(),
            });
            self.pieces.push(piece);
        }
        Ok(())
    }

    /// What a session does before its first step. Its usual isolation level is an option of the session.
    fn session_setup(
        &mut self,
        session: SessionId,
        block: &Block,
        scenario: &mut Scenario,
    ) -> Result<(), TextError> {
        let statements = self.statements(block, false)?;
        if let [(sql, _)] = statements.as_slice()
            && let Some(level) = usual_level(&sql.statement)
        {
            scenario.sessions[session.0].isolation = Some(level);
            return Ok(());
        }
        self.add(session, statements, scenario)
    }

    fn block(
        &mut self,
        session: SessionId,
        block: &Block,
        scenario: &mut Scenario,
    ) -> Result<(), TextError> {
        let statements = self.statements(block, false)?;
        self.add(session, statements, scenario)
    }

    /// One message to the server. Several statements in it are one transaction, unless they say otherwise.
    fn add(
        &mut self,
        session: SessionId,
        statements: Vec<(Sql, Piece)>,
        scenario: &mut Scenario,
    ) -> Result<(), TextError> {
        let mut push = |this: &mut Self, sql: Sql, piece: Piece| {
            scenario.timeline.push(Step {
                session,
                at: None,
                action: Action::Sql(sql),
                comments: Vec::new(),
                place: Span::default(),
            });
            this.pieces.push(piece);
        };
        let count = statements.len();
        // Where the server begins a transaction of its own accord: at statements of which there is another before the next
        // BEGIN or the end.
        let together: Vec<bool> = (0..count)
            .map(|place| {
                let rest = statements[place..].iter().map(|(sql, _)| &sql.statement);
                let rest = rest.take_while(|statement| !bounds(statement));
                works(&statements[place].0.statement) && rest.filter(|it| works(it)).count() > 1
            })
            .collect();
        let mut ours = false;
        for (place, (sql, piece)) in statements.into_iter().enumerate() {
            let inside = self.inside[session.0];
            match &sql.statement {
                Statement::Begin(modes) if ours => {
                    if *modes != Default::default() {
                        return Err(self.error(
                            piece,
                            "a transaction cannot be given its modes here, because statements of the same step come before",
                            "BEGIN in a step of its own",
                        ));
                    }
                    // What was one for the length of the message is now one until COMMIT.
                    ours = false;
                    continue;
                }
                Statement::Begin(_) => self.inside[session.0] = true,
                Statement::Commit | Statement::Rollback => {
                    self.inside[session.0] = false;
                    ours = false;
                }
                _ if !inside && together[place] => {
                    self.remark(
                        "Several statements of one step outside a transaction are one to the server: BEGIN and COMMIT \
                         were put around them.",
                    );
                    push(self, Sql::from_statement(begin()), piece);
                    self.inside[session.0] = true;
                    ours = true;
                }
                _ => {}
            }
            push(self, sql, piece);
            if ours && place + 1 == count {
                push(self, Sql::from_statement(Statement::Commit), piece);
                self.inside[session.0] = false;
            }
        }
        Ok(())
    }

    fn choose(&mut self, spec: &Spec, permutation: usize) -> Result<Permutation, TextError> {
        if spec.permutations.is_empty() && permutation == 0 {
            if spec.sessions.len() > 1 {
                self.remark(
                    "The spec names no permutation: the sessions follow each other, as in the first that the driver plays.",
                );
            }
            let steps = spec.steps().map(|step| Placed {
                step,
                markers: Vec::new(),
            });
            return Ok(Permutation {
                steps: steps.collect(),
            });
        }
        let whole = Piece { start: 0, end: 1 };
        let Some(chosen) = spec.permutations.get(permutation) else {
            let count = spec.permutations.len().max(1);
            let message = format!("there is no permutation number {}", permutation + 1);
            return Err(self.error(whole, message, &format!("a number from 1 to {count}")));
        };
        if spec.permutations.len() > 1 {
            let count = spec.permutations.len();
            self.remark(format!(
                "The spec has {count} permutations, of which this is number {}.",
                permutation + 1
            ));
        }
        Ok(chosen.clone())
    }

    /// Tells of what a scenario does not have.
    fn leave_out(&mut self, spec: &Spec, chosen: &Permutation) {
        if chosen.steps.iter().any(|placed| !placed.markers.is_empty()) {
            self.remark("Markers of the permutation, which only order what the driver prints, were left out.");
        }
        let unused: Vec<&str> = spec
            .steps()
            .filter(|id| {
                let uses = |placed: &Placed| placed.step == *id;
                !chosen.steps.iter().any(uses) && !spec.step(*id).sql.text.trim().is_empty()
            })
            .map(|id: StepId| spec.step(id).name.as_str())
            .collect();
        if !unused.is_empty() {
            let names = unused.join(", ");
            self.remark(format!(
                "Steps that the permutation does not have were left out: {names}."
            ));
        }
        let Some(teardown) = &spec.teardown else {
            return;
        };
        let only_drops = parse_script(&teardown.text).is_ok_and(|statements| {
            let mut statements = statements.iter();
            statements.all(|(statement, _)| matches!(statement, Statement::DropTable(_)))
        });
        if !only_drops {
            self.remark("The teardown of the spec was left out: each run has tables of its own.");
        }
    }

    /// The scenario, if it is within limits and every name in it means something.
    fn sound(&self, scenario: Scenario, setups: usize) -> Result<Scenario, TextError> {
        let whole = Piece { start: 0, end: 1 };
        let text = scenario.to_text();
        let read = parse(&text).map_err(|errors| {
            let first = errors.first();
            let (message, expected) =
                first.map_or(("", ""), |error| (&error.message, &error.expected));
            self.error(whole, message, expected)
        })?;
        if let Some(error) = check(&read, &text).first() {
            let lines = |place: Span| {
                let first = line_and_column(&text, place.start).0;
                let last = line_and_column(&text, place.end).0;
                (first..=last).contains(&error.line)
            };
            let setup = read.setup.iter().position(|entry| lines(entry.place));
            let step = read.timeline.iter().position(|step| lines(step.place));
            let piece = setup.or(step.map(|step| setups + step));
            let piece = piece.and_then(|place| self.pieces.get(place)).copied();
            return Err(self.error(
                piece.unwrap_or(whole),
                error.message.as_str(),
                &error.expected,
            ));
        }
        Ok(scenario)
    }
}

/// Whether a statement that spans lines reads back from a scenario's text.
fn survives(sql: &Sql, in_setup: bool) -> bool {
    let mut scenario = Scenario::default();
    let place = Span::default();
    let comments = Vec::new();
    if in_setup {
        scenario.setup.push(SetupStatement {
            sql: sql.clone(),
            comments,
            place,
        });
    } else {
        scenario.sessions.push(Session::new("A"));
        scenario.timeline.push(Step {
            session: SessionId(0),
            at: None,
            action: Action::Sql(sql.clone()),
            comments,
            place,
        });
    }
    parse(&scenario.to_text()).is_ok_and(|read| {
        let setup = read.setup.iter().map(|entry| &entry.sql);
        let mut back = setup.chain(self::sql(&read));
        back.next()
            .is_some_and(|back| back.statement == sql.statement)
            && back.next().is_none()
    })
}

fn sql(scenario: &Scenario) -> impl Iterator<Item = &Sql> {
    scenario
        .timeline
        .iter()
        .filter_map(|step| match &step.action {
            Action::Sql(sql) => Some(sql),
            _ => None,
        })
}

/// Whether a statement begins or ends a transaction.
fn bounds(statement: &Statement) -> bool {
    matches!(
        statement,
        Statement::Begin(_) | Statement::Commit | Statement::Rollback
    )
}

/// Whether it matters to a statement in which transaction it is.
fn works(statement: &Statement) -> bool {
    !bounds(statement)
        && !matches!(
            statement,
            Statement::Set(_)
                | Statement::SetTransaction(..)
                | Statement::Show(_)
                | Statement::Prepare(_)
                | Statement::Deallocate(_)
        )
}

fn begin() -> Statement {
    Statement::Begin(Default::default())
}

/// The level that `SET default_transaction_isolation = '...'` sets.
fn usual_level(statement: &Statement) -> Option<IsolationLevel> {
    let Statement::Set(set) = statement else {
        return None;
    };
    if set.name.name != "default_transaction_isolation" || set.scope != SetScope::Session {
        return None;
    }
    set.value.as_ref()?.parse().ok()
}

/// A level that all sessions have is the scenario's.
fn common_level(scenario: &mut Scenario) {
    let mut sessions = scenario.sessions.iter();
    let first = sessions.next().and_then(|session| session.isolation);
    if first.is_some() && sessions.all(|session| session.isolation == first) {
        scenario.isolation = first;
        for session in &mut scenario.sessions {
            session.isolation = None;
        }
    }
}
