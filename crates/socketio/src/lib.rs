//! A Socket.IO v4 server engine: protocol 5 of Socket.IO over protocol 4 of Engine.IO, on tokio and
//! hyper. Lean, ordered and bounded; it knows nothing of what is built on it.
//!
//! ```no_run
//! use socketio::{Config, Data, Engine, Socket};
//!
//! # async fn run() {
//! let engine = Engine::new(Config::default());
//! engine
//!     .namespace("/")
//!     .on("say", async |socket: Socket, Data(text): Data<String>| {
//!         socket.broadcast().emit("said", &text).ok();
//!         "heard"
//!     })
//!     .open();
//! let service = engine.service();
//! let router: axum::Router = axum::Router::new().route_service("/socket.io/", service);
//! # let _ = router;
//! # }
//! ```

mod ack;
mod admission;
mod broadcast;
mod builder;
mod config;
mod counters;
mod door;
mod engine;
mod extract;
mod handler;
mod namespace;
mod rate;
mod reason;
pub mod serve;
mod session;
mod socket;
mod typed;
mod wire;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use ack::{Ack, AckError};
pub use admission::{Admission, Everybody, Handshake};
pub use broadcast::{Broadcast, Volatile};
pub use builder::{Connect, NamespaceBuilder};
pub use config::Config;
pub use counters::Counters;
pub use door::Service;
pub use engine::Engine;
pub use extract::{Arguments, BadEvent, Data, EventName, FromEvent, Incoming};
pub use handler::{Handler, IntoReply, Reply};
pub use namespace::{Refusal, TooManyRooms};
pub use reason::Reason;
pub use typed::{EmitError, Namespace, Socket};
pub use wire::binary::Binary;

/// A lock that is taken also after a panic in another task: what it guards is changed in steps that
/// cannot panic in between.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
