//! What can be said of a session, on a line below it.

use super::Session;
use super::header::{HeaderError, plain};

/// A line below a session: `clock: +2000`.
pub(super) fn session_option(session: &mut Session, line: &str) -> Result<(), HeaderError> {
    let expected =
        "strategy, isolation, on conflict, clock, slow, colour or client, as in `clock: +2000`";
    let (key, value) = line.split_once(':').unwrap_or((line, ""));
    let value = value.trim();
    match plain(key).as_str() {
        "strategy" => session.strategy = Some(value.parse()?),
        "isolation" => session.isolation = Some(value.parse()?),
        "on conflict" => session.on_conflict = Some(value.parse()?),
        "colour" => session.colour = Some(value.parse()?),
        "client" if value.is_empty() => {
            return Err(HeaderError {
                message: "the client has no name".to_owned(),
                expected: "for whom the session works, as in `client: Customer`",
            });
        }
        "client" => session.client = Some(value.to_owned()),
        "clock" => {
            let time: Option<i64> = milliseconds(value).parse().ok();
            session.clock = time
                .filter(|time| time.abs() <= 1_000_000_000)
                .ok_or_else(|| HeaderError {
                    message: format!("`{value}` is no difference of clocks"),
                    expected: "milliseconds ahead or behind, as in `clock: +2000`",
                })?;
        }
        "slow" => {
            let time: Option<u64> = milliseconds(value).parse().ok();
            session.slow = time
                .filter(|time| *time <= 1_000_000)
                .ok_or_else(|| HeaderError {
                    message: format!("`{value}` is no pause"),
                    expected: "milliseconds after each answer, as in `slow: 20`",
                })?;
        }
        _ => {
            return Err(HeaderError {
                message: format!("`{}` is not an option of a session", key.trim()),
                expected,
            });
        }
    }
    Ok(())
}

fn milliseconds(value: &str) -> &str {
    value.trim_end_matches("ms").trim_end()
}
