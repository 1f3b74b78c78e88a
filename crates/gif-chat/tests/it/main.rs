//! The real server on port 0, with a real SQLite file, real HTTP and real sockets. Each module is a
//! part of the product; each test is a sentence about behaviour.
#![cfg(test)]

mod smoke;
mod socket_admission;
mod socket_chat;
mod socket_endings;
mod socket_join;
mod socket_join_course;
mod socket_lobby;
mod socket_limits;
mod socket_malformed;
mod socket_order;
mod socket_protocol;
mod socket_sessions;
mod support;
