//! A plan in the making: the drawn steps, and what a strategy makes of each.

use super::drawn::Drawn;
use super::plan::{
    ClientPlan, Dropped, Origin, Plan, PlannedAction, PlannedStep, ProcessCall, RowCheck,
};
use crate::scenario::{Action, Scenario, SessionId, SetupStatement, Sql, StepId};
use crate::sql::ast::{IsolationLevel, Statement};

/// What becomes of one drawn step.
struct Fate {
    before: Vec<PlannedStep>,
    step: Result<PlannedStep, String>,
    after: Vec<PlannedStep>,
}

/// A plan in the making.
pub(super) struct Draft<'a> {
    /// What was drawn.
    pub scenario: &'a Scenario,
    /// The set-up.
    pub setup: Vec<SetupStatement>,
    setup_changed: Vec<usize>,
    fates: Vec<Fate>,
    remarks: Vec<String>,
}

impl<'a> Draft<'a> {
    /// Everything as drawn.
    pub fn new(scenario: &'a Scenario) -> Self {
        let times = scenario.times();
        let fates = scenario
            .timeline
            .iter()
            .enumerate()
            .map(|(place, step)| Fate {
                before: Vec::new(),
                after: Vec::new(),
                step: Ok(PlannedStep {
                    session: step.session,
                    at: times[place],
                    action: match &step.action {
                        Action::Sql(sql) => PlannedAction::Sql {
                            sql: sql.clone(),
                            check: RowCheck::Any,
                        },
                        Action::Require(require) => PlannedAction::Require(require.clone()),
                        Action::Fault(fault) => PlannedAction::Fault(*fault),
                    },
                    origin: Origin::Drawn(StepId(place)),
                }),
            });
        Self {
            scenario,
            setup: scenario.setup.clone(),
            setup_changed: Vec::new(),
            fates: fates.collect(),
            remarks: Vec::new(),
        }
    }

    /// The statement that a step sends as matters stand; `None` for a `require` or a dropped step.
    pub fn statement(&self, step: StepId) -> Option<&Statement> {
        match &self.fates[step.0].step {
            Ok(PlannedStep {
                action: PlannedAction::Sql { sql, .. },
                ..
            }) => Some(&sql.statement),
            _ => None,
        }
    }

    /// Whether a step is still sent.
    pub fn is_sent(&self, step: StepId) -> bool {
        self.fates[step.0].step.is_ok()
    }

    /// Sends another statement in a step's place.
    pub fn change(&mut self, step: StepId, statement: Statement, check: RowCheck, why: &str) {
        if let Ok(planned) = &mut self.fates[step.0].step {
            planned.action = PlannedAction::Sql {
                sql: Sql::from_statement(statement),
                check,
            };
            planned.origin = Origin::Changed {
                step,
                why: why.to_owned(),
            };
        }
    }

    /// Sends a statement before a step, in its session and at its time.
    pub fn add_before(&mut self, step: StepId, statement: Statement, check: RowCheck, why: &str) {
        let sql = Sql::from_statement(statement);
        let added = self.added(step, PlannedAction::Sql { sql, check }, why);
        self.fates[step.0].before.push(added);
    }

    /// Sends a statement right after a step, in its session and at its time.
    pub fn add_after(&mut self, step: StepId, statement: Statement, check: RowCheck, why: &str) {
        let sql = Sql::from_statement(statement);
        let added = self.added(step, PlannedAction::Sql { sql, check }, why);
        self.fates[step.0].after.push(added);
    }

    /// Makes a call on the process's lock before a step.
    pub fn call_before(&mut self, step: StepId, call: ProcessCall, why: &str) {
        let added = self.added(step, PlannedAction::Process(call), why);
        self.fates[step.0].before.push(added);
    }

    /// Makes a call on the process's lock after a step.
    pub fn call_after(&mut self, step: StepId, call: ProcessCall, why: &str) {
        let added = self.added(step, PlannedAction::Process(call), why);
        self.fates[step.0].after.push(added);
    }

    fn added(&self, step: StepId, action: PlannedAction, why: &str) -> PlannedStep {
        PlannedStep {
            session: self.scenario.timeline[step.0].session,
            at: self.scenario.times()[step.0],
            action,
            origin: Origin::Added {
                before: step,
                why: why.to_owned(),
            },
        }
    }

    /// Does not send a step.
    pub fn drop(&mut self, step: StepId, why: &str) {
        self.fates[step.0].step = Err(why.to_owned());
    }

    /// Changes a statement of the set-up.
    pub fn change_setup(&mut self, place: usize, statement: Statement) {
        self.setup[place].sql = Sql::from_statement(statement);
        if !self.setup_changed.contains(&place) {
            self.setup_changed.push(place);
        }
    }

