//! Small bodies: JSON or form, read within a limit of bytes and time.

use std::collections::HashMap;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::header;
use http_body_util::BodyExt as _;
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
    /// All fields, as an object.
    pub(super) fn object(self) -> Value {
        Value::Object(self.values.into_iter().collect())
    }

    /// A text; nothing when the field is missing or null. Refuses other types.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ChatError> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ChatError::BadRequest),
        }
    }

    /// A whole number, also as forms write it; `default` when the field is missing or blank, nothing
    /// when it is no whole number. Refuses other types.
    pub(super) fn number(&mut self, name: &str, default: i64) -> Result<Option<i64>, ChatError> {
        match self.values.remove(name) {
            None | Some(Value::Null) => Ok(Some(default)),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(Some(default)),
            Some(Value::String(text)) => Ok(text.trim().parse().ok()),
            Some(Value::Number(number)) => Ok(number.as_i64()),
            Some(_) => Err(ChatError::BadRequest),
        }
    }
}

impl FromRequest<Web> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Self::Rejection> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
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

/// What is read beyond a limit only to be thrown away, in bytes. A client that still writes when the
/// connection closes sees a broken connection instead of the answer.
const DISCARDED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How long that may take.
const DISCARD_TIME_MAX: Duration = Duration::from_secs(10);

/// The whole body, if it has at most `limit` bytes.
async fn read(mut body: Body, limit: usize) -> Result<Vec<u8>, ChatError> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_broken| ChatError::BadRequest)?;
        let Ok(chunk) = frame.into_data() else {
            continue;
        };
        if bytes.len().saturating_add(chunk.len()) > limit {
            discard(body).await;
            return Err(ChatError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Reads the rest of a body that nobody wants, within limits.
pub(super) async fn discard(mut body: Body) {
    let reading = async {
        let mut left = DISCARDED_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, bytes::Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    drop(tokio::time::timeout(DISCARD_TIME_MAX, reading).await);
}

/// `application/x-www-form-urlencoded`, whose bytes must be UTF-8.
fn form(bytes: &[u8]) -> Result<HashMap<String, Value>, ChatError> {
    let mut values = HashMap::new();
    for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
        let mut sides = pair.splitn(2, |byte| *byte == b'=');
        let name = form_text(sides.next().unwrap_or_default())?;
        let value = form_text(sides.next().unwrap_or_default())?;
        values.insert(name, Value::String(value));
    }
    Ok(values)
}

fn form_text(bytes: &[u8]) -> Result<String, ChatError> {
    let spaced: Vec<u8> =
        bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let decoded = percent_encoding::percent_decode(&spaced).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_invalid| ChatError::BadRequest)
}
