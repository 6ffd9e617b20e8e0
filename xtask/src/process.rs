//! Running other programs.

use crate::problem::{Outcome, Problem, While};
use crate::root;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A command that starts in the workspace's folder.
pub fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root::root());
    command
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = program(cargo);
    // What cargo told this process about its own crate must not reach the next one.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    command.env_remove("CARGO_MANIFEST_DIR");
    command.env_remove("CARGO_MANIFEST_PATH");
    command
}

/// Runs a command with its output on the terminal.
pub fn run(command: &mut Command) -> Outcome {
    let line = shown(command);
    let status = command.status().while_doing(format!("run `{line}`"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Problem::new(format!("`{line}` failed ({status}).")))
    }
}

/// Ends by becoming another program where the system can do that, so that whoever ends this
/// process ends that one; elsewhere runs it.
#[cfg(unix)]
pub fn become_it(command: &mut Command) -> Outcome {
    let error = std::os::unix::process::CommandExt::exec(command);
    Err(Problem::new(format!(
        "Could not run `{}`: {error}.",
        shown(command)
    )))
}

/// Ends by becoming another program where the system can do that; elsewhere runs it.
#[cfg(not(unix))]
pub fn become_it(command: &mut Command) -> Outcome {
    run(command)
}

/// Runs a command with its output in a file, whose end is shown if the command fails.
pub fn run_logged(command: &mut Command, log: &Path) -> Outcome {
    let line = shown(command);
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder).while_doing(format!("make {}", folder.display()))?;
    }
    let file = File::create(log).while_doing(format!("write {}", log.display()))?;
    let copy = file.try_clone().while_doing("share a log file")?;
    let status = command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(copy)
        .status()
        .while_doing(format!("run `{line}`"))?;
    if status.success() {
        return Ok(());
    }
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let end = lines[lines.len().saturating_sub(30)..].join("\n");
    Err(Problem::new(format!(
        "{end}\n`{line}` failed ({status}); all it said is in {}.",
        log.display()
    )))
}

/// What a command prints, if it succeeds.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Where a program lies on PATH.
pub fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// Whether this process is the superuser's.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// A process that is ended when this value goes.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(
        command
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
