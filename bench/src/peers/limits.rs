//! The product refuses floods, and a bench is one: its limits, raised as far as the cases need.

/// Environment of the product's server.
pub(super) fn product() -> impl Iterator<Item = (&'static str, &'static str)> {
    [
        ("PORT", "0"),
        ("GIFCHAT_LOG", "warn"),
        ("GIFCHAT_FREE_DISK_BYTES_MIN", "0"),
        // A room waits for its members while thousands of them come in.
        ("GIFCHAT_GRACE", "10m"),
        // More than any case needs, and less than the usual limit of open files.
        ("GIFCHAT_SOCKETS_MAX", "15000"),
        ("GIFCHAT_SOCKETS_PER_ADDRESS_MAX", "15000"),
        ("GIFCHAT_CONNECTIONS_PER_ADDRESS_MAX", "15000"),
        ("GIFCHAT_SOCKET_PACKETS_BURST_MAX", "100000000"),
        ("GIFCHAT_SOCKET_PACKETS_PER_SECOND_MAX", "100000000"),
        ("GIFCHAT_MESSAGES_BURST", "1000000000"),
        ("GIFCHAT_MESSAGES_PER_SECOND", "1000000"),
        ("GIFCHAT_MESSAGES_ADDRESS_FACTOR", "1000000"),
        ("GIFCHAT_ROOMS_OPEN_MAX", "100000"),
        ("GIFCHAT_ROOMS_PER_HOUR", "1000000"),
        ("GIFCHAT_ROOMS_PER_HOUR_PER_ADDRESS", "1000000"),
    ]
    .into_iter()
}
