//! A client that writes bytes: for what no library would send, and for one that does not read.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::{Close, SILENCE, soon};

/// The mask of every frame that is written here.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What a client that hardly reads lets the kernel take for it, in bytes. The kernel makes more of
/// it.
const NARROW_BYTES: u32 = 4_096;

/// Kinds of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0,
    Text = 1,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// A whole message in one frame.
pub(crate) fn frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    frame_of(0x80 | opcode as u8, payload)
}

/// A frame whose first byte is this.
pub(crate) fn frame_of(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(0x80 | short),
        (_, Ok(medium)) => {
            frame.push(0x80 | 0x7e);
            frame.extend_from_slice(&medium.to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 0x7f);
            frame.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// An answer as it stood on the wire.
#[derive(Debug)]
pub(crate) struct BareAnswer {
    pub(crate) status: u16,
    /// Status line and headers.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A TCP connection.
pub(crate) struct Bare {
    pub(crate) stream: TcpStream,
}

impl Bare {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = soon(TcpStream::connect(address)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream }
    }

    /// One whose kernel takes little for it.
    pub(crate) async fn connect_narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(NARROW_BYTES).unwrap();
        Self { stream: soon(socket.connect(address)).await.unwrap() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        soon(self.stream.write_all(bytes)).await.unwrap();
    }

    /// Sends to a server that may have hung up. Whether it took everything.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) -> bool {
        soon(self.stream.write_all(bytes)).await.is_ok()
    }

    /// One request, and its answer by the length that it declares.
    pub(crate) async fn request(&mut self, request: &str) -> BareAnswer {
        self.send(request.as_bytes()).await;
        self.answer().await
    }

    pub(crate) async fn answer(&mut self) -> BareAnswer {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(soon(self.stream.read_u8()).await.unwrap());
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.to_ascii_lowercase().lines().find_map(|line| {
            line.strip_prefix("content-length:").map(|length| length.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap_or(0)];
        soon(self.stream.read_exact(&mut body)).await.unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        BareAnswer { status, head, body: String::from_utf8(body).unwrap() }
    }

    /// The head of a request for a WebSocket.
    pub(crate) fn upgrade_head(session: &str) -> String {
        format!(
            "GET /socket.io/?EIO=4&transport=websocket{session} HTTP/1.1\r\nHost: localhost\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
    }

    /// Becomes a WebSocket, with a session of its own unless one is named. Returns its first text
    /// in the former case.
    pub(crate) async fn upgrade(&mut self, session: &str) -> String {
        let answer = self.request(&Self::upgrade_head(session)).await;
        assert_eq!(answer.status, 101, "{}", answer.head);
        if session.is_empty() { self.text().await } else { String::new() }
    }

    /// A WebSocket with a session of its own, in the main namespace.
    pub(crate) async fn client(address: SocketAddr) -> Self {
        Self::connect(address).await.entered().await
    }

    /// The same, of one whose kernel takes little for it.
    pub(crate) async fn narrow_client(address: SocketAddr) -> Self {
        Self::connect_narrow(address).await.entered().await
    }

    async fn entered(mut self) -> Self {
        self.upgrade("").await;
        self.send(&frame(Opcode::Text, b"40")).await;
        assert!(self.text().await.starts_with("40{"));
        self
    }

    /// The next frame: its first byte, and what it carries; nothing at the end.
    pub(crate) async fn frame(&mut self) -> Option<(u8, Vec<u8>)> {
        soon(async {
            let first = self.stream.read_u8().await.ok()?;
            let length = match self.stream.read_u8().await.ok()? {
                126 => u64::from(self.stream.read_u16().await.ok()?),
                127 => self.stream.read_u64().await.ok()?,
                short => u64::from(short),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.stream.read_exact(&mut payload).await.ok()?;
            Some((first, payload))
        })
        .await
    }

    /// The next frame, which must be a text.
    pub(crate) async fn text(&mut self) -> String {
        let (first, payload) = self.frame().await.expect("the connection is over");
        assert_eq!(first, 0x80 | Opcode::Text as u8);
        String::from_utf8(payload).unwrap()
    }

    /// How it ends, and how many frames came before that.
    pub(crate) async fn close(&mut self) -> (usize, Close) {
        let mut frames = 0;
        while let Some((first, payload)) = self.frame().await {
            if first == 0x80 | Opcode::Close as u8 {
                let Some((code, reason)) = payload.split_first_chunk() else {
                    return (frames, Close::Empty);
                };
                let reason = String::from_utf8(reason.to_vec()).unwrap();
                return (frames, Close::Frame(u16::from_be_bytes(*code), reason));
            }
            frames += 1;
        }
        (frames, Close::Cut)
    }

    /// The code it is closed with; nothing else may come before.
    pub(crate) async fn close_code(&mut self) -> u16 {
        match self.close().await {
            (0, Close::Frame(code, _)) => code,
            other => panic!("not closed at once with a code: {other:?}"),
        }
    }

    /// Nothing comes.
    pub(crate) async fn is_silent(&mut self) {
        if let Ok(came) = tokio::time::timeout(SILENCE, self.stream.read_u8()).await {
            panic!("it is not silent: {came:?}");
        }
    }

    /// It reads nothing for a while.
    pub(crate) async fn is_still(&self) {
        tokio::time::sleep(SILENCE).await;
    }

    /// Reads until the server has closed. Returns what came.
    pub(crate) async fn read_to_end(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        // A reset is an end too.
        drop(soon(self.stream.read_to_end(&mut all)).await);
        all
    }
}
