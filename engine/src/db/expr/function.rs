//! Which function is meant (manual, section 10.3).
//!
//! The functions that there are, by name and arguments. `number` is any of integer, bigint and numeric; a constant of no
//! type becomes what the table wants.
//!
//! | name                                           | arguments           | result              |
//! |------------------------------------------------|---------------------|---------------------|
//! | `abs`                                          | number              | the same            |
//! | `mod`                                          | number, number      | the wider           |
//! | `round`, `trunc`                               | numeric; number, integer | numeric        |
//! | `floor`, `ceil`, `ceiling`                     | numeric             | numeric             |
//! | `lower`, `upper`                               | text                | text                |
//! | `length`, `char_length`, `character_length`    | text                | integer             |
//! | `trim`, `btrim`, `ltrim`, `rtrim`              | text                | text                |
//! | `substr`, `substring`                          | text, integer [, integer] | text          |
//! | `strpos`                                       | text, text          | integer             |
//! | `replace`                                      | text, text, text    | text                |
//! | `left`, `right`, `repeat`                      | text, integer       | text                |
//! | `lpad`, `rpad`                                 | text, integer [, text] | text             |
//! | `sign`                                         | numeric             | numeric             |
//! | `concat`                                       | anything, ...       | text                |
//! | `now`, `transaction_timestamp`, `current_timestamp` |                | timestamp           |
//! | `coalesce`, `greatest`, `least`                | values of one type  | that type           |
//! | `nullif`                                       | two comparable      | that of the first   |

use super::coerce::{common_type, double_precision, implicit};
use super::operator::{self, Operand};
use super::{Bound, Comparison, Function, Node};
use crate::db::{SqlError, SqlState, Type};
use crate::sql::ast::{Call, CallArgs, Expr};
use crate::sql::visit;

/// A call that is no aggregate.
pub(super) fn call(
    call: &Call,
    mut operands: Vec<Operand<'_>>,
    whole: &Expr,
) -> Result<Bound, SqlError> {
    let name = call.name.name.as_str();
    match name {
        "coalesce" => return coalesce(call, operands),
        "greatest" | "least" => {
            let construct = name.to_ascii_uppercase();
            let (operands, ty) = of_one_type(call, operands, &construct)?;
            let function = match name {
                "greatest" => Function::Greatest,
                _ => Function::Least,
            };
            return Ok(Bound::apply(function, operands, ty));
        }
        "nullif" => {
            let (Some(right), Some(left), None) = (operands.pop(), operands.pop(), operands.pop())
            else {
                return Err(syntax_error(call));
            };
            // integer and bigint compare as they are, and the left one stays what it is.
            let integers = |ty| matches!(ty, Type::Int4 | Type::Int8);
            let operands = if integers(left.0.ty) && integers(right.0.ty) {
                vec![left.0, right.0]
            } else {
                operator::comparable(Comparison::Eq, left, right, whole)?
            };
            let ty = operands[0].ty;
            return Ok(Bound::apply(Function::NullIf, operands, ty));
        }
        "current_date" if operands.is_empty() => {
            let now = Bound::apply(Function::Now, Vec::new(), Type::Timestamp);
            return super::coerce::explicit(now, crate::sql::ast::SqlType::Date, whole);
        }
        _ => {}
    }
    let types: Vec<Type> = operands.iter().map(|(bound, _)| bound.ty).collect();
    if let ("abs" | "round" | "trunc" | "floor" | "ceil" | "ceiling", [ty]) = (name, &types[..]) {
        match (name, ty) {
            ("trunc", Type::Unknown) => return Err(not_unique(name, call)),
            ("abs", Type::Int4 | Type::Int8) => {}
            (_, Type::Int4 | Type::Int8 | Type::Unknown) => {
                let what = format!("{name}({})", ty.name());
                return Err(double_precision(&what).at(call.name.span));
            }
            _ => {}
        }
    }
    let Some((function, wanted, ty)) = choose(name, &types) else {
        return Err(does_not_exist(name, &types, call));
    };
    let misused = match call.args {
        CallArgs::List(_) => None,
        CallArgs::Star => Some(format!("{name}(*)")),
        CallArgs::Distinct(_) => Some("DISTINCT".to_owned()),
    };
    if let Some(misused) = misused {
        let message = format!("{misused} specified, but {name} is not an aggregate function");
        return Err(SqlError::new(SqlState::WRONG_OBJECT_TYPE, message).at(call.name.span));
    }
    let operands = operands
        .into_iter()
        .zip(wanted)
        .map(|((bound, expr), ty)| implicit(bound, ty, expr))
        .collect::<Result<_, _>>()?;
    Ok(Bound::apply(function, operands, ty))
}

