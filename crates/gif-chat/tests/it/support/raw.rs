use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::TestServer;
use super::socket_client::DEADLINE;

/// How long a slow client listens before it sends its next byte.
const PAUSE: Duration = Duration::from_millis(20);

/// A TCP connection without an HTTP library, for requests that no library would send.
pub(crate) struct RawConnection {
    stream: TcpStream,
}

/// An answer as it stood on the wire.
#[derive(Debug)]
pub(crate) struct RawAnswer {
    pub(crate) status: u16,
    /// Everything that came, the status line included.
    pub(crate) text: String,
}

impl RawConnection {
    pub(crate) async fn open(server: &TestServer) -> Self {
        Self { stream: TcpStream::connect(server.app().address()).await.unwrap() }
    }

    /// Sends the bytes. A server that has hung up already is no failure here: its answer tells.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let sending = self.stream.write_all(bytes);
        let _ = timeout(DEADLINE, sending).await.expect("the server reads or hangs up");
    }

    /// Everything until the server closes the connection.
    pub(crate) async fn read_to_end(&mut self) -> String {
        let mut all = Vec::new();
        let mut part = [0; 4096];
        let reading = async {
            while let Ok(length @ 1..) = self.stream.read(&mut part).await {
                all.extend_from_slice(&part[..length]);
            }
        };
        timeout(DEADLINE, reading).await.expect("the server closes the connection");
        String::from_utf8_lossy(&all).into_owned()
    }

    /// Goes on sending one byte after the other until the server closes the connection, and says
    /// how many it took. Between two bytes it listens for a moment.
    pub(crate) async fn dribble(&mut self, byte: u8) -> usize {
        let mut part = [0; 4096];
        let dribbling = async {
            let mut sent = 0;
            while self.stream.write_all(&[byte]).await.is_ok() {
                sent += 1;
                let answer = timeout(PAUSE, self.stream.read(&mut part)).await;
                if let Ok(Ok(0) | Err(_)) = answer {
                    break;
                }
            }
            sent
        };
        timeout(DEADLINE, dribbling).await.expect("the server closes the connection")
    }
}

/// Sends one request head as it stands, with `Host` and `Connection: close` added, and reads the
/// whole answer.
pub(crate) async fn raw_request(server: &TestServer, first_line: &str, lines: &str) -> RawAnswer {
    let mut connection = RawConnection::open(server).await;
    let host = server.app().address();
    let head = format!("{first_line}\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n");
    connection.send(head.as_bytes()).await;
    RawAnswer::parse(connection.read_to_end().await)
}

impl RawAnswer {
    pub(crate) fn parse(text: String) -> Self {
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Self { status, text }
    }
}
