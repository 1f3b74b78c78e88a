//! Which pages may talk to us. Cookies travel by themselves, so a foreign page must not be able to
//! write, poll, or open a socket in a visitor's name.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::uri::Authority;
use http::{HeaderMap, Method, header};

use super::Web;
use super::answer::Refusal;
use crate::chat::ChatError;

/// Refuses writes, sockets and event streams from pages that are not ours.
pub(super) async fn check(State(web): State<Web>, request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path();
    let is_client = path.starts_with("/socket.io/socket.io");
    let is_socket = path.starts_with("/socket.io") && !is_client;
    let guarded = !reads || is_socket || is_event_stream(path);
    if guarded && !web.origin_rule.allows(request.headers()) {
        return Refusal(ChatError::CrossSite).into_response();
    }
    next.run(request).await
}

/// Reading one takes a place, and in a room a seat.
fn is_event_stream(path: &str) -> bool {
    path == "/events" || (path.starts_with("/room/") && path.ends_with("/events"))
}

/// What counts as our own page.
#[derive(Clone, Debug)]
pub(super) struct OriginRule {
    /// The origin under which people reach us, if it is known.
    pub(super) public_origin: Option<String>,
    /// Whether only this machine can reach us. Then a name that is not this machine's came from a
    /// DNS answer that was changed under the browser's feet ("DNS rebinding").
    pub(super) loopback_only: bool,
}

impl OriginRule {
    fn allows(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str());
        let host = text(header::HOST).and_then(Result::ok);
        if self.public_origin.is_none() && self.loopback_only && !host.is_some_and(is_loopback_name)
        {
            return false;
        }
        match text(header::ORIGIN) {
            Some(Ok(origin)) => self.is_ours(origin, host),
            Some(Err(_)) => false,
            None => {
                let site = text(header::HeaderName::from_static("sec-fetch-site"));
                !matches!(site, Some(Ok("cross-site" | "same-site") | Err(_)))
            }
        }
    }

    /// Whether this is the origin of our own pages.
    pub(super) fn is_ours(&self, origin: &str, host: Option<&str>) -> bool {
        if let Some(public_origin) = &self.public_origin {
            return origin.eq_ignore_ascii_case(public_origin);
        }
        // The scheme is not compared: behind a proxy we cannot know it.
        let page = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        page.zip(host).is_some_and(|(page, host)| page.eq_ignore_ascii_case(host))
    }
}

fn is_loopback_name(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(rule: &OriginRule, lines: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        rule.allows(&headers)
    }

    #[test]
    fn a_present_origin_must_be_our_own() {
        let rule = OriginRule { public_origin: None, loopback_only: false };
        for (origin, allowed) in [
            ("http://chat.example", true),
            ("https://CHAT.example", true),
            ("https://chat.example:8443", false),
            ("https://chat.example.evil", false),
            ("https://evil-chat.example", false),
            ("https://evil.example", false),
            ("null", false),
            ("", false),
            ("chat.example", false),
        ] {
            let lines = [("host", "chat.example"), ("origin", origin)];
            assert_eq!(allows(&rule, &lines), allowed, "{origin}");
        }
    }

    #[test]
    fn with_a_public_url_only_that_origin_is_ours() {
        let public_origin = Some("https://chat.example".to_owned());
        let rule = OriginRule { public_origin, loopback_only: true };
        let host = ("host", "127.0.0.1:8005");
        assert!(allows(&rule, &[host, ("origin", "https://chat.example")]));
        assert!(!allows(&rule, &[host, ("origin", "http://chat.example")]));
        assert!(!allows(&rule, &[host, ("origin", "http://127.0.0.1:8005")]));
        assert!(allows(&rule, &[host]));
    }

    #[test]
    fn without_an_origin_the_browser_says_whether_the_page_is_ours() {
        let rule = OriginRule { public_origin: None, loopback_only: false };
        let host = ("host", "chat.example");
        assert!(allows(&rule, &[host]));
        assert!(allows(&rule, &[host, ("sec-fetch-site", "same-origin")]));
        assert!(allows(&rule, &[host, ("sec-fetch-site", "none")]));
        assert!(!allows(&rule, &[host, ("sec-fetch-site", "same-site")]));
        assert!(!allows(&rule, &[host, ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn bound_to_loopback_a_foreign_host_name_is_a_rebound_one() {
        let rule = OriginRule { public_origin: None, loopback_only: true };
        for (host, allowed) in [
            ("localhost:8005", true),
            ("127.0.0.1:8005", true),
            ("[::1]:8005", true),
            ("evil.example:8005", false),
            ("localhost.evil.example", false),
        ] {
            let origin = format!("http://{host}");
            assert_eq!(allows(&rule, &[("host", host), ("origin", &origin)]), allowed, "{host}");
            assert_eq!(allows(&rule, &[("host", host)]), allowed, "{host} without an origin");
        }
        assert!(!allows(&rule, &[]));
    }
}
