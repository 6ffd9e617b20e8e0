//! Java with JPA (Hibernate) and Spring: entities with `@Version`, `find` with a lock mode, native queries where JPA has no words.

use super::host::{self, Host, variable};
use super::model::{
    Client, End, Kind, Model, Part, camel, kind_of, named_columns, one_line, pascal, quote,
};
use super::writer::Writer;
use super::{Sample, java};
use crate::scenario::Action;
use crate::sql::ast::{
    BinaryOp, CreateTable, Expr, IsolationLevel, RowLock, Select, Statement, WaitPolicy,
};
use crate::strategy::{Origin, PlannedAction, PlannedStep, RowCheck, Strategy};

pub(super) fn write(model: &Model<'_>) -> Vec<Sample> {
    let mut out = Writer::new("    ");
    out.line("package shop;\n");
    for import in [
        "jakarta.persistence.*",
        "java.sql.SQLException",
        "java.util.List",
        "java.util.Map",
        "java.util.concurrent.ThreadLocalRandom",
        "org.springframework.stereotype.Component",
        "org.springframework.transaction.PlatformTransactionManager",
        "org.springframework.transaction.TransactionDefinition",
        "org.springframework.transaction.support.TransactionTemplate",
    ] {
        out.line(&format!("import {import};"));
    }
    out.blank();
    for table in &model.tables {
        entity(&mut out, model, table);
    }
    for client in &model.sessions {
        session(&mut out, model, client);
        out.blank();
    }
    let mut text = out.finish();
    text.push_str(java::HELPERS.trim_start());
    vec![Sample {
        file: "Shop.java".to_owned(),
        text,
    }]
}

fn is_optimistic(model: &Model<'_>) -> bool {
    let mut sessions = model.sessions.iter();
    sessions.any(|client| matches!(client.plan.strategy, Strategy::Optimistic { .. }))
}

fn entity(out: &mut Writer, model: &Model<'_>, table: &CreateTable) {
    let key = table.primary_key();
    out.line("@Entity");
    out.line(&format!("@Table(name = {})", quote(&table.name.name)));
    out.open(&format!("class {} {{", pascal(&table.name.name)));
    for column in &table.columns {
        let name = column.name.name.as_str();
        let is_version = ["version", "row_version", "updated_at", "row_updated_at"].contains(&name);
        if key.contains(&name) || key.is_empty() && column == &table.columns[0] {
            out.line("@Id");
        } else if is_version && is_optimistic(model) {
            out.line("@Version");
        }
        let ty = match kind_of(column.ty) {
            Kind::Int => "Long",
            Kind::Decimal => "java.math.BigDecimal",
            Kind::Text => "String",
            Kind::Bool => "Boolean",
            Kind::Time => "java.time.OffsetDateTime",
        };
        if camel(name) != name {
            out.line(&format!("@Column(name = {})", quote(name)));
        }
        out.line(&format!("public {ty} {};", camel(name)));
    }
    out.close("}\n");
}

