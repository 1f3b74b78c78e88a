//! Upgrades: sessions that begin with a WebSocket, and sessions that go on over one.

use std::future::poll_fn;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use hyper::upgrade::OnUpgrade;

use super::answer::{self, Refused};
use crate::engine::{Shared, Unavailable};
use crate::reason::Reason;
use crate::session::{Session, Stream};
use crate::wire::frame::Frame;
use crate::wire::payload::{EnginePacket, decode_text};
use crate::wire::websocket::{FrameReader, Received, accept_key, pong_frame};

/// How much of a probe is read at once, in bytes.
const PROBE_READ_BYTES: usize = 1_024;

/// Messages that a client may send before it has upgraded.
const PROBE_MESSAGES_MAX: usize = 8;

/// Whether a request wants a WebSocket (RFC 6455 §4.2.1).
pub(super) fn is_asked(parts: &Parts) -> bool {
    parts.method == Method::GET
        && names(parts, &header::UPGRADE, "websocket")
        && names(parts, &header::CONNECTION, "upgrade")
}

/// Whether a header is there and has this among its values, in capitals or not.
fn names(parts: &Parts, header: &HeaderName, value: &str) -> bool {
    let lines = parts.headers.get_all(header).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|one| one.trim().eq_ignore_ascii_case(value))
}

/// A session begins over a WebSocket.
pub(super) fn open(shared: &Arc<Shared>, parts: &mut Parts) -> Response<Full<Bytes>> {
    let (response, upgrade) = match switch(parts) {
        Ok(switched) => switched,
        Err(answer) => return *answer,
    };
    let handshake = match shared.admission().open(parts) {
        Ok(handshake) => handshake,
        Err(answer) => return *answer,
    };
    let greeting = |id| Some(super::greeting_frame(shared, id));
    let session = match shared.begin(handshake, greeting) {
        Ok(session) => session,
        Err(Unavailable) => return answer::unavailable(shared.config().retry_after_seconds),
    };
    // The client listens to nothing else.
    session.probed();
    spawn(shared, async move {
        let claim = Claim { session: &session };
        match upgrade.await {
            Ok(upgraded) => {
                let (stream, begun) = Stream::open(upgraded);
                session.adopt(stream, begun);
            }
            Err(_) => session.end(Reason::TransportError),
        }
        drop(claim);
    });
    response
}

/// A session that polls wants to go on over a WebSocket.
pub(super) fn take_over(session: &Arc<Session>, parts: &mut Parts) -> Response<Full<Bytes>> {
    if !is_asked(parts) {
        return Refused::BadRequest.into();
    }
    let (response, upgrade) = match switch(parts) {
        Ok(switched) => switched,
        Err(answer) => return *answer,
    };
    if !session.begin_upgrade() {
        return Refused::BadRequest.into();
    }
    let (session, time_max) = (session.clone(), session.shared().config().upgrade_time_max);
    let shared = session.shared().clone();
    spawn(&shared, async move {
        let claim = Claim { session: &session };
        let upgrading = async {
            let (stream, begun) = Stream::open(upgrade.await.ok()?);
            Probe { session: &session, stream, frames: FrameReader::new() }.run(begun).await
        };
        if let Ok(Some((stream, rest))) = tokio::time::timeout(time_max, upgrading).await {
            session.shared().counters().upgraded();
            session.adopt(stream, rest);
        }
        drop(claim);
    });
    response
}

/// Runs until the engine has shut down: a client that is about to be reached over a WebSocket still
/// hears of the end there.
fn spawn(shared: &Arc<Shared>, work: impl Future<Output = ()> + Send + 'static) {
    let (closing, ended) = (shared.closing().clone(), shared.ended().clone());
    let time_max = shared.config().close_time_max;
    shared.tasks().spawn(async move {
        let over = async {
            closing.cancelled().await;
            tokio::time::timeout(time_max, ended.cancelled()).await.ok();
        };
        tokio::select! {
            () = work => {}
            () = over => {}
        }
    });
}

