//! Small bodies: JSON or form, read within a limit of bytes and time.

use std::collections::HashMap;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::header;
use http_body_util::{BodyExt as _, Limited};
use serde_json::Value;

use super::Web;
use super::answer::Refusal;
use crate::chat::ChatError;

/// The fields of a body, whichever way it was written.
pub(super) struct Fields {
    values: HashMap<String, Value>,
    /// Whether the body was JSON: then the answer is for a program.
    pub(super) is_json: bool,
}

impl Fields {
    /// A text; nothing when the field is missing or null. Refuses other types.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ChatError> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ChatError::BadRequest),
        }
    }

    /// A whole number, also as forms write it; nothing when the field is missing or blank.
    /// A text that is no number is `Some(None)`. Refuses other types.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<Option<i64>>, ChatError> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim().parse().ok())),
            Some(Value::Number(number)) => Ok(Some(number.as_i64())),
            Some(_) => Err(ChatError::BadRequest),
        }
    }
}

impl FromRequest<Web> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Self::Rejection> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok());
        let kind = kind
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        let is_json = kind.eq_ignore_ascii_case("application/json");
        let is_form = kind.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let reading = read(request.into_body(), web.body_bytes_max);
        let bytes = tokio::time::timeout(web.body_time_max, reading)
            .await
            .map_err(|_elapsed| Refusal(ChatError::BadRequest))??;
        let values = if is_json {
            serde_json::from_slice(&bytes).map_err(|_unreadable| ChatError::BadRequest)?
        } else if is_form {
            form(&bytes)?
        } else if bytes.is_empty() {
            HashMap::new()
        } else {
            return Err(Refusal(ChatError::BadRequest));
        };
        Ok(Self { values, is_json })
    }
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, ChatError> {
    let collected = Limited::new(body, limit).collect().await.map_err(|error| {
        if error.is::<http_body_util::LengthLimitError>() {
            ChatError::TooLarge
        } else {
            ChatError::BadRequest
        }
    })?;
    Ok(collected.to_bytes().to_vec())
}

/// `application/x-www-form-urlencoded`, whose bytes must be UTF-8.
fn form(bytes: &[u8]) -> Result<HashMap<String, Value>, ChatError> {
    let mut values = HashMap::new();
    for pair in bytes
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
    {
        let mut sides = pair.splitn(2, |byte| *byte == b'=');
        let name = form_text(sides.next().unwrap_or_default())?;
        let value = form_text(sides.next().unwrap_or_default())?;
        values.insert(name, Value::String(value));
    }
    Ok(values)
}

fn form_text(bytes: &[u8]) -> Result<String, ChatError> {
    let spaced: Vec<u8> = bytes
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let decoded = percent_encoding::percent_decode(&spaced).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_invalid| ChatError::BadRequest)
}
