//! What a client sends, packet by packet. Whatever the protocols do not allow ends its session.

use bytes::Bytes;
use tokio::time::Instant;

use super::driver::Driver;
use super::seat::Seat;
use crate::namespace::{Connecting, RawEvent};
use crate::reason::Reason;
use crate::socket::RawAnswer;
use crate::wire::binary::check_placeholders;
use crate::wire::frame::{Frame, refused};
use crate::wire::packet::{Kind, Packet, PacketLimits, decode};
use crate::wire::payload::{EnginePacket, decode_payload, decode_text};
use crate::wire::websocket::{FrameError, Received, pong_frame};

/// A binary packet whose attachments are on their way.
pub(super) struct Attachments {
    /// When all must be there.
    pub(super) due: Instant,
    kind: Kind,
    namespace: Box<str>,
    id: Option<u64>,
    payload: Box<str>,
    expected: usize,
    parts: Vec<Bytes>,
    bytes: usize,
}

impl Driver {
    /// One WebSocket message.
    pub(super) fn receive(&mut self, received: Received<'_>) -> Result<(), Reason> {
        self.count()?;
        match received {
            Received::Text(text) => {
                let packet = decode_text(&text).map_err(|_malformed| Reason::Malformed)?;
                self.engine_packet(packet)
            }
            Received::Binary(bytes) => self.attachment(Bytes::copy_from_slice(&bytes)),
            Received::Ping(payload) => {
                self.session.send_frame(Frame::control(pong_frame(&payload)));
                Ok(())
            }
            Received::Pong => Ok(()),
            Received::Close(code) => {
                self.session.client_closes(code);
                Err(Reason::TransportClose)
            }
        }
    }

