//! Chromium and Firefox, and their drivers.

use crate::problem::{Outcome, Problem, While};
use crate::process::{self, Running};
use crate::{packages, root, tools};
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A running driver, which ends with this value.
pub struct Driver {
    /// Where it listens.
    pub url: String,
    _process: Running,
}

impl Driver {
    /// A program of the end-to-end crate, which visits the page that is served at an address; its arguments may follow.
    pub fn visiting(&self, program: &str, dist: &str) -> Command {
        let mut command = process::cargo();
        command
            .args(["run", "--quiet", "--package", "rowlock-e2e", "--bin"])
            .args([program, "--"])
            .env("ROWLOCK_DIST_URL", dist)
            .env("ROWLOCK_CHROMEDRIVER_URL", &self.url);
        command
    }
}

/// Installs Chromium and chromedriver if they are missing.
pub fn install() -> Outcome {
    if chromium().is_some() && chromedriver().is_some() {
        return Ok(());
    }
    // Chromium shows nothing without a font, and apt's Chromium brings none.
    packages::install(
        "Chromium and chromedriver",
        &[
            "chromium",
            "chromium-driver",
            "fonts-dejavu-core",
            "fonts-liberation",
        ],
    )
}

/// Where chromedriver lies.
pub fn chromedriver() -> Option<PathBuf> {
    std::env::var_os("CHROMEDRIVER")
        .map(PathBuf::from)
        .or_else(|| process::find("chromedriver"))
}

/// Where Chromium lies.
pub fn chromium() -> Option<PathBuf> {
    [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ]
    .into_iter()
    .find_map(process::find)
    .or_else(|| {
        // On a Mac, chromedriver finds the application by itself.
        let application = PathBuf::from("/Applications/Google Chrome.app");
        application.exists().then_some(application)
    })
}

/// Firefox's driver, which starts Firefox. It has one session at a time, so tests start one each.
pub fn geckodriver() -> Outcome<PathBuf> {
    if process::find("firefox-esr").is_none() && process::find("firefox").is_none() {
        packages::install("Firefox", &["firefox-esr"])?;
    }
    tools::geckodriver()
}

/// Starts chromedriver.
pub fn start() -> Outcome<Driver> {
    install()?;
    let driver = chromedriver()
        .ok_or_else(|| Problem::new("chromedriver is not on PATH, though it was installed."))?;

    let folder = root::target().join("tools");
    fs::create_dir_all(&folder).while_doing(format!("make {}", folder.display()))?;
    let said = folder.join("chromedriver.log");
    let log = File::create(&said).while_doing("write a log")?;
    let copy = log.try_clone().while_doing("share a log file")?;
    let process = Running(
        Command::new(&driver)
            // It chooses one that is free, and says which.
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(copy)
            .spawn()
            .while_doing(format!("start {}", driver.display()))?,
    );
    let start = Instant::now();
    let port = loop {
        let said = fs::read_to_string(&said).unwrap_or_default();
        if let Some(port) = port_in(&said) {
            break port;
        }
        if start.elapsed() > Duration::from_secs(20) {
            return Err(Problem::new(
                "chromedriver did not answer within 20 s; see target/tools/chromedriver.log.",
            ));
        }
        thread::sleep(Duration::from_millis(50));
    };
    Ok(Driver {
        url: format!("http://127.0.0.1:{port}"),
        _process: process,
    })
}

/// The port in what chromedriver says once it listens: "... started successfully on port 42565."
fn port_in(said: &str) -> Option<u16> {
    let (_, after) = said.split_once("started successfully on port ")?;
    let (port, _) = after.split_once('.')?;
    port.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_once_it_is_said_whole() {
        let starting = "Starting ChromeDriver 148.0.7778.167 on port 0\nOnly local connections.\n";
        let told = format!("{starting}ChromeDriver was started successfully on port 42565.\n");
        assert_eq!(port_in(starting), None);
        assert_eq!(port_in(&told[..told.len() - 4]), None);
        assert_eq!(port_in(&told), Some(42565));
    }
}
