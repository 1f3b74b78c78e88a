//! A server as a process of its own: started on a data folder, killed, stopped and started again on
//! the same port.

mod folder;
mod log;
mod usage;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::net::TcpListener;
use tokio::time::timeout;

use folder::Folder;
pub use log::Log;
pub use usage::{Usage, own as own_usage};

/// Longest time that a server may take to say where it listens.
const START_TIME_MAX: Duration = Duration::from_secs(30);

/// Longest time for the end of a process that was killed.
const KILL_TIME_MAX: Duration = Duration::from_secs(10);

/// From here ports are tried for a server. They lie below those that the kernel gives to outgoing
/// connections: while a server is down, no client may happen to take its port.
const PORTS: std::ops::Range<u16> = 10_000..32_000;

/// Ports that are tried.
const PORT_TRIES_MAX: usize = 100;

/// Budgets so high that they are never the reason for what is seen.
const ROOMY: [(&str, &str); 16] = [
    ("GIFCHAT_FREE_DISK_BYTES_MIN", "0"),
    ("GIFCHAT_MESSAGES_BURST", "1000000"),
    ("GIFCHAT_MESSAGES_PER_SECOND", "1000000"),
    ("GIFCHAT_MESSAGES_ADDRESS_FACTOR", "1000"),
    ("GIFCHAT_JOINS_BURST", "1000000"),
    ("GIFCHAT_PAGES_BURST", "1000000"),
    ("GIFCHAT_ROOMS_OPEN_MAX", "100000"),
    ("GIFCHAT_ROOMS_PER_HOUR", "1000000"),
    ("GIFCHAT_ROOMS_PER_HOUR_PER_ADDRESS", "1000000"),
    ("GIFCHAT_SOCKETS_PER_ADDRESS_MAX", "50000"),
    ("GIFCHAT_CONNECTIONS_PER_ADDRESS_MAX", "60000"),
    ("GIFCHAT_HISTORY_ENTRIES_MAX", "100000000"),
    ("GIFCHAT_SOCKET_PACKETS_BURST_MAX", "1000000"),
    ("GIFCHAT_SOCKET_PACKETS_PER_SECOND_MAX", "1000000"),
    ("GIFCHAT_BUDGETS_MAX", "1000000"),
    ("GIFCHAT_LOG", "info"),
];

/// How a server is started. The same launch starts it again, on the same folder and port.
#[derive(Debug)]
pub struct Launch {
    binary: PathBuf,
    wrapper: Vec<OsString>,
    variables: BTreeMap<String, OsString>,
    folder: Folder,
    port: u16,
    log: Log,
}

impl Launch {
    /// On a new folder that goes with this value.
    ///
    /// # Errors
    /// When there can be no folder, or no port is free.
    pub async fn new(binary: &Path) -> Result<Self> {
        Self::on(binary, Folder::new()?).await
    }

    /// On this data folder, which stays.
    ///
    /// # Errors
    /// When the binary or the folder cannot be named, or no port is free.
    pub async fn in_folder(binary: &Path, data: &Path) -> Result<Self> {
        Self::on(binary, Folder::given(data)?).await
    }

    async fn on(binary: &Path, folder: Folder) -> Result<Self> {
        let binary = std::path::absolute(binary)?;
        if !binary.is_file() {
            bail!("{} is not there: build it first, or name another one", binary.display());
        }
        let port = free_port().await?;
        let (wrapper, variables) = (Vec::new(), BTreeMap::new());
        Ok(Self { binary, wrapper, variables, folder, port, log: Log::default() })
    }

    /// With budgets so high that they are never the reason for what is seen.
    #[must_use]
    pub fn roomy(self) -> Self {
        ROOMY.iter().fold(self, |launch, (name, value)| launch.variable(name, value))
    }

    /// With this variable in its environment, which is empty otherwise.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    /// Under this command, such as `strace -f -o FILE`: it is followed by the binary.
    #[must_use]
    pub fn wrapper(mut self, command: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.wrapper = command.into_iter().map(Into::into).collect();
        self
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.folder.data()
    }

