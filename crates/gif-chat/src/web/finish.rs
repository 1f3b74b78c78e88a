//! How a handler ends: by its own answer, whatever its client or a bug in it does.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use http::Method;
use tokio_util::task::TaskTracker;

use super::answer::Internal;

/// Runs writes to their end also when the client hangs up: between a commit and the removal of files
/// that it left without a message, or the deadline that it made, nothing may be dropped. A panic is
/// one failed request, not the end of a connection with others on it.
pub(super) async fn what_was_begun(
    State(tasks): State<TaskTracker>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    // The engine has sessions that outlive requests, and wants to see when nobody polls any more.
    if reads || request.uri().path().starts_with("/socket.io") {
        let handled = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        return handled.unwrap_or_else(|_panic| panicked());
    }
    let handled = tasks.spawn(async move { next.run(request).await }).await;
    handled.unwrap_or_else(|_panic| panicked())
}

fn panicked() -> Response {
    tracing::error!("a handler panicked");
    Internal.into_response()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_one_failed_request() {
        async fn broken() -> &'static str {
            panic!("broken")
        }
        async fn fine() -> &'static str {
            "fine"
        }
        let router = Router::new()
            .route("/broken", get(broken).post(broken))
            .route("/fine", get(fine).post(fine))
            .layer(from_fn_with_state(TaskTracker::new(), what_was_begun));
        for method in [Method::GET, Method::POST] {
            for (path, status) in [("/broken", 500), ("/fine", 200), ("/broken", 500)] {
                let request = Request::builder().method(&method).uri(path);
                let request = request.body(Body::empty()).unwrap();
                let answer = router.clone().oneshot(request).await.unwrap();
                assert_eq!(answer.status().as_u16(), status, "{method} {path}");
                assert_eq!(answer.extensions().get::<Internal>().is_some(), status == 500);
            }
        }
    }
}
