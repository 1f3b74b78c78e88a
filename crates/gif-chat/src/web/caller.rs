//! Who is asking: the signed cookie, the address, the language. Worked out once per request.

use std::net::IpAddr;

use axum::extract::{FromRequestParts, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use cookie::{Cookie, SameSite};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Uri, header};
use ipnet::IpNet;

use super::Web;
use super::answer::Refusal;
use super::preferences::{self, Theme};
use super::serve::PeerAddress;
use crate::chat::{ChatError, Visitor};
use crate::i18n::Locale;

/// The one who sent this request.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) visitor: Visitor,
    /// Whether the visitor came with a cookie that we signed.
    pub(super) has_cookie: bool,
    pub(super) locale: Locale,
    pub(super) theme: Theme,
    /// What was asked for.
    pub(super) uri: Uri,
    /// Whether the answer to a failure is a page; otherwise it is JSON.
    pub(super) wants_page: bool,
    /// The id under which the log speaks of this request.
    pub(super) request_id: String,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get().cloned().ok_or(Refusal(ChatError::Unavailable))
    }
}

/// Four hundred days, the longest that browsers keep a cookie (RFC 6265bis §5.5).
const COOKIE_LIFE_SECONDS: i64 = 400 * 24 * 60 * 60;

/// Puts the [`Caller`] on the request, and the cookie of a new visitor on the answer.
pub(super) async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let known = cookie(request.headers(), web.cookie_name)
        .and_then(|token| web.chat.keys().verify_session(&token));
    let has_cookie = known.is_some();
    let session = known.unwrap_or_else(|| web.chat.new_session());
    let peer = request.extensions().get().map_or(UNKNOWN, |PeerAddress(peer)| peer.ip());
    let caller = Caller {
        visitor: Visitor {
            session,
            address: address(peer, request.headers(), &web.trusted_proxies),
        },
        has_cookie,
        locale: preferences::language(request.headers()),
        theme: preferences::theme(request.headers()),
        uri: request.uri().clone(),
        wants_page: wants_page(request.headers()),
        request_id: web.new_request_id(),
    };
    let sets_cookie = !has_cookie && begins_session(&request);
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    if sets_cookie && let Some(cookie) = session_header(&web, &caller) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A request that did not come through our accept loop counts as one from nowhere.
const UNKNOWN: IpAddr = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);

/// Files are the same for everybody; everything else makes a visitor of whoever asks.
fn begins_session(request: &Request) -> bool {
    let path = request.uri().path();
    let is_file = ["/assets/", "/gif/", "/livez", "/readyz", "/manifest.webmanifest"];
    // Within a Socket.IO session the handshake has set the cookie.
    let in_session = path.starts_with("/socket.io")
        && request.uri().query().is_some_and(|query| query.contains("sid="));
    let is_client = path.starts_with("/socket.io/socket.io");
    request.method() != Method::OPTIONS
        && !in_session
        && !is_client
        && !is_file.iter().any(|prefix| path.starts_with(prefix))
}

/// The value of the first cookie of this name.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    lines
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

fn session_header(web: &Web, caller: &Caller) -> Option<HeaderValue> {
    let token = web.chat.keys().sign_session(&caller.visitor.session);
    kept_cookie(web, web.cookie_name, &token)
}

/// The header of a cookie that only we read, and that the browser keeps.
pub(super) fn kept_cookie(web: &Web, name: &str, value: &str) -> Option<HeaderValue> {
    let cookie = Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(web.public_url.is_https())
        .max_age(cookie::time::Duration::seconds(COOKIE_LIFE_SECONDS))
        .build();
    HeaderValue::from_str(&cookie.to_string()).ok()
}

/// The peer's address, or what trusted proxies say: the right-most hop of `X-Forwarded-For` that is
/// not one of them. Anybody can write that header, so nobody else is believed.
fn address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| {
        let address = address.to_canonical();
        trusted.iter().any(|network| network.contains(&address))
    };
    if !is_trusted(&peer) {
        return peer;
    }
    let lines =
        headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<_> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Some(address) = parse_hop(hop) else {
            return nearest;
        };
        if !is_trusted(&address) {
            return address;
        }
        nearest = address;
    }
    nearest
}

/// An address, which some proxies write with its port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let bare = hop.trim_start_matches('[');
    let bare = bare.split_once(']').map_or(bare, |(address, _port)| address);
    bare.parse().ok().or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|hop| hop.ip()))
}

/// Browsers ask for `text/html` by name; bots and scripts do not.
fn wants_page(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| {
        accept.contains("text/html") && !accept.trim_start().starts_with("application/json")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_may_say_where_a_request_comes_from() {
        for (peer, forwarded, expected) in [
            ("192.0.2.1", &["203.0.113.9"][..], "192.0.2.1"),
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.7, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.7", "203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9, nonsense"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.3"], "10.0.0.3"),
            ("::ffff:10.0.0.1", &["203.0.113.9:4711"], "203.0.113.9"),
            ("127.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1"),
        ] {
            assert_eq!(seen(peer, forwarded), expected, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_browser_gets_a_page_and_everything_else_json() {
        let wants = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, accept.parse().unwrap());
            wants_page(&headers)
        };
        assert!(wants("text/html,application/xhtml+xml,*/*;q=0.8"));
        assert!(!wants("application/json, text/plain, */*"));
        assert!(!wants("*/*"));
        assert!(!wants_page(&HeaderMap::new()));
    }
}
