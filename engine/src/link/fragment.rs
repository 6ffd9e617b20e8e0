//! The fragment of an address: `#s=d1....&step=7&strategy=atomic`. Inputs only, never results.

use super::query::Notice;
use super::{list, percent};
use crate::strategy::Strategy;

/// What a fragment asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// `s=`: the scenario, encoded.
    pub scenario: Option<String>,
    /// `g=`: a story of the gallery.
    pub story: Option<String>,
    /// `step=`: the position, in events.
    pub step: Option<usize>,
    /// `strategy=`: another strategy than the scenario's own.
    pub strategy: Option<String>,
    /// `compare=`: strategies side by side; empty: not asked for.
    pub compare: Vec<Strategy>,
    /// `seed=`: where chance begins.
    pub seed: Option<u64>,
    /// Keys and values that mean nothing here, as they stand: a newer version may know them.
    pub others: Vec<String>,
}

impl Fragment {
    /// Reads a fragment, with or without its `#`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut fragment = Self::default();
        let text = text.strip_prefix('#').unwrap_or(text);
        for part in text.split('&').filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key {
                "s" => fragment.scenario = Some(value.to_owned()),
                "g" => fragment.story = Some(value.to_owned()),
                "step" if value.parse::<usize>().is_ok() => fragment.step = value.parse().ok(),
                "strategy" => fragment.strategy = Some(percent::decode(value).unwrap_or_default()),
                "seed" if value.parse::<u64>().is_ok() => fragment.seed = value.parse().ok(),
                "compare" => match list::strategies(&percent::decode(value).unwrap_or_default()) {
                    (found, wrong) if wrong.is_empty() && !found.is_empty() => {
                        fragment.compare = found;
                    }
                    _ => fragment.others.push(part.to_owned()),
                },
                _ => fragment.others.push(part.to_owned()),
            }
        }
        fragment
    }

    /// The fragment with its `#`; empty when it asks for nothing.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.scenario.as_ref().map(|value| format!("s={value}")));
        parts.extend(self.story.as_ref().map(|value| format!("g={value}")));
        parts.extend(self.step.map(|value| format!("step={value}")));
        parts.extend(
            self.strategy
                .as_ref()
                .map(|value| format!("strategy={}", percent::encode(value))),
        );
        if !self.compare.is_empty() {
            let list = list::text(&self.compare);
            parts.push(format!("compare={}", percent::encode(&list)));
        }
        parts.extend(self.seed.map(|value| format!("seed={value}")));
        parts.extend(self.others.iter().cloned());
        if parts.is_empty() {
            String::new()
        } else {
            format!("#{}", parts.join("&"))
        }
    }

    /// Which of its values mean nothing here. Other keys are a newer version's, and nothing to tell of.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        let expected = |part: &String| {
            Some(
                match part.split_once('=').map_or(part.as_str(), |(key, _)| key) {
                    "step" => "a number of events, as in step=7",
                    "seed" => "a whole number, as in seed=1",
                    "compare" => {
                        "strategies with commas between them, as in compare=none,optimistic"
                    }
                    _ => return None,
                },
            )
        };
        let strategy = self
            .strategy
            .as_ref()
            .filter(|text| text.parse::<Strategy>().is_err());
        let strategy = strategy.map(|text| Notice {
            option: format!("strategy={text}"),
            expected: "a strategy, as in strategy=optimistic".to_owned(),
        });
        let others = self.others.iter().filter_map(|part| {
            let expected = expected(part)?.to_owned();
            Some(Notice {
                option: part.clone(),
                expected,
            })
        });
        strategy.into_iter().chain(others).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_read_and_written() {
        let text = "#s=d1.abc.12ef&step=7&strategy=pessimistic,%20nowait&later=1";
        let fragment = Fragment::parse(text);
        assert_eq!(
            (fragment.scenario.as_deref(), fragment.step),
            (Some("d1.abc.12ef"), Some(7))
        );
        assert_eq!(fragment.strategy.as_deref(), Some("pessimistic, nowait"));
        assert_eq!(fragment.to_text(), text);
        assert_eq!(Fragment::parse("#").to_text(), "");
        let text = "#g=two-cashiers&compare=none,pessimistic,skip%20locked&seed=12";
        let fragment = Fragment::parse(text);
        assert_eq!((fragment.compare.len(), fragment.seed), (2, Some(12)));
        assert_eq!(fragment.to_text(), text);
        assert_eq!(fragment.notices(), []);
    }

    #[test]
    fn what_means_nothing_is_named_and_kept() {
        let text = "#strategy=hope&step=x&seed=-1&compare=none,hope&later=1";
        let fragment = Fragment::parse(text);
        let notices = fragment.notices();
        let options: Vec<&str> = notices
            .iter()
            .map(|notice| notice.option.as_str())
            .collect();
        assert_eq!(
            options,
            ["strategy=hope", "step=x", "seed=-1", "compare=none,hope"]
        );
        assert_eq!(fragment.to_text(), text);
    }
}
