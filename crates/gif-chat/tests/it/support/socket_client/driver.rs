//! The background half of a client: one task that reads and writes until the connection ends.
//!
//! Reading and writing stand side by side in that task, never one inside the other: a server that
//! does not read must not keep the client from reading. Ending the task drops the connection.

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Message;

use super::endpoint::{Polling, Socket, close_reason};
use super::inbox::{CloseReason, Mailbox};
use super::packet::{Kind, Packet, PollingPacket, polling_binary};

/// Whether the test lets the client read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Reading,
    /// Asked to stop; the reader has not seen it yet.
    Stopping,
    Stopped,
}

/// What the client sends.
#[derive(Debug)]
pub(super) enum Frame {
    /// An Engine.IO packet, or several of them on polling.
    Text(String),
    Binary(Vec<u8>),
    /// Any WebSocket message, control frames too.
    WebSocket(Message),
}

/// What the test asks of the writer. The sender is used when it is done and dropped when the
/// connection is gone.
#[derive(Debug)]
pub(super) enum Order {
    Send(Frame, oneshot::Sender<()>),
    Upgrade(SplitSink<Socket, Message>, oneshot::Sender<()>),
    Close,
}

/// The readable half of a proven WebSocket, for a reader that still polls.
#[derive(Debug)]
pub(super) struct Handover {
    pub(super) stream: SplitStream<Socket>,
    /// Used when the last poll has come back.
    pub(super) polling_ended: oneshot::Sender<()>,
}

pub(super) enum Source {
    Polling(Polling),
    WebSocket(SplitStream<Socket>),
}

pub(super) enum Sink {
    Polling(Polling),
    WebSocket(SplitSink<Socket, Message>),
}

/// Runs both halves; the first to end takes the other with it, and the connection is dropped
/// before the end is told.
pub(super) async fn drive(reader: Reader, writer: Writer, mailbox: Mailbox) {
    let reason = tokio::select! {
        reason = reader.run() => reason,
        reason = writer.run() => reason,
    };
    mailbox.change(|inbox| inbox.end_transport(reason));
}

pub(super) struct Reader {
    pub(super) source: Source,
    pub(super) early: Vec<PollingPacket>,
    pub(super) namespace: String,
    pub(super) mailbox: Mailbox,
    pub(super) flow: watch::Sender<Flow>,
    pub(super) handovers: mpsc::Receiver<Handover>,
    /// For the answers to pings; `None` leaves them unanswered.
    pub(super) pongs: Option<mpsc::Sender<Order>>,
    /// A packet that waits for its binary messages.
    pub(super) incomplete: Option<(Packet, Vec<Vec<u8>>)>,
}

impl Reader {
    async fn run(mut self) -> CloseReason {
        for packet in std::mem::take(&mut self.early) {
            self.accept_polled(packet);
        }
        loop {
            // Looked at between polls only: a poll is never given up half-way.
            if let Ok(handover) = self.handovers.try_recv() {
                let _ = handover.polling_ended.send(());
                self.source = Source::WebSocket(handover.stream);
            }
            match &self.source {
                Source::Polling(polling) => {
                    let packets = match gated(&self.flow, polling.poll()).await {
                        Ok(packets) => packets,
                        Err(reason) => return reason,
                    };
                    if packets.into_iter().any(|packet| self.accept_polled(packet)) {
                        return CloseReason { by_engine_close: true, ..CloseReason::default() };
                    }
                }
                Source::WebSocket(_) => return self.read_websocket().await,
            }
        }
    }

    async fn read_websocket(&mut self) -> CloseReason {
        let mut reason = CloseReason::default();
        loop {
            let Source::WebSocket(stream) = &mut self.source else {
                return reason;
            };
            match gated(&self.flow, stream.next()).await {
                Some(Ok(Message::Text(text))) => {
                    reason.by_engine_close |= self.accept_text(text.as_str());
                }
                Some(Ok(Message::Binary(bytes))) => self.accept_binary(bytes.to_vec()),
                Some(Ok(Message::Close(frame))) => {
                    let by_engine_close = reason.by_engine_close;
                    reason = CloseReason { by_engine_close, ..close_reason(frame) };
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    reason.error = Some(error.to_string());
                    return reason;
                }
                None => return reason,
            }
        }
    }

    fn accept_polled(&mut self, packet: PollingPacket) -> bool {
        match packet {
            PollingPacket::Text(text) => self.accept_text(&text),
            PollingPacket::Binary(bytes) => {
                self.accept_binary(bytes);
                false
            }
        }
    }

