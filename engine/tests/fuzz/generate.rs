//! Random cases.

use super::case::{Case, Session, Step, Table};
use super::dice::Dice;
use super::groups::Group;
use super::statements::{World, statement};

/// How many permutations a case has.
const PERMUTATIONS: usize = 3;

/// A case out of some of the groups: always what can be done to rows, and one or two of the others, so that a case is
/// about something. `plays` says whether a permutation comes to an end by itself.
pub fn case(dice: &mut Dice, groups: &[Group], plays: &mut dyn FnMut(&Case) -> bool) -> Case {
    let mut about = vec![Group::Rows];
    for _ in 0..1 + dice.roll(2) {
        about.push(groups[dice.roll(groups.len())]);
    }
    let world = World {
        child: about.contains(&Group::Fk),
        pairs: about.contains(&Group::Sql),
    };
    let mut case = Case {
        tables: tables(dice, world),
        extras: extras(dice),
        sessions: Vec::new(),
        permutations: Vec::new(),
    };
    for _ in 0..if dice.percent(40) { 3 } else { 2 } {
        let session = session(dice, &about, world);
        case.sessions.push(session);
    }
    // A step that is due while its session waits for one that comes later never gets its turn.
    for _ in 0..20 * PERMUTATIONS {
        let permutation = shuffled(dice, &case);
        if case.permutations.contains(&permutation) {
            continue;
        }
        case.permutations.push(permutation);
        if !plays(&case.alone(case.permutations.len() - 1)) {
            case.permutations.pop();
        }
        if case.permutations.len() == PERMUTATIONS {
            break;
        }
    }
    case
}

fn tables(dice: &mut Dice, world: World) -> Vec<Table> {
    let check = dice.pick(&["", "", " CHECK (v < 60)", " NOT NULL"]);
    let unique = dice.pick(&["", " UNIQUE", " UNIQUE"]);
    let default = dice.pick(&["", " DEFAULT 3"]);
    let mut t = Table {
        name: "t".to_owned(),
        parts: vec![
            "id int PRIMARY KEY".to_owned(),
            format!("v int{check}"),
            format!("u int{default}{unique}"),
            "s text".to_owned(),
        ],
        rows: Vec::new(),
    };
    for id in 1..=2 + dice.roll(2) {
        t.rows.push(format!(
            "{id}, {}, {id}, '{}'",
            10 * id,
            ["a", "b", "c"][id - 1]
        ));
    }
    let mut tables = vec![t];
    if world.child {
        let on_delete = dice.pick(&[
            "",
            "",
            " ON DELETE CASCADE",
            " ON DELETE SET NULL",
            " ON DELETE RESTRICT",
        ]);
        let on_update = dice.pick(&["", "", "", " ON UPDATE CASCADE"]);
        tables.push(Table {
            name: "c".to_owned(),
            parts: vec![
                "id int PRIMARY KEY".to_owned(),
                format!("p int REFERENCES t{on_delete}{on_update}"),
                "v int".to_owned(),
            ],
            rows: vec!["1, 1, 0".to_owned(), "2, 2, 0".to_owned()],
        });
    }
    if world.pairs {
        let rows = ["1, 1, 1", "1, 2, 2", "2, 1, 3", "3, 3, 4"];
        tables.push(Table {
            name: "k".to_owned(),
            parts: vec![
                "a int, b int, v int".to_owned(),
                "PRIMARY KEY (a, b)".to_owned(),
            ],
            rows: rows.iter().map(|row| (*row).to_owned()).collect(),
        });
    }
    tables
}

fn extras(dice: &mut Dice) -> Vec<String> {
    let extra = dice.pick(&[
        "",
        "",
        "",
        "",
        "",
        "CREATE UNIQUE INDEX t_v ON t (v) WHERE v > 15",
        "CREATE UNIQUE INDEX t_uv ON t (u, v)",
        "CREATE INDEX t_s ON t (s)",
    ]);
    if extra.is_empty() {
        Vec::new()
    } else {
        vec![extra.to_owned()]
    }
}

fn session(dice: &mut Dice, about: &[Group], world: World) -> Session {
    let mut session = Session {
        setup: Vec::new(),
        steps: Vec::new(),
        teardown: None,
    };
    let only_in_blocks = [Group::Tables, Group::Savepoints];
    let only_in_blocks = about.iter().any(|group| only_in_blocks.contains(group));
    let block = dice.percent(if only_in_blocks { 95 } else { 80 });
    let begin = if about.contains(&Group::Ssi) {
        dice.weighed(&[
            (8, "BEGIN ISOLATION LEVEL SERIALIZABLE"),
            (1, "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY"),
            (1, "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE"),
            (1, "BEGIN ISOLATION LEVEL REPEATABLE READ"),
        ])
    } else {
        dice.weighed(&[
            (10, "BEGIN"),
            (2, "BEGIN ISOLATION LEVEL READ COMMITTED"),
            (8, "BEGIN ISOLATION LEVEL REPEATABLE READ"),
            (1, "BEGIN READ ONLY"),
        ])
    };
    if block && dice.percent(80) {
        session.setup.push(begin.to_owned());
    } else if block {
        session.steps.push(Step::new(begin));
    }
    if block && about.contains(&Group::Savepoints) && dice.percent(60) {
        session.steps.push(Step::new("SAVEPOINT a"));
    }
    for _ in 0..1 + dice.roll(4) {
        let group = about[dice.roll(about.len())];
        let sql = statement(dice, group, world);
        // Sent together: one transaction where no block is open. A warning in such a step would be told at once, and may
        // make the driver take the step for done.
        let quiet = ![Group::Advisory, Group::Savepoints].contains(&group);
        match session.steps.last_mut() {
            Some(last) if quiet && dice.percent(8) && !last.sql.contains("pg_") => {
                last.sql = format!("{}; {sql}", last.sql);
            }
            _ => session.steps.push(Step::new(sql)),
        }
    }
    if block {
        session.steps.push(Step {
            sql: dice.weighed(&[(4, "COMMIT"), (1, "ROLLBACK")]).to_owned(),
            needed: true,
        });
    }
    if about.contains(&Group::Advisory) {
        session.teardown = Some("SELECT pg_advisory_unlock_all()".to_owned());
    }
    session
}

fn shuffled(dice: &mut Dice, case: &Case) -> Vec<usize> {
    let steps = case.sessions.iter().enumerate();
    let mut left: Vec<usize> = steps
        .flat_map(|(session, of)| vec![session; of.steps.len()])
        .collect();
    let mut permutation = Vec::new();
    while !left.is_empty() {
        permutation.push(left.swap_remove(dice.roll(left.len())));
    }
    permutation
}
