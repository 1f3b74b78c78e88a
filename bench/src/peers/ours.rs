//! The plain contract on our own engine.

use anyhow::Result;
use serde::{Deserialize, Serialize};
use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve as accept};
use socketio::{Config, Data, Engine, Socket};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio_util::task::TaskTracker;

/// Packets that one client may send at once, and in a second: the fan-out's sender sends what would
/// be a flood from anybody else.
const PACKETS_MAX: u32 = 100_000_000;

/// Connections at the same time.
const CONNECTIONS_MAX: usize = 30_000;

#[derive(Debug, Deserialize, Serialize)]
struct Chat {
    room: String,
    n: u64,
    t: String,
}

/// Serves on so many threads, until the process is killed.
pub(super) fn serve(workers: usize) -> Result<()> {
    runtime(workers)?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        crate::say(&format!("http://{}", listener.local_addr()?))?;
        let doorman = ConnectionsMax::new(CONNECTIONS_MAX);
        let (options, tasks) = (ServeOptions::default(), (TaskTracker::new(), Stop::default()));
        accept(listener, engine().service(), doorman, options, tasks).await;
        Ok(())
    })
}

fn runtime(workers: usize) -> Result<Runtime> {
    let mut builder = match workers {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    Ok(builder.worker_threads(workers).enable_all().build()?)
}

fn engine() -> Engine {
    let engine = Engine::new(Config {
        packets_burst_max: PACKETS_MAX,
        packets_per_second_max: PACKETS_MAX,
        ..Config::default()
    });
    engine
        .namespace("/")
        .on("join", async |socket: Socket, Data(room): Data<String>| {
            // Nobody joins more than one room; and text can always be written as JSON.
            drop(socket.join(&room));
            drop(socket.emit("joined", &room));
        })
        .on("chat", async |socket: Socket, Data(chat): Data<Chat>| {
            drop(socket.namespace().to(&chat.room).emit("chat", &chat));
        })
        .open();
    engine
}
