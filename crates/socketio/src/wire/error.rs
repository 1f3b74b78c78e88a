/// Why a packet of a client is refused. The connection it came from is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PacketError {
    /// An Engine.IO packet without a type, or an empty part of a polling payload.
    #[error("empty packet")]
    Empty,
    /// The first character names no packet of the protocol.
    #[error("unknown packet type")]
    UnknownType,
    /// A `b…` packet that is not base64.
    #[error("invalid base64")]
    Base64,
    /// More packets in one polling payload than are allowed.
    #[error("too many packets")]
    TooManyPackets,
    /// A binary packet whose number of attachments is missing, zero or not a number.
    #[error("illegal attachments")]
    Attachments,
    /// A binary packet that announces more attachments than are allowed.
    #[error("too many attachments")]
    TooManyAttachments,
    /// A namespace that is longer than allowed.
    #[error("namespace too long")]
    NamespaceTooLong,
    /// An id above 2^53 − 1.
    #[error("id out of range")]
    Id,
    /// A payload of the wrong form for its kind of packet.
    #[error("invalid payload")]
    Payload,
    /// A payload that is not JSON, or JSON that two parsers could understand differently.
    #[error("invalid JSON: {0}")]
    Json(&'static str),
    /// A placeholder that points to no attachment.
    #[error("placeholder without an attachment")]
    Placeholder,
}