/// The function of a name that takes such arguments, the types it wants, and its result.
fn choose(name: &str, types: &[Type]) -> Option<(Function, Vec<Type>, Type)> {
    let is = |ty: Type, wanted: Type| {
        ty == wanted
            || ty == Type::Unknown
            || (ty.is_text() && wanted == Type::Text)
            || (ty.is_number() && wanted == Type::Numeric)
    };
    let of_text = |function, result| match types {
        [text] if is(*text, Type::Text) => Some((function, vec![Type::Text], result)),
        _ => None,
    };
    let of_numeric = |function| match types {
        [number] if is(*number, Type::Numeric) => {
            Some((function, vec![Type::Numeric], Type::Numeric))
        }
        [number, places]
            if is(*number, Type::Numeric)
                && is(*places, Type::Int4)
                && matches!(function, Function::Round | Function::Trunc) =>
        {
            let wanted = vec![Type::Numeric, Type::Int4];
            Some((function, wanted, Type::Numeric))
        }
        _ => None,
    };
    match name {
        "abs" => match types {
            [ty] if ty.is_number() => Some((Function::Abs, vec![*ty], *ty)),
            _ => None,
        },
        "mod" => match types {
            [one, other] => {
                let ty = match (*one, *other) {
                    (Type::Unknown, ty) | (ty, Type::Unknown) if ty.is_number() => ty,
                    (one, other) if one.is_number() && other.is_number() => {
                        super::coerce::wider(one, other)
                    }
                    _ => return None,
                };
                Some((Function::Modulo, vec![ty, ty], ty))
            }
            _ => None,
        },
        "round" => of_numeric(Function::Round),
        "trunc" => of_numeric(Function::Trunc),
        "floor" => of_numeric(Function::Floor),
        "ceil" | "ceiling" => of_numeric(Function::Ceil),
        "lower" => of_text(Function::Lower, Type::Text),
        "upper" => of_text(Function::Upper, Type::Text),
        "length" | "char_length" | "character_length" => of_text(Function::Length, Type::Int4),
        "ltrim" => of_text(Function::TrimLeft, Type::Text),
        "rtrim" => of_text(Function::TrimRight, Type::Text),
        "trim" | "btrim" => of_text(Function::Trim, Type::Text),
        "sign" => of_numeric(Function::Sign),
        "substr" | "substring" => {
            texts(types, Function::Substring, &[TEXT, INT], &[TEXT, INT, INT])
        }
        "strpos" => texts(types, Function::Position, &[TEXT, TEXT], &[]),
        "replace" => texts(types, Function::Replace, &[TEXT, TEXT, TEXT], &[]),
        "left" => texts(types, Function::Left, &[TEXT, INT], &[]),
        "right" => texts(types, Function::Right, &[TEXT, INT], &[]),
        "repeat" => texts(types, Function::Repeat, &[TEXT, INT], &[]),
        "lpad" => texts(types, Function::PadLeft, &[TEXT, INT], &[TEXT, INT, TEXT]),
        "rpad" => texts(types, Function::PadRight, &[TEXT, INT], &[TEXT, INT, TEXT]),
        "localtimestamp" if types.is_empty() => Some((Function::Now, Vec::new(), Type::Timestamp)),
        "concat" if !types.is_empty() => Some((Function::ConcatAll, types.to_vec(), Type::Text)),
        "now" | "transaction_timestamp" | "current_timestamp" if types.is_empty() => {
            Some((Function::Now, Vec::new(), Type::Timestamp))
        }
        _ => None,
    }
}

const TEXT: Type = Type::Text;
const INT: Type = Type::Int4;

/// A function of texts and integers that takes the one list of arguments or the other.
fn texts(
    types: &[Type],
    function: Function,
    one: &[Type],
    other: &[Type],
) -> Option<(Function, Vec<Type>, Type)> {
    let is = |(ty, wanted): (&Type, &Type)| {
        ty == wanted || *ty == Type::Unknown || (ty.is_text() && wanted.is_text())
    };
    let wanted = [one, other]
        .into_iter()
        .find(|wanted| wanted.len() == types.len() && types.iter().zip(*wanted).all(is))?;
    let result = match function {
        Function::Position => Type::Int4,
        _ => Type::Text,
    };
    Some((function, wanted.to_vec(), result))
}

fn coalesce(call: &Call, operands: Vec<Operand<'_>>) -> Result<Bound, SqlError> {
    let (operands, ty) = of_one_type(call, operands, "COALESCE")?;
    Ok(Bound::new(Node::Coalesce(operands), ty))
}

/// Brings all operands to one type.
fn of_one_type(
    call: &Call,
    operands: Vec<Operand<'_>>,
    construct: &str,
) -> Result<(Vec<Bound>, Type), SqlError> {
    if operands.is_empty() {
        return Err(syntax_error(call));
    }
    let values = operands
        .iter()
        .map(|(bound, expr)| (bound, visit::span(expr)));
    let ty = common_type(values, construct)?;
    let operands = operands
        .into_iter()
        .map(|(bound, expr)| implicit(bound, ty, expr))
        .collect::<Result<_, _>>()?;
    Ok((operands, ty))
}

/// 42883, as PostgreSQL has it for functions and aggregates.
pub(super) fn does_not_exist(name: &str, types: &[Type], call: &Call) -> SqlError {
    let types: Vec<&str> = types.iter().map(|ty| ty.name()).collect();
    let message = format!("function {name}({}) does not exist", types.join(", "));
    SqlError::new(SqlState::UNDEFINED_FUNCTION, message)
        .at(call.name.span)
        .with_hint(
            "No function matches the given name and argument types. You might need to add explicit type casts.",
        )
}

/// 42725 for a constant of no type where several types would do.
pub(super) fn not_unique(name: &str, call: &Call) -> SqlError {
    let message = format!("function {name}(unknown) is not unique");
    SqlError::new(SqlState::AMBIGUOUS_FUNCTION, message)
        .at(call.name.span)
        .with_hint(
            "Could not choose a best candidate function. You might need to add explicit type casts.",
        )
}

/// PostgreSQL has these in its grammar: a wrong number of arguments is an error of syntax.
fn syntax_error(call: &Call) -> SqlError {
    SqlError::new(SqlState::SYNTAX_ERROR, "syntax error at or near \")\"").at(call.name.span)
}
