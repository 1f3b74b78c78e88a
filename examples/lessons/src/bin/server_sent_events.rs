//! A lesson.

fn main() {}
