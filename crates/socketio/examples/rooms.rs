//! Rooms in forty lines: `cargo run -p socketio --example rooms`, then connect any Socket.IO client
//! to the address that it prints, send `join` with a room, and `say` with a text.

use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{Config, Data, Engine, Reply, Socket};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let engine = Engine::new(Config::default());
    engine
        .namespace("/")
        .on("join", async |socket: Socket, Data(room): Data<String>| {
            Reply(socket.join(&room).is_ok())
        })
        .on("say", async |socket: Socket, Data(text): Data<String>| {
            for room in socket.rooms() {
                // Cannot fail: text can always be written as JSON.
                drop(socket.namespace().to(&room).emit("said", &text));
            }
            "said"
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
