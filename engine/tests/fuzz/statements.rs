//! Random statements about the tables of `generate.rs`, group by group.
//!
//! What PostgreSQL leaves open is not asked: rows that several could be taken for are ordered by a key, and no UPDATE ...
//! FROM finds two rows for one.

use super::dice::Dice;
use super::groups::Group;

/// Which tables there are besides `t (id, v, u, s)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct World {
    /// `c (id, p, v)`, whose `p` refers to `t`.
    pub child: bool,
    /// `k (a, b, v)`, keyed by `a, b`.
    pub pairs: bool,
}

/// A statement of a group.
pub fn statement(dice: &mut Dice, group: Group, world: World) -> String {
    match group {
        Group::Rows | Group::Ssi => {
            let condition = condition(dice);
            rows(dice, condition, group == Group::Ssi)
        }
        Group::Plans => {
            let condition = dice.pick(&RANGES);
            rows(dice, condition, false)
        }
        Group::Upsert => upsert(dice),
        Group::Tables => tables(dice, world),
        Group::Advisory => advisory(dice),
        Group::Savepoints => savepoint(dice),
        Group::Fk => foreign_keys(dice),
        Group::Sql => sql(dice),
    }
}

/// Conditions for which PostgreSQL looks at one key or at the whole table.
fn condition(dice: &mut Dice) -> &'static str {
    dice.pick(&[
        "id = 1",
        "id = 1",
        "id = 1",
        "id = 1",
        "id = 2",
        "id = 2",
        "id = 3",
        "id = 4",
        "v > 15",
        "v = 20",
        "id <> 2",
        "v < 100",
        "id <> 1 AND v < 35",
        "v % 20 = 0",
        "s = 'b'",
        "s <> 'c'",
        "v BETWEEN 10 AND 21",
        "NOT v = 10",
        "true",
    ])
}

/// Conditions for which it may use an index, which has its own order.
const RANGES: [&str; 7] = [
    "id <= 2",
    "id IN (1, 3)",
    "id > 1 AND v < 35",
    "u = 2",
    "u IS NULL",
    "s = 'b' OR id = 1",
    "u < 3",
];

/// A key, mostly one that others want as well.
fn key(dice: &mut Dice) -> usize {
    1 + dice.roll(5)
}

fn number(dice: &mut Dice) -> String {
    match dice.roll(8) {
        0 => "NULL".to_owned(),
        1 => "DEFAULT".to_owned(),
        _ => (1 + dice.roll(5)).to_string(),
    }
}

/// A key that is mostly free: an error in the middle of a transaction leaves the rest of it without a say.
fn new_key(dice: &mut Dice) -> usize {
    if dice.percent(30) {
        key(dice)
    } else {
        4 + dice.roll(3)
    }
}

fn row(dice: &mut Dice) -> String {
    let (id, v) = (new_key(dice), 10 * key(dice));
    let u = if dice.percent(60) {
        new_key(dice).to_string()
    } else {
        number(dice)
    };
    format!("{id}, {v}, {u}, '{}'", dice.pick(&["a", "b", "x"]))
}

fn returning(dice: &mut Dice) -> &'static str {
    dice.pick(&["", "", " RETURNING id, v", " RETURNING *"])
}

fn locking(dice: &mut Dice) -> String {
    let strength = dice.pick(&["UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"]);
    let wait = dice.pick(&["", "", "", " NOWAIT", " SKIP LOCKED"]);
    format!(" FOR {strength}{wait}")
}

