//! Anonymous, real-time GIF chat rooms that one person hosts with one command.
//!
//! `chat` is what the product does; `store` and `gifs` keep things; `web` (HTTP) and `realtime`
//! (Socket.IO) are the two doors to the same calls; `app` alone knows everybody. ARCHITECTURE.md, at
//! the root of the repository, is the map.

pub mod app;
pub mod chat;
pub mod cli;
pub mod config;
pub mod gifs;
pub mod i18n;
pub mod realtime;
pub mod shutdown;
pub mod store;
pub mod telemetry;
pub mod turnstile;
pub mod web;
