//! Socket.IO: named events both ways, over polling and then WebSocket; namespaces and rooms.

use std::{error::Error, future::ready, net::IpAddr, time::Duration};

use axum::http::header::CONTENT_TYPE;
use axum::{Router, response::Html, routing::get};
use socketio::{Arguments, BadEvent, Config, Connect, Data, Engine, Reply, Socket};
use tokio::time::{Instant, interval_at};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

const NEWS_EVERY: Duration = Duration::from_secs(3);
const STOP_TIME_MAX: Duration = Duration::from_secs(2);
/// The browser's client, which the build of the page (`make web`) has left there.
const CLIENT: &str = include_str!("../../../../web/dist/socket.io/socket.io.js");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::new(Config::default());
    lessons::serve(router(&engine)).await?;
    engine.shutdown(STOP_TIME_MAX).await;
    Ok(())
}

pub(crate) fn router(engine: &Engine) -> Router {
    open_news(engine);
    open_rooms(engine);
    let page = get(async || Html(include_str!("../../pages/socket_io.html")));
    let client = get(async || ([(CONTENT_TYPE, "text/javascript")], CLIENT));
    Router::new()
        .route("/", page.clone())
        .route("/websocket-only", page)
        .route("/socket.io/socket.io.js", client)
        .route_service("/socket.io/", engine.service())
}

/// What is kept for each socket; its timer ends when it is gone.
struct Client {
    address: Option<IpAddr>,
    gone: CancellationToken,
}

fn open_news(engine: &Engine) {
    let timers = TaskTracker::new();
    engine
        .namespace("/")
        .connect(async |connect: Connect| {
            let address = connect.handshake().address();
            Ok(Client { address, gone: CancellationToken::new() })
        })
        .connected(move |socket: Socket<Client>| {
            let client = socket.state().address.map(tracing::field::display);
            tracing::info!(socket = socket.id(), client, "connected");
            let gone = socket.state().gone.clone();
            timers.spawn(gone.run_until_cancelled_owned(send_news(socket)));
            ready(())
        })
        .on("reply", async |socket: Socket<Client>, reply: Result<Data<String>, BadEvent>| {
            match reply {
                Ok(Data(text)) => tracing::info!(socket = socket.id(), text, "reply"),
                Err(error) => tracing::warn!(socket = socket.id(), %error, "error"),
            }
        })
        .disconnected(async |socket: Socket<Client>, reason| {
            socket.state().gone.cancel();
            let code = reason.close_code();
            tracing::info!(socket = socket.id(), %reason, code, "disconnected");
        })
        .open();
}

async fn send_news(socket: Socket<Client>) {
    let mut timer = interval_at(Instant::now() + NEWS_EVERY, NEWS_EVERY);
    loop {
        timer.tick().await;
        drop(socket.emit("news", "Hello Socket.IO"));
    }
}

type ToText = Arguments<(String, String)>;

/// Who is in `/room` hears of rooms; who is in `/chat` enters them, and talks.
fn open_rooms(engine: &Engine) {
    let (lobby, chat) = (engine.namespace("/room").open(), engine.namespace("/chat"));
    chat.on("join", move |socket: Socket, Data(room): Data<String>| {
        drop(lobby.all().emit("newRoom", &room));
        ready(Reply(socket.join(&room).is_ok()))
    })
    .on("toOne", async |socket: Socket, Arguments((id, text)): ToText| {
        let all = socket.namespace().all().sockets();
        drop(all.iter().find(|one| one.id() == id).map(|one| one.emit("chat", &text)));
    })
    .on("toOthers", async |socket: Socket, Data(text): Data<String>| {
        drop(socket.broadcast().emit("chat", &text));
    })
    .on("toRoom", async |socket: Socket, Arguments((room, text)): ToText| {
        drop(socket.to(&room).emit("chat", &text));
    })
    .open();
}
