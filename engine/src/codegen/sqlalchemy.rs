//! Python with SQLAlchemy 2: mapped classes, `with_for_update`, `version_id_col`, and `text` where the library has no words.

use super::Sample;
use super::host::{self, Host};
use super::model::{Client, End, Model, Part, kind_of, one_line, pascal, quote, snake};
use super::python::{self, params_of};
use super::writer::Writer;
use crate::scenario::Action;
use crate::sql::ast::{
    BinaryOp, ColumnConstraint, Expr, IsolationLevel, RowLock, Select, SelectItem, Statement,
    WaitPolicy,
};
use crate::strategy::{Origin, PlannedAction, PlannedStep, RowCheck, Strategy, VersionToken};

const HELPERS: &str = include_str!("python/conflicts_sqlalchemy.py");

pub(super) fn write(model: &Model<'_>) -> Vec<Sample> {
    let mut out = Writer::new("    ");
    out.line("import random\nimport threading\nimport time\nfrom datetime import UTC, date, datetime\nfrom decimal import Decimal\n");
    out.line("from sqlalchemy import Engine, delete, select, text, update");
    out.line("from sqlalchemy.exc import OperationalError");
    out.line("from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column");
    out.line("from sqlalchemy.orm.exc import StaleDataError\n\n");
    out.line("class Base(DeclarativeBase):\n    pass\n\n");
    for table in &model.tables {
        class(&mut out, model, table);
    }
    out.line(HELPERS.trim_end());
    for client in &model.sessions {
        out.line("\n");
        session(&mut out, model, client);
    }
    vec![Sample {
        file: "shop.py".to_owned(),
        text: out.finish(),
    }]
}

/// Which column of a table SQLAlchemy keeps as the version.
fn version(
    model: &Model<'_>,
    table: &crate::sql::ast::CreateTable,
) -> Option<(&'static str, VersionToken)> {
    let token = model
        .sessions
        .iter()
        .find_map(|client| match client.plan.strategy {
            Strategy::Optimistic { token } => Some(token),
            _ => None,
        })?;
    let names = match token {
        VersionToken::Version => ["version", "row_version"],
        VersionToken::UpdatedAt => ["updated_at", "row_updated_at"],
    };
    let has = |name: &&str| table.columns.iter().any(|column| column.name.name == *name);
    names.into_iter().find(has).map(|name| (name, token))
}

fn class(out: &mut Writer, model: &Model<'_>, table: &crate::sql::ast::CreateTable) {
    let key = table.primary_key();
    out.open(&format!("class {}(Base):", pascal(&table.name.name)));
    out.line(&format!("__tablename__ = {}", quote(&table.name.name)));
    for column in &table.columns {
        let name = &column.name.name;
        let ty = python::type_of(kind_of(column.ty));
        let is_key = key.contains(&name.as_str()) || key.is_empty() && column == &table.columns[0];
        let nullable = !is_key && !column.constraints.contains(&ColumnConstraint::NotNull);
        let ty = if nullable {
            format!("{ty} | None")
        } else {
            ty.to_owned()
        };
        let arguments = if is_key { "primary_key=True" } else { "" };
        out.line(&format!(
            "{}: Mapped[{ty}] = mapped_column({arguments})",
            python::name(name)
        ));
    }
    if let Some((name, token)) = version(model, table) {
        out.line(&match token {
            VersionToken::Version => format!("__mapper_args__ = {{\"version_id_col\": {name}}}"),
            VersionToken::UpdatedAt => format!(
                "__mapper_args__ = {{\n    \"version_id_col\": {name},\n    \"version_id_generator\": lambda version: datetime.now(UTC),\n}}"
            ),
        });
    }
    out.up();
    out.line("\n");
}

