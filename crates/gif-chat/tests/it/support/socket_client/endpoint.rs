//! Where the server is and how one gets to it: the handshakes of both transports.

use std::fmt;

use reqwest::Url;
use reqwest::header::{COOKIE, HeaderMap, HeaderValue, SET_COOKIE};
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::inbox::CloseReason;
use super::packet::{PollingPacket, split_polling_body};

/// A WebSocket on a plain TCP connection.
pub(super) type Socket = WebSocketStream<TcpStream>;

/// Why a client did not get in.
#[derive(Debug)]
pub(crate) enum ConnectError {
    /// The handshake was answered with an HTTP status that is not a welcome.
    Refused(Box<Refusal>),
    /// The namespace answered `CONNECT_ERROR`; the payload is `{"message": …, "data": …}`.
    Namespace(Value),
    /// The connection ended before the namespace answered.
    Closed(CloseReason),
    /// Nothing came within the deadline; the text says what was awaited.
    TimedOut(&'static str),
    /// No connection, or an answer that is neither HTTP nor Engine.IO.
    Broken(String),
}

/// The HTTP answer to a refused handshake.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl ConnectError {
    /// The HTTP status of a refused handshake.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    pub(super) fn broken(problem: impl fmt::Display) -> Self {
        Self::Broken(problem.to_string())
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => {
                let Refusal { status, headers, body } = refusal.as_ref();
                write!(formatter, "refused with status {status}: {body} ({headers:?})")
            }
            Self::Namespace(payload) => write!(formatter, "refused by the namespace: {payload}"),
            Self::Closed(reason) => write!(formatter, "closed before it was open: {reason:?}"),
            Self::TimedOut(awaited) => write!(formatter, "{awaited} did not come in time"),
            Self::Broken(problem) => write!(formatter, "broken: {problem}"),
        }
    }
}

impl std::error::Error for ConnectError {}

/// What the server said when the engine opened.
#[derive(Debug)]
pub(super) struct Opening {
    /// The JSON of the open packet: sid, upgrades, ping times, largest payload.
    pub(super) handshake: Value,
    pub(super) set_cookies: Vec<String>,
    /// Packets that came in one body with the open packet.
    pub(super) early: Vec<PollingPacket>,
}

impl Opening {
    pub(super) fn sid(&self) -> &str {
        self.handshake.get("sid").and_then(Value::as_str).unwrap_or_default()
    }
}

/// The server's address and what every request to it carries.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    pub(super) base: Url,
    pub(super) headers: HeaderMap,
    pub(super) receive_buffer_bytes: Option<u32>,
}

impl Endpoint {
    /// Opens the engine by HTTP long polling.
    pub(super) async fn open_polling(&mut self) -> Result<(Polling, Opening), ConnectError> {
        // A proxy from the environment must not come between a test and its server.
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.map_err(ConnectError::broken)?;
        let url = self.url("http", "polling", None);
        let request = client.get(url).headers(self.headers.clone());
        let response = request.send().await.map_err(ConnectError::broken)?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.text().await.map_err(ConnectError::broken)?;
        if status != 200 {
            return Err(refused(status.as_u16(), headers, body));
        }
        let mut packets = split_polling_body(&body);
        if packets.is_empty() {
            return Err(ConnectError::broken("the handshake was empty"));
        }
        let handshake = match packets.remove(0) {
            PollingPacket::Text(text) => open_packet(&text)?,
            PollingPacket::Binary(_) => return Err(ConnectError::broken("binary handshake")),
        };
        let set_cookies = set_cookies(&headers);
        self.keep_cookies(&set_cookies);
        let opening = Opening { handshake, set_cookies, early: packets };
        let url = self.url("http", "polling", Some(opening.sid()));
        Ok((Polling { client, url, headers: self.headers.clone() }, opening))
    }

    /// Opens the engine by WebSocket.
    pub(super) async fn open_websocket(&mut self) -> Result<(Socket, Opening), ConnectError> {
        let (mut socket, headers) = self.connect_websocket(None).await?;
        let text = match next_message(&mut socket).await? {
            Message::Text(text) => text,
            Message::Close(frame) => return Err(ConnectError::Closed(close_reason(frame))),
            other => return Err(ConnectError::broken(format!("instead of open: {other:?}"))),
        };
        let set_cookies = set_cookies(&headers);
        self.keep_cookies(&set_cookies);
        let handshake = open_packet(&text)?;
        Ok((socket, Opening { handshake, set_cookies, early: Vec::new() }))
    }

    /// Opens a WebSocket for a session that polls and proves that packets pass through it.
    pub(super) async fn probe(&self, sid: &str) -> Result<Socket, ConnectError> {
        use futures_util::SinkExt as _;
        let (mut socket, _) = self.connect_websocket(Some(sid)).await?;
        socket.send(Message::text("2probe")).await.map_err(ConnectError::broken)?;
        match next_message(&mut socket).await? {
            Message::Text(text) if text.as_str() == "3probe" => Ok(socket),
            Message::Close(frame) => Err(ConnectError::Closed(close_reason(frame))),
            other => Err(ConnectError::broken(format!("the probe was answered by {other:?}"))),
        }
    }

