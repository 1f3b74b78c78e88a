//! What is known of a session from its first request.

use crate::chat::Visitor;
use crate::i18n::Locale;
use crate::turnstile::Place;

/// The first request of a Socket.IO session, as the rest of the server cares about it. The engine
/// keeps it for as long as the session lives.
pub struct Handshake {
    /// Who opened the session.
    pub visitor: Visitor,
    /// Whether the visitor brought a cookie; if not, the session is told over the socket too.
    pub has_cookie: bool,
    /// The language of error texts.
    pub locale: Locale,
    /// Counted for as long as the session lives.
    pub place: Place,
}
