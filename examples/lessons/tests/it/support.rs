//! A lesson as somebody starts it, and a lesson whose tasks can be counted.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use axum::Router;
use futures_util::{SinkExt as _, StreamExt as _};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Longest wait for anything that must come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// Waits for what must come.
pub(crate) async fn soon<T>(what: &str, coming: impl Future<Output = T>) -> T {
    timeout(DEADLINE, coming).await.unwrap_or_else(|_| panic!("{what} did not come"))
}

/// A lesson as a process of its own. Dropping it kills it.
pub(crate) struct Lesson {
    child: Child,
    pid: Pid,
    log: watch::Receiver<String>,
    _readers: JoinSet<()>,
    /// Where it says that it listens.
    pub(crate) url: String,
}

impl Lesson {
    /// Starts it on a free port.
    pub(crate) async fn start(binary: &str) -> Self {
        Self::start_with(binary, &[("PORT", "0")]).await
    }

    /// Starts it with these variables and no others, and waits until it says where it is.
    pub(crate) async fn start_with(binary: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(binary)
            .env_clear()
            .env("NO_COLOR", "1")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let pid = Pid::from_raw(child.id().unwrap().try_into().unwrap()).unwrap();
        let mut readers = JoinSet::new();
        let mut output = read(child.stdout.take().unwrap(), &mut readers);
        let log = read(child.stderr.take().unwrap(), &mut readers);
        let said = soon("its address", output.wait_for(|said| said.ends_with('\n'))).await;
        let url = said.expect("it ended at its start").trim_end().to_owned();
        Self { child, pid, log, _readers: readers, url }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        let port = self.url.rsplit(':').next().unwrap().parse().unwrap();
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    }

    /// Waits until its log has a line with all these parts, and returns the line.
    pub(crate) async fn logged(&self, parts: &[&str]) -> String {
        let line = |log: &str| {
            let mut lines = log.lines();
            lines.find(|line| parts.iter().all(|part| line.contains(part))).map(str::to_owned)
        };
        let mut log = self.log.clone();
        let found = timeout(DEADLINE, log.wait_for(|log| line(log).is_some())).await;
        assert!(matches!(found, Ok(Ok(_))), "no {parts:?} in its log:\n{}", self.log());
        line(&self.log()).unwrap()
    }

    pub(crate) fn log(&self) -> String {
        self.log.borrow().clone()
    }

    /// Asks it to end.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        soon("its end", self.child.wait()).await.unwrap()
    }
}

fn read(stream: impl AsyncRead + Send + Unpin + 'static, readers: &mut JoinSet<()>) -> Text {
    let (text, seen) = watch::channel(String::new());
    let mut lines = BufReader::new(stream).lines();
    readers.spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            text.send_modify(|text| text.extend([line.as_str(), "\n"]));
        }
    });
    seen
}

type Text = watch::Receiver<String>;

/// Serves a lesson's router in this process, until the set is dropped.
pub(crate) async fn serve(router: Router, tasks: &mut JoinSet<()>) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tasks.spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

/// Tasks of this test's runtime that have not ended.
pub(crate) fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// Waits until so many tasks are left.
pub(crate) async fn tasks_left(expected: usize) {
    let fallen = async {
        while tasks() != expected {
            tokio::task::yield_now().await;
        }
    };
    let fallen = timeout(DEADLINE, fallen).await;
    assert!(fallen.is_ok(), "{} tasks are left instead of {expected}", tasks());
}

/// A WebSocket client that starts no tasks.
pub(crate) struct WebSocket(WebSocketStream<TcpStream>);

impl WebSocket {
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Self {
        Self::open_with(address, path, &[]).await
    }

    /// Opens one with these lines of `X-Forwarded-For`.
    pub(crate) async fn open_with(address: SocketAddr, path: &str, forwarded: &[&str]) -> Self {
        let mut request = format!("ws://{address}{path}").into_client_request().unwrap();
        for line in forwarded {
            request.headers_mut().append("x-forwarded-for", line.parse().unwrap());
        }
        let stream = TcpStream::connect(address).await.unwrap();
        Self(soon("the socket", client_async(request, stream)).await.unwrap().0)
    }

    pub(crate) async fn send(&mut self, message: impl Into<Message>) {
        self.0.send(message.into()).await.unwrap();
    }

    /// The next message, whatever it is; nothing at the end.
    pub(crate) async fn next(&mut self) -> Option<Result<Message, Error>> {
        soon("a message", self.0.next()).await
    }

    /// The next text.
    pub(crate) async fn text(&mut self) -> String {
        self.next().await.unwrap().unwrap().into_text().unwrap().as_str().to_owned()
    }

    /// The code that the server closes with, passing over all before it.
    pub(crate) async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.next().await.unwrap().unwrap() {
                return frame.unwrap().code.into();
            }
        }
    }

    /// Says goodbye with this code, and waits until the server has answered and hung up.
    pub(crate) async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.send(Message::Close(Some(frame))).await;
        assert_eq!(self.close_code().await, code);
        while self.next().await.is_some() {}
    }
}
