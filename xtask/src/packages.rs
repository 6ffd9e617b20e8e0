//! Debian packages, where apt and root are there; else a sentence that names what to install.

use crate::problem::{Outcome, Problem};
use crate::process::{self, program};
use crate::{root, say};
use std::sync::Mutex;

/// apt takes one caller at a time.
static APT: Mutex<()> = Mutex::new(());

/// Installs packages, or says what to install.
pub fn install(what: &str, packages: &[&str]) -> Outcome {
    let names = packages.join(" ");
    if process::find("apt-get").is_none() {
        return Err(Problem::new(format!(
            "Missing: {what}. Install it with your system's packages (Debian calls them \
             {names}), then run the command again."
        )));
    }
    if !process::is_root() {
        return Err(Problem::new(format!(
            "Missing: {what}. Run `sudo apt-get install {names}`, then the command again."
        )));
    }
    let _one_at_a_time = APT.lock();
    let logs = root::target().join("tools");
    say::timed(&format!("Installing {what} (apt: {names})"), || {
        let apt = |words: &[&str], log: &str| {
            process::run_logged(
                program("apt-get")
                    .args(words)
                    .env("DEBIAN_FRONTEND", "noninteractive"),
                &logs.join(log),
            )
        };
        apt(&["update"], "apt-update.log")?;
        let mut words = vec!["install", "-y", "--no-install-recommends"];
        words.extend(packages);
        apt(&words, &format!("apt-{}.log", packages[0]))
    })
}
