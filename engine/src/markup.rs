//! Text put into HTML, XML and Markdown so that nothing in it is markup, and taken out of XML again.

/// Text between double quotes in HTML.
#[must_use]
pub fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' | '\r' => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

/// Text in XML, which has no way to write some characters: a question mark in a diamond stands for them.
pub(crate) fn push_xml(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Readers of XML make a line's end of it.
            '\r' => out.push_str("&#13;"),
            _ if is_xml(character) => out.push(character),
            _ => out.push('\u{fffd}'),
        }
    }
}

/// Whether XML 1.0 has a way to write a character.
pub(crate) fn is_xml(character: char) -> bool {
    !matches!(
        character,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'
    )
}

/// XML or HTML with its entities replaced; `None` where one means nothing.
pub(crate) fn unescape(content: &str) -> Option<String> {
    let mut text = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let (entity, after) = after.split_once(';')?;
        let number = |digits: &str, radix| {
            let code = u32::from_str_radix(digits, radix).ok()?;
            char::from_u32(code).filter(|character| is_xml(*character))
        };
        text.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => match entity.strip_prefix('#')? {
                hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16)?,
                digits => number(digits, 10)?,
            },
        });
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// Text in a paragraph of Markdown (CommonMark 0.31), on one line.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' | '#' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' => out.push(' '),
            _ => out.push(character),
        }
    }
    // At the beginning of a line these make a list or a rule.
    if out.starts_with(['-', '+', '=']) {
        out.insert(0, '\\');
    }
    let digits = out.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && out[digits..].starts_with(['.', ')']) {
        out.insert(digits, '\\');
    }
    out
}

/// A scenario's text as a fenced block of Markdown, the fence longer than any in the text.
#[must_use]
pub fn fence(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(3.max(longest + 1));
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}rowlock\n{text}{end}{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_ends_its_fence() {
        assert_eq!(fence("title: a"), "```rowlock\ntitle: a\n```\n");
        assert_eq!(
            fence("title: ``` and ````\n"),
            "`````rowlock\ntitle: ``` and ````\n`````\n"
        );
    }

    #[test]
    fn nothing_in_a_sentence_is_markup() {
        assert_eq!(
            markdown("a *b* <c> [d](e) `f`"),
            "a \\*b\\* \\<c\\> \\[d\\](e) \\`f\\`"
        );
        assert_eq!(markdown("1. a"), "1\\. a");
        assert_eq!(markdown("- a\nb"), "\\- a b");
        assert_eq!(attribute("\"<a>\" & b"), "&quot;&lt;a&gt;&quot; &amp; b");
    }

    #[test]
    fn what_is_put_into_xml_comes_out_again() {
        let mut out = String::new();
        push_xml(&mut out, "a < b & 'c' > \"d\"\r\n\u{1}");
        assert_eq!(
            unescape(&out).as_deref(),
            Some("a < b & 'c' > \"d\"\r\n\u{fffd}")
        );
        assert_eq!(
            unescape("&#x61;&#98;&apos;&quot;").as_deref(),
            Some("ab'\"")
        );
        for wrong in ["&nbsp;", "&#0;", "&#xd800;", "& b", "&#xzz;", "&"] {
            assert_eq!(unescape(wrong), None, "{wrong}");
        }
    }
}