fn rows(dice: &mut Dice, condition: &str, mostly_plain: bool) -> String {
    let lock = if dice.percent(if mostly_plain { 10 } else { 60 }) {
        locking(dice)
    } else {
        String::new()
    };
    let n = key(dice);
    match dice.roll(12) {
        0..=2 => format!("SELECT id, v, u FROM t WHERE {condition} ORDER BY id{lock}"),
        3 => format!("SELECT id, v FROM t ORDER BY v DESC, id LIMIT 1{lock}"),
        4 => dice
            .pick(&[
                "SELECT count(*), sum(v) FROM t",
                "SELECT count(*), sum(v) FROM t WHERE v > 15",
                "SELECT max(v), min(u) FROM t",
                "SELECT * FROM t ORDER BY id",
            ])
            .to_owned(),
        5..=7 => format!(
            "UPDATE t SET v = v + {n} WHERE {condition}{}",
            returning(dice)
        ),
        8 => {
            let change = dice.pick(&[
                "id = id + 1",
                "id = id + 3",
                "u = u + 1",
                "u = NULL",
                "id = id, v = v",
            ]);
            format!("UPDATE t SET {change} WHERE {condition}{}", returning(dice))
        }
        9 => format!("DELETE FROM t WHERE {condition}{}", returning(dice)),
        10 => format!("INSERT INTO t VALUES ({}){}", row(dice), returning(dice)),
        _ => format!(
            "INSERT INTO t (id, v) VALUES ({}, {})",
            new_key(dice),
            10 * key(dice)
        ),
    }
}

fn upsert(dice: &mut Dice) -> String {
    let mut values = row(dice);
    if dice.percent(50) {
        values = format!("{}, {}, {}, 'y'", key(dice), 10 * key(dice), number(dice));
    }
    if dice.percent(25) {
        values = format!("{values}), ({}", row(dice));
    }
    let action = match dice.roll(9) {
        0 => "DO NOTHING".to_owned(),
        1 => "(id) DO NOTHING".to_owned(),
        2 => "(u) DO NOTHING".to_owned(),
        3 => "(u) DO UPDATE SET v = t.v + excluded.v".to_owned(),
        4 => "ON CONSTRAINT t_pkey DO UPDATE SET u = excluded.u".to_owned(),
        5 => "(id) DO UPDATE SET id = excluded.id + 1".to_owned(),
        6 => format!(
            "(id) DO UPDATE SET v = excluded.v WHERE t.v < {}",
            10 * key(dice)
        ),
        _ => "(id) DO UPDATE SET v = t.v + excluded.v".to_owned(),
    };
    format!(
        "INSERT INTO t VALUES ({values}) ON CONFLICT {action}{}",
        returning(dice)
    )
}

fn tables(dice: &mut Dice, world: World) -> String {
    if dice.percent(20) {
        return format!(
            "SET LOCAL lock_timeout = '{}'",
            dice.pick(&["1ms", "20s", "0"])
        );
    }
    let mode = dice.pick(&[
        "ACCESS SHARE",
        "ROW SHARE",
        "ROW EXCLUSIVE",
        "SHARE UPDATE EXCLUSIVE",
        "SHARE",
        "SHARE ROW EXCLUSIVE",
        "EXCLUSIVE",
        "ACCESS EXCLUSIVE",
    ]);
    let table = if world.pairs && dice.percent(30) {
        "k"
    } else {
        "t"
    };
    let nowait = dice.pick(&["", "", "", " NOWAIT"]);
    match dice.roll(8) {
        0 => format!("LOCK {table}{nowait}"),
        _ => format!("LOCK TABLE {table} IN {mode} MODE{nowait}"),
    }
}

fn advisory(dice: &mut Dice) -> String {
    let name = dice.pick(&[
        "pg_advisory_lock",
        "pg_advisory_lock",
        "pg_advisory_lock_shared",
        "pg_advisory_xact_lock",
        "pg_advisory_xact_lock",
        "pg_advisory_xact_lock_shared",
        "pg_try_advisory_lock",
        "pg_try_advisory_lock_shared",
        "pg_try_advisory_xact_lock",
        "pg_try_advisory_xact_lock_shared",
        "pg_advisory_unlock",
        "pg_advisory_unlock",
        "pg_advisory_unlock_shared",
        "pg_advisory_unlock_all",
    ]);
    let key = match dice.roll(6) {
        _ if name.ends_with("_all") => String::new(),
        0 => "1, 2".to_owned(),
        1..=3 => "1".to_owned(),
        _ => "2".to_owned(),
    };
    format!("SELECT {name}({key})")
}

