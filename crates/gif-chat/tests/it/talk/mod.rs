//! Conversation and whispers: what becomes of messages, and what only two people see.

mod budgets;
mod crash;
mod edits;
mod hostile;
mod inside;
mod presence;
mod reactions;
mod recorder;
mod removals;
mod replies;
mod resume;
mod retries;
mod scene;
mod typing;
mod whispers;
mod whispers_resume;
