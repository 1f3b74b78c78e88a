//! Reads an event stream as the HTML standard says ("Server-sent events"), and keeps all of it.

use std::time::Duration;

use reqwest::{Method, Response, header};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::socket_client::DEADLINE;
use crate::support::{Answer, Visitor};

/// One event. An id on its own is one without name and data.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Event {
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) data: Value,
    /// How long it was, its empty line included.
    pub(super) bytes: usize,
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The body is complete.
    Finished,
    /// The connection was lost.
    Broken,
}

/// What has come so far.
#[derive(Debug, Default)]
struct Inbox {
    text: String,
    events: Vec<Event>,
    comments: usize,
    retry: Option<u64>,
    end: Option<End>,
}

/// One open stream. Dropping it hangs up.
pub(super) struct Reader {
    pub(super) answer: Answer,
    inbox: watch::Sender<Inbox>,
    consumed: usize,
    _driver: JoinSet<()>,
}

impl Reader {
    /// Opens a stream that must be granted.
    pub(super) async fn open(visitor: &Visitor, path: &str) -> Self {
        Self::granted(Self::ask(visitor, path, None).await)
    }

    /// Comes back with the id of the last event that it has.
    pub(super) async fn after(visitor: &Visitor, path: &str, id: &str) -> Self {
        Self::granted(Self::ask(visitor, path, Some(id)).await)
    }

    fn granted(opened: Result<Self, Answer>) -> Self {
        opened.unwrap_or_else(|answer| panic!("{}: {}", answer.status, answer.text()))
    }

