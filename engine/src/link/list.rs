//! Strategies as a list: `optimistic,pessimistic,nowait`.
//!
//! A strategy's options stand after commas, and so do the strategies of a list. No option has the name of a strategy that
//! could stand alone after it, so a piece belongs to the strategy before it where that has such an option; else it is a
//! strategy of its own.

use crate::strategy::Strategy;

/// The strategies of a list, each once, and the pieces that mean nothing.
#[must_use]
pub fn strategies(list: &str) -> (Vec<Strategy>, Vec<String>) {
    let (mut found, mut wrong): (Vec<Strategy>, Vec<String>) = (Vec::new(), Vec::new());
    let mut text = String::new();
    for piece in list.split(',').map(str::trim) {
        if piece.is_empty() {
            continue;
        }
        let longer = format!("{text}, {piece}");
        if let (Ok(strategy), Some(last)) = (longer.parse(), found.last_mut()) {
            *last = strategy;
            text = longer;
        } else if let Ok(strategy) = piece.parse() {
            found.push(strategy);
            text = piece.to_owned();
        } else {
            wrong.push(piece.to_owned());
        }
    }
    let mut once: Vec<Strategy> = Vec::new();
    for strategy in found {
        if !once.contains(&strategy) {
            once.push(strategy);
        }
    }
    (once, wrong)
}

/// The list as text.
pub(super) fn text(strategies: &[Strategy]) -> String {
    let texts: Vec<String> = strategies
        .iter()
        .map(|strategy| strategy.to_string().replace(", ", ","))
        .collect();
    texts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_stay_with_their_strategy() {
        let (found, wrong) =
            strategies("none, optimistic,updated_at,hope,pessimistic,nowait,by key,none");
        assert_eq!(
            text(&found),
            "none,optimistic,updated_at,pessimistic,nowait,by key"
        );
        assert_eq!(wrong, ["hope"]);
        assert_eq!(strategies(" , "), (vec![], vec![]));
    }

    #[test]
    fn every_pair_of_strategies_comes_back() {
        let mut all: Vec<Strategy> = Vec::new();
        for strategy in Strategy::ALL {
            all.push(strategy);
            for choice in strategy.choices() {
                all.extend(choice.options.into_iter().map(|(_, with)| with));
            }
        }
        for first in &all {
            for second in all.iter().filter(|second| *second != first) {
                let list = text(&[*first, *second]);
                assert_eq!(strategies(&list), (vec![*first, *second], vec![]), "{list}");
            }
        }
    }
}