    /// One polling body.
    pub(super) fn receive_body(&mut self, body: &Bytes) -> Result<(), Reason> {
        let body = std::str::from_utf8(body).map_err(|_invalid| Reason::InvalidUtf8)?;
        let packets_max = self.config().body_packets_max;
        let packets = decode_payload(body, packets_max).map_err(|_malformed| Reason::Malformed)?;
        for packet in packets {
            self.count()?;
            self.engine_packet(packet)?;
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), Reason> {
        self.session.shared().counters().received();
        if self.bucket.take(Instant::now) { Ok(()) } else { Err(Reason::TooFast) }
    }

    fn engine_packet(&mut self, packet: EnginePacket<'_>) -> Result<(), Reason> {
        match packet {
            EnginePacket::Message(text) => self.packet(text),
            EnginePacket::Binary(bytes) => self.attachment(bytes.into()),
            EnginePacket::Pong(_) => {
                let interval = self.config().ping_interval;
                self.heartbeat.answered(Instant::now(), interval);
                Ok(())
            }
            EnginePacket::Close => Err(Reason::TransportClose),
            // Pings are the server's in this version of the protocol.
            EnginePacket::Ping(_) => Err(Reason::Malformed),
            EnginePacket::Open | EnginePacket::Upgrade | EnginePacket::Noop => Ok(()),
        }
    }

    fn packet(&mut self, text: &str) -> Result<(), Reason> {
        if self.attachments.is_some() {
            return Err(Reason::Malformed);
        }
        let config = self.config();
        let limits = PacketLimits {
            attachments_max: config.attachments_max,
            namespace_bytes_max: config.namespace_bytes_max,
        };
        let packet = decode(text, &limits).map_err(|_malformed| Reason::Malformed)?;
        match packet.kind {
            Kind::Connect => {
                self.connect(&packet);
                Ok(())
            }
            Kind::Disconnect => {
                if let Some(seat) = self.seat(packet.namespace) {
                    seat.end(Reason::ClientDisconnect);
                }
                Ok(())
            }
            Kind::ConnectError => Err(Reason::Malformed),
            Kind::Event | Kind::Ack => {
                self.deliver(
                    packet.kind,
                    packet.namespace,
                    packet.id,
                    (packet.payload, Vec::new()),
                );
                Ok(())
            }
            Kind::BinaryEvent | Kind::BinaryAck => self.begin_attachments(&packet),
        }
    }

    fn begin_attachments(&mut self, packet: &Packet<'_>) -> Result<(), Reason> {
        check_placeholders(packet.payload, packet.attachments)
            .map_err(|_malformed| Reason::Malformed)?;
        if packet.attachments == 0 {
            self.deliver(packet.kind, packet.namespace, packet.id, (packet.payload, Vec::new()));
            return Ok(());
        }
        self.attachments = Some(Box::new(Attachments {
            due: Instant::now() + self.config().attachments_time_max,
            kind: packet.kind,
            namespace: packet.namespace.into(),
            id: packet.id,
            payload: packet.payload.into(),
            expected: packet.attachments,
            parts: Vec::new(),
            bytes: packet.payload.len(),
        }));
        Ok(())
    }

    fn attachment(&mut self, part: Bytes) -> Result<(), Reason> {
        let bytes_max = self.config().message_bytes_max;
        let attachments = self.attachments.as_mut().ok_or(Reason::Malformed)?;
        attachments.bytes += part.len();
        if attachments.bytes > bytes_max {
            return Err(Reason::TooLarge);
        }
        attachments.parts.push(part);
        if attachments.parts.len() < attachments.expected {
            return Ok(());
        }
        if let Some(whole) = self.attachments.take() {
            let Attachments { kind, namespace, id, payload, parts, .. } = *whole;
            self.deliver(kind, &namespace, id, (&payload, parts));
        }
        Ok(())
    }

    /// Brings an event or an answer to its socket. One that has just been ended may still be spoken
    /// to by a client that does not know it yet: that is no fault.
    fn deliver(
        &mut self,
        kind: Kind,
        namespace: &str,
        id: Option<u64>,
        (payload, attachments): (&str, Vec<Bytes>),
    ) {
        let Some(seat) = self.seat(namespace) else {
            return;
        };
        match kind {
            Kind::Event | Kind::BinaryEvent => {
                seat.push(RawEvent { payload: payload.into(), id, attachments });
            }
            _ => {
                if let (Some(socket), Some(id)) = (seat.socket(), id) {
                    socket.answered(id, RawAnswer { payload: payload.into(), attachments });
                }
            }
        }
    }

    fn seat(&mut self, namespace: &str) -> Option<&mut Seat> {
        let mut seats = self.seats.iter_mut();
        seats.find(|seat| seat.takes_events() && seat.namespace.name() == namespace)
    }

    /// A client that asks twice is in already.
    fn connect(&mut self, packet: &Packet<'_>) {
        if self.seat(packet.namespace).is_some() {
            return;
        }
        let namespaces_max = self.config().namespaces_per_session_max;
        let Some(namespace) = self.session.shared().namespace(packet.namespace) else {
            return self.refuse(packet.namespace, "Invalid namespace");
        };
        if self.seats.len() >= namespaces_max {
            return self.refuse(packet.namespace, "Too many namespaces");
        }
        let connecting = Connecting {
            handshake: self.session.handshake().clone(),
            session: self.session.id(),
            auth: packet.payload.into(),
        };
        self.seats.push(Seat::new(namespace, connecting));
    }

    fn refuse(&self, namespace: &str, message: &str) {
        match refused(namespace, message, None) {
            Ok(answer) => self.session.send_frame(answer),
            Err(error) => tracing::error!(%error, "a refusal could not be written"),
        }
    }
}

impl From<FrameError> for Reason {
    fn from(error: FrameError) -> Self {
        match error {
            FrameError::TooLarge => Self::TooLarge,
            FrameError::InvalidUtf8 => Self::InvalidUtf8,
            FrameError::Protocol(_) => Self::InvalidFrame,
        }
    }
}