    /// Takes one Engine.IO text packet; true if it is the server's close packet.
    fn accept_text(&mut self, text: &str) -> bool {
        self.mailbox.change(|inbox| inbox.packets.push(text.to_owned()));
        match text.split_at_checked(1) {
            Some(("1", _)) => return true,
            Some(("2", rest)) => {
                let (done, _) = oneshot::channel();
                let pong = Order::Send(Frame::Text(format!("3{rest}")), done);
                // Without waiting: the writer may be stuck, and the reader must go on.
                let _ = self.pongs.as_ref().map(|pongs| pongs.try_send(pong));
            }
            Some(("4", rest)) => match Packet::parse(rest) {
                Some(packet) if packet.attachments > 0 => {
                    self.incomplete = Some((packet, Vec::new()));
                }
                Some(packet) => self.accept_packet(packet),
                None => {}
            },
            _ => {}
        }
        false
    }

    fn accept_binary(&mut self, bytes: Vec<u8>) {
        let Some((mut packet, mut attachments)) = self.incomplete.take() else {
            return;
        };
        attachments.push(bytes);
        if attachments.len() < packet.attachments {
            self.incomplete = Some((packet, attachments));
        } else {
            packet.fill(&attachments);
            self.accept_packet(packet);
        }
    }

    fn accept_packet(&mut self, packet: Packet) {
        if packet.namespace != self.namespace {
            return;
        }
        let Packet { kind, id, payload, .. } = packet;
        self.mailbox.change(|inbox| match (kind, id, payload) {
            (Kind::Connect, _, payload) => {
                let sid = payload.get("sid").and_then(Value::as_str).unwrap_or_default();
                inbox.namespace_answer = Some(Ok(sid.to_owned()));
            }
            (Kind::ConnectError, _, payload) => inbox.namespace_answer = Some(Err(payload)),
            (Kind::Disconnect, ..) => inbox.namespace_ended = true,
            (Kind::Event, _, Value::Array(mut arguments)) if !arguments.is_empty() => {
                let name = arguments.remove(0);
                let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
                inbox.add_event(name, arguments);
            }
            (Kind::Acknowledgement, Some(id), Value::Array(arguments)) => {
                inbox.acknowledgements.insert(id, arguments);
            }
            _ => {}
        });
    }
}

pub(super) struct Writer {
    pub(super) sink: Sink,
    pub(super) orders: mpsc::Receiver<Order>,
}

impl Writer {
    async fn run(mut self) -> CloseReason {
        loop {
            let Some(order) = self.orders.recv().await else {
                return CloseReason::default();
            };
            match (order, &mut self.sink) {
                // A failed write on a WebSocket is not the end: the reason for it, a close frame
                // with a code, may still wait to be read.
                (Order::Send(frame, done), Sink::WebSocket(sink)) => {
                    let message = match frame {
                        Frame::Text(text) => Message::text(text),
                        Frame::Binary(bytes) => Message::binary(bytes),
                        Frame::WebSocket(message) => message,
                    };
                    if sink.send(message).await.is_ok() {
                        let _ = done.send(());
                    }
                }
                (Order::Send(frame, done), Sink::Polling(polling)) => {
                    let body = match frame {
                        Frame::Text(text) => text,
                        Frame::Binary(bytes) => polling_binary(&bytes),
                        Frame::WebSocket(_) => continue,
                    };
                    if let Err(reason) = polling.post(body).await {
                        return reason;
                    }
                    let _ = done.send(());
                }
                (Order::Upgrade(mut sink, done), _) => {
                    if sink.send(Message::text("5")).await.is_ok() {
                        let _ = done.send(());
                    }
                    self.sink = Sink::WebSocket(sink);
                }
                // The server answers with its own close frame, which ends the reader.
                (Order::Close, Sink::WebSocket(sink)) => {
                    let _ = sink.close().await;
                }
                (Order::Close, Sink::Polling(polling)) => {
                    return polling.post("1".to_owned()).await.err().unwrap_or_default();
                }
            }
        }
    }
}

/// Waits for `reading`, but leaves it untouched while the test has stopped the flow.
async fn gated<T>(flow: &watch::Sender<Flow>, reading: impl Future<Output = T>) -> T {
    let mut changes = flow.subscribe();
    let mut reading = std::pin::pin!(reading);
    loop {
        // The sender is borrowed by this very function: waiting for a change cannot fail.
        let state = *changes.borrow_and_update();
        match state {
            Flow::Reading => tokio::select! {
                biased;
                _ = changes.changed() => {}
                value = &mut reading => return value,
            },
            Flow::Stopping => {
                flow.send_if_modified(|flow| {
                    // The test may have resumed in the meantime.
                    let asked = *flow == Flow::Stopping;
                    if asked {
                        *flow = Flow::Stopped;
                    }
                    asked
                });
            }
            Flow::Stopped => {
                let _ = changes.changed().await;
            }
        }
    }
}
