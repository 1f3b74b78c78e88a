//! One server as a process of its own, and what it takes from the machine.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::load::Target;
use crate::peers::Peer;

/// Longest time that a server may take to say where it listens.
const START_TIME_MAX: Duration = Duration::from_secs(20);

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    /// Which one.
    pub(crate) peer: Peer,
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Server {
    /// Starts it in a new, empty folder.
    pub(crate) fn start(peer: Peer) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let program = peer.command(folder.path())?;
        let mut command = Command::new("taskset");
        command.args(["-c", &peer.cores().of_server()]).arg(program.get_program());
        command.args(program.get_args()).current_dir(folder.path()).stdin(Stdio::null());
        for (name, value) in program.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let child = command.stdout(Stdio::piped()).spawn();
        let mut child = child.context("taskset (package util-linux) could not be started")?;
        let port = match port_of(&mut child) {
            Ok(port) => port,
            Err(error) => {
                end(&mut child);
                return Err(error.context(format!("{} did not start", peer.name())));
            }
        };
        Ok(Self { peer, child, port, _folder: folder })
    }

    /// Where it listens.
    pub(crate) fn target(&self) -> Target {
        Target {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)),
            host: format!("localhost:{}", self.port).into(),
            dialect: self.peer.dialect(),
        }
    }

    /// What it takes now.
    pub(crate) fn usage(&mut self) -> Result<Usage> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} died: {status}", self.peer.name());
        }
        usage_of(&self.child.id().to_string())
    }

    /// How many sockets it has open.
    pub(crate) fn sockets(&self) -> Result<usize> {
        let files = fs::read_dir(format!("/proc/{}/fd", self.child.id()))?;
        let targets = files.flatten().filter_map(|file| fs::read_link(file.path()).ok());
        Ok(targets.filter(|target| target.to_string_lossy().starts_with("socket:")).count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn end(child: &mut Child) {
    // It may have ended by itself.
    drop(child.kill());
    drop(child.wait());
}

/// A server's first line ends with its port.
fn port_of(child: &mut Child) -> Result<u16> {
    let output = child.stdout.take().context("a server without output")?;
    let (sender, receiver) = sync_channel(1);
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        // Nobody waits for it any more when it took too long.
        drop(sender.send(read.map(|_| line)));
    });
    let line = receiver.recv_timeout(START_TIME_MAX).context("it says nothing")??;
    let digits = line.trim().trim_end_matches('/').rsplit(':').next().unwrap_or_default();
    digits.parse().with_context(|| format!("it says {line:?} instead of its port"))
}

/// What a process has taken from the machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Time on a core, exact: the scheduler's own count.
    pub(crate) cpu: Duration,
    /// Memory in RAM now, in bytes.
    pub(crate) memory: u64,
}

/// Of this process.
pub(crate) fn own_usage() -> Result<Usage> {
    usage_of("self")
}

fn usage_of(process: &str) -> Result<Usage> {
    let mut cpu = 0;
    for task in fs::read_dir(format!("/proc/{process}/task"))? {
        // A thread may end meanwhile.
        let Ok(times) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        cpu += on_core(&times).context("schedstat of an unknown form")?;
    }
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let memory = resident(&status).context("a process without memory")?;
    Ok(Usage { cpu: Duration::from_nanos(cpu), memory })
}

/// `schedstat`: nanoseconds on a core, nanoseconds of waiting for one, number of times.
fn on_core(schedstat: &str) -> Option<u64> {
    schedstat.split_whitespace().next()?.parse().ok()
}

fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_are_read() {
        assert_eq!(on_core("123456 789 12\n"), Some(123_456));
        assert_eq!(resident("Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t1\n"), Some(2048 * 1024));
    }

    #[test]
    fn work_of_this_process_shows_in_its_usage() {
        let before = own_usage().unwrap();
        let mut sum = 0_u64;
        let after = loop {
            sum = (0..100_000).fold(sum, |sum, number| sum.rotate_left(1) ^ number);
            let now = own_usage().unwrap();
            if now.cpu > before.cpu {
                break now;
            }
        };
        assert!(after.memory > 0 && sum != 1);
    }
}
