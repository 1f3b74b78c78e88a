//! The real server on port 0, with a real SQLite file, real HTTP and real sockets. Each module is a
//! part of the product; each test is a sentence about behaviour.
#![cfg(test)]

mod admission;
mod command_line;
mod config_example;
mod defects;
mod event_streams;
mod http_budgets;
mod http_connections;
mod http_cookies;
mod http_errors;
mod http_files;
mod http_headers;
mod http_hostile;
mod http_limits;
mod http_lobby;
mod http_lobby_rows;
mod http_origin;
mod http_posts;
mod http_preferences;
mod http_rooms;
mod http_uploads;
mod http_wire;
mod logs;
mod moderation;
mod owners;
mod rooms_life;
mod seats;
mod smoke;
mod socket_admission;
mod socket_backlog;
mod socket_chat;
mod socket_endings;
mod socket_join;
mod socket_join_course;
mod socket_limits;
mod socket_lobby;
mod socket_malformed;
mod socket_order;
mod socket_protocol;
mod socket_sessions;
mod store_contract;
mod support;
mod talk;
mod tidy;