fn session(out: &mut Writer, model: &Model<'_>, client: &Client<'_>) {
    out.open(&format!("def {}(engine: Engine) -> None:", client.name));
    out.line(&format!(
        "\"\"\"What {} does. {}\"\"\"",
        client.label.replace(['"', '\\'], ""),
        model.on_conflict(client)
    ));
    let mut nest = python::Nest::default();
    for part in &client.parts {
        match part {
            Part::Alone(step) if nest.call(out, step) => {}
            Part::Alone(step) if !matches!(step.action, PlannedAction::Sql { .. }) => {
                python::other(out, model, step);
            }
            Part::Alone(step) => {
                out.open("with Session(engine) as session, session.begin():");
                Body::new(model, client).step(out, step);
                out.up();
            }
            Part::Block {
                isolation,
                steps,
                end,
            } => {
                let engine = match isolation {
                    None => "engine".to_owned(),
                    Some(level) => format!(
                        "engine.execution_options(isolation_level={})",
                        quote(&level_name(*level))
                    ),
                };
                let attempts = model.attempts(client);
                out.open(&format!("for attempt in range(1, {}):", attempts + 1));
                out.open("try:");
                out.open(&format!(
                    "with Session({engine}) as session, session.begin():"
                ));
                let mut body = Body::new(model, client);
                for step in steps {
                    body.step(out, step);
                }
                match end {
                    End::Commit => out.line("pass  # leaving the block commits"),
                    End::Rollback => out.line("session.rollback()  # as drawn"),
                    End::Never => out.line("threading.Event().wait()  # never commits: the transaction and its locks stay"),
                }
                out.up();
                out.line("break");
                out.up();
                out.open("except AlreadyDone:");
                out.line("break");
                out.up();
                out.open("except (Conflict, StaleDataError, OperationalError) as error:");
                out.open(&format!(
                    "if attempt == {attempts} or not is_conflict(error):"
                ));
                out.line("raise");
                out.up();
                out.line(&format!("pause(attempt, {})", model.pause(client)));
                out.up();
                out.up();
            }
        }
    }
    nest.end(out);
    out.line("return None");
    out.up();
}

fn level_name(level: IsolationLevel) -> String {
    match level {
        IsolationLevel::DirtyWrite | IsolationLevel::DirtyRead => IsolationLevel::ReadUncommitted,
        level => level,
    }
    .to_string()
    .to_ascii_uppercase()
}

/// The body of a transaction: which rows it has loaded as objects.
struct Body<'m, 'a> {
    model: &'m Model<'a>,
    client: &'m Client<'a>,
    /// Table, condition as text, and the variable that holds the object.
    loaded: Vec<(String, String, String)>,
}

impl<'m, 'a> Body<'m, 'a> {
    fn new(model: &'m Model<'a>, client: &'m Client<'a>) -> Self {
        Self {
            model,
            client,
            loaded: Vec::new(),
        }
    }

    fn step(&mut self, out: &mut Writer, step: &PlannedStep) {
        match &step.action {
            PlannedAction::Sql { sql, check } => {
                // SQLAlchemy compares and raises the version by itself: what was drawn is what is written.
                let drawn = match (&step.origin, self.client.plan.strategy) {
                    (Origin::Changed { step, .. }, Strategy::Optimistic { .. }) => {
                        match &self.model.scenario.timeline[step.0].action {
                            Action::Sql(drawn) => Some(&drawn.statement),
                            _ => None,
                        }
                    }
                    _ => None,
                };
                let own = drawn.is_some();
                let statement = drawn.unwrap_or(&sql.statement);
                let check = if own { &RowCheck::Any } else { check };
                if !self.in_its_own_words(out, step, statement, check, own) {
                    let sql = one_line(&sql.text);
                    self.as_text(out, step, &sql, &sql_statement(step), check);
                }
            }
            _ => python::other(out, self.model, step),
        }
    }

