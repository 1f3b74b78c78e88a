//! One socket of the lobby.

use serde_json::Value;

use super::Door;
use super::engine::{Inbox, Peer};
use super::wire::Failure;
use crate::chat::ChatError;

/// The life of one socket: it listens, and asks for nothing.
pub(super) async fn serve(door: Door, peer: Peer, _auth: Value, mut inbox: Inbox) {
    door.audience.arrive(&peer);
    door.audience.enter_lobby(&peer);
    while let Some(incoming) = inbox.next().await {
        if let Some(ack) = incoming.ack {
            ack.answer(&Failure::ack(&ChatError::BadRequest, peer.handshake().locale));
        }
    }
    door.audience.leave_lobby(&peer);
    door.audience.depart(&peer);
}
