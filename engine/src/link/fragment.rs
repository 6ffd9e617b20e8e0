//! The fragment of an address: `#s=d1....&step=7&strategy=atomic`. Inputs only, never results.

use super::percent;

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
    /// Keys that mean nothing here, as they stand: a newer version may know them.
    pub others: Vec<String>,
}

impl Fragment {
    /// Reads a fragment, with or without its `#`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut fragment = Self::default();
        for part in text
            .trim_start_matches('#')
            .split('&')
            .filter(|part| !part.is_empty())
        {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            match key {
                "s" => fragment.scenario = Some(value.to_owned()),
                "g" => fragment.story = Some(value.to_owned()),
                "step" if value.parse::<usize>().is_ok() => fragment.step = value.parse().ok(),
                "strategy" => fragment.strategy = Some(percent::decode(value).unwrap_or_default()),
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
        parts.extend(self.others.iter().cloned());
        if parts.is_empty() {
            String::new()
        } else {
            format!("#{}", parts.join("&"))
        }
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
    }
}