    /// As SQLAlchemy says it; `false` if it has no words for it.
    fn in_its_own_words(
        &mut self,
        out: &mut Writer,
        step: &PlannedStep,
        statement: &Statement,
        check: &RowCheck,
        own_version: bool,
    ) -> bool {
        match statement {
            Statement::Select(select) => self.select(out, step, select, check).is_some(),
            Statement::Update(update)
                if update.from.is_empty()
                    && update.with.is_empty()
                    && update.returning.is_empty() =>
            {
                let table = &update.table.name.name;
                let Some(condition) = self.condition(table, update.filter.as_ref()) else {
                    return false;
                };
                let object = self
                    .loaded
                    .iter()
                    .find(|(of, by, _)| of == table && *by == condition);
                if let (Some((.., object)), true) = (object, own_version || *check == RowCheck::Any)
                {
                    let attribute = |name: &str| format!("{object}.{}", python::name(name));
                    let set: Option<Vec<String>> = update
                        .assignments
                        .iter()
                        .map(|set| {
                            let value = host::expression(
                                self.model,
                                Host::Python,
                                set.value.as_ref()?,
                                Some(&attribute),
                            )?;
                            Some(format!("{} = {value}", attribute(&set.column.name)))
                        })
                        .collect();
                    let Some(set) = set else {
                        return false;
                    };
                    for line in set {
                        out.line(&line);
                    }
                    out.line(if own_version {
                        "session.flush()  # StaleDataError if the version is not the one that was read"
                    } else {
                        "session.flush()"
                    });
                    return true;
                }
                if own_version {
                    return false;
                }
                let class = pascal(table);
                let column = |name: &str| format!("{class}.{}", python::name(name));
                let values: Option<Vec<String>> = update
                    .assignments
                    .iter()
                    .map(|set| {
                        let value = host::expression(
                            self.model,
                            Host::Python,
                            set.value.as_ref()?,
                            Some(&column),
                        )?;
                        Some(format!("{}={value}", python::name(&set.column.name)))
                    })
                    .collect();
                let Some(values) = values else {
                    return false;
                };
                self.execute(
                    out,
                    &format!(
                        "update({class}).where({condition}).values({})",
                        values.join(", ")
                    ),
                    check,
                );
                true
            }
            Statement::Delete(delete)
                if delete.using.is_empty()
                    && delete.with.is_empty()
                    && delete.returning.is_empty() =>
            {
                let table = &delete.table.name.name;
                let Some(condition) = self.condition(table, delete.filter.as_ref()) else {
                    return false;
                };
                self.execute(
                    out,
                    &format!("delete({}).where({condition})", pascal(table)),
                    check,
                );
                true
            }
            Statement::Insert(insert)
                if insert.on_conflict.is_none() && insert.returning.is_empty() =>
            {
                let Some(rows) = python::inserted(self.model, insert) else {
                    return false;
                };
                for row in rows {
                    out.line(&format!(
                        "session.add({}({row}))",
                        pascal(&insert.table.name.name)
                    ));
                }
                out.line("session.flush()");
                true
            }
            _ => false,
        }
    }

    fn execute(&self, out: &mut Writer, statement: &str, check: &RowCheck) {
        out.line(&format!("result = session.execute({statement})"));
        python::check(out, "result.rowcount == 0", check);
    }

