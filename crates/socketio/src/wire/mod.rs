//! The codecs: bytes to packets and back. Nothing in here waits, sends or keeps state of a
//! connection but the reader of its frames.
