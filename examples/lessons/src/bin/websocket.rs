//! WebSocket: browser and server say what they like when they like, over one connection.

use std::{error::Error, net::IpAddr, net::SocketAddr, time::Duration};

use axum::extract::ws::close_code::{ABNORMAL, AWAY, INVALID, PROTOCOL, SIZE, STATUS};
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{ConnectInfo, State};
use axum::response::{Html, Response};
use axum::{Router, http::Uri, routing::get};
use tokio::time::{Instant, interval_at, sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tungstenite::error::{Error as Broken, ProtocolError::ResetWithoutClosingHandshake};

const LINE: &str = "서버에서 클라이언트로 메시지를 보냅니다.";
const LINE_EVERY: Duration = Duration::from_secs(3);
const MESSAGE_BYTES_MAX: usize = 64 * 1024;
const GOODBYE_TIME_MAX: Duration = Duration::from_secs(1);

/// The sockets that are open, and the word that ends them.
#[derive(Clone, Default)]
pub(crate) struct Sockets {
    open: TaskTracker,
    stop: CancellationToken,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let sockets = Sockets::default();
    lessons::serve(router(sockets.clone())).await?;
    sockets.stop.cancel();
    sockets.open.close();
    drop(timeout(2 * GOODBYE_TIME_MAX, sockets.open.wait()).await);
    Ok(())
}

/// The page, its socket, and the smallest socket there is: it sends back what it gets.
pub(crate) fn router(sockets: Sockets) -> Router {
    let page = get(async || Html(include_str!("../../pages/websocket.html")));
    let router = Router::new().route("/", page).route("/socket", get(open));
    router.route("/echo", get(open)).with_state(sockets)
}

async fn open(
    State(sockets): State<Sockets>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    uri: Uri,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.max_message_size(MESSAGE_BYTES_MAX).max_frame_size(MESSAGE_BYTES_MAX);
    upgrade.on_upgrade(move |socket| {
        let talk = talk(socket, client.ip(), uri.path() == "/echo", sockets.stop);
        sockets.open.track_future(talk)
    })
}

/// The life of one socket. Its timer is a part of it, and ends with it.
async fn talk(mut socket: WebSocket, client: IpAddr, is_echo: bool, stop: CancellationToken) {
    tracing::info!(%client, "open");
    let mut timer = interval_at(Instant::now() + LINE_EVERY, LINE_EVERY);
    let mut linger = Duration::ZERO;
    let code = loop {
        let done = tokio::select! {
            () = stop.cancelled() => break AWAY,
            _ = timer.tick(), if !is_echo => socket.send(LINE.into()).await,
            received = socket.recv() => match received {
                None => break ABNORMAL,
                Some(Err(error)) => Err(error),
                Some(Ok(Message::Close(said))) => break said.map_or(STATUS, |said| said.code),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                Some(Ok(message)) => {
                    tracing::info!(%client, text = message.to_text().ok(), "message");
                    if is_echo { socket.send(message).await } else { Ok(()) }
                }
            },
        };
        if let Err(error) = done {
            tracing::warn!(%client, %error, "error");
            linger = GOODBYE_TIME_MAX;
            break code_for(error);
        }
    };
    // After the client's goodbye this sends nothing: the answer to it is on its way already.
    let goodbye = Message::Close(Some(CloseFrame { code, reason: "".into() }));
    drop(timeout(GOODBYE_TIME_MAX, socket.send(goodbye)).await);
    drop(timeout(GOODBYE_TIME_MAX, async { while socket.recv().await.is_some() {} }).await);
    // What is unread at the end takes the goodbye back: first the client has time to see it.
    sleep(linger).await;
    tracing::info!(%client, code, "closed");
}

/// What the client is told of its mistake (RFC 6455 §7.4.1).
fn code_for(error: axum::Error) -> u16 {
    match error.into_inner().downcast_ref() {
        Some(Broken::Capacity(_)) => SIZE,
        Some(Broken::Utf8(_)) => INVALID,
        Some(Broken::Protocol(mistake)) if *mistake != ResetWithoutClosingHandshake => PROTOCOL,
        _ => ABNORMAL,
    }
}
