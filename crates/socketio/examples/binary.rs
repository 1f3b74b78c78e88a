//! Bytes inside of events: `cargo run -p socketio --example binary`, then connect any Socket.IO
//! client to the address that it prints, and send `picture` with `{ name, bytes }`. All others get
//! the same; the sender is answered with the number of bytes.

use serde::{Deserialize, Serialize};
use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{Binary, Config, Data, Engine, Reply, Socket};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// What a picture may take with its name, in bytes.
const PICTURE_BYTES_MAX: usize = 256 * 1024;

#[derive(Deserialize, Serialize)]
struct Picture {
    name: String,
    bytes: Binary,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let config = Config { message_bytes_max: PICTURE_BYTES_MAX, ..Config::default() };
    let engine = Engine::new(config);
    engine
        .namespace("/")
        .on("picture", async |socket: Socket, Data(picture): Data<Picture>| {
            // Cannot fail: a picture can always be written.
            drop(socket.broadcast().emit("picture", &picture));
            Reply(picture.bytes.0.len())
        })
        .open();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    #[expect(clippy::print_stdout, reason = "an example tells where it listens")]
    {
        println!("http://{}", listener.local_addr()?);
    }
    let tasks = (TaskTracker::new(), Stop::default());
    serve(listener, engine.service(), ConnectionsMax::new(10_000), ServeOptions::default(), tasks)
        .await;
    Ok(())
}
