//! The two servers that all cases are played with.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{Binary, Config, Data, Engine, Socket};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// More connections than there are cases.
const CONNECTIONS_MAX: usize = 10_000;

/// Where a WebSocket is opened whose messages come back.
#[derive(Clone, Debug)]
pub(super) struct Door {
    pub(super) address: SocketAddr,
    pub(super) path: &'static str,
    /// Whether it speaks Engine.IO, so that a client has to enter a namespace.
    pub(super) is_engine: bool,
}

/// The lesson as a process, for as long as this is kept.
pub(super) struct Lesson {
    process: Child,
    pub(super) door: Door,
}

impl Lesson {
    /// Starts it on a free port.
    pub(super) fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_websocket"))
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut told = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut told).unwrap();
        let port = told.trim().rsplit(':').next().unwrap().parse().unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Self { process, door: Door { address, path: "/echo", is_engine: false } }
    }
}

impl Drop for Lesson {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// An engine with an application that echoes. It lives as long as the test's runtime.
pub(super) async fn engine() -> Door {
    let engine = Engine::new(Config::default());
    engine
        .namespace("/")
        .on("echo", async |socket: Socket, Data(text): Data<String>| {
            socket.emit("echo", &text).unwrap();
        })
        .on("bytes", async |socket: Socket, Data(bytes): Data<Binary>| {
            socket.emit("bytes", &bytes).unwrap();
        })
        .open();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tasks = TaskTracker::new();
    let doorman = ConnectionsMax::new(CONNECTIONS_MAX);
    let serving = (tasks.clone(), Stop::default());
    tasks.spawn(serve(listener, engine.service(), doorman, ServeOptions::default(), serving));
    Door { address, path: "/socket.io/?EIO=4&transport=websocket", is_engine: true }
}
