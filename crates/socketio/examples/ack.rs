//! Answers both ways: `cargo run -p socketio --example ack`, then connect any Socket.IO client to
//! the address that it prints. `add` with two numbers is answered with their sum; after `start`
//! the server asks `ready?` and sends `go` to a client that answers true in time.

use std::time::Duration;

use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{Arguments, Config, Engine, Reply, Socket};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// How long a client may take to say that it is ready.
const READY_TIME_MAX: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let engine = Engine::new(Config::default());
    engine
        .namespace("/")
        // What does not fit, such as one number or a text, is answered with an error.
        .on("add", async |Arguments((a, b)): Arguments<(f64, f64)>| Reply(a + b))
        .on("start", async |socket: Socket| {
            let event = match socket.emit_with_ack("ready?", &(), READY_TIME_MAX).await {
                Ok(true) => "go",
                Ok(false) | Err(_) => "stay",
            };
            // Fails only when the client has gone.
            drop(socket.emit(event, &()));
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
