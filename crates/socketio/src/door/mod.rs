//! The HTTP door: which request is a handshake, a poll, a body or an upgrade, and what the others
//! are answered. Answers are those of the reference server.

mod answer;
mod query;
mod upgrade;

use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::request::Parts;
use http::{Method, Request, Response, header};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};

use crate::engine::{Shared, Unavailable};
use crate::session::{Id, PollRefusal, Session};
use crate::wire::frame::Frame;
use answer::Refused;
use query::{Query, Transport};

/// The engine as a tower service. It answers whatever the path is: mount it where clients look for
/// it, which is `/socket.io/` unless they are told otherwise. Upgrades need an HTTP/1.1 server that
/// supports them, such as [`serve`](crate::serve::serve()) or `axum::serve`.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

impl Service {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }
}

impl<B> tower_service::Service<Request<B>> for Service
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let shared = self.shared.clone();
        Box::pin(async move { Ok(answer(shared, request).await) })
    }
}

async fn answer<B>(shared: Arc<Shared>, request: Request<B>) -> Response<Full<Bytes>>
where
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (mut parts, body) = request.into_parts();
    let query = Query::parse(parts.uri.query().unwrap_or_default());
    let Some(transport) = query.transport else {
        return Refused::UnknownTransport.into();
    };
    let Some(session) = query.session else {
        return open(&shared, &mut parts, &query, transport);
    };
    let known = session.ok().and_then(|id| shared.session(id));
    let session =
        known.filter(|session| shared.admission().is_same(&**session.handshake(), &parts));
    let Some(session) = session else {
        return Refused::UnknownSession.into();
    };
    match (transport, &parts.method) {
        (Transport::WebSocket, _) => upgrade::take_over(&session, &mut parts),
        (Transport::Polling, &Method::GET) => poll(&session).await,
        (Transport::Polling, &Method::POST) => post(&session, &parts, body).await,
        (Transport::Polling, _) => Refused::BadRequest.into(),
    }
}

/// The first request of a session.
fn open(
    shared: &Arc<Shared>,
    parts: &mut Parts,
    query: &Query,
    transport: Transport,
) -> Response<Full<Bytes>> {
    if parts.method != Method::GET {
        return Refused::BadHandshakeMethod.into();
    }
    if transport == Transport::WebSocket && !upgrade::is_asked(parts) {
        return Refused::BadRequest.into();
    }
    if !query.is_version_4 {
        return Refused::UnsupportedVersion.into();
    }
    if transport == Transport::WebSocket {
        return upgrade::open(shared, parts);
    }
    let handshake = match shared.admission().open(parts) {
        Ok(handshake) => handshake,
        Err(answer) => return *answer,
    };
    let mut packet = String::new();
    let begun = shared.begin(handshake, |id| {
        packet = greeting(shared, id, transport);
        None
    });
    match begun {
        Ok(_session) => answer::packets(packet),
        Err(Unavailable) => answer::unavailable(shared.config().retry_after_seconds),
    }
}

/// The packet that opens a session: exactly the fields of the protocol.
fn greeting(shared: &Shared, id: Id, transport: Transport) -> String {
    let config = shared.config();
    let upgrades = match transport {
        Transport::Polling => "\"websocket\"",
        Transport::WebSocket => "",
    };
    format!(
        r#"0{{"sid":"{}","upgrades":[{upgrades}],"pingInterval":{},"pingTimeout":{},"maxPayload":{}}}"#,
        id.text().as_str(),
        config.ping_interval.as_millis(),
        config.ping_time_max.as_millis(),
        config.message_bytes_max,
    )
}

async fn poll(session: &Arc<Session>) -> Response<Full<Bytes>> {
    match session.poll() {
        Ok(poll) => answer::packets(poll.await),
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &PollRefusal) -> Response<Full<Bytes>> {
    match refusal {
        PollRefusal::NotPolling | PollRefusal::Overlap => Refused::BadRequest.into(),
        PollRefusal::Gone => Refused::UnknownSession.into(),
    }
}

async fn post<B>(session: &Arc<Session>, parts: &Parts, body: B) -> Response<Full<Bytes>>
where
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let post = match session.post() {
        Ok(post) => post,
        Err(refusal) => return refused(&refusal),
    };
    let config = session.shared().config();
    if body.size_hint().lower() > config.message_bytes_max as u64 {
        post.too_large();
        return answer::too_large();
    }
    let is_binary = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().eq_ignore_ascii_case(b"application/octet-stream"));
    let limited = Limited::new(body, config.message_bytes_max).collect();
    match tokio::time::timeout(config.body_time_max, limited).await {
        // Binary bodies are of an older version of the protocol. The post is dropped, and with it
        // the session ends.
        Ok(Ok(_)) if is_binary => Refused::BadRequest.into(),
        Ok(Ok(body)) => {
            post.deliver(body.to_bytes()).await;
            answer::ok()
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            post.too_large();
            answer::too_large()
        }
        Ok(Err(_)) | Err(_) => Refused::BadRequest.into(),
    }
}

/// The opening packet as a frame, for a session that begins over a WebSocket.
fn greeting_frame(shared: &Shared, id: Id) -> Frame {
    Frame::text(&greeting(shared, id, Transport::WebSocket))
}
