//! What a client has received so far, and waiting for more of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long a test waits for anything before it fails: far more than a healthy server needs on a
/// busy machine, so that a failure means "never".
pub(crate) const DEADLINE: Duration = Duration::from_secs(10);

/// How much of one payload a failure message shows.
const SHOWN_CHARACTERS_MAX: usize = 300;

/// How many events a failure message lists.
const SHOWN_EVENTS_MAX: usize = 50;

/// Why and how a connection ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CloseReason {
    /// The code of the server's WebSocket close frame; `None` without one.
    pub(crate) code: Option<u16>,
    /// The text of that close frame.
    pub(crate) text: String,
    /// The server sent a Socket.IO DISCONNECT for the namespace: official clients do not come
    /// back after this one by themselves.
    pub(crate) by_namespace_disconnect: bool,
    /// The server sent an Engine.IO close packet.
    pub(crate) by_engine_close: bool,
    /// This client asked for the end (`disconnect` or `cut`).
    pub(crate) by_client: bool,
    /// The status that ended HTTP long polling.
    pub(crate) http_status: Option<u16>,
    /// What went wrong below the protocol, such as a reset or an end without a close frame.
    pub(crate) error: Option<String>,
}

/// The connection ended before the answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Closed(pub(crate) CloseReason);

#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) arguments: Vec<Value>,
    consumed: bool,
}

impl Event {
    pub(super) fn first_argument(&self) -> Value {
        self.arguments.first().cloned().unwrap_or(Value::Null)
    }
}

/// Everything that came in, in order. Nothing is ever taken out but acknowledgements: events are
/// marked as consumed, so that a test can still look at the whole sequence.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    pub(super) events: Vec<Event>,
    /// All events before this one are consumed: a storm of them is not searched again and again.
    consumed_up_to: usize,
    pub(super) acknowledgements: BTreeMap<u64, Vec<Value>>,
    /// Every Engine.IO text packet as it came, for tests of the protocol itself.
    pub(super) packets: Vec<String>,
    /// The answer to CONNECT: the Socket.IO id, or the payload of `CONNECT_ERROR`.
    pub(super) namespace_answer: Option<Result<String, Value>>,
    pub(super) namespace_ended: bool,
    pub(super) ended_by_client: bool,
    transport_end: Option<CloseReason>,
}

impl Inbox {
    pub(super) fn add_event(&mut self, name: String, arguments: Vec<Value>) {
        self.events.push(Event { name, arguments, consumed: false });
    }

    /// The oldest event not consumed yet that `wanted` accepts.
    pub(super) fn consume(&mut self, wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        let fresh = self.events.get_mut(self.consumed_up_to..)?;
        let found = fresh.iter_mut().find(|event| !event.consumed && wanted(event))?;
        found.consumed = true;
        let event = found.clone();
        self.consumed_up_to += fresh.iter().take_while(|event| event.consumed).count();
        Some(event)
    }

    /// Records the end of the transport. The first reason stays: what follows is only its echo.
    pub(super) fn end_transport(&mut self, reason: CloseReason) {
        self.transport_end.get_or_insert(reason);
    }

    pub(super) fn transport_end(&self) -> Option<CloseReason> {
        self.transport_end.clone().map(|reason| CloseReason {
            by_namespace_disconnect: self.namespace_ended,
            by_client: self.ended_by_client,
            ..reason
        })
    }

    /// The end as an application sees it: the namespace or the transport below it is gone.
    pub(super) fn end(&self) -> Option<CloseReason> {
        let namespace_end = self.namespace_ended.then(|| CloseReason {
            by_namespace_disconnect: true,
            by_client: self.ended_by_client,
            ..CloseReason::default()
        });
        self.transport_end().or(namespace_end)
    }

    /// The list of events for a failure message.
    pub(super) fn describe(&self) -> String {
        let mut text = format!("{} events received", self.events.len());
        let skipped = self.events.len().saturating_sub(SHOWN_EVENTS_MAX);
        for event in self.events.iter().skip(skipped) {
            let shown = Value::from(event.arguments.clone()).to_string();
            let shown: String = shown.chars().take(SHOWN_CHARACTERS_MAX).collect();
            let consumed = if event.consumed { " (consumed)" } else { "" };
            let _ = write!(text, "\n  {}{consumed} {shown}", event.name);
        }
        if let Some(reason) = self.end() {
            let _ = write!(text, "\n  then the end: {reason:?}");
        }
        text
    }
}

/// The inbox as the driver fills it and the test waits on it.
#[derive(Clone, Debug)]
pub(super) struct Mailbox(watch::Sender<Inbox>);

impl Mailbox {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(Inbox::default()))
    }

    /// Changes the inbox and wakes whoever waits.
    pub(super) fn change(&self, change: impl FnOnce(&mut Inbox)) {
        self.0.send_modify(change);
    }

    pub(super) fn look<T>(&self, look: impl FnOnce(&Inbox) -> T) -> T {
        look(&self.0.borrow())
    }

    /// Tries `take` now and after every change; `None` when the deadline has passed.
    pub(super) async fn wait<T>(&self, mut take: impl FnMut(&mut Inbox) -> Option<T>) -> Option<T> {
        // Subscribed before the first look: a change between the look and the wait is not lost.
        let mut changes = self.0.subscribe();
        let waiting = async {
            loop {
                let mut taken = None;
                self.0.send_if_modified(|inbox| {
                    taken = take(inbox);
                    false
                });
                if taken.is_some() || changes.changed().await.is_err() {
                    return taken;
                }
            }
        };
        timeout(DEADLINE, waiting).await.ok().flatten()
    }

    /// Like `wait`, but the end of the connection ends the waiting too.
    pub(super) async fn wait_unless_ended<T>(
        &self,
        mut take: impl FnMut(&mut Inbox) -> Option<T>,
    ) -> Option<Result<T, Closed>> {
        self.wait(|inbox| {
            let taken = take(inbox).map(Ok);
            taken.or_else(|| inbox.end().map(|reason| Err(Closed(reason))))
        })
        .await
    }
}
