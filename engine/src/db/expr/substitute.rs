//! Host variables: what a client puts in before it sends a statement, as psql does with `:name`.

use crate::db::Value;
use crate::sql::ast::{Expr, Statement};
use crate::sql::visit;

/// The statement with every `:name` replaced by the constant for its value.
///
/// # Errors
/// The name of the first variable that has no value.
pub fn substitute(
    statement: &Statement,
    lookup: &dyn Fn(&str) -> Option<Value>,
) -> Result<Statement, String> {
    let mut statement = statement.clone();
    let mut missing = None;
    visit::each_expr_mut(&mut statement, &mut |expr| {
        put_in(expr, lookup, &mut missing);
    });
    missing.map_or(Ok(statement), Err)
}

/// The same for an expression by itself (`require`).
///
/// # Errors
/// The name of the first variable that has no value.
pub fn substitute_expr(
    expr: &Expr,
    lookup: &dyn Fn(&str) -> Option<Value>,
) -> Result<Expr, String> {
    let mut expr = expr.clone();
    let mut missing = None;
    put_in(&mut expr, lookup, &mut missing);
    missing.map_or(Ok(expr), Err)
}

fn put_in(expr: &mut Expr, lookup: &dyn Fn(&str) -> Option<Value>, missing: &mut Option<String>) {
    visit::walk_mut(expr, &mut |expr| {
        if let Expr::HostVariable(name) = expr {
            match lookup(&name.name) {
                Some(value) => *expr = value.to_literal(),
                None => {
                    missing.get_or_insert_with(|| name.name.clone());
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::substitute;
    use crate::db::Value;
    use crate::sql::parse_statement;

    #[test]
    fn values_go_in_everywhere() {
        let lookup = |name: &str| match name {
            "n" => Some(Value::Int(-3)),
            "s" => Some(Value::from("it's")),
            _ => None,
        };
        let sent = |text| {
            let statement = parse_statement(text).expect("the statement is of the subset");
            substitute(&statement, &lookup).map(|statement| statement.to_string())
        };
        for (text, expected) in [
            (
                "SELECT a - :n FROM t WHERE b = :s LIMIT :n",
                Ok("SELECT a - -3 FROM t WHERE b = 'it''s' LIMIT -3"),
            ),
            (
                "INSERT INTO t VALUES (:n, DEFAULT) RETURNING :s",
                Ok("INSERT INTO t VALUES (-3, DEFAULT) RETURNING 'it''s'"),
            ),
            (
                "UPDATE t SET a = :n WHERE b IN (:s, :n)",
                Ok("UPDATE t SET a = -3 WHERE b IN ('it''s', -3)"),
            ),
            (
                "DELETE FROM t WHERE a = :gone AND b = :n",
                Err("gone".to_owned()),
            ),
        ] {
            assert_eq!(sent(text), expected.map(str::to_owned));
        }
    }
}
