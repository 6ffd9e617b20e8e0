//! The scenario's title.

use super::Edited;

/// Writes the title into its header; one that is not there yet becomes the first line after the comments at the top.
pub(super) fn set(text: &str, title: &str) -> Edited {
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let header = if title.is_empty() {
        String::new()
    } else {
        format!("title: {title}\n")
    };
    let mut at = 0;
    let mut place = None;
    for line in text.split_inclusive('\n') {
        let is_header = line
            .split_once(':')
            .is_some_and(|(key, _)| key.trim_end().eq_ignore_ascii_case("title"));
        if is_header {
            place = Some((at, at + line.len()));
            break;
        }
        if place.is_none() && !line.starts_with('#') {
            place = Some((at, at));
        }
        // Headers stand above the sections.
        if !line.starts_with(char::is_whitespace) && line.trim_end().ends_with(':') {
            break;
        }
        at += line.len();
    }
    let (start, end) = place.unwrap_or((text.len(), text.len()));
    let gap = if start == end && start > 0 && !text[..start].ends_with('\n') {
        "\n"
    } else {
        ""
    };
    Edited {
        text: format!("{}{gap}{header}{}", &text[..start], &text[end..]),
        steps: Vec::new(),
    }
}
