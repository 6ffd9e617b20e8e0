//! Functions of texts (manual, sections 9.4 and 9.7).

use super::{Function, LetterCase};
use crate::db::Value;

/// A function of texts and integers, none of them NULL; `None` when the values are not what it was bound for.
pub(super) fn apply(function: Function, values: &[Value]) -> Option<Value> {
    let text = |at: usize| match values.get(at) {
        Some(Value::Text(text)) => Some(&**text),
        _ => None,
    };
    let number = |at: usize| values.get(at).and_then(Value::as_integer);
    let whole = text(0)?;
    Some(match function {
        Function::Like(case) => Value::Boolean(like(whole, text(1)?, case)),
        Function::Position => {
            let place = whole
                .find(text(1)?)
                .map(|at| whole[..at].chars().count() + 1);
            Value::Int(i32::try_from(place.unwrap_or(0)).ok()?)
        }
        Function::Replace if text(1)?.is_empty() => Value::from(whole),
        Function::Replace => Value::from(whole.replace(text(1)?, text(2)?).as_str()),
        Function::Substring => {
            let start = number(1)?;
            let end = number(2).map_or(i64::MAX, |count| start.saturating_add(count));
            part(whole, start, end)
        }
        Function::Left => {
            let count = number(1)?;
            let length = whole.chars().count() as i64;
            let end = if count < 0 { length + count } else { count };
            part(whole, 1, end.saturating_add(1))
        }
        Function::Right => {
            let count = number(1)?;
            let length = whole.chars().count() as i64;
            let left_out = if count < 0 { -count } else { length - count };
            part(whole, left_out.max(0) + 1, i64::MAX)
        }
        Function::Repeat => {
            // No playground needs more, and memory is finite.
            let count = number(1)?.clamp(0, 1_000_000 / (whole.len() as i64 + 1));
            Value::from(whole.repeat(count as usize).as_str())
        }
        Function::PadLeft | Function::PadRight => {
            let wanted = number(1)?.clamp(0, 1_000_000) as usize;
            let fill = text(2).unwrap_or(" ");
            let length = whole.chars().count();
            let kept: String = whole.chars().take(wanted).collect();
            let missing = wanted.saturating_sub(length);
            let padding: String = fill.chars().cycle().take(missing).collect();
            let padded = if function == Function::PadLeft {
                [padding, kept].concat()
            } else {
                [kept, padding].concat()
            };
            Value::from(padded.as_str())
        }
        _ => return None,
    })
}

/// The characters from place `start` (counted from 1) up to `end`, which is left out.
fn part(text: &str, start: i64, end: i64) -> Value {
    let first = start.max(1) - 1;
    let count = (end - 1 - first).max(0);
    let part: String = text
        .chars()
        .skip(first as usize)
        .take(usize::try_from(count).unwrap_or(usize::MAX))
        .collect();
    Value::from(part.as_str())
}

/// Whether a text matches a pattern: `_` is any character, `%` any number of them, a backslash takes their meaning away.
fn like(text: &str, pattern: &str, case: LetterCase) -> bool {
    let chars = |text: &str| -> Vec<char> {
        match case {
            LetterCase::Matters => text.chars().collect(),
            LetterCase::Ignored => text.to_ascii_lowercase().chars().collect(),
        }
    };
    let (text, pattern) = (chars(text), chars(pattern));
    let (mut at, mut place) = (0, 0);
    // Where the last `%` stood, and how far the text had come.
    let mut any: Option<(usize, usize)> = None;
    loop {
        let matched = match pattern.get(place) {
            Some('%') => {
                any = Some((place, at));
                place += 1;
                continue;
            }
            Some('_') if at < text.len() => Some(1),
            Some('\\') if pattern.get(place + 1).is_some() => {
                (text.get(at) == pattern.get(place + 1)).then_some(2)
            }
            Some(character) => (text.get(at) == Some(character)).then_some(1),
            None if at == text.len() => return true,
            None => None,
        };
        match (matched, any) {
            (Some(taken), _) => {
                place += taken;
                at += 1;
            }
            (None, Some((percent, from))) if from < text.len() => {
                any = Some((percent, from + 1));
                at = from + 1;
                place = percent + 1;
            }
            (None, _) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (text, pattern, matches) in [
            ("stock", "st%", true),
            ("stock", "%ck", true),
            ("stock", "s_ock", true),
            ("stock", "s_ck", false),
            ("50%", "50\\%", true),
            ("505", "50\\%", false),
            ("", "%", true),
            ("abcabd", "%abd", true),
            ("STOCK", "stock", false),
        ] {
            assert_eq!(
                like(text, pattern, LetterCase::Matters),
                matches,
                "{text} {pattern}"
            );
        }
        assert!(like("STOCK", "st%", LetterCase::Ignored));
    }
}
