//! Faults of the disk, brought about with `strace`: system calls of a running process that fail.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;

use rustix::process::{Pid, Signal, kill_process};

use super::socket_client::DEADLINE;

/// How much strace may say before it has attached itself.
const LINES_MAX: usize = 64;

/// While this lives, some calls fail. Dropping it makes the disk well again.
pub(crate) struct Fault {
    strace: Child,
}

impl Fault {
    /// From now on `call`s of the process on `path` fail with `error`, as in `fsync` and `EIO`.
    pub(crate) fn inject(process: Pid, (call, error): (&str, &str), path: &Path) -> Self {
        let strace = Command::new("strace")
            .args(["-f", "-p", &process.as_raw_nonzero().to_string()])
            .args(["-e", &format!("trace={call}"), "-e", &format!("inject={call}:error={error}")])
            .arg("-P")
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("strace is installed by `make strace`");
        let mut fault = Self { strace };
        let said = BufReader::new(fault.strace.stderr.take().unwrap());
        let (attached, waiting) = sync_channel(LINES_MAX);
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                // Nobody listens any more once it has attached itself.
                drop(attached.try_send(line));
            }
        });
        let begun = std::time::Instant::now();
        loop {
            let left = DEADLINE.saturating_sub(begun.elapsed());
            let line = waiting.recv_timeout(left).expect("strace attaches itself");
            if line.contains("attached") {
                return fault;
            }
        }
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        // Asked to end, it lets go of the process, which goes on.
        let _ended = kill_process(Pid::from_child(&self.strace), Signal::TERM);
        drop(self.strace.wait());
    }
}
