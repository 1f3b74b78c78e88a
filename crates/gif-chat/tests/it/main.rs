//! The real server on port 0, with a real SQLite file, real HTTP and real sockets. Each module is a
//! part of the product; each test is a sentence about behaviour.
#![cfg(test)]

mod http_files;
mod http_lobby;
mod http_posts;
mod http_rooms;
mod rooms_life;
mod seats;
mod smoke;
mod socket_chat;
mod socket_join;
mod socket_join_course;
mod socket_lobby;
mod store_contract;
mod support;
mod tidy;
