//! The plain contract on socketioxide, tuned as far as its documentation goes.

use anyhow::Result;
use axum::Router;
use axum::serve::ListenerExt as _;
use serde::{Deserialize, Serialize};
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};
use socketioxide::handler::ConnectHandler as _;
use tokio::net::TcpListener;

/// Packets that may wait for one socket. With the library's own 128 it loses messages in silence as
/// soon as a few senders speak at once.
const BACKLOG_PACKETS_MAX: usize = 4096;

/// Longest WebSocket message, in bytes; without it a stranger may fill the memory.
const MESSAGE_BYTES_MAX: usize = 64 * 1024;

/// Read buffer of one connection, in bytes: the default of 4 KiB, said aloud.
const READ_BUFFER_BYTES: usize = 4 * 1024;

#[derive(Debug, Deserialize, Serialize)]
struct Chat {
    room: String,
    n: u64,
    t: String,
}

/// Serves on one thread, until it is killed.
pub(super) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        crate::say(&format!("http://{}", listener.local_addr()?))?;
        // Without it answers wait for the other side's delayed ACK.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        Ok(axum::serve(listener, routes()).await?)
    })
}

fn routes() -> Router {
    let (layer, io) = SocketIo::builder()
        .max_buffer_size(BACKLOG_PACKETS_MAX)
        .ws_max_message_size(MESSAGE_BYTES_MAX)
        .ws_max_frame_size(MESSAGE_BYTES_MAX)
        .ws_read_buffer_size(READ_BUFFER_BYTES)
        .build_layer();
    // In the middleware, so that the handlers are in place before CONNECT is answered.
    let prepare = |socket: SocketRef| {
        socket.on("join", |socket: SocketRef, Data::<String>(room)| {
            socket.join(room.clone());
            drop(socket.emit("joined", &room));
            std::future::ready(())
        });
        socket.on("chat", |socket: SocketRef, Data::<Chat>(chat)| async move {
            drop(socket.within(chat.room.clone()).emit("chat", &chat).await);
        });
        std::future::ready(Ok::<(), std::convert::Infallible>(()))
    };
    io.ns("/", (|_: SocketRef| std::future::ready(())).with(prepare));
    Router::new().layer(layer)
}
