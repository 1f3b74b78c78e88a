//! Clients and pages against the real server, in this process.

mod client;
mod server;
mod support;
