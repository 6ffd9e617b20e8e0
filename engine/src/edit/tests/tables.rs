//! Edits of tables and rows, as before and after.

use super::super::{
    ColumnChange, ColumnPlace, Constraint, RowPlace, TableEdit, TablePlace, loose_statements,
    tables,
};
use crate::edit::{Edit, apply};
use crate::scenario::parse;

const TEXT: &str = "\
title: Tables

setup:
  # What is in stock.
  CREATE TABLE stock (
    id int PRIMARY KEY, -- the key
    quantity  integer  not null DEFAULT 0, /* pieces */
    note text
  );
  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
  insert into stock values (42, 10, 'shelf'),
    (43,  7), -- none
    (44, 0);
  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
  CREATE INDEX ON stock (quantity);

timeline:
  A: INSERT INTO stock VALUES (50, 1, 'new')
  A: UPDATE stock SET quantity = 1

expect:
  it holds: SELECT TRUE
";

const STOCK: TablePlace = TablePlace(0);
const SALE: TablePlace = TablePlace(1);

fn edited(text: &str, edit: TableEdit) -> String {
    match apply(text, &Edit::Tables(edit.clone())) {
        Ok(edited) => edited.text,
        Err(error) => panic!("{edit:?}: {error}"),
    }
}

fn refused(text: &str, edit: TableEdit) -> String {
    let outcome = apply(text, &Edit::Tables(edit));
    outcome.expect_err("it cannot be done").0
}

/// The lines that are gone and those that are new.
fn difference(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let sign = |sign: &str, lines: &[&str], others: &[&str]| -> String {
        let lines = lines.iter().filter(|line| !others.contains(line));
        lines.map(|line| format!("{sign}{line}\n")).collect()
    };
    sign("-", &old, &new) + &sign("+", &new, &old)
}

fn column(table: TablePlace, column: usize, change: ColumnChange) -> TableEdit {
    let column = ColumnPlace(column);
    TableEdit::ChangeColumn {
        table,
        column,
        change,
    }
}

fn cell(table: TablePlace, row: usize, column: usize, value: &str) -> TableEdit {
    TableEdit::SetCell {
        table,
        row: RowPlace(row),
        column: ColumnPlace(column),
        value: value.to_owned(),
    }
}

fn named(name: &str) -> ColumnChange {
    ColumnChange::Rename(name.to_owned())
}

fn typed(ty: &str) -> ColumnChange {
    ColumnChange::Type(ty.to_owned())
}

