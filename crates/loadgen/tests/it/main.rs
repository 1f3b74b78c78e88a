//! Clients and pages against the real server, in this process.

#![cfg(test)]

mod client;
mod load;
mod page;
mod server;
mod support;
