//! The machine: what it is, its cores, its limits.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use rustix::thread::{CpuSet, sched_setaffinity};
use serde::Serialize;

/// Open files that the largest case needs on each side.
const FILES_NEEDED: u64 = 12_000;

/// Who runs on which core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cores {
    /// The server has core 0 for itself, the load generator core 1.
    Pinned,
    /// Both have all.
    Shared,
}

impl Cores {
    /// As `taskset` takes them.
    pub(crate) fn of_server(self) -> String {
        match self {
            Self::Pinned => "0".to_owned(),
            Self::Shared => format!("0-{}", count() - 1),
        }
    }

    /// Puts this process onto its cores.
    pub(crate) fn take(self) -> Result<()> {
        let mut set = CpuSet::new();
        match self {
            Self::Pinned if count() > 1 => set.set(1),
            _ => (0..count()).for_each(|core| set.set(core)),
        }
        sched_setaffinity(None, &set).context("this process cannot choose its cores")
    }
}

/// All cores of the machine, also those that this process does not use.
fn count() -> usize {
    let online = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    online.lines().filter(|line| line.starts_with("processor")).count().max(1)
}

/// Lets this process, and every server that it starts, open as many files as the machine allows.
pub(crate) fn raise_file_limit() -> Result<u64> {
    rlimit::increase_nofile_limit(u64::MAX).context("the limit of open files")
}

/// Whether so many open files are enough.
pub(crate) fn file_limit_is_enough(limit: u64) -> bool {
    limit >= FILES_NEEDED
}

/// What a report says about where its figures come from.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) memory_mib: u64,
    pub(crate) versions: Vec<(String, String)>,
}

impl Machine {
    /// Looks around.
    pub(crate) fn look() -> Self {
        let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let memory = field(&meminfo, "MemTotal").trim_end_matches("kB").trim().parse::<u64>();
        Self {
            processor: field(&cpuinfo, "model name").to_owned(),
            cores: count(),
            kernel: kernel.trim().to_owned(),
            memory_mib: memory.unwrap_or_default() / 1024,
            versions: versions(),
        }
    }
}

fn field<'a>(text: &'a str, name: &str) -> &'a str {
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    let found = fields.into_iter().find(|(key, _)| key.trim() == name);
    found.map(|(_, value)| value.trim()).unwrap_or_default()
}

fn versions() -> Vec<(String, String)> {
    let bench = concat!(env!("CARGO_MANIFEST_DIR"), "/peers/node_modules");
    let lock = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"));
    let lock = lock.unwrap_or_default();
    let package = |name: &str| {
        let file = fs::read_to_string(format!("{bench}/{name}/package.json")).unwrap_or_default();
        let value: serde_json::Value = serde_json::from_str(&file).unwrap_or_default();
        value.get("version").and_then(|version| version.as_str()).unwrap_or("missing").to_owned()
    };
    vec![
        ("rustc".to_owned(), answer("rustc", &["--version"]).replace("rustc ", "")),
        ("gif-chat".to_owned(), answer("git", &["describe", "--always", "--dirty"])),
        ("node".to_owned(), answer("node", &["--version"])),
        ("bun".to_owned(), package("bun")),
        ("socket.io".to_owned(), package("socket.io")),
        ("express".to_owned(), package("express")),
        ("socketioxide".to_owned(), locked(&lock, "socketioxide")),
        ("tokio".to_owned(), locked(&lock, "tokio")),
    ]
}

fn answer(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    text.unwrap_or_else(|_| "missing".to_owned())
}

/// A crate's version by `Cargo.lock`.
fn locked(lock: &str, name: &str) -> String {
    let after = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
    after.and_then(|rest| rest.split('"').next()).unwrap_or("missing").to_owned()
}

/// How long all cores together have been busy since the machine started, theft by a hypervisor
/// included. The kernel counts this in hundredths of a second.
pub(crate) fn busy() -> Result<Duration> {
    let stat = fs::read_to_string("/proc/stat")?;
    ticks(&stat).map(|ticks| Duration::from_millis(ticks * 10)).context("/proc/stat is unknown")
}

/// user nice system (idle iowait) irq softirq steal
fn ticks(stat: &str) -> Option<u64> {
    let mut counts = stat.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let mut next = || counts.next()?.parse::<u64>().ok();
    let running = next()? + next()? + next()?;
    let (_idle, _waiting) = (next()?, next()?);
    Some(running + next()? + next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_that_waits_is_not_busy() {
        let stat = "cpu  1 2 4 1000 2000 8 16 32 64 128\ncpu0 9 9 9\n";
        assert_eq!(ticks(stat), Some(63));
    }

    #[test]
    fn the_version_of_a_crate_is_the_locked_one() {
        let lock =
            "name = \"tokio-util\"\nversion = \"0.7\"\n\nname = \"tokio\"\nversion = \"1.2\"";
        assert_eq!(
            (locked(lock, "tokio").as_str(), locked(lock, "x").as_str()),
            ("1.2", "missing")
        );
    }
}
