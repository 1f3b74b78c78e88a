//! The real server on port 0, with a real SQLite file, real HTTP and real sockets. Each module is a
//! part of the product; each test is a sentence about behaviour.
#![cfg(test)]

mod admission;
mod command_line;
mod config_example;
mod defects;
mod logs;
mod owners;
mod rooms_life;
mod seats;
mod smoke;
mod store_contract;
mod support;
mod tidy;
