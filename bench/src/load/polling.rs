//! How browsers come in: a session by long-polling, CONNECT over it, and beside it the probe of a
//! WebSocket, to which the session moves once no poll is open any more.

use std::rc::Rc;

use anyhow::{Context as _, Result, ensure};
use memchr::memmem;

use super::dialect::Dialect;
use super::http::{Caller, Response};

/// Packets of one response are separated by this.
const SEPARATOR: u8 = 0x1e;

/// What was asked last; there is never more than one question open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// A session.
    Session,
    /// The server to take a packet.
    Post,
    /// What there is.
    Poll,
}

/// A session that has not come to its WebSocket yet.
#[derive(Debug)]
pub(crate) struct Polling {
    /// The WebSocket has answered the probe.
    pub(crate) probed: bool,
    /// How far the session has come.
    pub(crate) progress: Progress,
    asked: Asked,
    host: Rc<str>,
    path: String,
    cookie: Option<String>,
    sid: String,
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// CONNECT was accepted.
    pub(crate) connected: bool,
    /// The room was entered.
    pub(crate) joined: bool,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Another request on the same connection.
    Ask(String),
    /// The same, and a WebSocket on another one.
    AskAndUpgrade {
        /// The request.
        request: String,
        /// The session that the WebSocket belongs to.
        sid: String,
        /// The cookie that goes with it.
        cookie: Option<String>,
    },
    /// The session moves to the WebSocket.
    Upgrade,
}

impl Polling {
    /// A session to be, and its first request.
    pub(crate) fn begin(host: &Rc<str>) -> (Self, String) {
        let path = "/socket.io/?EIO=4&transport=polling".to_owned();
        let request = Caller { host, cookie: None }.get(&path);
        let polling = Self {
            probed: false,
            progress: Progress::default(),
            asked: Asked::Session,
            host: host.clone(),
            path,
            cookie: None,
            sid: String::new(),
        };
        (polling, request)
    }

    /// The open question was answered.
    pub(crate) fn answered(
        &mut self,
        response: &Response<'_>,
        (dialect, room): (Dialect, Option<&str>),
    ) -> Result<Step> {
        ensure!(response.status == 200, "polling: status {}", response.status);
        let was_connected = self.progress.connected;
        match self.asked {
            Asked::Session => {
                self.open(response)?;
                return Ok(Step::Ask(self.post(dialect.connect())));
            }
            Asked::Post => {}
            Asked::Poll => {
                for packet in response.body.split(|byte| *byte == SEPARATOR) {
                    ensure!(!dialect.is_refusal(packet), "{}", String::from_utf8_lossy(packet));
                    self.progress.connected |= dialect.is_connected(packet);
                    self.progress.joined |= dialect.is_joined(packet);
                }
            }
        }
        if self.progress.connected && !was_connected {
            let request = match room {
                Some(room) => self.post(&dialect.join(room)),
                None => self.poll(),
            };
            let (sid, cookie) = (self.sid.clone(), self.cookie.clone());
            return Ok(Step::AskAndUpgrade { request, sid, cookie });
        }
        Ok(if self.probed { Step::Upgrade } else { Step::Ask(self.poll()) })
    }

    fn open(&mut self, response: &Response<'_>) -> Result<()> {
        let after = |text: &str, what: &str| {
            let at = memmem::find(text.as_bytes(), what.as_bytes())?;
            text.get(at + what.len()..).map(str::to_owned)
        };
        let body = std::str::from_utf8(response.body).context("the open packet is no text")?;
        let sid = after(body, "\"sid\":\"").context("an open packet without a session")?;
        sid.split('"').next().unwrap_or_default().clone_into(&mut self.sid);
        self.path = format!("{}&sid={}", self.path, self.sid);
        let cookie = response.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        self.cookie = cookie.map(str::to_owned);
        Ok(())
    }

    fn poll(&mut self) -> String {
        self.asked = Asked::Poll;
        self.caller().get(&self.path)
    }

    fn post(&mut self, packet: &str) -> String {
        self.asked = Asked::Post;
        self.caller().post(&self.path, "text/plain;charset=UTF-8", packet)
    }

    fn caller(&self) -> Caller<'_> {
        Caller { host: &self.host, cookie: self.cookie.as_deref() }
    }
}

#[cfg(test)]
mod tests {
    use super::super::http;
    use super::*;

    fn answer(polling: &mut Polling, head: &str, body: &str) -> Step {
        let length = body.len();
        let text = format!("HTTP/1.1 200 OK\r\n{head}content-length: {length}\r\n\r\n{body}");
        let (response, _) = http::next(text.as_bytes()).unwrap().unwrap();
        polling.answered(&response, (Dialect::Plain, Some("r000"))).unwrap()
    }

    #[test]
    fn a_session_comes_in_as_a_browser_does() {
        let (mut polling, request) = Polling::begin(&"localhost:1".into());
        assert!(request.starts_with("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n"));

        let opened = answer(&mut polling, "Set-Cookie: a=b; Path=/\r\n", r#"0{"sid":"xyz"}"#);
        let Step::Ask(connect) = opened else { panic!("{opened:?}") };
        assert!(connect.starts_with("POST ") && connect.contains("&sid=xyz "), "{connect}");
        assert!(connect.contains("Cookie: a=b\r\n") && connect.ends_with("\r\n\r\n40"));

        assert!(
            matches!(answer(&mut polling, "", "ok"), Step::Ask(poll) if poll.starts_with("GET"))
        );
        let connected = answer(&mut polling, "", "40{\"sid\":\"s\"}");
        let Step::AskAndUpgrade { request, sid, .. } = connected else { panic!("{connected:?}") };
        assert!(request.contains("join") && sid == "xyz");

        assert!(
            matches!(answer(&mut polling, "", "ok"), Step::Ask(poll) if poll.starts_with("GET"))
        );
        polling.probed = true;
        assert_eq!(answer(&mut polling, "", "42[\"joined\",\"r000\"]\x1e6"), Step::Upgrade);
        assert!(polling.progress.connected && polling.progress.joined);
    }
}
