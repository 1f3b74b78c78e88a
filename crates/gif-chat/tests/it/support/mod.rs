//! What the tests speak with: a server, a clock that is turned by hand, visitors, sockets, GIFs.

mod clock;
mod gif;
pub(crate) mod program;
mod server;
pub(crate) mod socket_client;
mod visitor;
pub(crate) mod watch;

pub(crate) use clock::HandClock;
pub(crate) use gif::{small_gif, small_gif_of};
pub(crate) use server::{TestServer, TestServerBuilder};
pub(crate) use visitor::{Answer, Visitor};
