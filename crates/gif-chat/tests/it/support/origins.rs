//! Pages that requests may come from, and whether such a page is ours.

use std::net::SocketAddr;

/// What a browser says in `Sec-Fetch-Site` where it sends no `Origin`.
pub(crate) const SITES: [(&str, bool); 4] =
    [("same-origin", true), ("none", true), ("same-site", false), ("cross-site", false)];

/// Values of `Origin` at a server without a public URL.
pub(crate) fn origins(server: SocketAddr) -> Vec<(String, bool)> {
    let (host, port) = (server.to_string(), server.port());
    vec![
        (format!("http://{host}"), true),
        ("null".to_owned(), false),
        (String::new(), false),
        ("https://evil.example".to_owned(), false),
        (format!("http://{host}.evil.example"), false),
        (format!("http://evil.example/{host}"), false),
        (format!("http://evil.example#{host}"), false),
        (format!("http://{host}@evil.example"), false),
        (format!("http://evil{host}"), false),
        (format!("http://x.{host}"), false),
        ("http://127.0.0.1".to_owned(), false),
        (format!("http://127.0.0.1:{}", port ^ 1), false),
        (format!("http://localhost:{port}"), false),
        (host.clone(), false),
        (format!("ftp://{host}"), false),
        (format!("http://{host} http://evil.example"), false),
    ]
}

/// Names under which somebody may ask a server that only this machine can reach.
pub(crate) fn hosts(port: u16) -> Vec<(String, bool)> {
    vec![
        (format!("localhost:{port}"), true),
        (format!("LOCALHOST:{port}"), true),
        (format!("[::1]:{port}"), true),
        (format!("evil.example:{port}"), false),
        (format!("localhost.evil.example:{port}"), false),
        (format!("127.0.0.1.evil.example:{port}"), false),
        (format!("10.0.0.1:{port}"), false),
    ]
}
