use std::sync::{Arc, Mutex};

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, multipart, redirect};
use serde_json::Value;

use super::socket_client::{SocketClient, SocketClientBuilder};

/// Somebody with a browser: keeps the cookie, follows no redirect.
#[derive(Clone)]
pub(crate) struct Visitor {
    client: reqwest::Client,
    base: String,
    cookie: Arc<Mutex<Option<String>>>,
    headers: HeaderMap,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `Location`, with its percent-encoding undone.
    pub(crate) fn location(&self) -> String {
        let location = self.header("location");
        percent_encoding::percent_decode_str(location).decode_utf8().unwrap().into_owned()
    }

    /// The code of an error answer in JSON.
    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }
}

impl Visitor {
    pub(crate) fn new(base: &str) -> Self {
        let client = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        let cookie = Arc::default();
        Self { client, base: base.to_owned(), cookie, headers: HeaderMap::new() }
    }

    /// The same visitor after the server has moved to another port.
    pub(crate) fn moved_to(&self, base: &str) -> Self {
        Self { base: base.to_owned(), ..self.clone() }
    }

    /// The same visitor with another header on every request.
    pub(crate) fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut other = self.clone();
        let name = HeaderName::from_static(name);
        other.headers.insert(name, HeaderValue::from_str(value).unwrap());
        other
    }

    /// A browser, which asks for pages.
    pub(crate) fn browser(&self) -> Self {
        self.with_header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
    }

    /// `name=value` of the session cookie, if the server has set one.
    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    pub(crate) fn set_cookie(&self, cookie: &str) {
        *self.cookie.lock().unwrap() = Some(cookie.to_owned());
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = request.headers(self.headers.clone());
        match self.cookie() {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let cookie = line.to_str().unwrap().split(';').next().unwrap();
            self.set_cookie(cookie);
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(fields)).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn post_gif(&self, path: &str, bytes: Vec<u8>) -> Answer {
        let part = multipart::Part::bytes(bytes).file_name("picture.gif");
        let form = multipart::Form::new().part("gif", part);
        self.send(self.request(Method::POST, path).multipart(form)).await
    }

    /// Makes an open room and returns its id.
    pub(crate) async fn make_room(&self, title: &str) -> String {
        self.make_room_with(title, "10", "").await
    }

    /// Makes a room and returns its id.
    pub(crate) async fn make_room_with(&self, title: &str, max: &str, password: &str) -> String {
        let fields = [("title", title), ("max", max), ("password", password)];
        let answer = self.post_form("/room", &fields).await;
        assert_eq!(answer.status, 302, "{}", answer.text());
        answer.location().strip_prefix("/room/").unwrap().to_owned()
    }

    /// A socket of this visitor, not connected yet.
    pub(crate) fn socket(&self, namespace: &str) -> SocketClientBuilder {
        let builder = SocketClient::builder(&self.base).namespace(namespace);
        match self.cookie() {
            Some(cookie) => builder.cookie(&cookie),
            None => builder,
        }
    }

    /// A socket that has joined a room by our form, and the ack of the join.
    pub(crate) async fn join(&self, room: &str) -> (SocketClient, Value) {
        if self.cookie().is_none() {
            self.get("/").await;
        }
        let socket = self.socket("/chat").connect().await.unwrap();
        let joined = socket.ask("join", serde_json::json!({ "room": room })).await;
        assert_eq!(joined["ok"], true, "{joined}");
        (socket, joined)
    }
}
