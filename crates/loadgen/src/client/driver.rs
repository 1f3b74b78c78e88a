//! The task behind a client. Reading and writing stand side by side in it, never one inside the
//! other: a server that does not read must not keep the client from reading.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot, watch};

use super::Event;
use super::answers::Asked;
use super::error::{ConnectError, End};
use super::packet::{self, Inbound};

/// Where packets come from.
pub(super) trait Source: Send + 'static {
    /// Reads until the end, and hands each packet to the line.
    fn run(self, line: Line) -> impl Future<Output = End> + Send;
}

/// Where packets go.
pub(super) trait Sink: Send + 'static {
    /// Sends what is ordered, until the end.
    fn run(self, orders: mpsc::Receiver<String>) -> impl Future<Output = End> + Send;
}

/// Runs both; the first to end takes the other with it.
pub(super) async fn drive(
    source: impl Source,
    sink: impl Sink,
    line: Line,
    orders: mpsc::Receiver<String>,
    ended: watch::Sender<Option<End>>,
) {
    let asked = line.asked.clone();
    let end = tokio::select! {
        end = source.run(line) => end,
        end = sink.run(orders) => end,
    };
    ended.send_replace(Some(end));
    asked.end();
}

/// What becomes of a packet.
pub(super) struct Line {
    pub(super) asked: Arc<Asked>,
    pub(super) events: mpsc::Sender<Event>,
    /// For the answers to pings. Weak: a client that was dropped has nothing to say.
    pub(super) pongs: mpsc::WeakSender<String>,
    /// Used when the namespace has answered.
    pub(super) entered: Option<oneshot::Sender<Result<(), ConnectError>>>,
}

impl Line {
    /// Takes one packet; waits while the page has too many events before it.
    pub(super) async fn accept(&mut self, text: &str) -> Result<(), End> {
        if packet::is_event(text) && self.events.is_closed() {
            return Ok(());
        }
        match packet::read(text) {
            Inbound::Acknowledged { id, payload } => self.asked.answer(id, payload),
            Inbound::Event { name, payload } => {
                let event = Event { name, payload: payload.to_owned() };
                // Nobody listens any more: that is no reason to end.
                drop(self.events.send(event).await);
            }
            Inbound::Ping(rest) => {
                let pongs = self.pongs.upgrade();
                // Without waiting: the sink may be stuck, and reading must go on.
                drop(pongs.map(|pongs| pongs.try_send(format!("3{rest}"))));
            }
            Inbound::Connected => self.enter(Ok(())),
            Inbound::Refused(why) => self.enter(Err(ConnectError::Namespace(why.to_owned()))),
            Inbound::Disconnected => return Err(End::Disconnected),
            Inbound::Close => return Err(End::Closed(None)),
            Inbound::Open(_) | Inbound::Nothing => {}
            Inbound::Malformed => return Err(End::Malformed(text.chars().take(200).collect())),
        }
        Ok(())
    }

    fn enter(&mut self, entrance: Result<(), ConnectError>) {
        drop(self.entered.take().map(|entered| entered.send(entrance)));
    }
}
