//! How HTTP long polling carries Engine.IO texts: several in one body, with a separator between
//! them.

/// What stands between two packets of a body.
const RECORD_SEPARATOR: char = '\u{1e}';

/// Most bytes that are put into one body; a single longer packet is a body of its own. The server
/// takes 64 KiB.
const BODY_BYTES_MAX: usize = 48 * 1024;

/// The packets of a body, in their order.
pub fn split(body: &str) -> impl Iterator<Item = &str> {
    body.split(RECORD_SEPARATOR).filter(|packet| !packet.is_empty())
}

/// One body of packets in the making.
#[derive(Debug)]
pub struct Body(String);

impl Body {
    /// A body that begins with this packet.
    #[must_use]
    pub fn new(packet: String) -> Self {
        Self(packet)
    }

    /// Adds a packet, or gives it back if the body is full.
    ///
    /// # Errors
    /// With the packet, when there is no room for it.
    pub fn add(&mut self, packet: String) -> Result<(), String> {
        if self.0.len() + RECORD_SEPARATOR.len_utf8() + packet.len() > BODY_BYTES_MAX {
            return Err(packet);
        }
        self.0.push(RECORD_SEPARATOR);
        self.0.push_str(&packet);
        Ok(())
    }

    /// The body as it is sent.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_come_out_of_a_body_as_they_went_in() {
        let mut body = Body::new("40/chat,".to_owned());
        body.add("42/chat,[\"a\",\"é\"]".to_owned()).unwrap();
        body.add("3".to_owned()).unwrap();
        let text = body.into_text();
        assert_eq!(split(&text).collect::<Vec<_>>(), ["40/chat,", "42/chat,[\"a\",\"é\"]", "3"]);
        assert_eq!(split("").count(), 0);
    }

    #[test]
    fn a_full_body_gives_the_packet_back() {
        let mut body = Body::new("x".repeat(BODY_BYTES_MAX - 3));
        assert_eq!(body.add("yyy".to_owned()), Err("yyy".to_owned()));
        assert_eq!(body.add("yy".to_owned()), Ok(()));
        assert_eq!(body.into_text().len(), BODY_BYTES_MAX);
    }
}
