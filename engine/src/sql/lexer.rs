//! Text to tokens (manual, section 4.1).

use super::{Span, SyntaxError};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A bare word, folded to lower case: a key word or a name.
    Word(String),
    /// `"a name"`, as written between the quotes.
    Quoted(String),
    /// `'text'`, without the quotes.
    String(String),
    /// Digits with an optional point and exponent, as written.
    Number(String),
    /// `:name`, without the colon.
    HostVariable(String),
    /// `$1`, without the dollar sign.
    Parameter(u16),
    /// An operator or punctuation.
    Symbol(&'static str),
    /// The end of the text.
    End,
}

/// Operators and punctuation, longer ones first.
const SYMBOLS: [&str; 23] = [
    "::", "<>", "!=", "<=", ">=", "||", "(", ")", ",", ";", ".", "+", "-", "*", "/", "%", "=", "<",
    ">", "[", "]", "{", "}",
];

/// Splits a text into tokens; the last is [`TokenKind::End`]. Comments and blanks are left out.
///
/// # Errors
/// On a character that starts no token, and on quotes and comments that are not closed.
pub fn tokenize(text: &str) -> Result<Vec<Token>, SyntaxError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let end = token.kind == TokenKind::End;
        tokens.push(token);
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, start: usize, message: &str, expected: &str) -> SyntaxError {
        let end = self
            .at
            .max(start + self.text[start..].chars().next().map_or(0, char::len_utf8));
        SyntaxError {
            span: Span::new(start, end),
            message: message.to_owned(),
            expected: expected.to_owned(),
        }
    }

    /// Takes characters while `accept` does.
    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest
            .find(|character| !accept(character))
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn next(&mut self) -> Result<Token, SyntaxError> {
        self.skip_blanks()?;
        let start = self.at;
        let kind = match self.peek() {
            None => TokenKind::End,
            Some(character) if starts_word(character) => {
                TokenKind::Word(fold(self.take_while(continues_word)))
            }
            Some(character) if character.is_ascii_digit() => self.number()?,
            Some('.') if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                self.number()?
            }
            Some('\'') => TokenKind::String(self.quoted('\'')?),
            Some('"') => {
                let name = self.quoted('"')?;
                if name.is_empty() {
                    return Err(self.error(
                        start,
                        "a quoted name is empty",
                        "a name between the quotes",
                    ));
                }
                TokenKind::Quoted(name)
            }
            Some(':') if self.rest()[1..].starts_with(starts_word) => {
                self.at += 1;
                TokenKind::HostVariable(fold(self.take_while(continues_word)))
            }
            Some('$') if self.rest()[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                self.at += 1;
                let digits = self.take_while(|character| character.is_ascii_digit());
                match digits.parse() {
                    Ok(number) => TokenKind::Parameter(number),
                    Err(_) => {
                        return Err(self.error(
                            start,
                            "there are not so many parameters",
                            "a smaller number",
                        ));
                    }
                }
            }
            Some(character) => match SYMBOLS
                .iter()
                .find(|symbol| self.rest().starts_with(**symbol))
            {
                Some(symbol) => {
                    self.at += symbol.len();
                    TokenKind::Symbol(symbol)
                }
                None => {
                    self.at += character.len_utf8();
                    let message = format!("`{character}` means nothing here");
                    return Err(self.error(
                        start,
                        &message,
                        "a word, a number, a string or an operator",
                    ));
                }
            },
        };
        Ok(Token {
            kind,
            span: Span::new(start, self.at),
        })
    }

    fn skip_blanks(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.take_while(char::is_whitespace);
            let start = self.at;
            if self.rest().starts_with("--") {
                self.take_while(|character| character != '\n');
            } else if self.rest().starts_with("/*") {
                self.block_comment(start)?;
            } else {
                return Ok(());
            }
        }
    }

    /// Block comments nest (manual, section 4.1.5).
    fn block_comment(&mut self, start: usize) -> Result<(), SyntaxError> {
        let mut depth = 0usize;
        loop {
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else if let Some(character) = self.peek() {
                self.at += character.len_utf8();
            } else {
                self.at = start + 2;
                return Err(self.error(start, "a comment begins here and does not end", "`*/`"));
            }
        }
    }

    /// Text between quotes, of which a doubled one stands for itself.
    fn quoted(&mut self, quote: char) -> Result<String, SyntaxError> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            text.push_str(self.take_while(|character| character != quote));
            if self.peek().is_none() {
                self.at = start + 1;
                return Err(self.error(
                    start,
                    "a quote begins here and does not end",
                    "a closing quote",
                ));
            }
            self.at += 1;
            if self.peek() != Some(quote) {
                return Ok(text);
            }
            text.push(quote);
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<TokenKind, SyntaxError> {
        let start = self.at;
        self.take_while(|character| character.is_ascii_digit());
        if self.peek() == Some('.') {
            self.at += 1;
            self.take_while(|character| character.is_ascii_digit());
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            let before = self.at;
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            if self
                .take_while(|character| character.is_ascii_digit())
                .is_empty()
            {
                self.at = before;
            }
        }
        if self.peek().is_some_and(starts_word) {
            self.take_while(continues_word);
            return Err(self.error(start, "a number runs into a word", "a blank between them"));
        }
        Ok(TokenKind::Number(self.text[start..self.at].to_owned()))
    }
}

/// Like PostgreSQL, which takes whatever is not ASCII for a letter (`ident_start` in `scan.l`).
pub(crate) fn is_letter(character: char) -> bool {
    character.is_ascii_alphabetic() || !character.is_ascii()
}

fn starts_word(character: char) -> bool {
    is_letter(character) || character == '_'
}

fn continues_word(character: char) -> bool {
    starts_word(character) || character.is_ascii_digit() || character == '$'
}

/// PostgreSQL folds ASCII letters only in multi-byte encodings.
fn fold(word: &str) -> String {
    word.to_ascii_lowercase()
}

/// Whether a bare word gives this very name.
pub(super) fn is_plain_name(name: &str) -> bool {
    name.starts_with(starts_word)
        && name.chars().all(continues_word)
        && !name.contains(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        tokenize(text)
            .unwrap()
            .into_iter()
            .map(|token| token.kind)
            .collect()
    }

    #[test]
    fn words_fold_and_quoted_names_keep() {
        use TokenKind::{End, HostVariable, Number, Quoted, String, Symbol, Word};
        assert_eq!(
            kinds("SELECT \"Id\" 'it''s' :Qty 1.5e3 .5::x -- gone\n/* /* in */ out */;"),
            [
                Word("select".into()),
                Quoted("Id".into()),
                String("it's".into()),
                HostVariable("qty".into()),
                Number("1.5e3".into()),
                Number(".5".into()),
                Symbol("::"),
                Word("x".into()),
                Symbol(";"),
                End
            ]
        );
    }

    #[test]
    fn what_does_not_end_is_told_where_it_begins() {
        for (text, start) in [
            ("a 'b", 2),
            ("a \"b", 2),
            ("a /* b", 2),
            ("12ab", 0),
            ("a ? b", 2),
        ] {
            assert_eq!(tokenize(text).unwrap_err().span.start, start, "{text}");
        }
    }
}
