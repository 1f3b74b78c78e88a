//! A room's log from its first entry to its last, as a newcomer reads it.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::wire::{AskHistory, Entry, Join};
use super::{Client, Door, Transport, Visitor};

/// Entries that are asked for at once; the server gives no more.
const PAGE_ENTRIES: usize = 100;

/// Longest wait for one page.
const PAGE_TIME_MAX: Duration = Duration::from_secs(20);

/// Joins a room over a connection of its own, and reads everything that is kept in it, oldest
/// first. The visitor takes a seat and so writes a line into the log, which is part of what is
/// read.
///
/// # Errors
/// When the visitor is not let in, a page does not come, or reading does not get any further.
pub async fn read_log(door: &Door, visitor: &Visitor, room: &str) -> Result<Vec<Entry>> {
    let (client, events) = Client::connect(door, visitor, Transport::WebSocket).await?;
    // Only answers count here.
    drop(events);
    let join = Join { room, ..Join::default() };
    let joined = client.join(&join, PAGE_TIME_MAX).await.context("the room was not joined")?;
    let mut newest_first: Vec<Entry> = joined.messages.into_iter().rev().collect();
    while let Some(oldest) = newest_first.last().map(|entry| entry.seq) {
        if oldest <= joined.first {
            break;
        }
        let ask = AskHistory { before: oldest, limit: PAGE_ENTRIES };
        let page = client.history(ask, PAGE_TIME_MAX).await?;
        match page.messages.first() {
            Some(first) if first.seq < oldest => {
                newest_first.extend(page.messages.into_iter().rev());
            }
            Some(first) => bail!("asked for entries before {oldest}, got {}", first.seq),
            None => bail!("nothing before {oldest}, and the oldest should be {}", joined.first),
        }
    }
    newest_first.reverse();
    Ok(newest_first)
}
