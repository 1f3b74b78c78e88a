//! What no client can do: keep a lesson from ending, or end it.

use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Lesson, WebSocket, soon};

const WEBSOCKET: &str = env!("CARGO_BIN_EXE_websocket");
const SERVER_SENT_EVENTS: &str = env!("CARGO_BIN_EXE_server_sent_events");
const SOCKET_IO: &str = env!("CARGO_BIN_EXE_socket_io");
const LESSONS: [&str; 3] = [WEBSOCKET, SERVER_SENT_EVENTS, SOCKET_IO];

/// A connection that has sent this and goes on listening.
async fn connection(lesson: &Lesson, sent: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(lesson.address()).await.unwrap();
    stream.write_all(sent).await.unwrap();
    stream
}

async fn serves_its_page(lesson: &Lesson) -> bool {
    let page = reqwest::get(&lesson.url).await.unwrap();
    page.status().is_success() && page.text().await.unwrap().contains("<html lang=\"ko\">")
}

#[tokio::test]
async fn each_lesson_ends_when_it_is_asked_to_whatever_is_open() {
    for binary in LESSONS {
        for signal in [Signal::TERM, Signal::INT] {
            let mut lesson = Lesson::start(binary).await;
            assert!(serves_its_page(&lesson).await);
            let _silent = connection(&lesson, b"").await;
            let _unfinished = connection(&lesson, b"GET / HTTP/1.1\r\nHost: ").await;
            let mut stream = None;
            let mut socket = None;
            if binary == SERVER_SENT_EVENTS {
                let request = b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
                let mut open = connection(&lesson, request).await;
                open.read_exact(&mut [0; 16]).await.unwrap();
                stream = Some(open);
            } else {
                let path = if binary == WEBSOCKET {
                    "/socket"
                } else {
                    "/socket.io/?EIO=4&transport=websocket"
                };
                socket = Some(WebSocket::open(lesson.address(), path).await);
            }
            lesson.signal(signal);
            let status = lesson.end().await;
            assert_eq!(status.code(), Some(0), "{binary} after {signal:?}:\n{}", lesson.log());
            drop((stream, socket));
        }
    }
}

#[tokio::test]
async fn what_is_no_http_ends_no_lesson() {
    let noise: Vec<u8> = (0..4_096_u32).map(|index| (index * 7_919 % 251) as u8).collect();
    let upgrade = b"GET /socket HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n\xff\xff\xff";
    let sent: [&[u8]; 9] = [
        &noise,
        b"\r\n\r\n\r\n\0\0\0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
        upgrade,
        b"GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: \xff\xfe:1\r\n\r\n",
        b"GET /events HTTP/1.1\r\nHost: x\r\nLast-Event-ID: :99999999999999999999999\r\n\r\n",
        b"POST /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\xff\xff\xff\xff",
        b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n",
    ];
    for binary in LESSONS {
        let mut lesson = Lesson::start(binary).await;
        for sent in sent {
            let mut stream = connection(&lesson, sent).await;
            // Either the lesson hangs up, or it waits for more until we do.
            drop(stream.shutdown().await);
            let mut first = [0; 1];
            drop(soon("an answer or the end", stream.read(&mut first)).await);
        }
        assert!(serves_its_page(&lesson).await, "{binary}");
        assert!(!lesson.log().contains("panicked"), "{}", lesson.log());
        lesson.signal(Signal::TERM);
        assert!(lesson.end().await.success());
    }
}
