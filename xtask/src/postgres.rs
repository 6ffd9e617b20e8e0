//! PostgreSQL 15, the reference for the engine: found or installed, and a cluster to throw away.
//!
//! The server refuses to run as root. As root, everything is done as the user `postgres`, who owns
//! a temporary folder; otherwise as oneself. It listens on a socket in that folder only, and never
//! flushes to disk.
//!
//! Tests learn of it by three variables:
//! - `ROWLOCK_PG_DSN`: a libpq connection string for the database `isolation_regression`;
//! - `ROWLOCK_PSQL`: psql;
//! - `ROWLOCK_ISOLATIONTESTER`: PostgreSQL's own driver for concurrency tests.

use crate::problem::{Outcome, Problem, While};
use crate::process::{self, program};
use crate::{packages, root, say};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version that the engine is held against.
const VERSION: &str = "15";
const DATABASE: &str = "isolation_regression";

/// A running cluster. It is stopped, and its folder removed, when this value goes.
pub struct Cluster {
    programs: Programs,
    folder: PathBuf,
    as_postgres: bool,
}

struct Programs {
    bin: PathBuf,
    isolationtester: PathBuf,
}

/// Installs PostgreSQL if it is missing.
pub fn install() -> Outcome {
    if find().is_some() {
        return Ok(());
    }
    packages::install("PostgreSQL 15", &["postgresql-15", "postgresql-client-15"])
}

/// Starts a cluster.
pub fn start() -> Outcome<Cluster> {
    install()?;
    let programs = find().ok_or_else(|| {
        Problem::new(
            "PostgreSQL 15 is installed, but initdb, pg_ctl, psql or isolationtester is not \
             where Debian puts it. Set ROWLOCK_PG_BIN and ROWLOCK_ISOLATIONTESTER.",
        )
    })?;
    let folder = std::env::temp_dir().join(format!("rowlock-pg-{}", std::process::id()));
    fs::create_dir_all(&folder).while_doing(format!("make {}", folder.display()))?;
    let cluster = Cluster {
        programs,
        folder,
        as_postgres: process::is_root(),
    };
    say::timed("Starting a PostgreSQL 15 to throw away", || cluster.start())?;
    Ok(cluster)
}

impl Cluster {
    /// Tells a command's tests where the cluster is.
    pub fn tell(&self, command: &mut Command) {
        command
            .env("ROWLOCK_PG_DSN", self.dsn(DATABASE))
            .env("ROWLOCK_PSQL", self.programs.bin.join("psql"))
            .env("ROWLOCK_ISOLATIONTESTER", &self.programs.isolationtester);
    }

    fn dsn(&self, database: &str) -> String {
        format!(
            "host={} user=postgres dbname={database}",
            self.folder.display()
        )
    }

    fn start(&self) -> Outcome {
        if self.as_postgres {
            process::run(program("chown").arg("postgres").arg(&self.folder))?;
        }
        let data = self.data();
        self.run(
            "initdb",
            &format!("--no-sync --auth=trust --username=postgres --encoding=UTF8 --locale=C --pgdata={data}"),
        )?;
        let settings = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off \
             -c synchronous_commit=off -c full_page_writes=off",
            self.folder.display()
        );
        self.run(
            "pg_ctl",
            &format!(
                "--pgdata={data} --wait --silent --log={data}/log --options='{settings}' start"
            ),
        )?;
        self.ask("postgres", &format!("CREATE DATABASE {DATABASE}"))?;
        let one = self.ask(DATABASE, "SELECT 1")?;
        if one != "1" {
            return Err(Problem::new(format!("PostgreSQL says that 1 is `{one}`.")));
        }
        Ok(())
    }

    fn ask(&self, database: &str, sql: &str) -> Outcome<String> {
        let mut psql = program(self.programs.bin.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-c", sql, &self.dsn(database)]);
        process::output(&mut psql)
            .ok_or_else(|| Problem::new(format!("PostgreSQL started but does not answer `{sql}`.")))
    }

    fn data(&self) -> String {
        self.folder.join("data").display().to_string()
    }

    /// Runs one of PostgreSQL's programs as the user who may.
    fn run(&self, name: &str, words: &str) -> Outcome {
        let file = self.programs.bin.join(name);
        let line = format!("'{}' {words}", file.display());
        let mut command = if self.as_postgres {
            let mut su = Command::new("su");
            su.args(["postgres", "-c", &line]);
            su
        } else {
            let mut shell = Command::new("sh");
            shell.args(["-c", &line]);
            shell
        };
        // Not in our own folder, which `postgres` may not be allowed to see.
        command.current_dir(std::env::temp_dir());
        let log = root::target().join("tools").join(format!("{name}.log"));
        process::run_logged(&mut command, &log)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let stop = format!("--pgdata={} --mode=immediate --silent stop", self.data());
        let _ = self.run("pg_ctl", &stop);
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn find() -> Option<Programs> {
    let bin = std::env::var_os("ROWLOCK_PG_BIN").map(PathBuf::from);
    let debian = Path::new("/usr/lib/postgresql").join(VERSION);
    let bin = bin.unwrap_or_else(|| debian.join("bin"));
    let isolationtester = std::env::var_os("ROWLOCK_ISOLATIONTESTER")
        .map(PathBuf::from)
        .unwrap_or_else(|| debian.join("lib/pgxs/src/test/isolation/isolationtester"));
    let all = ["initdb", "pg_ctl", "psql"]
        .iter()
        .all(|name| bin.join(name).is_file())
        && isolationtester.is_file();
    all.then_some(Programs {
        bin,
        isolationtester,
    })
}
