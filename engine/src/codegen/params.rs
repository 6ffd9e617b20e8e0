//! Host variables in a statement's text, as the placeholders of another library.

/// A statement's text with each `:name` replaced by what `placeholder` makes of the name and of how many there were before it.
/// What stands in quotes, in comments or after `::` is left alone.
pub(super) fn replace(sql: &str, placeholder: &mut dyn FnMut(&str) -> String) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\'' | '"' => quoted(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            ':' => {
                let name = name_after(&rest[1..]);
                if !name.is_empty() {
                    text.push_str(&placeholder(name));
                    rest = &rest[1 + name.len()..];
                    continue;
                }
                1
            }
            other => other.len_utf8(),
        };
        text.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    text
}

fn name_after(text: &str) -> &str {
    let fits = |character: char| character.is_alphanumeric() || character == '_';
    let end = text
        .find(|character: char| !fits(character))
        .unwrap_or(text.len());
    &text[..end]
}

/// The length of what stands in quotes, the quotes included; a doubled quote is part of it.
fn quoted(text: &str, quote: char) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((place, character)) = characters.next() {
        if character == quote && characters.next_if(|(_, next)| *next == quote).is_none() {
            return place + 1;
        }
    }
    text.len()
}

/// The host variables of a text in the order of their places, a name as often as it stands there.
pub(super) fn names(sql: &str) -> Vec<String> {
    let mut names = Vec::new();
    replace(sql, &mut |name| {
        names.push(name.to_owned());
        String::new()
    });
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_variables_are_found_and_nothing_else_is() {
        let sql = "UPDATE t SET a = :a - 1, b = ':b' || :c_2, d = '1'::int WHERE \":e\" = 'it''s :f' -- :g\nAND h = :a";
        assert_eq!(names(sql), ["a", "c_2", "a"]);
        let mut count = 0;
        let numbered = replace("x = :a AND y = :b", &mut |_| {
            count += 1;
            format!("${count}")
        });
        assert_eq!(numbered, "x = $1 AND y = $2");
        for strange in ["'", ":", "a:", "\"", "::", "é:ü", "'''"] {
            assert_eq!(replace(strange, &mut |name| format!(":{name}")), strange);
        }
    }
}
