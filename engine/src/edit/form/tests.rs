//! Forms of the stories' steps, and any form.

use super::*;
use crate::edit::names::{tables, variables};
use crate::edit::template::sample_of;
use crate::edit::{Edit, apply};
use crate::gallery::STORIES;
use crate::scenario::{Action, SessionId, read, read_action};
use proptest::prelude::*;

#[test]
fn most_steps_of_the_stories_have_a_form_that_says_the_same() {
    let (mut with, mut all) = (0, 0);
    for story in STORIES {
        let scenario = read(story.text).expect("a story is sound");
        for step in &scenario.timeline {
            all += 1;
            let text = step.action.to_string();
            let Some(form) = Form::of(&text, &scenario) else {
                continue;
            };
            with += 1;
            let again = read_action(&form.sql(&scenario)).expect("it can be read");
            match (&again, &step.action) {
                (Action::Sql(one), Action::Sql(other)) => {
                    assert_eq!(one.statement, other.statement)
                }
                (Action::Require(one), Action::Require(other)) => {
                    assert_eq!(
                        (&one.condition, &one.reason),
                        (&other.condition, &other.reason)
                    );
                }
                (one, other) => assert_eq!(one, other),
            }
        }
    }
    assert!(with * 10 > all * 9, "{with} of {all}");
}

#[test]
fn what_a_form_cannot_say_has_none() {
    let scenario = read(STORIES[0].text).expect("a story is sound");
    for text in [
        "SELECT count(*) FROM stock",
        "SELECT quantity AS q FROM stock",
        "SELECT s.quantity FROM stock s",
        "SELECT DISTINCT quantity FROM stock",
        "SELECT quantity FROM stock WHERE id = 1 OR id = 2",
        "SELECT quantity FROM stock WHERE 1 = id",
        "SELECT quantity FROM stock WHERE id = 1 AND (id = 2 AND id = 3)",
        "SELECT quantity FROM stock ORDER BY id NULLS FIRST",
        "SELECT quantity FROM stock LIMIT 1 OFFSET 1",
        "SELECT quantity FROM stock FOR UPDATE OF stock",
        "INSERT INTO stock VALUES (1, 2), (3, 4)",
        "INSERT INTO stock VALUES (1, 2) RETURNING id",
        "INSERT INTO stock DEFAULT VALUES",
        "UPDATE stock SET quantity = 1 FROM stock AS s",
        "DELETE FROM stock RETURNING id",
        "BEGIN DEFERRABLE",
        "SAVEPOINT s",
        "SELECT 1",
        "nonsense",
    ] {
        assert_eq!(Form::of(text, &scenario), None, "{text}");
    }
    let text =
        "select quantity from stock where id = (1 < 2) and quantity is null for share nowait";
    let form = Form::of(text, &scenario).expect("it has a form");
    assert_eq!(
        form.sql(&scenario),
        "SELECT quantity FROM stock WHERE id = (1 < 2) AND quantity IS NULL FOR SHARE NOWAIT"
    );
}

#[test]
fn a_form_turned_into_another_kind_keeps_table_and_condition() {
    let scenario = read(STORIES[0].text).expect("a story is sound");
    let form = Form::of("SELECT * FROM stock WHERE id = 7", &scenario).expect("it has a form");
    let told: Vec<String> = StepKind::all()
        .into_iter()
        .map(|kind| {
            let form = form.turned_into(kind, &scenario).expect("there is a table");
            assert_eq!(form.kind(), kind);
            form.sql(&scenario)
        })
        .collect();
    assert_eq!(
        told,
        [
            "BEGIN",
            "SELECT quantity FROM stock WHERE id = 7",
            "UPDATE stock SET quantity = quantity - 1 WHERE id = 7",
            "INSERT INTO stock VALUES (42, 10)",
            "DELETE FROM stock WHERE id = 7",
            "INSERT INTO stock VALUES (42, 10) ON CONFLICT (id) DO UPDATE SET quantity = excluded.quantity",
            "SELECT quantity FROM stock WHERE id = 7 FOR UPDATE",
            "require :quantity >= 1 else 'not enough'",
            "COMMIT",
            "ROLLBACK",
            "LOCK TABLE stock IN EXCLUSIVE MODE",
            "crash",
            "restart",
            "hang",
            "lose reply",
            "redeliver",
        ]
    );
}

