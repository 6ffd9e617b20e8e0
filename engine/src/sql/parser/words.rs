//! Words with a meaning of their own.

use super::Parser;
use crate::sql::lexer::TokenKind;

/// Words that cannot be a name without quotes: PostgreSQL's reserved key words (manual, appendix C), those among them that
/// may be function or type names included.
const RESERVED: [&str; 84] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "similar",
    "some",
    "symmetric",
    "table",
    "then",
    "to",
    "trailing",
    "true",
];
const RESERVED_TOO: [&str; 11] = [
    "tablesample",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Whether a bare word cannot be a name.
pub(in crate::sql) fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok() || RESERVED_TOO.contains(&word)
}

/// The clause or operator that begins at the parser's place, if it is one that PostgreSQL knows and Rowlock does not.
pub(super) fn not_simulated(parser: &Parser) -> Option<&'static str> {
    let TokenKind::Word(word) = parser.kind() else {
        return parser.at_symbol("[").then_some("arrays");
    };
    Some(match word.as_str() {
        "lateral" => "LATERAL",
        "window" | "over" => "window functions",
        "array" => "arrays",
        "similar" => "SIMILAR TO",
        "interval" => "intervals",
        "collate" => "COLLATE",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reserved_words_are_sorted_for_the_search() {
        assert!(RESERVED.is_sorted());
        assert!(
            is_reserved("select")
                && is_reserved("where")
                && !is_reserved("key")
                && !is_reserved("balance")
        );
    }
}
