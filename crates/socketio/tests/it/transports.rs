//! Other servers and other streams than the engine's own: `axum::serve`, and one that is not TCP,
//! as TLS is none.

use std::time::Duration;

use axum::Router;
use socketio::{Config, Engine, Reason, Socket};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::support::{Bare, Close, Polling, Taker, WebSocket, eventually, feed, piped};

/// An engine that echoes and hands out its sockets.
fn engine(config: Config) -> (Engine, Taker<Socket>) {
    let (entered, sockets) = feed();
    let engine = Engine::new(config);
    engine
        .namespace("/")
        .connected(move |socket: Socket| {
            entered.put(socket);
            async {}
        })
        .on("echo", async |socketio::Data(text): socketio::Data<String>| socketio::Reply(text))
        .open();
    (engine, sockets)
}

fn wide() -> Config {
    Config { backlog_packets_max: 100_000, backlog_bytes_max: 10_000_000, ..Config::default() }
}

/// Emits a lot, and looks at all that comes.
async fn flood<T>(client: &mut WebSocket<T>, socket: &Socket)
where
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    for number in 0..5_000 {
        socket.emit("n", &number).unwrap();
    }
    for number in 0..5_000 {
        assert_eq!(client.text().await, format!(r#"42["n",{number}]"#));
    }
    let answers = (0..500).map(|number| format!(r#"42{number}["echo","{number}"]"#));
    client.send_all(answers).await;
    for number in 0..500 {
        assert_eq!(client.text().await, format!(r#"43{number}["{number}"]"#));
    }
}

/// Serves an engine with axum.
async fn axum_serving(engine: &Engine) -> std::net::SocketAddr {
    let router: Router = Router::new().route_service("/socket.io/", engine.service());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn an_engine_can_be_mounted_in_axum() {
    let (engine, mut sockets) = engine(wide());
    let address = axum_serving(&engine).await;
    let mut client = WebSocket::open(address).await;
    client.enter("/").await;
    let socket = sockets.next().await;
    assert!(client.is_alive().await);
    assert!(socket.is_websocket());
    flood(&mut client, &socket).await;
    socket.emit("last", &()).unwrap();
    socket.close("enough");
    let (texts, close) = client.rest().await;
    assert_eq!(
        (texts, close),
        (vec![r#"42["last",null]"#.into()], Close::Frame(4007, "enough".into()))
    );
    drop(client);
    eventually(|| engine.counters().sessions == 0).await;
}

#[tokio::test]
async fn a_session_is_polled_and_upgraded_in_axum() {
    let (engine, mut sockets) = engine(wide());
    let address = axum_serving(&engine).await;
    let mut polling = Polling::open(address).await;
    polling.enter("/").await;
    let socket = sockets.next().await;
    assert!(polling.is_alive().await);
    assert!(!socket.is_websocket());
    let mut websocket = WebSocket::beside(address, &polling.sid).await;
    websocket.send("2probe").await;
    assert_eq!(websocket.text().await, "3probe");
    websocket.send("5").await;
    assert!(websocket.is_alive().await);
    flood(&mut websocket, &socket).await;
    drop(websocket);
    eventually(|| socket.ended() == Some(Reason::TransportClose)).await;
}

#[tokio::test]
async fn a_stalled_reader_is_closed_in_axum() {
    let config = Config {
        write_time_max: Duration::from_millis(150),
        close_time_max: Duration::from_millis(50),
        backlog_bytes_max: 100_000_000,
        ..Config::default()
    };
    let (engine, mut sockets) = engine(config);
    let address = axum_serving(&engine).await;
    let mut stalled = Bare::narrow_client(address).await;
    let socket = sockets.next().await;
    for _ in 0..200 {
        socket.emit("e", &"x".repeat(100_000)).unwrap();
    }
    eventually(|| socket.ended() == Some(Reason::Stalled)).await;
    eventually(|| engine.counters().sessions == 0).await;
    stalled.read_to_end().await;
}

#[tokio::test]
async fn an_engine_speaks_over_any_stream() {
    for bytes in [200, 1_000, 1_000_000] {
        let (engine, mut sockets) = engine(wide());
        let mut client = piped(&engine, bytes).await;
        client.enter("/").await;
        let socket = sockets.next().await;
        assert!(client.is_alive().await);
        flood(&mut client, &socket).await;
        socket.close("enough");
        assert_eq!(client.close().await, Close::Frame(4007, "enough".into()));
        drop(client);
        eventually(|| engine.counters().sessions == 0).await;
    }
}

#[tokio::test]
async fn a_stream_that_takes_nothing_is_closed_like_any_other() {
    let config = Config {
        write_time_max: Duration::from_millis(100),
        close_time_max: Duration::from_millis(50),
        ..wide()
    };
    let (engine, mut sockets) = engine(config);
    let mut client = piped(&engine, 1_000).await;
    client.enter("/").await;
    let socket = sockets.next().await;
    for _ in 0..10 {
        socket.emit("e", &"x".repeat(1_000)).unwrap();
    }
    eventually(|| socket.ended() == Some(Reason::Stalled)).await;
    eventually(|| engine.counters().sessions == 0).await;
    client.close().await;
}

#[tokio::test]
async fn an_address_is_known_only_if_the_server_tells_it() {
    let (told, mut heard) = feed();
    let engine = Engine::new(Config::default());
    engine
        .namespace("/")
        .connect(move |connect: socketio::Connect| {
            told.put(connect.handshake().address());
            std::future::ready(Ok::<_, socketio::Refusal>(()))
        })
        .open();
    let mut client = piped(&engine, 1_000).await;
    client.enter("/").await;
    assert_eq!(heard.next().await, None);
}
