//! What a process takes from the machine, as the kernel tells it under `/proc`.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// What a process has taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Time on a core, of all its threads.
    pub cpu: Duration,
    /// Memory in RAM now, in bytes.
    pub memory_bytes: u64,
}

/// Of the process with this name under `/proc`.
pub(super) fn of(process: &str) -> Result<Usage> {
    let mut cpu = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end meanwhile.
        let Ok(times) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        cpu += on_core(&times).context("schedstat of an unknown form")?;
    }
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let memory_bytes = resident(&status).context("a process without memory")?;
    Ok(Usage { cpu: Duration::from_nanos(cpu), memory_bytes })
}

/// Of this process itself.
///
/// # Errors
/// When `/proc` is not there.
pub fn own() -> Result<Usage> {
    of("self")
}

/// `schedstat`: nanoseconds on a core, nanoseconds of waiting for one, number of times.
fn on_core(schedstat: &str) -> Option<u64> {
    schedstat.split_whitespace().next()?.parse().ok()
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// The process of a group that runs this binary.
pub(super) fn runs_in_group(group: u32, binary: &Path) -> Option<u32> {
    let binary = fs::canonicalize(binary).ok()?;
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut of_group = numbers.filter(|process: &u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        group_of(&stat) == Some(group)
    });
    of_group.find(|process| {
        fs::read_link(format!("/proc/{process}/exe")).is_ok_and(|exe| exe == binary)
    })
}

/// `pid (name) state parent group …`; a name may hold anything, also brackets.
fn group_of(stat: &str) -> Option<u32> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_are_read() {
        assert_eq!(on_core("123456 789 12\n"), Some(123_456));
        assert_eq!(resident("Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t1\n"), Some(2048 * 1024));
        assert_eq!(group_of("7 (a) b) S 1 42 7 0 -1"), Some(42));
    }

    #[test]
    fn this_process_takes_memory() {
        assert!(own().unwrap().memory_bytes > 0);
    }
}
