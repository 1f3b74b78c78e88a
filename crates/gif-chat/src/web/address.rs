//! The part of an address that names something.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;

use super::answer::Refusal;
use crate::chat::ChatError;

/// What an address names: a room, a file. Refuses what is no text as every other refusal is said,
/// with a code and in the reader's language.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let named: Result<Path<String>, _> = Path::from_request_parts(parts, state).await;
        let Path(name) = named.map_err(|_no_text| Refusal(ChatError::BadRequest))?;
        Ok(Self(name))
    }
}

/// Two such parts: a room, and what is done there.
pub(super) struct NamedPair(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for NamedPair {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let named: Result<Path<(String, String)>, _> = Path::from_request_parts(parts, state).await;
        let Path((room, name)) = named.map_err(|_no_text| Refusal(ChatError::BadRequest))?;
        Ok(Self(room, name))
    }
}