#[test]
fn an_edit_of_a_table_writes_its_own_part_and_no_other() {
    let cases = [
        (
            TableEdit::Add("Buyer".to_owned()),
            "+  CREATE TABLE buyer (id int PRIMARY KEY);\n",
        ),
        (
            TableEdit::Rename(STOCK, "order".to_owned()),
            "-  CREATE TABLE stock (
-  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
-  insert into stock values (42, 10, 'shelf'),
-  CREATE INDEX ON stock (quantity);
+  CREATE TABLE \"order\" (
+  CREATE TABLE sale (stock int REFERENCES \"order\" (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
+  insert into \"order\" values (42, 10, 'shelf'),
+  CREATE INDEX ON \"order\" (quantity);
",
        ),
        (
            column(STOCK, 0, named("number")),
            "-    id int PRIMARY KEY, -- the key
-  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
+    number int PRIMARY KEY, -- the key
+  CREATE TABLE sale (stock int REFERENCES stock (number) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
",
        ),
        (
            column(SALE, 1, named("Day of sale")),
            "-  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
-  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
+  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, \"Day of sale\" date, CHECK (\"Day of sale\" IS NOT NULL));
+  INSERT INTO sale (\"Day of sale\", stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
",
        ),
        (
            column(STOCK, 1, typed("numeric(10,  2)")),
            "-    quantity  integer  not null DEFAULT 0, /* pieces */
+    quantity  numeric(10, 2)  not null DEFAULT 0, /* pieces */
",
        ),
        (
            column(STOCK, 1, ColumnChange::Unset(Constraint::NotNull)),
            "-    quantity  integer  not null DEFAULT 0, /* pieces */
+    quantity  integer DEFAULT 0, /* pieces */
",
        ),
        (
            column(STOCK, 1, ColumnChange::Set(Constraint::PrimaryKey)),
            "-    id int PRIMARY KEY, -- the key
-    quantity  integer  not null DEFAULT 0, /* pieces */
+    id int, -- the key
+    quantity  integer PRIMARY KEY  not null DEFAULT 0, /* pieces */
",
        ),
        (
            column(STOCK, 1, ColumnChange::Default(Some("1 + 1".to_owned()))),
            "-    quantity  integer  not null DEFAULT 0, /* pieces */
+    quantity  integer  not null DEFAULT (1 + 1), /* pieces */
",
        ),
        (
            column(STOCK, 2, ColumnChange::Default(Some("it's new".to_owned()))),
            "-    note text\n+    note text DEFAULT 'it''s new'\n",
        ),
        (
            column(SALE, 0, ColumnChange::Set(Constraint::Unique)),
            "-  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
+  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL UNIQUE, at date, CHECK (at IS NOT NULL));
",
        ),
        (
            TableEdit::AddColumn {
                table: STOCK,
                name: "price".to_owned(),
                ty: "int".to_owned(),
            },
            "-    note text
-  insert into stock values (42, 10, 'shelf'),
-    (43,  7), -- none
-    (44, 0);
+    note text,
+    price int
+  insert into stock values (42, 10, 'shelf', NULL),
+    (43,  7, DEFAULT, NULL), -- none
+    (44, 0, DEFAULT, NULL);
",
        ),
        (
            TableEdit::AddColumn {
                table: SALE,
                name: "pieces".to_owned(),
                ty: "int".to_owned(),
            },
            "-  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
-  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
+  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, pieces int, CHECK (at IS NOT NULL));
+  INSERT INTO sale (at, stock, pieces) VALUES ('2026-01-01', 42, NULL); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
",
        ),
        (
            TableEdit::RemoveColumn {
                table: STOCK,
                column: ColumnPlace(1),
            },
            "-    quantity  integer  not null DEFAULT 0, /* pieces */
-  insert into stock values (42, 10, 'shelf'),
-    (43,  7), -- none
-    (44, 0);
+    /* pieces */
+  insert into stock values (42, 'shelf'),
+    (43), -- none
+    (44);
",
        ),
        (
            TableEdit::RemoveColumn {
                table: SALE,
                column: ColumnPlace(0),
            },
            "-  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
-  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
+  CREATE TABLE sale (at date, CHECK (at IS NOT NULL));
+  INSERT INTO sale (at) VALUES ('2026-01-01'); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
",
        ),
        (
            TableEdit::MoveColumn {
                table: STOCK,
                column: ColumnPlace(2),
                to: ColumnPlace(0),
            },
            "-    quantity  integer  not null DEFAULT 0, /* pieces */
-    note text
-  insert into stock values (42, 10, 'shelf'),
-    (43,  7), -- none
-    (44, 0);
-  A: INSERT INTO stock VALUES (50, 1, 'new')
+    note text,
+    quantity  integer  not null DEFAULT 0 /* pieces */
+  insert into stock values ('shelf', 42, 10),
+    (DEFAULT,  43, 7), -- none
+    (DEFAULT, 44, 0);
+  A: INSERT INTO stock VALUES ('new', 50, 1)
",
        ),
        (
            TableEdit::AddRow(STOCK),
            "-    (44, 0);\n+    (44, 0),\n+    (45, 0);\n",
        ),
        (
            TableEdit::AddRow(SALE),
            "-  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
+  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42), ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
",
        ),
        (
            cell(STOCK, 0, 2, "on the shelf"),
            "-  insert into stock values (42, 10, 'shelf'),\n+  insert into stock values (42, 10, 'on the shelf'),\n",
        ),
        (
            cell(STOCK, 1, 2, "NULL"),
            "-    (43,  7), -- none
-    (44, 0);
+    (43,  7, NULL), -- none
+    (44, 0, DEFAULT);
",
        ),
        (
            TableEdit::RemoveRow(STOCK, RowPlace(1)),
            "-    (43,  7), -- none\n+    -- none\n",
        ),
        (
            TableEdit::RemoveRow(SALE, RowPlace(0)),
            "-  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
+  INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
",
        ),
        (
            TableEdit::Remove(SALE),
            "-  CREATE TABLE sale (stock int REFERENCES stock (id) ON DELETE SET NULL, at date, CHECK (at IS NOT NULL));
-  INSERT INTO sale (at, stock) VALUES ('2026-01-01', 42); INSERT INTO sale SELECT id, '2026-01-02' FROM stock;
",
        ),
    ];
    for (edit, expected) in cases {
        let text = edited(TEXT, edit.clone());
        assert_eq!(difference(TEXT, &text), expected, "{edit:?}\n{text}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_sentence() {
    let two = |table, column: usize, to: usize| TableEdit::MoveColumn {
        table,
        column: ColumnPlace(column),
        to: ColumnPlace(to),
    };
    let cases = [
        (
            TableEdit::Add("STOCK".to_owned()),
            "There is a table `stock` already.",
        ),
        (TableEdit::Add(" ".to_owned()), "A table needs a name."),
        (
            TableEdit::Add("x".repeat(64)),
            "A name has at most 63 bytes.",
        ),
        (
            column(STOCK, 0, named("Quantity")),
            "There is a column `quantity` already.",
        ),
        (column(STOCK, 0, named("")), "A column needs a name."),
        (column(STOCK, 9, named("x")), "There is no such column."),
        (
            column(STOCK, 0, typed("int UNIQUE")),
            "`int UNIQUE` is more than a type.",
        ),
        (
            column(STOCK, 0, typed("int); DROP TABLE stock")),
            "`)` is not understood here; expected the end.",
        ),
        (
            cell(STOCK, 0, 0, "x"),
            "`x` is no constant: a number, 'text', true, false or NULL.",
        ),
        (
            cell(STOCK, 0, 0, "1 -- one"),
            "`1 -- one` is no constant: a number, 'text', true, false or NULL.",
        ),
        (cell(STOCK, 9, 0, "1"), "There is no such row."),
        (TableEdit::AddRow(TablePlace(7)), "There is no such table."),
        (
            two(SALE, 0, 1),
            "An INSERT INTO sale fills the columns in their order; name its columns in the text first.",
        ),
    ];
    for (edit, expected) in cases {
        let said = refused(TEXT, edit.clone());
        if expected.starts_with("`)`") {
            // The reader's own words.
            assert!(said.contains("expected"), "{said}");
        } else {
            assert_eq!(said, expected, "{edit:?}");
        }
    }
    let alone = "setup:\n  CREATE TABLE t (id int, PRIMARY KEY (id));\n";
    let only = TableEdit::RemoveColumn {
        table: STOCK,
        column: ColumnPlace(0),
    };
    assert!(refused(alone, only).contains("only column"));
    let key = column(STOCK, 0, ColumnChange::Set(Constraint::PrimaryKey));
    assert!(refused(alone, key).contains("change it in the text"));
    let made = "setup:\n  CREATE TABLE t AS SELECT (1) AS id;\n";
    let add = TableEdit::AddColumn {
        table: STOCK,
        name: "x".to_owned(),
        ty: "int".to_owned(),
    };
    assert!(refused(made, add).contains("come from a query"));
}

#[test]
fn the_first_table_and_the_first_row_find_their_places() {
    let table = "  CREATE TABLE t (id int PRIMARY KEY);\n";
    for (text, expected) in [
        ("", format!("setup:\n{table}")),
        ("title: x\n", format!("title: x\n\nsetup:\n{table}")),
        (
            "# Mine.\ntimeline:\n  A: BEGIN\n",
            format!("# Mine.\n\nsetup:\n{table}\ntimeline:\n  A: BEGIN\n"),
        ),
        (
            "title: x\n\n# First.\ntimeline:\n  A: BEGIN\n",
            format!("title: x\n\nsetup:\n{table}\n# First.\ntimeline:\n  A: BEGIN\n"),
        ),
        (
            "title: x\nexpect:\n  r: SELECT TRUE\n",
            format!("title: x\n\nsetup:\n{table}\nexpect:\n  r: SELECT TRUE\n"),
        ),
        (
            "setup:\n\ntimeline:\n",
            format!("setup:\n{table}\ntimeline:\n"),
        ),
        (
            "sessions:\n  A: Ann\n    # x\nsetup:",
            format!("sessions:\n  A: Ann\n    # x\nsetup:\n{table}"),
        ),
        (
            "setup:\n  CREATE TABLE s (id int) -- no end\n  # After.\n",
            format!("setup:\n  CREATE TABLE s (id int); -- no end\n{table}  # After.\n"),
        ),
    ] {
        let made = edited(text, TableEdit::Add("t".to_owned()));
        assert_eq!(made, expected);
    }
    let typed = "setup:\n  CREATE TABLE t (name text PRIMARY KEY, on_call boolean NOT NULL, n int DEFAULT 3, d date UNIQUE, s serial);\n";
    let once = edited(typed, TableEdit::AddRow(STOCK));
    let row = "  INSERT INTO t VALUES ('new', TRUE, DEFAULT, '2026-01-01', DEFAULT);\n";
    assert_eq!(difference(typed, &once), format!("+{row}"));
    let twice = edited(&once, TableEdit::AddRow(STOCK));
    assert!(
        twice.ends_with(", DEFAULT), ('new 2', TRUE, DEFAULT, '2026-01-02', DEFAULT);\n"),
        "{twice}"
    );
    // Back again.
    let back = edited(&once, TableEdit::RemoveRow(STOCK, RowPlace(0)));
    assert_eq!(back, typed);
}

#[test]
fn words_are_quoted_where_they_are_text_and_nowhere_else() {
    let text = "setup:\n  CREATE TABLE t (a text, b date, c int, d boolean);\n  INSERT INTO t VALUES (1, 2, 3, 4);\n";
    for (column, typed, expected) in [
        (0, "Hello", "'Hello'"),
        (0, "it's", "'it''s'"),
        (0, "'as is'", "'as is'"),
        (0, "42", "'42'"),
        (0, "", "''"),
        (0, "null", "null"),
        (0, "default", "default"),
        (0, "upper('x')", "upper('x')"),
        (0, "Ann (new)", "'Ann (new)'"),
        (0, "x; DROP -- y", "'x; DROP -- y'"),
        (1, "2026-02-03", "'2026-02-03'"),
        (2, " -7 ", "-7"),
        (2, "", "NULL"),
        (2, "2 * 3", "2 * 3"),
        (3, "FALSE", "FALSE"),
    ] {
        let made = edited(text, cell(STOCK, 0, column, typed));
        let row = made.lines().nth(2).unwrap_or_default();
        let cells = row
            .trim_start_matches("  INSERT INTO t VALUES (")
            .trim_end_matches(");");
        let scenario = parse(&made).expect("it can be read");
        let sketch = tables(&scenario);
        assert_eq!(
            sketch[0].rows[0].cells[column].as_deref(),
            Some(expected),
            "{cells}"
        );
    }
}

#[test]
fn what_cannot_be_edited_is_shown_as_it_stands() {
    let scenario = parse(TEXT).expect("it is sound");
    let sketch = tables(&scenario);
    let columns: Vec<String> = sketch[0]
        .columns
        .iter()
        .map(|it| {
            format!(
                "{} {} {:?} {:?} {:?}",
                it.name, it.ty, it.constraints, it.default, it.other
            )
        })
        .collect();
    assert_eq!(
        columns,
        [
            "id int [PrimaryKey] None []",
            "quantity integer [NotNull] Some(\"0\") []",
            "note text [] None []"
        ]
    );
    assert_eq!(sketch[0].rows.len(), 3);
    assert_eq!(
        sketch[0].rows[1].cells,
        [Some("43".to_owned()), Some("7".to_owned()), None]
    );
    assert_eq!(sketch[0].fixed[0].text, "CREATE INDEX ON stock (quantity)");
    assert_eq!(
        sketch[1].columns[0].other,
        ["REFERENCES stock (id) ON DELETE SET NULL"]
    );
    let fixed: Vec<&str> = sketch[1].fixed.iter().map(|it| it.text.as_str()).collect();
    assert_eq!(
        fixed,
        [
            "CHECK (at IS NOT NULL)",
            "INSERT INTO sale SELECT id, '2026-01-02' FROM stock"
        ]
    );
    let loose = "setup:\n  CREATE TABLE t AS SELECT 1 AS id;\n  SET enable_seqscan = off;\n";
    let scenario = parse(loose).expect("it is sound");
    assert_eq!(
        tables(&scenario)[0].fixed[0].text,
        "CREATE TABLE t AS SELECT 1 AS id"
    );
    assert_eq!(loose_statements(&scenario), ["SET enable_seqscan = off"]);
}

#[test]
fn constraints_with_tricky_words_are_told_apart() {
    let text = "setup:\n  CREATE TABLE t (a int CONSTRAINT default_ CHECK (a IS NOT NULL) DEFAULT NULL NOT NULL, \
        b int REFERENCES t (a) ON DELETE SET DEFAULT NOT DEFERRABLE UNIQUE, c int GENERATED BY DEFAULT AS IDENTITY NOT NULL, \
        d timestamp with time zone DEFAULT (now()) NULL, e character varying(9) DEFAULT 'a' || 'b' PRIMARY KEY);\n";
    let scenario = parse(text).expect("it can be read");
    let said: Vec<String> = tables(&scenario)[0]
        .columns
        .iter()
        .map(|it| {
            format!(
                "{}: {:?} {:?} {:?}",
                it.ty, it.constraints, it.default, it.other
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            "int: [NotNull] Some(\"NULL\") [\"CONSTRAINT default_ CHECK (a IS NOT NULL)\"]",
            "int: [Unique] None [\"REFERENCES t (a) ON DELETE SET DEFAULT NOT DEFERRABLE\"]",
            "int: [NotNull] None [\"GENERATED BY DEFAULT AS IDENTITY\"]",
            "timestamp with time zone: [] Some(\"(now())\") [\"NULL\"]",
            "character varying(9): [PrimaryKey] Some(\"'a' || 'b'\") []",
        ]
    );
}
