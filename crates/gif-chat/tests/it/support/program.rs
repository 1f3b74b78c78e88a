//! The real binary as a process of its own, with a folder, an environment and a clock like anybody's.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::time::timeout;

use super::Visitor;
use super::socket_client::DEADLINE;

/// How the binary is started. Nothing of the test's own environment reaches it.
#[derive(Clone)]
pub(crate) struct Launch {
    folder: Arc<TempDir>,
    arguments: Vec<String>,
    variables: BTreeMap<String, String>,
    survives_full_files: bool,
}

/// What a process that has ended on its own has left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) log: String,
}

/// A running server. Dropping it kills it.
pub(crate) struct Program {
    /// Stays as long as the process that works in it.
    _folder: Arc<TempDir>,
    child: Option<Child>,
    pid: Pid,
    output: watch::Receiver<String>,
    log: watch::Receiver<String>,
    pub(crate) url: String,
}

impl Launch {
    /// The binary.
    pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_gif-chat");

    /// In a new folder, on a free port.
    pub(crate) fn new() -> Self {
        let mut launch = Self {
            folder: Arc::new(tempfile::tempdir().unwrap()),
            arguments: Vec::new(),
            variables: BTreeMap::new(),
            survives_full_files: false,
        };
        for (name, value) in [("PORT", "0"), ("GIFCHAT_FREE_DISK_BYTES_MIN", "0")] {
            launch = launch.variable(name, value);
        }
        launch
    }

    /// The folder in which it is started.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder, as it is by default.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    /// Without any variable, as after a first clone.
    pub(crate) fn without_variables(mut self) -> Self {
        self.variables.clear();
        self
    }

    /// As much in the log as there can be.
    pub(crate) fn telling_everything(self, format: &str) -> Self {
        self.variable("GIFCHAT_LOG", "trace")
            .variable("GIFCHAT_LOG_FORMAT", format)
            .variable("GIFCHAT_DEVELOPMENT", "1")
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        self
    }

    /// Writes a file into the folder in which it is started.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.folder().join(name), text).unwrap();
        self
    }

    /// A write beyond the largest size of files fails, instead of ending the process.
    pub(crate) fn surviving_full_files(mut self) -> Self {
        self.survives_full_files = true;
        self
    }

    fn spawn(&self) -> Child {
        let binary = Self::BINARY;
        let mut command = Command::new(binary);
        if self.survives_full_files {
            command = Command::new("sh");
            command.args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\"", binary]);
        }
        command.args(&self.arguments).current_dir(self.folder()).env_clear().envs(&self.variables);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// Starts what ends on its own, and waits for its end.
    pub(crate) async fn run(&self) -> Ended {
        let child = self.spawn();
        let pid = Pid::from_child(&child);
        let waiting = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let Ok(output) = timeout(DEADLINE, waiting).await else {
            // Else the test would wait for it for ever.
            let _ended = kill_process(pid, Signal::KILL);
            panic!("it did not end on its own: {:?}", self.arguments);
        };
        let output = output.unwrap();
        Ended {
            code: output.status.code(),
            output: String::from_utf8(output.stdout).unwrap(),
            log: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts a server, and waits until it says where it is.
    pub(crate) async fn start(&self) -> Program {
        let mut child = self.spawn();
        let pid = Pid::from_child(&child);
        let output = collect(child.stdout.take().unwrap());
        let log = collect(child.stderr.take().unwrap());
        let mut said = output.clone();
        let mut program = Program {
            _folder: self.folder.clone(),
            child: Some(child),
            pid,
            output,
            log,
            url: String::new(),
        };
        let said = timeout(DEADLINE, said.wait_for(|text| text.contains('\n'))).await;
        let Ok(Ok(said)) = said else { panic!("it did not start: {}", *program.log.borrow()) };
        said.lines().next().unwrap_or_default().clone_into(&mut program.url);
        drop(said);
        program
    }
}

/// What a stream has brought so far.
fn collect(mut stream: impl Read + Send + 'static) -> watch::Receiver<String> {
    let (collected, text) = watch::channel(String::new());
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            let part = String::from_utf8_lossy(&buffer[..length]).into_owned();
            collected.send_modify(|text| text.push_str(&part));
        }
    });
    text
}

impl Program {
    pub(crate) fn pid(&self) -> Pid {
        self.pid
    }

    /// Somebody with a browser of their own.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(&self.url)
    }

    /// Everything on standard output so far.
    pub(crate) fn output(&self) -> String {
        self.output.borrow().clone()
    }

    /// Waits until its log has this text.
    pub(crate) async fn until_logged(&self, text: &str) {
        let mut log = self.log.clone();
        let logged = timeout(DEADLINE, log.wait_for(|log| log.contains(text))).await;
        assert!(matches!(logged, Ok(Ok(_))), "{text} was not logged");
    }

    /// Sends a signal, waits at most so long for the end, and returns how it ended, with the log.
    pub(crate) async fn end(mut self, signal: Signal, longest: Duration) -> (ExitStatus, String) {
        kill_process(self.pid, signal).unwrap();
        let mut child = self.child.take().unwrap();
        let waiting = tokio::task::spawn_blocking(move || child.wait().unwrap());
        let Ok(status) = timeout(longest, waiting).await else {
            // It may just have ended.
            let _ended = kill_process(self.pid, Signal::KILL);
            panic!("it did not end within {longest:?}: {}", *self.log.borrow());
        };
        // The log is complete when its stream has ended, and its collector with it.
        let complete = async { while self.log.changed().await.is_ok() {} };
        timeout(DEADLINE, complete).await.unwrap();
        (status.unwrap(), self.log.borrow().clone())
    }

    /// Stops it in good order, and returns its log.
    pub(crate) async fn stop(self) -> String {
        let (status, log) = self.end(Signal::TERM, DEADLINE).await;
        assert_eq!(status.code(), Some(0), "{log}");
        log
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