    /// Asks for a stream. A refusal is an answer.
    pub(super) async fn ask(
        visitor: &Visitor,
        path: &str,
        last: Option<&str>,
    ) -> Result<Self, Answer> {
        let mut request = visitor.request(Method::GET, path).header("accept", "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = timeout(DEADLINE, request.send()).await.expect("an answer").unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            visitor.set_cookie(line.to_str().unwrap().split(';').next().unwrap());
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut answer = Answer { status, headers, bytes: Vec::new() };
        if status != 200 {
            answer.bytes = response.bytes().await.unwrap().to_vec();
            return Err(answer);
        }
        let inbox = watch::Sender::new(Inbox::default());
        let mut driver = JoinSet::new();
        driver.spawn(drive(response, inbox.clone()));
        Ok(Self { answer, inbox, consumed: 0, _driver: driver })
    }

    /// The next event.
    pub(super) async fn next(&mut self) -> Event {
        let place = self.consumed;
        let event = self.wait("another event", |inbox| inbox.events.get(place).cloned()).await;
        self.consumed += 1;
        event
    }

    /// The next so many events.
    pub(super) async fn take(&mut self, count: usize) -> Vec<Event> {
        let mut events = Vec::with_capacity(count);
        for _ in 0..count {
            events.push(self.next().await);
        }
        events
    }

    /// All next events up to the first of this name that `wanted` accepts, which is the last of them.
    pub(super) async fn until(
        &mut self,
        name: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        let taking = async {
            loop {
                let event = self.next().await;
                let found = event.name == name && wanted(&event.data);
                events.push(event);
                if found {
                    return;
                }
            }
        };
        // Other events may come for ever.
        let taken = timeout(DEADLINE * 2, taking).await;
        assert!(taken.is_ok(), "no wanted '{name}' among {} events", events.len());
        events
    }

    /// Takes all next events until so many of this name were among them.
    pub(super) async fn until_count(&mut self, name: &str, count: usize) {
        for _ in 0..count {
            self.expect(name).await;
        }
    }

    /// The payload of the next event of this name, whatever comes before it.
    pub(super) async fn expect(&mut self, name: &str) -> Value {
        self.until(name, |_| true).await.pop().unwrap().data
    }

    /// All next events up to the `chat` with this text, which is the last of them.
    pub(super) async fn until_text(&mut self, text: &str) -> Vec<Event> {
        self.until("chat", |entry| entry["chat"] == text).await
    }

    /// All next events of a room's stream up to the id that ends its history.
    pub(super) async fn history(&mut self) -> Vec<Event> {
        self.until("", |_| true).await
    }

    /// Waits for the end. Whatever has come before it can still be taken.
    pub(super) async fn end(&self) -> End {
        let mut changes = self.inbox.subscribe();
        let ended = timeout(DEADLINE, changes.wait_for(|inbox| inbox.end.is_some())).await;
        let Ok(Ok(inbox)) = ended else { panic!("no end after {}", self.text()) };
        inbox.end.unwrap()
    }

    /// All next events up to the end, which must be in good order.
    pub(super) async fn rest(&mut self) -> Vec<Event> {
        assert_eq!(self.end().await, End::Finished);
        let left = self.inbox.borrow().events.len() - self.consumed;
        self.take(left).await
    }

    /// Whether it has not ended so far.
    pub(super) fn is_open(&self) -> bool {
        self.inbox.borrow().end.is_none()
    }

    /// Waits until so many comments have come.
    pub(super) async fn comments(&self, count: usize) {
        self.wait("a comment", |inbox| (inbox.comments >= count).then_some(())).await;
    }

    /// When to come back, in milliseconds.
    pub(super) async fn retry(&self) -> Duration {
        let retry = self.wait("a time to come back", |inbox| inbox.retry).await;
        Duration::from_millis(retry)
    }

    /// The id of the last event that was taken, with which a browser would come back.
    pub(super) fn last_id(&self) -> String {
        let inbox = self.inbox.borrow();
        let taken = inbox.events.iter().take(self.consumed);
        taken.rev().find_map(|event| event.id.clone()).unwrap_or_default()
    }

    /// Everything as it came.
    pub(super) fn text(&self) -> String {
        self.inbox.borrow().text.clone()
    }

    async fn wait<T>(&self, what: &str, mut look: impl FnMut(&Inbox) -> Option<T>) -> T {
        let mut changes = self.inbox.subscribe();
        let waiting = async {
            loop {
                {
                    let inbox = changes.borrow_and_update();
                    if let Some(found) = look(&inbox) {
                        return Some(found);
                    }
                    if inbox.end.is_some() {
                        return None;
                    }
                }
                changes.changed().await.ok()?;
            }
        };
        let found = timeout(DEADLINE, waiting).await.ok().flatten();
        found.unwrap_or_else(|| {
            let text = self.text();
            let shown = text.len().saturating_sub(600);
            panic!("{what} did not come: …{}", &text[text.ceil_char_boundary(shown)..])
        })
    }
}

/// The number of an id, whose epoch must be this one.
#[track_caller]
pub(super) fn number(id: &str, epoch: &Value) -> u64 {
    let (of, number) = id.split_once(':').unwrap();
    assert_eq!(epoch, of, "{id}");
    number.parse().unwrap()
}

/// The numbers of those events that have an id.
#[track_caller]
pub(super) fn numbers(events: &[Event]) -> Vec<u64> {
    let ids = events.iter().filter_map(|event| event.id.as_ref());
    ids.map(|id| id.split_once(':').unwrap().1.parse().unwrap()).collect()
}

/// Names and payloads.
pub(super) fn pairs(events: &[Event]) -> Vec<(String, Value)> {
    events.iter().map(|event| (event.name.clone(), event.data.clone())).collect()
}

async fn drive(mut response: Response, inbox: watch::Sender<Inbox>) {
    let mut unread = Vec::new();
    let mut block = Block::default();
    loop {
        match response.chunk().await {
            Ok(Some(bytes)) => {
                unread.extend_from_slice(&bytes);
                inbox.send_modify(|inbox| {
                    while let Some(line) = take_line(&mut unread) {
                        inbox.text.push_str(&line);
                        inbox.text.push('\n');
                        block.read(&line, inbox);
                    }
                });
            }
            Ok(None) => return inbox.send_modify(|inbox| inbox.end = Some(End::Finished)),
            Err(_lost) => return inbox.send_modify(|inbox| inbox.end = Some(End::Broken)),
        }
    }
}

/// The first line, once it is complete. Lines end with `\n`, `\r\n` or `\r`.
fn take_line(unread: &mut Vec<u8>) -> Option<String> {
    let end = unread.iter().position(|byte| matches!(byte, b'\n' | b'\r'))?;
    let ending = match (unread[end], unread.get(end + 1)) {
        // The other half may follow.
        (b'\r', None) => return None,
        (b'\r', Some(b'\n')) => 2,
        _ => 1,
    };
    let line = String::from_utf8(unread[..end].to_vec()).expect("a stream is UTF-8");
    unread.drain(..end + ending);
    Some(line)
}

/// The lines of one event.
#[derive(Default)]
struct Block {
    id: Option<String>,
    name: String,
    data: Vec<String>,
    bytes: usize,
}

impl Block {
    fn read(&mut self, line: &str, inbox: &mut Inbox) {
        self.bytes += line.len() + 1;
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
        match field {
            "" if line.is_empty() => self.dispatch(inbox),
            "" => inbox.comments += 1,
            "id" => self.id = Some(value),
            "event" => self.name = value,
            "data" => self.data.push(value),
            "retry" => inbox.retry = Some(value.parse().unwrap()),
            _ => self.data.push(format!("unknown field {field}")),
        }
    }

    fn dispatch(&mut self, inbox: &mut Inbox) {
        let Self { id, name, data, bytes } = std::mem::take(self);
        let data = match data.as_slice() {
            [] if id.is_none() => return,
            [] => Value::Null,
            [line] => serde_json::from_str(line).unwrap_or_else(|_| json!({ "no JSON": line })),
            lines => json!({ "more than one line": lines }),
        };
        inbox.events.push(Event { id, name, data, bytes });
    }
}