fn session(out: &mut Writer, model: &Model<'_>, client: &Client<'_>) {
    let class = pascal(&client.name);
    out.line(&format!(
        "/** What {} does. {} */",
        client.label.replace("*/", ""),
        model.on_conflict(client)
    ));
    out.line("@Component");
    out.open(&format!("class {class} {{"));
    out.line("private final EntityManager em;");
    out.line("private final TransactionTemplate transaction;");
    java::fields(out, model, client);
    out.blank();
    out.open(&format!(
        "{class}(EntityManager em, PlatformTransactionManager manager) {{"
    ));
    out.line("this.em = em;");
    out.line("this.transaction = new TransactionTemplate(manager);");
    out.close("}\n");
    out.open("void run() throws Exception {");
    for part in &client.parts {
        let (isolation, steps, end) = match part {
            Part::Alone(step) => {
                if !matches!(step.action, PlannedAction::Sql { .. }) {
                    java::other(out, model, step);
                    continue;
                }
                (&None, vec![*step], End::Commit)
            }
            Part::Block {
                isolation,
                steps,
                end,
            } => (isolation, steps.clone(), *end),
        };
        let level = match isolation {
            None => "ISOLATION_READ_COMMITTED",
            Some(IsolationLevel::RepeatableRead) => "ISOLATION_REPEATABLE_READ",
            Some(IsolationLevel::Serializable) => "ISOLATION_SERIALIZABLE",
            Some(_) => "ISOLATION_READ_UNCOMMITTED",
        };
        out.line(&format!(
            "transaction.setIsolationLevel(TransactionDefinition.{level});"
        ));
        out.open(&format!(
            "Conflicts.retry({}, {}, () -> transaction.executeWithoutResult(status -> {{",
            model.attempts(client),
            model.pause(client)
        ));
        let mut body = Body {
            model,
            client,
            loaded: Vec::new(),
        };
        for step in steps {
            body.step(out, step);
        }
        match end {
            End::Commit => {}
            End::Rollback => out.line("status.setRollbackOnly(); // as drawn"),
            End::Never => out.line("java.util.concurrent.locks.LockSupport.park(); // never commits: the transaction and its locks stay"),
        }
        out.close("}));");
    }
    out.close("}");
    out.close("}");
}

struct Body<'m, 'a> {
    model: &'m Model<'a>,
    client: &'m Client<'a>,
    /// Table, key, and the variable that holds the entity.
    loaded: Vec<(String, String, String)>,
}

impl Body<'_, '_> {
    fn step(&mut self, out: &mut Writer, step: &PlannedStep) {
        let PlannedAction::Sql { sql, check } = &step.action else {
            return java::other(out, self.model, step);
        };
        // Hibernate compares and raises the version by itself: what was drawn is what is written.
        let drawn = match (&step.origin, self.client.plan.strategy) {
            (Origin::Changed { step, .. }, Strategy::Optimistic { .. }) => {
                match &self.model.scenario.timeline[step.0].action {
                    Action::Sql(drawn) => Some(&drawn.statement),
                    _ => None,
                }
            }
            _ => None,
        };
        let statement = drawn.unwrap_or(&sql.statement);
        let done = match statement {
            Statement::Select(select) if *check == RowCheck::Any => self.find(out, step, select),
            Statement::Update(update) if drawn.is_some() || *check == RowCheck::Any => {
                self.set(out, &update.table.name.name, update, drawn.is_some())
            }
            _ => None,
        };
        if done.is_none() {
            self.native(out, step, &one_line(&sql.text), &sql.statement, check);
        }
    }

    /// `em.find`, if the statement pins the key and names columns.
    fn find(&mut self, out: &mut Writer, step: &PlannedStep, select: &Select) -> Option<()> {
        if !select.is_plain() || select.limit.is_some() || !select.order_by.is_empty() {
            return None;
        }
        let table = &select.single_table()?.name.name;
        let key = self.key(table, select.filter.as_ref())?;
        let columns = named_columns(select)?;
        let locking = match select.locking.as_slice() {
            [] => "",
            [one] => match (one.strength, one.wait) {
                (RowLock::Update, WaitPolicy::Block) => ", LockModeType.PESSIMISTIC_WRITE",
                (RowLock::Share, WaitPolicy::Block) => ", LockModeType.PESSIMISTIC_READ",
                (RowLock::Update, WaitPolicy::NoWait) => {
                    ", LockModeType.PESSIMISTIC_WRITE, Map.of(\"jakarta.persistence.lock.timeout\", 0)"
                }
                // JPA has no words for the rest.
                _ => return None,
            },
            _ => return None,
        };
        let bound = self.model.bound(&Statement::Select(select.clone()));
        let entity = camel(table);
        let known = self.loaded.iter().any(|(.., name)| *name == entity);
        let entity = if known {
            format!("{entity}{}", self.loaded.len() + 1)
        } else {
            entity
        };
        out.line(&format!(
            "{0} {entity} = em.find({0}.class, {key}{locking});",
            pascal(table)
        ));
        if self.model.is_used(step, &bound) {
            for (name, column) in columns {
                out.line(&format!(
                    "{} = {entity}.{};",
                    variable(Host::Java, name),
                    camel(column)
                ));
            }
        }
        self.loaded.push((table.clone(), key, entity));
        Some(())
    }

