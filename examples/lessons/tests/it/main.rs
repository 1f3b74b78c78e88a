//! The lessons, as those who follow them see them.
#![cfg(test)]

mod framing;
