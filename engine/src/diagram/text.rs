//! How wide a text is, and how it is broken into lines, without a browser to ask.
//!
//! Monospace is exact enough (0.602 em a character in all common fonts); for the sans serif the widths are those of a wide
//! font (DejaVu, Verdana) in rough classes, because the system's font is not known and text must not run into its
//! neighbour. Widths are in tenths of a pixel
//! while they are summed and in pixels, rounded up, where they leave this file.

/// Which of the two fonts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    /// SQL and values.
    Mono,
    /// Everything else.
    Sans,
}

/// Lines that fit, and whether something had to be left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrapped {
    pub lines: Vec<String>,
    pub cut: bool,
}

/// Words that begin a clause: a good place for a line to begin.
const CLAUSES: [&str; 15] = [
    "FROM",
    "WHERE",
    "SET",
    "VALUES",
    "AND",
    "OR",
    "ORDER",
    "LIMIT",
    "OFFSET",
    "FOR",
    "RETURNING",
    "ON",
    "DO",
    "ISOLATION",
    "DEFAULT",
];

/// Operators: a good place for a line to begin, and a bad one for it to end.
const OPERATORS: [&str; 13] = [
    "=", "<>", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "||", "→",
];

/// The width of a text in pixels.
pub(super) fn width(text: &str, font: Font, size: i32) -> i32 {
    (tenths(text, font, size) + 9) / 10
}

fn tenths(text: &str, font: Font, size: i32) -> i32 {
    text.chars()
        .map(|character| per_mille(character, font))
        .sum::<i32>()
        .saturating_mul(size)
        / 100
}

/// A character's width in thousandths of the font's size.
fn per_mille(character: char, font: Font) -> i32 {
    match (font, character) {
        // East Asian and other wide characters, emoji.
        (_, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffef}' | '\u{1f000}'..) => 1050,
        (Font::Mono, _) => 602,
        (_, 'i' | 'j' | 'l' | '\'' | '|' | '!' | ',' | '.' | ':' | ';') => 310,
        (_, ' ' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '-' | '/') => 380,
        (_, 'm' | 'w' | 'M' | 'W' | '@' | '%' | '→' | '…' | '✓' | '✗') => 960,
        (_, 'A'..='Z' | '=' | '<' | '>' | '+' | '≥' | '≤') => 740,
        (_, '\u{300}'..='\u{36f}') => 0,
        _ => 620,
    }
}

/// Breaks at blanks, and inside a word only when it is wider than a whole line. SQL prefers to begin lines with
/// clauses and items of lists.
pub(crate) fn wrap(text: &str, font: Font, size: i32, room: i32, most: usize) -> Wrapped {
    let room = room.max(size) * 10;
    let words = words(text, font, size, room);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut lines = fill(words.iter().copied(), font, size, room);
    if font == Font::Mono && lines.len() > 1 {
        let by_clause = fill_clauses(&words, font, size, room);
        if by_clause.len() <= (lines.len() + 1).min(most) {
            lines = by_clause;
        }
    }
    let cut = lines.len() > most;
    if cut {
        lines.truncate(most.max(1));
        if let Some(last) = lines.last_mut() {
            shorten(last, font, size, room);
        }
    }
    Wrapped { lines, cut }
}

/// What is kept together: words, and an operator with what stands after it.
fn words(text: &str, font: Font, size: i32, room: i32) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut after_operator = false;
    for word in text.split_whitespace() {
        // In sentences what is before it, too: `id = 42`.
        let operator = OPERATORS.contains(&word);
        let together = after_operator || operator && font == Font::Sans;
        match words.last_mut() {
            Some(last)
                if together
                    && tenths(last, font, size) + tenths(word, font, size) + size * 7 <= room =>
            {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
        after_operator = operator;
    }
    words
}

/// Lines as full as they can be.
fn fill<'a>(words: impl Iterator<Item = &'a str>, font: Font, size: i32, room: i32) -> Vec<String> {
    let blank = tenths(" ", font, size);
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in words {
        let needed = tenths(word, font, size);
        match lines.last_mut() {
            Some(line) if used + blank + needed <= room => {
                line.push(' ');
                line.push_str(word);
                used += blank + needed;
            }
            _ if needed <= room => {
                lines.push(word.to_owned());
                used = needed;
            }
            _ => used = break_word(word, font, size, room, &mut lines),
        }
    }
    lines
}

/// A word wider than a line goes over several; gives the width of the last.
fn break_word(word: &str, font: Font, size: i32, room: i32, lines: &mut Vec<String>) -> i32 {
    let mut line = String::new();
    let mut used = 0;
    for character in word.chars() {
        let needed = per_mille(character, font) * size / 100;
        if used + needed > room && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        line.push(character);
        used += needed;
    }
    lines.push(line);
    used
}

/// Lines of whole clauses, as many on a line as fit; a clause that does not fit on one is filled by itself.
fn fill_clauses(words: &[&str], font: Font, size: i32, room: i32) -> Vec<String> {
    let mut clauses: Vec<Vec<&str>> = Vec::new();
    for word in words {
        match clauses.last_mut() {
            Some(clause)
                if !CLAUSES.contains(word)
                    && !clause.last().is_some_and(|last| last.ends_with(',')) =>
            {
                clause.push(word);
            }
            _ => clauses.push(vec![word]),
        }
    }
    let mut lines: Vec<String> = Vec::new();
    let mut broken = false;
    for clause in clauses {
        let text = clause.join(" ");
        if let Some(line) = lines.last_mut()
            && !broken
            && tenths(line, font, size) + tenths(" ", font, size) + tenths(&text, font, size)
                <= room
        {
            line.push(' ');
            line.push_str(&text);
        } else {
            let filled = fill(clause.into_iter(), font, size, room);
            broken = filled.len() > 1;
            lines.extend(filled);
        }
    }
    lines
}

/// Makes a line end with an ellipsis.
fn shorten(line: &mut String, font: Font, size: i32, room: i32) {
    while !line.is_empty() && tenths(line, font, size) + tenths("…", font, size) > room {
        line.pop();
    }
    line.truncate(line.trim_end().len());
    line.push('…');
}

/// A number with its thousands apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `A`, `A and B`, `A, B and C`.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => [&first.join(", "), " and ", last].concat(),
    }
}
