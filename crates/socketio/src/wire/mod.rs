//! The codecs: bytes to packets and back. Nothing in here waits, sends or keeps state of a
//! connection but the reader of its frames.

pub(crate) mod binary;
mod error;
pub(crate) mod frame;
pub(crate) mod packet;
pub(crate) mod payload;
pub(crate) mod strict;
pub(crate) mod websocket;

pub(crate) use error::PacketError;

#[cfg(test)]
mod tests;
