//! `INSERT`.

use super::*;

impl Exec {
    pub(super) fn insert(
        &mut self,
        command: &InsertCommand,
        session: SessionId,
        db: &mut Database,
    ) -> Result<Poll<String>, SqlError> {
        let table = command.table;
        loop {
            self.stage = match self.stage.clone() {
                Stage::Verify { new, .. } => {
                    ready!(self.verify_unique(table, new, session, db)?);
                    self.effects.writes.push((table, None, Some(new)));
                    let row = Row::clone(&db.heap(table)[new].values);
                    self.give_back(command.returning.as_ref(), &row)?;
                    self.count += 1;
                    Stage::Next
                }
                _ => match self.next_found(table, None, db)? {
                    Some(number) => {
                        let mut row = Vec::with_capacity(command.rows[number.0].len());
                        for value in &command.rows[number.0] {
                            row.push(match value {
                                Some(value) => super::super::expr::eval(value, &[], &self.context)?,
                                None => Value::Null,
                            });
                        }
                        db.test_constraints(table, &row, &self.context)?;
                        let me = db.number(session);
                        let new = db.heap_mut(table).insert(row.into(), me, self.view.command);
                        Stage::Verify { old: None, new }
                    }
                    None => break,
                },
            };
        }
        Ok(Poll::Ready(format!("INSERT 0 {}", self.count)))
    }
}