    /// Adds a statement at the end of the set-up.
    pub fn add_setup(&mut self, statement: Statement) {
        self.setup_changed.push(self.setup.len());
        self.setup.push(SetupStatement {
            sql: Sql::from_statement(statement),
            comments: Vec::new(),
            place: Default::default(),
        });
    }

    /// Whether nothing was changed, added, dropped or said.
    pub fn is_as_drawn(&self) -> bool {
        let drawn = |fate: &Fate| {
            let step = fate.step.as_ref();
            fate.before.is_empty()
                && fate.after.is_empty()
                && step.is_ok_and(|step| matches!(step.origin, Origin::Drawn(_)))
        };
        self.setup_changed.is_empty() && self.remarks.is_empty() && self.fates.iter().all(drawn)
    }

    /// Says what the strategy could not do; the same is said once.
    pub fn remark(&mut self, remark: String) {
        if !remark.is_empty() && !self.remarks.contains(&remark) {
            self.remarks.push(remark);
        }
    }

    /// What the client demands of the rows of a step as matters stand.
    pub fn check(&self, step: StepId) -> Option<&RowCheck> {
        match &self.fates[step.0].step {
            Ok(PlannedStep {
                action: PlannedAction::Sql { check, .. },
                ..
            }) => Some(check),
            _ => None,
        }
    }

    /// Demands something of the rows of a step, which is sent as matters stand.
    pub fn demand(&mut self, step: StepId, demanded: RowCheck) {
        if let Ok(PlannedStep {
            action: PlannedAction::Sql { check, .. },
            ..
        }) = &mut self.fates[step.0].step
        {
            *check = demanded;
        }
    }

    /// A step as people speak of it: whose it is, and what it says.
    pub fn quote(&self, step: StepId) -> String {
        let step = &self.scenario.timeline[step.0];
        let text = match &step.action {
            Action::Sql(sql) => sql.text.clone(),
            Action::Require(require) => format!("require {}", require.text),
            Action::Fault(fault) => fault.as_str().to_owned(),
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        format!("{}: `{text}`", self.name(step.session))
    }

    /// The name by which a session is spoken of.
    pub fn name(&self, session: SessionId) -> &'a str {
        self.scenario.sessions[session.0].display_name()
    }

    /// Remarks on writes that use what an earlier transaction read: no strategy holds anything over both.
    pub fn remark_on_earlier_readings(&mut self, drawn: &Drawn<'_>) {
        for transaction in &drawn.transactions {
            for &write in transaction
                .steps
                .iter()
                .filter(|step| drawn.is_write(**step))
            {
                if let Some(variable) = drawn.read_earlier(transaction, write) {
                    let quoted = self.quote(write);
                    self.remark(format!(
                        "{quoted} uses :{variable}, which was read in an earlier transaction; what is guarded here is each \
                         transaction by itself. BEGIN and COMMIT around both would make them one."
                    ));
                }
            }
        }
    }

    /// The plan.
    pub fn finish(self) -> Plan {
        let (mut steps, mut dropped) = (Vec::new(), Vec::new());
        for (place, fate) in self.fates.into_iter().enumerate() {
            steps.extend(fate.before);
            match fate.step {
                Ok(step) => steps.push(step),
                Err(why) => dropped.push(Dropped {
                    step: StepId(place),
                    why,
                }),
            }
            steps.extend(fate.after);
        }
        let scenario = self.scenario;
        let clients = scenario
            .sessions
            .iter()
            .enumerate()
            .map(|(place, session)| {
                let strategy = scenario.strategy_of(SessionId(place));
                ClientPlan {
                    strategy,
                    isolation: session
                        .isolation
                        .or(scenario.isolation)
                        .or(strategy.isolation())
                        .unwrap_or(IsolationLevel::ReadCommitted),
                    on_conflict: session
                        .on_conflict
                        .or(scenario.on_conflict)
                        .unwrap_or(strategy.default_on_conflict()),
                    slow: session.slow,
                }
            });
        Plan {
            clients: clients.collect(),
            lock_escalation: scenario.lock_escalation,
            sessions: self.scenario.sessions.clone(),
            setup: self.setup,
            setup_changed: self.setup_changed,
            steps,
            dropped,
            isolation: self
                .scenario
                .isolation
                .or(self.scenario.strategy.isolation())
                .unwrap_or(IsolationLevel::ReadCommitted),
            on_conflict: self
                .scenario
                .on_conflict
                .unwrap_or(self.scenario.strategy.default_on_conflict()),
            remarks: self.remarks,
        }
    }
}