    /// The entity's own fields, if it was loaded.
    fn set(
        &self,
        out: &mut Writer,
        table: &str,
        update: &crate::sql::ast::Update,
        versioned: bool,
    ) -> Option<()> {
        if !update.from.is_empty() || !update.returning.is_empty() {
            return None;
        }
        let key = self.key(table, update.filter.as_ref())?;
        let (.., entity) = self
            .loaded
            .iter()
            .find(|(of, by, _)| of == table && *by == key)?;
        let field = |name: &str| format!("{entity}.{}", camel(name));
        let set: Option<Vec<String>> = update
            .assignments
            .iter()
            .map(|set| {
                let value =
                    host::expression(self.model, Host::Java, set.value.as_ref()?, Some(&field))?;
                Some(format!("{} = {value};", field(&set.column.name)))
            })
            .collect();
        for line in set? {
            out.line(&line);
        }
        out.line(if versioned {
            "em.flush(); // OptimisticLockException if the version is not the one that was read"
        } else {
            "em.flush();"
        });
        Some(())
    }

    /// The key's value, if a condition pins it and says nothing else.
    fn key(&self, table: &str, filter: Option<&Expr>) -> Option<String> {
        let Expr::Binary(left, BinaryOp::Eq, right) = filter? else {
            return None;
        };
        let table = self.model.tables.iter().find(|it| it.name.name == table)?;
        let keys = table.primary_key();
        let (Expr::Column { name, .. }, [key]) = (&**left, keys.as_slice()) else {
            return None;
        };
        (name.name == *key).then(|| host::expression(self.model, Host::Java, right, None))?
    }

    /// The statement itself.
    fn native(
        &self,
        out: &mut Writer,
        step: &PlannedStep,
        sql: &str,
        statement: &Statement,
        check: &RowCheck,
    ) {
        let mut seen: Vec<String> = Vec::new();
        let mut query = format!("em.createNativeQuery({})", quote(sql));
        for name in super::params::names(sql) {
            if !seen.contains(&name) {
                query.push_str(&format!(
                    ".setParameter({}, {})",
                    quote(&name),
                    variable(Host::Java, &name)
                ));
                seen.push(name);
            }
        }
        let bound = self.model.bound(statement);
        let cast = |name: &str, value: &str| match self.model.kind(name) {
            Kind::Int => format!("((Number) {value}).longValue()"),
            Kind::Decimal => format!("(java.math.BigDecimal) {value}"),
            Kind::Text => format!("(String) {value}"),
            Kind::Bool => format!("(Boolean) {value}"),
            Kind::Time => format!("(java.time.OffsetDateTime) {value}"),
        };
        if *check == RowCheck::Granted {
            java::failing(out, &format!("!(Boolean) {query}.getSingleResult()"), check);
        } else if self.model.is_used(step, &bound) {
            if let [name] = bound.as_slice() {
                let value = cast(name, &format!("{query}.getSingleResult()"));
                out.line(&format!("{} = {value};", variable(Host::Java, name)));
            } else {
                out.open("{");
                out.line(&format!(
                    "Object[] row = (Object[]) {query}.getSingleResult();"
                ));
                for (place, name) in bound
                    .iter()
                    .enumerate()
                    .filter(|(_, name)| *name != "?column?")
                {
                    let value = cast(name, &format!("row[{place}]"));
                    out.line(&format!("{} = {value};", variable(Host::Java, name)));
                }
                out.close("}");
            }
        } else if !bound.is_empty() {
            out.line(&format!("{query}.getResultList();"));
        } else {
            match check {
                RowCheck::Any => out.line(&format!("{query}.executeUpdate();")),
                RowCheck::Newest => {
                    out.line(&format!("{query}.executeUpdate(); // no row: a newer write is stored, and this one is dropped"));
                }
                _ => java::failing(out, &format!("{query}.executeUpdate() == 0"), check),
            }
        }
    }
}
