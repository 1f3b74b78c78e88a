//! A client that polls.

use std::collections::VecDeque;
use std::net::SocketAddr;

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use super::{SILENCE, soon};

/// An answer to a request.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Status and body, to be compared.
    pub(crate) fn short(&self) -> (u16, &str) {
        (self.status, &self.body)
    }
}

/// A session that polls.
pub(crate) struct Polling {
    http: Client,
    base: String,
    address: SocketAddr,
    pub(crate) sid: String,
    packets: VecDeque<String>,
}

impl Polling {
    /// Any request.
    pub(crate) async fn request(address: SocketAddr, method: Method, query: &str) -> Answer {
        let url = format!("http://{address}/socket.io/{query}");
        answer(Client::new().request(method, url)).await
    }

    pub(crate) async fn open(address: SocketAddr) -> Self {
        let opened = Self::request(address, Method::GET, "?EIO=4&transport=polling").await;
        assert_eq!(opened.status, 200, "{}", opened.body);
        let open: Value = serde_json::from_str(opened.body.strip_prefix('0').unwrap()).unwrap();
        Self::again(address, open["sid"].as_str().unwrap())
    }

    /// A session that is known already.
    pub(crate) fn again(address: SocketAddr, sid: &str) -> Self {
        let base = format!("http://{address}/socket.io/?EIO=4&transport=polling&sid={sid}");
        let (http, packets) = (Client::new(), VecDeque::new());
        Self { http, base, address, sid: sid.to_owned(), packets }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A request for this session.
    pub(crate) fn ask(&self, method: Method) -> RequestBuilder {
        self.http.request(method, &self.base)
    }

    pub(crate) async fn get(&self) -> Answer {
        answer(self.ask(Method::GET)).await
    }

    /// A poll that is answered only by a packet; it begins when it is awaited first.
    pub(crate) fn waiting(&self) -> impl Future<Output = Answer> + Send + 'static {
        let request = self.ask(Method::GET);
        soon(answer(request))
    }

    pub(crate) async fn post(&self, body: impl Into<reqwest::Body>) -> Answer {
        answer(self.ask(Method::POST).body(body)).await
    }

    /// Sends a body that must be taken.
    pub(crate) async fn send(&self, body: &str) {
        assert_eq!(self.post(body.to_owned()).await.short(), (200, "ok"));
    }

    /// The next packet.
    pub(crate) async fn packet(&mut self) -> String {
        loop {
            if let Some(packet) = self.packets.pop_front() {
                return packet;
            }
            let polled = self.get().await;
            assert_eq!(polled.status, 200, "{}", polled.body);
            self.packets.extend(polled.body.split('\u{1e}').map(str::to_owned));
        }
    }

    /// The next packets, so many.
    pub(crate) async fn packets(&mut self, count: usize) -> Vec<String> {
        let mut packets = Vec::new();
        while packets.len() < count {
            packets.push(self.packet().await);
        }
        packets
    }

    /// Enters a namespace. Returns the socket's id.
    pub(crate) async fn enter(&mut self, namespace: &str) -> String {
        let (prefix, joint) = if namespace == "/" { ("", "") } else { (namespace, ",") };
        self.send(&format!("40{prefix}{joint}")).await;
        let answer = self.packet().await;
        let answer = answer.strip_prefix(&format!("40{prefix}{joint}")).unwrap_or_else(|| {
            panic!("not let into {namespace}: {answer}");
        });
        let answer: Value = serde_json::from_str(answer).unwrap();
        answer["sid"].as_str().unwrap().to_owned()
    }

    /// A poll waits: nothing comes.
    pub(crate) async fn is_silent(&self, poll: &mut (impl Future<Output = Answer> + Unpin)) {
        if let Ok(came) = tokio::time::timeout(SILENCE, poll).await {
            panic!("it is not silent: {came:?}");
        }
    }

    /// The session is over: nobody knows it any more, or it says so once.
    pub(crate) async fn is_over(&self) -> bool {
        loop {
            let polled = self.get().await;
            match polled.short() {
                (200, "1") => {}
                (400, body) => return body == super::refusal(1, "Session ID unknown"),
                other => panic!("the session is not over: {other:?}"),
            }
        }
    }

    /// The session lives: an echo comes back, and nothing before it.
    pub(crate) async fn is_alive(&mut self) -> bool {
        self.send(r#"42987["echo","alive"]"#).await;
        assert_eq!(self.packet().await, r#"43987["alive"]"#);
        true
    }
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = soon(request.send()).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: soon(response.text()).await.unwrap() }
}