fn savepoint(dice: &mut Dice) -> String {
    let name = dice.pick(&["a", "a", "a", "b"]);
    match dice.roll(9) {
        0..=3 => format!("SAVEPOINT {name}"),
        4 => format!("RELEASE SAVEPOINT {name}"),
        _ => format!("ROLLBACK TO SAVEPOINT {name}"),
    }
}

fn foreign_keys(dice: &mut Dice) -> String {
    let (id, p) = (key(dice), number(dice));
    match dice.roll(10) {
        0..=2 => format!("INSERT INTO c VALUES ({}, {p}, 0)", new_key(dice)),
        3 => format!("UPDATE c SET p = {p} WHERE id = {id}"),
        4 => format!("UPDATE c SET v = v + 1 WHERE id = {id}"),
        5 => format!("DELETE FROM c WHERE id = {id}"),
        6..=7 => format!("DELETE FROM t WHERE id = {id}"),
        8 => format!("UPDATE t SET id = id + 3 WHERE id = {id}"),
        _ => "SELECT * FROM c ORDER BY id".to_owned(),
    }
}

fn sql(dice: &mut Dice) -> String {
    let n = 1 + dice.roll(3);
    match dice.roll(20) {
        0 => "SELECT t.id, k.b, t.v + k.v AS sum FROM t JOIN k ON k.a = t.id ORDER BY t.id, k.b"
            .to_owned(),
        1 => "SELECT t.id, k.b FROM t LEFT JOIN k ON k.a = t.id AND k.v > 1 ORDER BY t.id, k.b"
            .to_owned(),
        2 => format!("SELECT t.id, k.v FROM t, k WHERE k.a = t.id AND k.b = {n} ORDER BY t.id"),
        3 => "SELECT id FROM t WHERE id IN (SELECT a FROM k WHERE v > 1) ORDER BY id".to_owned(),
        4 => "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM k WHERE k.a = t.id) ORDER BY id"
            .to_owned(),
        5 => "SELECT id, (SELECT sum(v) FROM k WHERE k.a = t.id) AS sum FROM t ORDER BY id"
            .to_owned(),
        6 => "SELECT a, count(*), sum(v) FROM k GROUP BY a ORDER BY a".to_owned(),
        7 => "SELECT a, max(v) FROM k GROUP BY a HAVING count(*) > 1 ORDER BY a".to_owned(),
        8 => "SELECT DISTINCT v % 20 AS rest FROM t ORDER BY rest".to_owned(),
        9..=10 => format!("UPDATE t SET v = t.v + k.v FROM k WHERE k.a = t.id AND k.b = {n}"),
        11 => format!("DELETE FROM t USING k WHERE k.a = t.id AND k.b = {n} RETURNING t.id"),
        12 => "UPDATE t SET v = (SELECT max(v) FROM k) + v WHERE id = 1 RETURNING v".to_owned(),
        13 => format!("UPDATE k SET v = v + {n} WHERE a = {n}"),
        14 => format!("INSERT INTO k VALUES ({n}, {}, 1)", key(dice)),
        15 => format!("DELETE FROM k WHERE b = {n}"),
        16 => format!(
            "SELECT t.id, k.b FROM t JOIN k ON k.a = t.id WHERE t.id = {n} ORDER BY k.b FOR UPDATE OF t"
        ),
        17 => format!(
            "INSERT INTO k SELECT id, {}, v FROM t WHERE id <= {n}",
            key(dice)
        ),
        18 => format!(
            "WITH w AS (UPDATE t SET v = v + 1 WHERE id = {n} RETURNING id, v) SELECT * FROM w"
        ),
        _ => {
            format!("SELECT id FROM t WHERE v > (SELECT avg(v) FROM t WHERE id <> {n}) ORDER BY id")
        }
    }
}
