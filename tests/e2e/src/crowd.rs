//! A scenario for benchmarks.

use std::fmt::Write;

/// A big scenario: sessions that take turns, each on a row of its own and reading its neighbour's. `{edit}` stands where a
/// number goes.
#[must_use]
pub fn crowd(sessions: usize, steps: usize) -> String {
    let mut text = String::from(
        "title: A crowd of cashiers\nstrategy: none\nisolation: read committed\n\nsetup:\n  \
         CREATE TABLE stock (id int PRIMARY KEY, quantity int);\n",
    );
    for row in 1..=sessions {
        let _ = writeln!(text, "  INSERT INTO stock VALUES ({row}, {{edit}});");
    }
    text.push_str("\ntimeline:\n");
    for step in 0..steps {
        for session in 0..sessions {
            let name = char::from(b'A' + session as u8);
            let own = session + 1;
            let next = own % sessions + 1;
            let _ = match step {
                0 => writeln!(text, "  {name}: BEGIN"),
                _ if step == steps - 1 => writeln!(text, "  {name}: COMMIT"),
                _ if step % 2 == 1 => {
                    writeln!(
                        text,
                        "  {name}: SELECT quantity FROM stock WHERE id = {next}"
                    )
                }
                _ => writeln!(
                    text,
                    "  {name}: UPDATE stock SET quantity = :quantity - 1 WHERE id = {own}"
                ),
            };
        }
    }
    text
}
