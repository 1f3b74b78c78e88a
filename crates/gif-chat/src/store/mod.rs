//! Keeps rooms, seats and messages. Everything above sees [`crate::chat::Store`] only.

pub mod sqlite;