    /// Loads the row as an object, if the statement names columns of one table.
    fn select(
        &mut self,
        out: &mut Writer,
        step: &PlannedStep,
        select: &Select,
        check: &RowCheck,
    ) -> Option<()> {
        if !select.is_plain() || *check != RowCheck::Any {
            return None;
        }
        let table = &select.single_table()?.name.name;
        let class = pascal(table);
        let condition = self.condition(table, select.filter.as_ref())?;
        if !select.order_by.is_empty() || select.limit.is_some() || select.offset.is_some() {
            return None;
        }
        let plain = select.items.iter().all(|item| match item {
            SelectItem::Star(_) => true,
            SelectItem::Expr { expr, .. } => matches!(expr, Expr::Column { .. }),
            SelectItem::TableStar(_) => false,
        });
        if !plain {
            return None;
        }
        let locking = match select.locking.as_slice() {
            [] => String::new(),
            [one] => format!(".with_for_update({})", for_update(one.strength, one.wait)),
            _ => return None,
        };
        let bound = self.model.bound(&Statement::Select(select.clone()));
        let used = self.model.is_used(step, &bound);
        let statement = format!("select({class}).where({condition}){locking}");
        if !used {
            out.line(&format!("session.scalars({statement}).all()"));
            return Some(());
        }
        let object = snake(table);
        out.line(&format!("{object} = session.scalars({statement}).one()"));
        for item in &select.items {
            if let SelectItem::Expr {
                expr: Expr::Column { name, .. },
                alias,
            } = item
            {
                let variable = alias.as_ref().map_or(&name.name, |alias| &alias.name);
                out.line(&format!(
                    "{} = {object}.{}",
                    python::name(variable),
                    python::name(&name.name)
                ));
            }
        }
        if select
            .items
            .iter()
            .any(|item| matches!(item, SelectItem::Star(_)))
        {
            for name in &bound {
                out.line(&format!(
                    "{} = {object}.{}",
                    python::name(name),
                    python::name(name)
                ));
            }
        }
        self.loaded.push((table.clone(), condition, object));
        Some(())
    }

    /// A condition as SQLAlchemy has it.
    fn condition(&self, table: &str, filter: Option<&Expr>) -> Option<String> {
        let class = pascal(table);
        let column = |name: &str| format!("{class}.{}", python::name(name));
        let mut parts = Vec::new();
        let mut rest: Vec<&Expr> = filter.into_iter().collect();
        while let Some(expr) = rest.pop() {
            match expr {
                Expr::Binary(left, BinaryOp::And, right) => {
                    rest.push(right);
                    rest.push(left);
                }
                // Python's own `or` and `not` do not make conditions.
                Expr::Binary(_, BinaryOp::Or, _)
                | Expr::Unary(crate::sql::ast::UnaryOp::Not, _) => return None,
                Expr::Column { name, .. } => parts.push(column(&name.name)),
                expr => parts.push(host::expression(
                    self.model,
                    Host::Python,
                    expr,
                    Some(&column),
                )?),
            }
        }
        Some(parts.join(", "))
    }

    /// The statement itself.
    fn as_text(
        &self,
        out: &mut Writer,
        step: &PlannedStep,
        sql: &str,
        statement: &Statement,
        check: &RowCheck,
    ) {
        let params = params_of(sql, "");
        let bound = self.model.bound(statement);
        let call = format!("session.execute(text({}){params})", quote(sql));
        if *check == RowCheck::Granted {
            python::check(out, &format!("not {call}.scalar()"), check);
        } else if self.model.is_used(step, &bound) {
            let names: Vec<String> = bound.iter().map(|name| python::name(name)).collect();
            out.line(&format!(
                "{}{} = {call}.one()",
                names.join(", "),
                if names.len() == 1 { "," } else { "" }
            ));
        } else {
            out.line(&format!("result = {call}"));
            python::check(out, "result.rowcount == 0", check);
        }
    }
}

fn sql_statement(step: &PlannedStep) -> Statement {
    match &step.action {
        PlannedAction::Sql { sql, .. } => sql.statement.clone(),
        _ => Statement::Commit,
    }
}

fn for_update(strength: RowLock, wait: WaitPolicy) -> String {
    let mut arguments = match strength {
        RowLock::Update => vec![],
        RowLock::NoKeyUpdate => vec!["key_share=True"],
        RowLock::Share => vec!["read=True"],
        RowLock::KeyShare => vec!["read=True", "key_share=True"],
    };
    match wait {
        WaitPolicy::Block => {}
        WaitPolicy::NoWait => arguments.push("nowait=True"),
        WaitPolicy::SkipLocked => arguments.push("skip_locked=True"),
    }
    arguments.join(", ")
}
