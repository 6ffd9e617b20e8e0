//! Syntax colours: which parts of a text are words, texts, numbers, comments.
//!
//! One small scanner for all languages; what differs stands in a table. It never fails: what it does not know is plain.

use super::Language;

/// What a part of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Anything else.
    Plain,
    /// A word of the language.
    Keyword,
    /// A text in quotes.
    Text,
    /// A number.
    Number,
    /// A comment.
    Comment,
}

impl Colour {
    /// The name in style sheets.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Number => "number",
            Self::Comment => "comment",
        }
    }
}

/// The rules of a language.
struct Rules {
    comments: &'static [&'static str],
    quotes: &'static [char],
    keywords: &'static str,
}

fn rules(language: Language) -> Rules {
    match language {
        Language::Psql => Rules {
            comments: &["--"],
            quotes: &['\''],
            keywords: " ACCESS ADD ALL AND AS ASC BEGIN BETWEEN BY CASCADE CASE CHECK COMMIT CONFLICT CREATE DEFAULT DELETE DESC \
                DISTINCT DO DROP ELSE END EXCLUSIVE EXISTS FOR FROM GROUP IF IN INSERT INTO IS ISOLATION KEY LEVEL LIMIT LOCAL LOCK \
                LOCKED MODE NO NOT NOTHING NOWAIT NULL ON OR ORDER PRIMARY READ REFERENCES REPEATABLE RETURNING ROLLBACK ROW SELECT \
                SERIALIZABLE SET SHARE SKIP TABLE THEN UNIQUE UPDATE VALUES WHEN WHERE WITH bigint boolean int numeric text ",
        },
        Language::Go => Rules {
            comments: &["//"],
            quotes: &['"', '`'],
            keywords: " bool break case const continue default defer else error false for func go if import int64 interface nil \
                package range return select string struct switch true type var ",
        },
        Language::SqlAlchemy | Language::Django => Rules {
            comments: &["#"],
            quotes: &['"', '\''],
            keywords: " False None True and as assert break class continue def del elif else except finally for from if import in is \
                lambda not or pass raise return try while with ",
        },
        Language::Spring | Language::Java => Rules {
            comments: &["//"],
            quotes: &['"'],
            keywords: " boolean break case catch class continue else extends false final finally for if implements import instanceof \
                int interface long new null package private public return static super this throw throws true try var void while ",
        },
    }
}

/// The parts of a text, in order; together they are the text.
#[must_use]
pub fn colours(text: &str, language: Language) -> Vec<(Colour, &str)> {
    let rules = rules(language);
    let mut parts: Vec<(Colour, &str)> = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (colour, length) = if let Some(length) = comment(rest, &rules) {
            (Colour::Comment, length)
        } else if rules.quotes.contains(&first) {
            (Colour::Text, quoted(rest, first))
        } else if first.is_ascii_digit() {
            (
                Colour::Number,
                run(rest, |it| it.is_ascii_digit() || it == '.' || it == '_'),
            )
        } else if first.is_alphabetic() || first == '_' {
            let length = run(rest, |it| it.is_alphanumeric() || it == '_');
            let word = &rest[..length];
            let known = rules.keywords.split(' ').any(|keyword| keyword == word);
            (
                if known {
                    Colour::Keyword
                } else {
                    Colour::Plain
                },
                length,
            )
        } else {
            (Colour::Plain, first.len_utf8())
        };
        if colour != Colour::Plain {
            if plain < at {
                parts.push((Colour::Plain, &text[plain..at]));
            }
            parts.push((colour, &rest[..length]));
            plain = at + length;
        }
        at += length;
    }
    if plain < text.len() {
        parts.push((Colour::Plain, &text[plain..]));
    }
    parts
}

fn comment(rest: &str, rules: &Rules) -> Option<usize> {
    if rest.starts_with("/*") && rules.comments.contains(&"//") {
        return Some(rest.find("*/").map_or(rest.len(), |end| end + 2));
    }
    if rest.starts_with("\"\"\"") && rules.comments.contains(&"#") {
        return Some(rest[3..].find("\"\"\"").map_or(rest.len(), |end| end + 6));
    }
    let starts = rules.comments.iter().any(|mark| rest.starts_with(mark));
    starts.then(|| rest.find('\n').unwrap_or(rest.len()))
}

/// The length of what stands in quotes; a backslash takes the next character along, the end of a line ends it.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, character) in rest.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            '\n' if quote != '`' => return place,
            other if other == quote => return place + 1,
            _ => {}
        }
    }
    rest.len()
}

fn run(rest: &str, fits: impl Fn(char) -> bool) -> usize {
    rest.find(|character| !fits(character))
        .unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_texts_numbers_and_comments_are_told_apart() {
        let parts = colours("SELECT 'it' FROM t1 -- 42\nLIMIT 10", Language::Psql);
        let marked: Vec<(&str, &str)> = parts
            .iter()
            .filter(|(colour, _)| *colour != Colour::Plain)
            .map(|(colour, text)| (colour.as_str(), *text))
            .collect();
        assert_eq!(
            marked,
            [
                ("keyword", "SELECT"),
                ("text", "'it'"),
                ("keyword", "FROM"),
                ("comment", "-- 42"),
                ("keyword", "LIMIT"),
                ("number", "10"),
            ]
        );
    }

    proptest! {
        #[test]
        fn the_parts_are_the_whole_text(text in "(\\PC|\n|['\"`/*#-]){0,80}", which in 0..6usize) {
            let parts = colours(&text, Language::ALL[which]);
            let whole: String = parts.iter().map(|(_, part)| *part).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
