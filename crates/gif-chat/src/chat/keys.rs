//! The keys of a data folder, all stretched from one secret.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{AuthorId, RoomId, SessionId};

type HmacSha256 = Hmac<Sha256>;

/// As long as a block of SHA-256, so that HMAC takes it as it is.
type MacKey = [u8; 64];

/// Signs sessions and derives the ids that must not lead back to a session. Each use has a key of
/// its own, derived with HKDF-SHA-256 (RFC 5869) from the secret of the data folder.
pub struct Keys {
    session: MacKey,
    author: MacKey,
    network: MacKey,
    gif_name: [u8; 32],
}

impl Keys {
    /// Derives all keys from a secret of any length.
    #[must_use]
    pub fn derive(secret: &[u8]) -> Self {
        let stretched = Hkdf::<Sha256>::new(Some(b"gif-chat"), secret);
        let fill = |purpose: &[u8], key: &mut [u8]| {
            // HKDF-SHA-256 gives up to 8,160 bytes: these always fit, so the result says nothing.
            let _always_fits = stretched.expand(purpose, key);
        };
        let mut keys =
            Self { session: [0; 64], author: [0; 64], network: [0; 64], gif_name: [0; 32] };
        fill(b"session", &mut keys.session);
        fill(b"author", &mut keys.author);
        fill(b"network", &mut keys.network);
        fill(b"gif name", &mut keys.gif_name);
        keys
    }

    /// The session with its signature, as it travels in the cookie and in CONNECT's `auth`:
    /// `<32 hex>.<64 hex>`.
    #[must_use]
    pub fn sign_session(&self, session: &SessionId) -> String {
        let signature =
            keyed(&self.session, &[session.as_str().as_bytes()]).finalize().into_bytes();
        format!("{}.{}", session.as_str(), hex::encode(signature))
    }

    /// The session in `token`, if we signed it. Compares in constant time.
    #[must_use]
    pub fn verify_session(&self, token: &str) -> Option<SessionId> {
        let (id, signature) = token.split_once('.')?;
        let session = SessionId::parse(id)?;
        let signature = hex::decode(signature).ok()?;
        keyed(&self.session, &[id.as_bytes()]).verify_slice(&signature).ok()?;
        Some(session)
    }

    /// The visitor's public id in one room: the same person is somebody else in another room.
    #[must_use]
    pub fn author(&self, room: &RoomId, session: &SessionId) -> AuthorId {
        let digest = keyed(&self.author, &[room.as_str().as_bytes(), session.as_str().as_bytes()])
            .finalize();
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest.into_bytes()).for_each(|(to, from)| *to = from);
        AuthorId::from_bytes(bytes)
    }

    /// What a room remembers of the address of somebody who was sent out: it does not lead back to
    /// the address, and is another one in another room.
    #[must_use]
    pub fn network(&self, room: &RoomId, network: &super::Network) -> String {
        let parts = [room.as_str().to_owned(), network.to_string()];
        let digest = keyed(&self.network, &parts.each_ref().map(String::as_bytes)).finalize();
        hex::encode(digest.into_bytes())
    }

    /// The key that names GIF files, so that a name cannot be computed from a GIF's bytes.
    #[must_use]
    pub fn gif_name(&self) -> [u8; 32] {
        self.gif_name
    }
}

fn keyed(key: &MacKey, parts: &[&[u8]]) -> HmacSha256 {
    let mut mac = <HmacSha256 as KeyInit>::new(&(*key).into());
    for part in parts {
        mac.update(part);
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_session_comes_back_and_a_tampered_one_does_not() {
        let keys = Keys::derive(b"a secret");
        let session = SessionId::from_bytes([1; 16]);
        let token = keys.sign_session(&session);
        assert!(keys.verify_session(&token) == Some(session.clone()));

        let other = SessionId::from_bytes([2; 16]);
        let swapped = token.replace(session.as_str(), other.as_str());
        assert!(keys.verify_session(&swapped).is_none());
        assert!(keys.verify_session(session.as_str()).is_none());
        assert!(keys.verify_session(&format!("{}.", session.as_str())).is_none());
        assert!(keys.verify_session(&token[..token.len() - 2]).is_none());
        assert!(Keys::derive(b"another secret").verify_session(&token).is_none());
    }

    #[test]
    fn one_visitor_is_another_author_in_another_room() {
        let keys = Keys::derive(b"a secret");
        let session = SessionId::from_bytes([1; 16]);
        let here = keys.author(&RoomId::from_bytes([3; 16]), &session);
        let there = keys.author(&RoomId::from_bytes([4; 16]), &session);
        assert_ne!(here, there);
        assert_eq!(here, keys.author(&RoomId::from_bytes([3; 16]), &session));
    }
}