/// Choices of a form, as numbers that are taken by the number of what there is to choose from.
#[derive(Clone, Debug)]
struct Choices(Vec<usize>);

impl Choices {
    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        let next = self.0.pop().unwrap_or(0);
        of[next % of.len()].clone()
    }

    fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let mask = self.0.pop().unwrap_or(0);
        let chosen = of.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
        chosen.map(|(_, it)| it.clone()).collect()
    }
}

/// A form made of choices that are there in a scenario; no faults, whose place decides whether they fit.
fn made_of(mut choices: Choices, scenario: &Scenario) -> Option<Form> {
    let tables = tables(scenario);
    let known: Vec<String> = variables(scenario, &tables, SessionId(0), scenario.timeline.len())
        .into_iter()
        .map(|(name, _)| format!(":{}", crate::sql::ast::Ident::new(&name)))
        .collect();
    let table = choices.one(&tables);
    let names: Vec<String> = table.columns.iter().map(|it| it.name.clone()).collect();
    let value = |choices: &mut Choices, name: &str| {
        let column = table.column(name).expect("a column");
        let mut values = column.values.clone();
        values.extend(known.iter().cloned());
        values.extend(["NULL".to_owned(), sample_of(column.ty).to_owned()]);
        choices.one(&values)
    };
    let expression = |choices: &mut Choices, name: &str| {
        let column = crate::sql::ast::Ident::new(name);
        let values = [
            value(choices, name),
            "DEFAULT".to_owned(),
            format!("{column} - 1"),
            format!("coalesce({column}, 0) * (2 + 3)"),
            format!("{column} || 'x'"),
            format!("{column} = 1 AND NOT {column} IS NULL"),
        ];
        choices.one(&values)
    };
    let setting = |choices: &mut Choices, name: &String| Setting {
        column: name.clone(),
        value: expression(choices, name),
    };
    let mut rows: Vec<Comparison> = Vec::new();
    for column in choices.some(&names) {
        let compare = choices.one(&Compare::ALL);
        let value = if compare.has_value() {
            let own = value(&mut choices, &column);
            choices.one(&[
                own,
                "1 + 2".to_owned(),
                "1 < 2".to_owned(),
                "'a' || 'b'".to_owned(),
            ])
        } else {
            String::new()
        };
        rows.push(Comparison {
            column,
            compare,
            value,
        });
    }
    let waits = [
        WaitPolicy::Block,
        WaitPolicy::NoWait,
        WaitPolicy::SkipLocked,
    ];
    let strengths = [
        RowLock::KeyShare,
        RowLock::Share,
        RowLock::NoKeyUpdate,
        RowLock::Update,
    ];
    let of_table = table.name.clone();
    let mut sets: Vec<Setting> = Vec::new();
    for name in choices.some(&names) {
        sets.push(setting(&mut choices, &name));
    }
    if sets.is_empty() {
        sets.push(setting(&mut choices, &names[0]));
    }
    let kind = choices.one(&[0, 1, 2, 3, 4, 5, 6, 7]);
    Some(match kind {
        0 => Form::Select {
            columns: choices.some(&names),
            order: choices
                .one(&[None, Some(Direction::Asc), Some(Direction::Desc)])
                .map(|it| (choices.one(&names), it)),
            limit: choices.one(&[None, Some("1".to_owned()), Some("1 + 1".to_owned())]),
            lock: choices
                .one(&[false, true])
                .then(|| (choices.one(&strengths), choices.one(&waits))),
            table: of_table,
            rows,
        },
        1 => Form::Update {
            returning: choices.some(&names),
            table: of_table,
            sets,
            rows,
        },
        2 | 3 => {
            let all = choices.one(&[false, true]);
            let (written, columns) = if all {
                (
                    choices.one(&[Names::Written, Names::LeftOut]),
                    names.clone(),
                )
            } else {
                (
                    Names::Written,
                    sets.iter().map(|it| it.column.clone()).collect(),
                )
            };
            let mut values = Vec::new();
            for name in &columns {
                values.push(Setting {
                    column: name.clone(),
                    value: choices.one(&[value(&mut choices.clone(), name), "DEFAULT".to_owned()]),
                });
            }
            let target = choices.some(&names);
            let of_excluded = |it: &Setting| Setting {
                column: it.column.clone(),
                value: format!("excluded.{}", crate::sql::ast::Ident::new(&it.column)),
            };
            let changes: Vec<Setting> = sets.iter().map(of_excluded).collect();
            let changes = if target.is_empty() {
                Vec::new()
            } else {
                choices.one(&[Vec::new(), changes])
            };
            Form::Insert {
                table: of_table,
                names: written,
                values,
                conflict: (kind == 3).then_some(Conflict {
                    target,
                    sets: changes,
                }),
            }
        }
        4 => Form::Delete {
            table: of_table,
            rows,
        },
        5 => Form::LockTable {
            table: of_table,
            mode: choices.one(&[
                TableLockMode::AccessShare,
                TableLockMode::ShareUpdateExclusive,
                TableLockMode::AccessExclusive,
            ]),
            wait: choices.one(&waits[..2]),
        },
        6 => Form::Require {
            left: choices.one(&[known.clone(), vec!["1 + 1".to_owned()]].concat()),
            compare: choices.one(&Compare::ALL[..6]),
            right: choices.one(
                &[
                    known.clone(),
                    vec!["1 < 2".to_owned(), "'it''s'".to_owned()],
                ]
                .concat(),
            ),
            reason: choices.one(&[String::new(), "it's so".to_owned()]),
        },
        _ => Form::Begin {
            isolation: choices.one(&[
                None,
                Some(IsolationLevel::ReadUncommitted),
                Some(IsolationLevel::Serializable),
            ]),
            access: choices.one(&[
                None,
                Some(AccessMode::ReadOnly),
                Some(AccessMode::ReadWrite),
            ]),
        },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_form_makes_a_sound_step_and_is_the_form_of_it(
        story in 0..STORIES.len(), choices in prop::collection::vec(0usize..64, 60),
    ) {
        let scenario = read(STORIES[story].text).expect("a story is sound");
        let form = made_of(Choices(choices), &scenario).expect("there is a table");
        let text = form.sql(&scenario);
        let edit = Edit::AddStep { at: scenario.timeline.len(), session: SessionId(0), text: text.clone() };
        let edited = apply(STORIES[story].text, &edit);
        prop_assert!(edited.is_ok(), "{}: {:?}", text, edited);
        let errors = read(&edited.expect("just seen").text).err();
        prop_assert!(errors.is_none(), "{}: {:?}", text, errors);
        prop_assert_eq!(Form::of(&text, &scenario), Some(form), "{}", text);
    }

    #[test]
    fn whatever_stands_in_its_fields_a_form_can_be_written(field in "[ -~]{0,12}") {
        let scenario = read(STORIES[0].text).expect("a story is sound");
        for kind in StepKind::all() {
            let mut form = Form::new(kind, None, &scenario).expect("there is a table");
            if let Some(row) = form.rows_mut().and_then(|rows| rows.first_mut()) {
                row.value.clone_from(&field);
            }
            if let Some(set) = form.settings_mut().and_then(|sets| sets.first_mut()) {
                set.value.clone_from(&field);
            }
            let text = form.sql(&scenario);
            if let Some(form) = Form::of(&text, &scenario) {
                prop_assert_eq!(Form::of(&form.sql(&scenario), &scenario), Some(form));
            }
        }
    }
}
