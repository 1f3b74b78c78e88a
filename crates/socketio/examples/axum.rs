//! Inside of an axum application: `cargo run -p socketio --example axum`, then open the address
//! that it prints for the number of those who are connected, and connect any Socket.IO client to
//! it.

use axum::Router;
use axum::routing::get;
use socketio::{Config, Engine, Socket};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let engine = Engine::new(Config::default());
    let namespace = engine
        .namespace("/")
        .connected(async |socket: Socket| {
            let count = socket.namespace().socket_count();
            // Cannot fail: a number can always be written.
            drop(socket.namespace().all().emit("count", &count));
        })
        .open();
    let router: Router = Router::new()
        .route("/", get(async move || format!("{} are here\n", namespace.socket_count())))
        .route_service("/socket.io/", engine.service());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    #[expect(clippy::print_stdout, reason = "an example tells where it listens")]
    {
        println!("http://{}", listener.local_addr()?);
    }
    axum::serve(listener, router).await
}
