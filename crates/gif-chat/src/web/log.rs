//! One line in the log per request, and the headers that every answer has.

use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue};

use super::answer::Internal;
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

/// A panic in a handler is one failed request, not the end of a connection with others on it.
pub(super) async fn catch_panics(request: Request, next: Next) -> Response {
    let handled = std::panic::AssertUnwindSafe(next.run(request)).catch_unwind().await;
    handled.unwrap_or_else(|_panic| {
        tracing::error!("a handler panicked");
        Internal.into_response()
    })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_one_failed_request() {
        async fn broken() -> &'static str {
            panic!("broken")
        }
        let router = Router::new()
            .route("/broken", get(broken))
            .route("/fine", get(|| async { "fine" }))
            .layer(from_fn(catch_panics));
        for (path, status) in [("/broken", 500), ("/fine", 200), ("/broken", 500)] {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(answer.status(), StatusCode::from_u16(status).unwrap(), "{path}");
            assert_eq!(answer.extensions().get::<Internal>().is_some(), status == 500);
        }
    }
}
