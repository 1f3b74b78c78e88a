//! A Socket.IO v4 server engine: protocol 5 of Socket.IO over protocol 4 of Engine.IO, on tokio and
//! hyper. It knows nothing of chat.

mod wire;

pub use wire::binary::Binary;

#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
