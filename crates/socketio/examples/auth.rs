//! Who may come in: `cargo run -p socketio --example auth`, then connect any Socket.IO client to
//! the address that it prints with `auth: { name: "…", token: "secret" }`, and send `whoami`.
//! Others are refused, with data for their program.

use serde::{Deserialize, Serialize};
use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{Config, Connect, Engine, Refusal, Reply, Socket};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// What a client says of itself.
#[derive(Deserialize)]
struct Auth {
    name: String,
    token: String,
}

/// What is kept of it for each socket.
struct Member {
    name: String,
}

/// What the program of a client that is refused can act on.
#[derive(Serialize)]
struct Why {
    code: &'static str,
}

async fn admit(connect: Connect) -> Result<Member, Refusal> {
    let auth: Auth = connect.auth().map_err(|error| Refusal::new(error.to_string()))?;
    if auth.token != "secret" {
        return Err(Refusal::new("not authorized").with_data(&Why { code: "wrong_token" }));
    }
    Ok(Member { name: auth.name })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let engine = Engine::new(Config::default());
    engine
        .namespace("/")
        .connect(admit)
        .on("whoami", async |socket: Socket<Member>| Reply(socket.state().name.clone()))
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
