//! The little of HTTP/1.1 that the load generator speaks: requests with everything in one piece,
//! responses with a length.

use anyhow::{Context as _, Result, ensure};
use memchr::memmem;

/// Longest head of a response, in bytes.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// One complete response.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    /// Its status.
    pub(crate) status: u16,
    /// What it brings.
    pub(crate) body: &'a [u8],
    head: &'a str,
}

impl<'a> Response<'a> {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        header(self.head, name)
    }
}

/// The first response of `input` and how many bytes it takes there; nothing while it is incomplete.
pub(crate) fn next(input: &[u8]) -> Result<Option<(Response<'_>, usize)>> {
    let Some(end) = memmem::find(input, b"\r\n\r\n") else {
        ensure!(input.len() <= HEAD_BYTES_MAX, "the head of a response is too long");
        return Ok(None);
    };
    let (head, rest) = input.split_at(end);
    let head = std::str::from_utf8(head).context("the head of a response is no text")?;
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    let status = status.context("a response without a status")?;
    let length: usize = match header(head, "content-length") {
        Some(length) => length.parse().context("a response with a faulty length")?,
        None => 0,
    };
    ensure!(header(head, "transfer-encoding").is_none(), "a response without a length");
    let end_of_head = b"\r\n\r\n".len();
    let body = rest.get(end_of_head..end_of_head + length);
    Ok(body.map(|body| (Response { status, body, head }, end + end_of_head + length)))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Who asks whom.
#[derive(Clone, Debug)]
pub(crate) struct Caller<'a> {
    /// The `Host` header.
    pub(crate) host: &'a str,
    /// The `Cookie` header, if there is one.
    pub(crate) cookie: Option<&'a str>,
}

impl Caller<'_> {
    /// A GET request.
    pub(crate) fn get(&self, target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: {}\r\n{}\r\n", self.host, self.cookie_line())
    }

    /// A POST request.
    pub(crate) fn post(&self, target: &str, content_type: &str, body: &str) -> String {
        format!(
            "POST {target} HTTP/1.1\r\nHost: {}\r\n{}Content-Type: {content_type}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.host,
            self.cookie_line(),
            body.len()
        )
    }

    /// A request for a WebSocket. Its key is the one of RFC 6455 section 1.3: nobody guesses here.
    pub(crate) fn upgrade(&self, target: &str) -> String {
        format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\n{}Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            self.host,
            self.cookie_line()
        )
    }

    fn cookie_line(&self) -> String {
        self.cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_read_only_once_it_is_complete() {
        let input =
            b"HTTP/1.1 200 OK\r\ncontent-LENGTH: 2\r\nSet-Cookie: a=b; Path=/\r\n\r\nokHTTP";
        let complete = input.len() - 4;
        for cut in 0..complete {
            assert!(next(&input[..cut]).unwrap().is_none(), "{cut} bytes");
        }
        let (response, taken) = next(input).unwrap().unwrap();
        assert_eq!((response.status, response.body, taken), (200, &b"ok"[..], complete));
        assert_eq!(response.header("set-cookie"), Some("a=b; Path=/"));
    }

    #[test]
    fn a_response_without_a_length_is_an_error() {
        assert!(next(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok").is_err());
        assert!(next(&vec![b'x'; HEAD_BYTES_MAX + 1]).is_err());
    }
}