    async fn connect_websocket(
        &self,
        sid: Option<&str>,
    ) -> Result<(Socket, HeaderMap), ConnectError> {
        let url = self.url("ws", "websocket", sid);
        let mut request = url.as_str().into_client_request().map_err(ConnectError::broken)?;
        for (name, value) in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        let stream = self.connect_tcp().await.map_err(ConnectError::broken)?;
        let mut limits = WebSocketConfig::default();
        if self.receive_buffer_bytes.is_some() {
            // The library's own buffer would swallow what the kernel is meant to hold back.
            limits = limits.read_buffer_size(1024);
        }
        match Box::pin(client_async_with_config(request, stream, Some(limits))).await {
            Ok((socket, response)) => Ok((socket, response.headers().clone())),
            Err(tungstenite::Error::Http(response)) => {
                let (parts, body) = response.into_parts();
                let body = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
                Err(refused(parts.status.as_u16(), parts.headers, body))
            }
            Err(error) => Err(ConnectError::broken(error)),
        }
    }

    async fn connect_tcp(&self) -> std::io::Result<TcpStream> {
        let host = self.base.host_str().unwrap_or("127.0.0.1").trim_matches(['[', ']']);
        let port = self.base.port_or_known_default().unwrap_or(80);
        let address = lookup_host((host, port)).await?.next();
        let address = address.ok_or_else(|| std::io::Error::other("no address"))?;
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(bytes) = self.receive_buffer_bytes {
            // Before connecting: the window is agreed upon in the TCP handshake.
            socket.set_recv_buffer_size(bytes)?;
        }
        socket.set_nodelay(true)?;
        socket.connect(address).await
    }

    fn url(&self, scheme: &str, transport: &str, sid: Option<&str>) -> String {
        let authority = self.base.authority();
        let sid = sid.map(|sid| format!("&sid={sid}")).unwrap_or_default();
        format!("{scheme}://{authority}/socket.io/?EIO=4&transport={transport}{sid}")
    }

    /// Later requests carry the cookies that the handshake set, as a browser's would: a server
    /// may bind the session to them.
    fn keep_cookies(&mut self, set_cookies: &[String]) {
        let kept = self.headers.get(COOKIE).and_then(|cookies| cookies.to_str().ok());
        let fresh = set_cookies.iter().filter_map(|cookie| cookie.split(';').next());
        let is_replaced = |kept: &str| {
            let name = kept.split('=').next();
            fresh.clone().any(|fresh| fresh.split('=').next() == name)
        };
        let kept = kept.into_iter().flat_map(|cookies| cookies.split("; "));
        let all = kept.filter(|kept| !is_replaced(kept)).chain(fresh.clone());
        let all = all.collect::<Vec<_>>().join("; ");
        if let (false, Ok(value)) = (all.is_empty(), HeaderValue::from_str(&all)) {
            self.headers.insert(COOKIE, value);
        }
    }
}

/// An open session over HTTP long polling.
#[derive(Clone, Debug)]
pub(super) struct Polling {
    client: reqwest::Client,
    url: String,
    headers: HeaderMap,
}

impl Polling {
    /// Waits for packets. The error is how the connection ended.
    pub(super) async fn poll(&self) -> Result<Vec<PollingPacket>, CloseReason> {
        let request = self.client.get(&self.url);
        Ok(split_polling_body(&self.exchange(request).await?))
    }

    /// Sends one body of packets. The error is how the connection ended.
    pub(super) async fn post(&self, body: String) -> Result<(), CloseReason> {
        let request = self.client.post(&self.url).body(body);
        let request = request.header("content-type", "text/plain;charset=UTF-8");
        self.exchange(request).await.map(drop)
    }

    async fn exchange(&self, request: reqwest::RequestBuilder) -> Result<String, CloseReason> {
        let exchange = async {
            let response = request.headers(self.headers.clone()).send().await?;
            let status = response.status().as_u16();
            Ok((status, response.text().await?))
        };
        let failure = |error: reqwest::Error| CloseReason {
            error: Some(format!("{error:?}")),
            ..CloseReason::default()
        };
        match exchange.await.map_err(failure)? {
            (200, body) => Ok(body),
            (status, text) => {
                Err(CloseReason { http_status: Some(status), text, ..CloseReason::default() })
            }
        }
    }
}

/// What a close frame says.
pub(super) fn close_reason(frame: Option<tungstenite::protocol::CloseFrame>) -> CloseReason {
    let text = frame.as_ref().map(|frame| frame.reason.to_string()).unwrap_or_default();
    let code = frame.map(|frame| u16::from(frame.code));
    CloseReason { code, text, ..CloseReason::default() }
}

async fn next_message(socket: &mut Socket) -> Result<Message, ConnectError> {
    use futures_util::StreamExt as _;
    match socket.next().await {
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) => Err(ConnectError::broken(error)),
        None => Err(ConnectError::Closed(CloseReason::default())),
    }
}

fn open_packet(text: &str) -> Result<Value, ConnectError> {
    let json = text.strip_prefix('0').and_then(|json| serde_json::from_str(json).ok());
    json.ok_or_else(|| ConnectError::broken(format!("not an open packet: {text}")))
}

fn set_cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(SET_COOKIE).iter();
    values.filter_map(|value| value.to_str().ok()).map(str::to_owned).collect()
}

fn refused(status: u16, headers: HeaderMap, body: String) -> ConnectError {
    ConnectError::Refused(Box::new(Refusal { status, headers, body }))
}
