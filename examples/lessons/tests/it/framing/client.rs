//! A client that writes bytes and looks closely at what comes back.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::frames::{BINARY, CLOSE, LAST, PING, PONG, TEXT, frame, shortest};
use super::servers::Door;

/// The longest payload of a control frame, in bytes (RFC 6455 §5.5).
const CONTROL_BYTES_MAX: usize = 125;

/// What stands for the code of a close frame without one (RFC 6455 §7.4.1).
pub(super) const NO_CODE: u16 = 1005;

/// What comes from a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A frame that is no close frame.
    Frame(u8, Vec<u8>),
    /// A close frame.
    Close(u16),
    /// The end of the connection.
    End,
}

/// A WebSocket of a client.
pub(super) struct Client(TcpStream);

impl Client {
    /// One that may send messages to be echoed.
    pub(super) async fn enter(door: &Door) -> Result<Self, String> {
        let stream = TcpStream::connect(door.address).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let mut client = Self(stream);
        let request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            door.path, door.address
        );
        client.send(request.as_bytes()).await;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(client.0.read_u8().await.map_err(|error| error.to_string())?);
        }
        let answer = String::from_utf8_lossy(&answer);
        // The answer to the key above, as RFC 6455 §1.3 works it out.
        if !answer.starts_with("HTTP/1.1 101") || !answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
            return Err(format!("no WebSocket: {answer}"));
        }
        if door.is_engine {
            client.enter_namespace().await?;
        }
        Ok(client)
    }

    async fn enter_namespace(&mut self) -> Result<(), String> {
        let opened = self.hear().await?;
        self.send(&frame(TEXT, b"40")).await;
        match (opened, self.hear().await?) {
            (Heard::Frame(_, open), Heard::Frame(_, entered))
                if open.starts_with(b"0{") && entered.starts_with(b"40{") =>
            {
                Ok(())
            }
            other => Err(format!("not let into the namespace: {other:?}")),
        }
    }

    /// Writes, also to a server that has hung up: what it says is what counts.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        drop(self.0.write_all(bytes).await);
    }

    /// Ends its half of the connection.
    pub(super) async fn leave(&mut self) {
        drop(self.0.shutdown().await);
    }

    /// What comes next. An error tells what no server may send.
    pub(super) async fn hear(&mut self) -> Result<Heard, String> {
        let Some(first) = self.byte().await else { return Ok(Heard::End) };
        let Some(second) = self.byte().await else { return Err("half a header".to_owned()) };
        let more = match second {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mut length = vec![second];
        length.extend(self.bytes(more).await?);
        let payload_length = match *length {
            [126, high, low] => usize::from(u16::from_be_bytes([high, low])),
            [127, _, _, _, _, a, b, c, d] => u32::from_be_bytes([a, b, c, d]) as usize,
            _ => usize::from(second),
        };
        let opcode = first ^ LAST;
        if !matches!(opcode, TEXT | BINARY | CLOSE | PING | PONG) {
            return Err(format!("a frame that begins with {first:#x}"));
        }
        // A mask would make it longer, too.
        if length != shortest(payload_length) {
            return Err(format!("a length told by {length:?}"));
        }
        let payload = self.bytes(payload_length).await?;
        if opcode & 0x8 != 0 && payload_length > CONTROL_BYTES_MAX {
            return Err(format!("a control frame of {payload_length} bytes"));
        }
        if opcode == TEXT && std::str::from_utf8(&payload).is_err() {
            return Err("a text that is not UTF-8".to_owned());
        }
        if opcode == CLOSE { closing(&payload) } else { Ok(Heard::Frame(opcode, payload)) }
    }

    /// The next byte; nothing at the end. A reset is an end too.
    async fn byte(&mut self) -> Option<u8> {
        self.0.read_u8().await.ok()
    }

    async fn bytes(&mut self, count: usize) -> Result<Vec<u8>, String> {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes).await.map_err(|_end| "half a frame".to_owned())?;
        Ok(bytes)
    }
}

fn closing(payload: &[u8]) -> Result<Heard, String> {
    match payload {
        [] => Ok(Heard::Close(NO_CODE)),
        [high, low, reason @ ..] if std::str::from_utf8(reason).is_ok() => {
            Ok(Heard::Close(u16::from_be_bytes([*high, *low])))
        }
        _ => Err(format!("a close frame with {payload:?}")),
    }
}