/// No other upgrade may begin while one is under way. One that came to nothing leaves polling as it
/// was.
struct Claim<'session> {
    session: &'session Session,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        self.session.upgrade_failed();
    }
}

/// An answer, and what the connection becomes once it is sent.
type Switched = (Response<Full<Bytes>>, OnUpgrade);

/// The answer that switches the protocol, and what becomes of the connection (RFC 6455 §4.2).
fn switch(parts: &mut Parts) -> Result<Switched, Box<Response<Full<Bytes>>>> {
    let version = parts.headers.get(header::SEC_WEBSOCKET_VERSION);
    if version.is_none_or(|version| version != "13") {
        let mut response = answer::empty(StatusCode::UPGRADE_REQUIRED);
        let newest = HeaderValue::from_static("13");
        response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, newest);
        return Err(Box::new(response));
    }
    let key = parts.headers.get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok());
    let key = key.filter(|key| STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16));
    let accept = key.and_then(|key| HeaderValue::try_from(accept_key(key)).ok());
    let upgrade = parts.extensions.remove::<OnUpgrade>();
    let (Some(accept), Some(upgrade)) = (accept, upgrade) else {
        return Err(Box::new(Refused::BadRequest.into()));
    };
    let mut response = answer::empty(StatusCode::SWITCHING_PROTOCOLS);
    let mut add = |name: HeaderName, value| response.headers_mut().insert(name, value);
    add(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    add(header::UPGRADE, HeaderValue::from_static("websocket"));
    add(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok((response, upgrade))
}

/// A connection that a session may go on over, once it has shown that it works.
struct Probe<'session> {
    session: &'session Arc<Session>,
    stream: Stream,
    frames: FrameReader,
}

/// What a message of a probe means.
enum Step {
    /// The client tries the connection out.
    Answer(Frame),
    GoOver,
    Nothing,
}

impl Probe<'_> {
    /// Answers the client's probe and waits for its word to go over. Returns the connection and what
    /// was read beyond that word; nothing when the client does something else.
    async fn run(mut self, mut input: Vec<u8>) -> Option<(Stream, Vec<u8>)> {
        for _ in 0..PROBE_MESSAGES_MAX {
            match self.step(&mut input).await? {
                Step::Answer(frame) => self.send(&frame).await?,
                Step::GoOver => return Some((self.stream, input)),
                Step::Nothing => {}
            }
        }
        None
    }

    /// The next message. `input` is what has been read, and keeps what is beyond that message.
    async fn step(&mut self, input: &mut Vec<u8>) -> Option<Step> {
        let limits = self.session.shared().frame_limits();
        loop {
            let mut rest = input.as_mut_slice();
            let received = self.frames.next(&mut rest, &limits).ok()?;
            let step = match received {
                Some(Received::Text(text)) => Some(match decode_text(&text).ok()? {
                    EnginePacket::Ping("probe") => {
                        self.session.probed();
                        Step::Answer(Frame::text("3probe"))
                    }
                    EnginePacket::Upgrade => Step::GoOver,
                    _ => return None,
                }),
                Some(Received::Ping(payload)) => {
                    Some(Step::Answer(Frame::control(pong_frame(&payload))))
                }
                Some(Received::Pong) => Some(Step::Nothing),
                Some(Received::Binary(_) | Received::Close(_)) => return None,
                None => None,
            };
            let left = rest.len();
            input.drain(..input.len() - left);
            if let Some(step) = step {
                return Some(step);
            }
            let mut buffer = vec![0; PROBE_READ_BYTES];
            let length =
                poll_fn(|context| self.stream.poll_read(context, &mut buffer)).await.ok()?;
            if length == 0 {
                return None;
            }
            buffer.truncate(length);
            *input = buffer;
        }
    }

    async fn send(&mut self, frame: &Frame) -> Option<()> {
        let mut rest = frame.websocket();
        while !rest.is_empty() {
            let written = poll_fn(|context| self.stream.poll_write(context, rest)).await.ok()?;
            rest = rest.get(written..).filter(|_| written > 0)?;
        }
        poll_fn(|context| self.stream.poll_flush(context)).await.ok()
    }
}
