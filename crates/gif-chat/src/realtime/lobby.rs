//! One socket of the lobby: it listens, and asks for nothing.

use std::future::{Ready, ready};

use super::engine::{Connect, Request, Socket};
use super::handshake::Handshake;
use super::room_list::RoomList;
use super::wire::{Failure, Time, event};
use crate::chat::{ChatError, Timestamp};
use crate::i18n::Locale;

/// What is kept for a socket of the lobby.
pub(super) struct Onlooker {
    locale: Locale,
}

/// Everybody may watch.
pub(super) fn identify(asking: &Connect<Handshake>) -> Onlooker {
    Onlooker { locale: asking.handshake().locale }
}

/// The list of rooms comes first, then the time that their ends are told in: no client's clock is as
/// ours.
pub(super) fn greet(list: &RoomList, now: Timestamp, socket: &Socket<Onlooker>) -> Ready<()> {
    list.show(socket);
    if let Err(error) = socket.emit(event::TIME, &Time::from(now)) {
        tracing::debug!(%error, "the time was not sent");
    }
    ready(())
}

/// There is nothing to ask here.
pub(super) async fn refuse(socket: Socket<Onlooker>, request: Request) {
    let refused = Failure::ack(&ChatError::BadRequest, socket.state().locale);
    if let Some(Err(error)) = request.ack.map(|ack| ack.answer(&refused)) {
        tracing::debug!(%error, "an answer was not sent");
    }
}
