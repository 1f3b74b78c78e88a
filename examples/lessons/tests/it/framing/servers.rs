//! The two servers that all cases are played with.

use std::net::SocketAddr;

use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{Binary, Config, Data, Engine, Socket};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::support::Lesson;

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

/// The smallest socket of the WebSocket lesson.
pub(super) fn lesson(lesson: &Lesson) -> Door {
    Door { address: lesson.address(), path: "/echo", is_engine: false }
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
