//! One socket of the lobby: it listens, and asks for nothing.

use super::engine::{Connect, Request, Socket};
use super::handshake::Handshake;
use super::wire::Failure;
use crate::chat::ChatError;
use crate::i18n::Locale;

/// What is kept for a socket of the lobby.
pub(super) struct Onlooker {
    locale: Locale,
}

/// Everybody may watch.
pub(super) fn greet(asking: &Connect<Handshake>) -> Onlooker {
    Onlooker { locale: asking.handshake().locale }
}

/// There is nothing to ask here.
pub(super) async fn refuse(socket: Socket<Onlooker>, request: Request) {
    let refused = Failure::ack(&ChatError::BadRequest, socket.state().locale);
    if let Some(Err(error)) = request.ack.map(|ack| ack.answer(&refused)) {
        tracing::debug!(%error, "an answer was not sent");
    }
}