    /// Where it listens, as `host:port`, whenever it runs.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// What its servers have written to standard error, the newest part of it.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Starts a server, and waits until it says where it is.
    ///
    /// # Errors
    /// When it does not start; with the end of its log.
    pub async fn start(&self) -> Result<Server> {
        let begun = Instant::now();
        let mut child = self.command().spawn().context("the server could not be started")?;
        let said = log::first_line(child.stdout.take().context("no standard output")?);
        self.log.collect(child.stderr.take().context("no standard error")?);
        let mut server = Server { pid: Pid::from_child(&child), child: Some(child) };
        let url = match timeout(START_TIME_MAX, said).await {
            Ok(Ok(line)) if line.starts_with("http://") => line,
            Ok(Ok(line)) => bail!("it says {line:?} instead of its address\n{}", self.log.text()),
            Ok(Err(_)) => bail!("it ended instead of starting\n{}", self.log.text()),
            Err(_) => bail!("it did not start in {:?}\n{}", begun.elapsed(), self.log.text()),
        };
        if !url.ends_with(&format!(":{}", self.port)) {
            bail!("it listens at {url} instead of port {}", self.port);
        }
        server.find_below_wrapper(&self.binary, &self.wrapper)?;
        Ok(server)
    }

    fn command(&self) -> Command {
        let mut words = self.wrapper.clone();
        words.push(self.binary.clone().into_os_string());
        let mut words = words.into_iter();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).current_dir(self.folder.working()).env_clear();
        command.env("PORT", self.port.to_string()).env("GIFCHAT_DATA", self.folder.data());
        command.envs(&self.variables).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        // One group for the server and what it runs under: they are killed together.
        command.process_group(0);
        command
    }
}

/// Chosen once, so that it stays the same across restarts.
async fn free_port() -> Result<u16> {
    for _ in 0..PORT_TRIES_MAX {
        let port = rand::random_range(PORTS);
        if TcpListener::bind(("127.0.0.1", port)).await.is_ok() {
            return Ok(port);
        }
    }
    bail!("of {PORT_TRIES_MAX} ports none was free")
}

/// A running server. Dropping it kills it.
#[derive(Debug)]
pub struct Server {
    /// The process that was started: the server or its wrapper. Leader of its group.
    child: Option<Child>,
    /// The server itself.
    pid: Pid,
}

impl Server {
    /// The server's own process, also when it runs under a wrapper.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// What it has taken from the machine.
    ///
    /// # Errors
    /// When it does not run any more.
    pub fn usage(&self) -> Result<Usage> {
        usage::of(&self.pid().to_string())
    }

    /// Whether it still runs; says how it ended otherwise.
    ///
    /// # Errors
    /// When it has ended.
    pub fn check(&mut self) -> Result<()> {
        match self.child.as_mut().map(Child::try_wait) {
            Some(Ok(None)) => Ok(()),
            other => bail!("the server ended by itself: {other:?}"),
        }
    }

    /// Ends it at once, with everything that it runs under (`kill -9`).
    ///
    /// # Errors
    /// When it cannot be killed, or had ended before.
    pub async fn kill(mut self) -> Result<()> {
        self.check()?;
        if let Some(child) = self.child.as_mut() {
            kill_process_group(Pid::from_child(child), Signal::KILL)?;
        }
        self.wait(KILL_TIME_MAX).await.map(drop)
    }

    /// Asks it to stop (SIGTERM), and waits at most so long. Returns how long that took.
    ///
    /// # Errors
    /// When it does not end in time, or not with exit code 0.
    pub async fn stop(mut self, within: Duration) -> Result<Duration> {
        self.check()?;
        let begun = Instant::now();
        kill_process(self.pid, Signal::TERM)?;
        let status = self.wait(within).await?;
        if status.code() != Some(0) {
            bail!("asked to stop, the server ended with {status}");
        }
        Ok(begun.elapsed())
    }

    async fn wait(&mut self, within: Duration) -> Result<ExitStatus> {
        let mut child = self.child.take().context("it has ended before")?;
        let group = Pid::from_child(&child);
        let waiting = tokio::task::spawn_blocking(move || child.wait());
        let Ok(status) = timeout(within, waiting).await else {
            // It may just have ended.
            let _ended = kill_process_group(group, Signal::KILL);
            bail!("the server did not end within {within:?}");
        };
        Ok(status??)
    }

    /// Under a wrapper the process that was started is not the server.
    fn find_below_wrapper(&mut self, binary: &Path, wrapper: &[OsString]) -> Result<()> {
        if !wrapper.is_empty() {
            let found = usage::runs_in_group(self.pid(), binary);
            let pid = found.and_then(|pid| Pid::from_raw(pid.cast_signed()));
            self.pid = pid.context("the server is not among the processes of its wrapper")?;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ended = kill_process_group(Pid::from_child(&child), Signal::KILL);
            drop(child.wait());
        }
    }
}
