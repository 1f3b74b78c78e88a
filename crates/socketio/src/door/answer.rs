//! Answers to requests.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

/// Why a request is refused, with the reference server's number and words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Refused {
    UnknownTransport,
    UnknownSession,
    BadHandshakeMethod,
    BadRequest,
    UnsupportedVersion,
}

impl From<Refused> for Response<Full<Bytes>> {
    fn from(refused: Refused) -> Self {
        let body = match refused {
            Refused::UnknownTransport => r#"{"code":0,"message":"Transport unknown"}"#,
            Refused::UnknownSession => r#"{"code":1,"message":"Session ID unknown"}"#,
            Refused::BadHandshakeMethod => r#"{"code":2,"message":"Bad handshake method"}"#,
            Refused::BadRequest => r#"{"code":3,"message":"Bad request"}"#,
            Refused::UnsupportedVersion => r#"{"code":5,"message":"Unsupported protocol version"}"#,
        };
        answer(StatusCode::BAD_REQUEST, "application/json", Bytes::from_static(body.as_bytes()))
    }
}

/// Packets for a client that polls.
pub(super) fn packets(body: impl Into<Bytes>) -> Response<Full<Bytes>> {
    answer(StatusCode::OK, "text/plain; charset=UTF-8", body.into())
}

/// The body of a client that polls has been taken.
pub(super) fn ok() -> Response<Full<Bytes>> {
    answer(StatusCode::OK, "text/html", Bytes::from_static(b"ok"))
}

/// The body is larger than the handshake allowed.
pub(super) fn too_large() -> Response<Full<Bytes>> {
    empty(StatusCode::PAYLOAD_TOO_LARGE)
}

/// There are as many sessions as there may be.
pub(super) fn unavailable(retry_after_seconds: u32) -> Response<Full<Bytes>> {
    let mut response = empty(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_seconds));
    response
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}

fn answer(status: StatusCode, kind: &'static str, body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // What is polled once must never be answered again by somebody in between.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
