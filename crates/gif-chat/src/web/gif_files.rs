//! Serving GIFs. The unguessable name is the permission.

use std::io::SeekFrom;

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::Web;
use super::address::Named;
use super::answer::Refusal;
use crate::chat::ChatError;

/// Should somebody open a GIF as a page, it can do nothing.
const POLICY: &str = "default-src 'none'; sandbox";

pub(super) async fn serve(
    State(web): State<Web>,
    Named(name): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (mut file, length) = web.shelf.open_file(&name).await.ok_or(ChatError::NotFound)?;
    // The name follows from the content, so it is the strongest validator there is.
    let tag = format!("\"{}\"", name.trim_end_matches(".gif"));
    let mut response = if matches_tag(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match wanted_range(&headers, &tag, length) {
            Wanted::Everything => {
                let body = Body::from_stream(ReaderStream::new(file));
                with_length(StatusCode::OK, body, length)
            }
            Wanted::Part { first, last } => {
                let moved = file.seek(SeekFrom::Start(first)).await;
                moved.map_err(|_failed| ChatError::Unavailable)?;
                let part = last.saturating_sub(first).saturating_add(1);
                let body = Body::from_stream(ReaderStream::new(file.take(part)));
                let mut response = with_length(StatusCode::PARTIAL_CONTENT, body, part);
                set(
                    &mut response,
                    header::CONTENT_RANGE,
                    &format!("bytes {first}-{last}/{length}"),
                );
                response
            }
            Wanted::Nothing => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                set(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
                response
            }
        }
    };
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::CONTENT_TYPE, "image/gif");
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    set(&mut response, header::CACHE_CONTROL, "private, max-age=31536000, immutable");
    set(&mut response, header::CONTENT_SECURITY_POLICY, POLICY);
    set(&mut response, header::CONTENT_DISPOSITION, "inline; filename=\"picture.gif\"");
    Ok(response)
}

fn with_length(status: StatusCode, body: Body, length: u64) -> Response {
    let mut response = (status, body).into_response();
    set(&mut response, header::CONTENT_LENGTH, &length.to_string());
    response
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn matches_tag(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    known.is_some_and(|known| {
        known.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Everything,
    Part { first: u64, last: u64 },
    Nothing,
}

/// RFC 9110 §14.2: one range is served; several, or what cannot be read, is a wish for everything.
fn wanted_range(headers: &HeaderMap, tag: &str, length: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(range) = text(header::RANGE) else {
        return Wanted::Everything;
    };
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Wanted::Everything;
    }
    let spec = range.strip_prefix("bytes=").and_then(|spec| spec.split_once('-'));
    let Some((first, last)) = spec else {
        return Wanted::Everything;
    };
    let end = length.saturating_sub(1);
    let bounds = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(end)),
        (Ok(first), Err(_)) if last.trim().is_empty() => (first, end),
        (Err(_), Ok(0)) if first.trim().is_empty() => return Wanted::Nothing,
        (Err(_), Ok(suffix)) if first.trim().is_empty() => (length.saturating_sub(suffix), end),
        _ => return Wanted::Everything,
    };
    if bounds.0 >= length {
        return Wanted::Nothing;
    }
    Wanted::Part { first: bounds.0, last: bounds.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_says() {
        let part = |first, last| Wanted::Part { first, last };
        for (range, expected) in [
            ("bytes=0-99", part(0, 99)),
            ("bytes=0-", part(0, 99)),
            ("bytes=10-19", part(10, 19)),
            ("bytes=90-200", part(90, 99)),
            ("bytes=-10", part(90, 99)),
            ("bytes=-500", part(0, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=9-1", Wanted::Everything),
            ("bytes=0-1,5-6", Wanted::Everything),
            ("lines=0-1", Wanted::Everything),
            ("bytes=a-b", Wanted::Everything),
            ("bytes=18446744073709551616-", Wanted::Everything),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            assert_eq!(wanted_range(&headers, "\"x\"", 100), expected, "{range}");
            headers.insert(header::IF_RANGE, "\"other\"".parse().unwrap());
            assert_eq!(wanted_range(&headers, "\"x\"", 100), Wanted::Everything);
        }
    }
}
