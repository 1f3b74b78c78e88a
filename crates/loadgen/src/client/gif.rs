//! GIFs over HTTP, and the end of a room.

use anyhow::{Context as _, Result, ensure};
use reqwest::header::COOKIE;
use reqwest::multipart::{Form, Part};

use super::door::{Door, REQUEST_TIME_MAX, Visitor};

/// A GIF of one pixel in a colour that the number gives: another number, another GIF.
#[must_use]
pub fn small_gif(number: u32) -> Vec<u8> {
    let [_, red, green, blue] = number.to_be_bytes();
    let mut gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00".to_vec();
    gif.extend([red, green, blue, 0, 0, 0]);
    gif.extend(b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b");
    gif
}

impl Visitor {
    /// Shows a GIF in a room. A retry with the same `key` is always safe.
    ///
    /// # Errors
    /// When the server refuses, or does not answer.
    pub async fn show(&self, door: &Door, room: &str, (gif, key): (Vec<u8>, &str)) -> Result<()> {
        let form = Form::new().part("gif", Part::bytes(gif).file_name("a.gif"));
        let request = door.http.post(door.url(&format!("/room/{room}/gif")));
        let request = request.header(COOKIE, self.cookie()).header("idempotency-key", key);
        let response = request.multipart(form).timeout(REQUEST_TIME_MAX).send().await?;
        ensure!(response.status().is_success(), "the GIF was refused: {}", response.status());
        Ok(())
    }

    /// The bytes of a GIF.
    ///
    /// # Errors
    /// When the server does not have it, or does not answer.
    pub async fn gif(&self, door: &Door, name: &str) -> Result<Vec<u8>> {
        let request = door.http.get(door.url(&format!("/gif/{name}")));
        let response = request.header(COOKIE, self.cookie()).timeout(REQUEST_TIME_MAX).send();
        let response = response.await?.error_for_status().context("the GIF is not served")?;
        Ok(response.bytes().await?.to_vec())
    }

    /// Closes one's own room, with everything in it.
    ///
    /// # Errors
    /// When the server refuses, or does not answer.
    pub async fn close(&self, door: &Door, room: &str) -> Result<()> {
        let request = door.http.delete(door.url(&format!("/room/{room}")));
        let request = request.header(COOKIE, self.cookie()).timeout(REQUEST_TIME_MAX);
        request.send().await?.error_for_status().context("the room was not closed")?;
        Ok(())
    }
}
