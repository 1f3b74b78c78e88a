//! The eighteen defects of the course's app, each by what must hold instead.

mod contents;
mod people;
mod rooms;
