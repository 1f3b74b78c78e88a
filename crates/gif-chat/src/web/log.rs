//! One line in the log per request, and the headers that every answer has.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

use super::caller::Caller;
use super::{Web, add_security_headers};

/// Writes method, path without query, status, time and request id; never contents, cookies or
/// addresses.
pub(super) async fn requests(State(web): State<Web>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let caller = request.extensions().get::<Caller>().cloned();
    let mut response = next.run(request).await;
    add_security_headers(&mut response, web.public_url.is_https());
    let request_id = caller.map(|caller| caller.request_id).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let status = response.status().as_u16();
    // JSON has no numbers of 128 bits: they would be written as text.
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, path, status, millis, request_id, "request");
    response
}
