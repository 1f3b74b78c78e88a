//! Where a server is, and who comes to it.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Response, StatusCode};
use tokio::net::{TcpSocket, TcpStream, lookup_host};

use super::error::ConnectError;

/// Longest time for one HTTP request that is no poll.
pub(super) const REQUEST_TIME_MAX: Duration = Duration::from_secs(10);

/// Where a server is. Clones share their HTTP connections.
#[derive(Clone, Debug)]
pub struct Door {
    pub(super) authority: String,
    pub(super) http: reqwest::Client,
    receive_buffer_bytes: Option<u32>,
}

impl Door {
    /// The door of a server at `host:port`.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub fn new(authority: &str) -> Result<Self> {
        let http = reqwest::Client::builder()
            // A proxy from the environment must not come between.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .build()?;
        Ok(Self { authority: authority.to_owned(), http, receive_buffer_bytes: None })
    }

    /// Another way to the same server, such as a proxy in front of it.
    #[must_use]
    pub fn at(&self, authority: &str) -> Self {
        Self { authority: authority.to_owned(), ..self.clone() }
    }

    /// The kernel holds little for a WebSocket that does not read, so that a server soon notices.
    #[must_use]
    pub fn with_receive_buffer_bytes(self, bytes: u32) -> Self {
        Self { receive_buffer_bytes: Some(bytes), ..self }
    }

    /// `host:port`.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    pub(super) async fn connect(&self) -> Result<TcpStream, ConnectError> {
        self.connect_tcp().await.map_err(ConnectError::broken)
    }

    async fn connect_tcp(&self) -> std::io::Result<TcpStream> {
        let address = lookup_host(&self.authority).await?.next();
        let address = address.ok_or_else(|| std::io::Error::other("no address"))?;
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(bytes) = self.receive_buffer_bytes {
            // Before connecting: the window is agreed upon in the TCP handshake.
            socket.set_recv_buffer_size(bytes)?;
        }
        socket.set_nodelay(true)?;
        socket.connect(address).await
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.authority)
    }
}

/// One visitor: a cookie that the server has signed. It survives restarts, as the data folder does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    cookie: String,
}

impl Visitor {
    /// Comes for the first time, and gets a cookie.
    ///
    /// # Errors
    /// When the server does not answer, or sets no cookie.
    pub async fn arrive(door: &Door) -> Result<Self> {
        let request = door.http.get(door.url("/room")).timeout(REQUEST_TIME_MAX);
        let response = request.send().await?.error_for_status()?;
        let line = response.headers().get(SET_COOKIE).context("a newcomer got no cookie")?;
        let cookie = line.to_str()?.split(';').next().unwrap_or_default();
        Ok(Self::with_cookie(cookie))
    }

    /// A visitor from before: `name=value`, as [`Visitor::cookie`] gave it.
    #[must_use]
    pub fn with_cookie(cookie: &str) -> Self {
        Self { cookie: cookie.to_owned() }
    }

    /// The cookie as `name=value`.
    #[must_use]
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Makes a room with so many seats, and returns its id. Takes no seat.
    ///
    /// # Errors
    /// When the server refuses, or does not answer.
    pub async fn make_room(&self, door: &Door, title: &str, max: u32) -> Result<String> {
        let form = [("title", title.to_owned()), ("max", max.to_string())];
        let request = door.http.post(door.url("/room")).header(COOKIE, &self.cookie).form(&form);
        let response = request.timeout(REQUEST_TIME_MAX).send().await?;
        if response.status() != StatusCode::FOUND {
            let status = response.status();
            bail!("no room was made: {status} {}", response.text().await.unwrap_or_default());
        }
        room_of(&response).context("the answer to a new room names none")
    }
}

fn room_of(response: &Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    location.rsplit('/').next().filter(|room| !room.is_empty()).map(str::to_owned)
}
