//! What the tests speak with: a server, a clock that is turned by hand, visitors, sockets, GIFs.

mod clock;
pub(crate) mod faults;
mod gif;
pub(crate) mod origins;
pub(crate) mod program;
mod raw;
mod server;
pub(crate) mod socket_client;
pub(crate) mod sockets;
mod visitor;
mod wait;
pub(crate) mod watch;

pub(crate) use clock::HandClock;
pub(crate) use gif::{gif_of_bytes, gif_of_frames, gif_with_comment, small_gif, small_gif_of};
pub(crate) use raw::{RawAnswer, RawConnection, raw_request};
pub(crate) use server::{TestServer, TestServerBuilder, config_with};
pub(crate) use visitor::{Answer, Visitor};
pub(crate) use wait::until;
