//! Brings committed events to listeners, in commit order. The only place that announces anything.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tokio::sync::mpsc;

use super::audience::Audience;
use super::wire::{self, event};
use crate::chat::Event;

/// Batches that may wait between the store and the dispatcher; a full feed makes the writer wait.
pub const FEED_BATCHES_MAX: usize = 64;

/// Dispatches until the store has let go of the feed.
pub(super) async fn dispatch(mut feed: mpsc::Receiver<Vec<Event>>, audience: Arc<Audience>) {
    while let Some(batch) = feed.recv().await {
        for event in batch {
            // A panic must not silence every room from here on.
            let announced = catch_unwind(AssertUnwindSafe(|| announce(&audience, event)));
            if announced.is_err() {
                tracing::error!("an event could not be announced: the dispatcher panicked");
            }
        }
    }
}

fn announce(audience: &Audience, event: Event) {
    match event {
        Event::RoomMade(room) => audience.show_room(event::NEW_ROOM, room),
        Event::RoomChanged(room) => audience.show_room(event::UPDATE_ROOM, room),
        Event::RoomRemoved { room, reason } => {
            let close = wire::Close { room: room.to_string(), reason: reason.as_str() };
            audience.close_room(&room, &close);
        }
        Event::Whispered { reader, whisper } => {
            let payload = wire::Whisper::from(&*whisper);
            audience.tell_person((&whisper.room, &reader), event::WHISPER, &payload);
        }
        Event::Expelled { room, author, reason, until } => {
            let kicked = wire::Kicked { room: room.to_string(), reason, until: until.to_string() };
            audience.expel((&room, &author), &kicked);
        }
        Event::Presence { room, author, away } => {
            let presence = wire::Presence { id: author.to_string(), away };
            audience.tell_room(&room, event::PRESENCE, &presence);
        }
        Event::Reported { room, owner, report } => {
            let payload = wire::Report::from(&*report);
            audience.tell_person((&room, &owner), event::REPORT, &payload);
        }
        Event::Typing { room, author } => {
            let typing = wire::Typing { id: author.to_string() };
            audience.tell_others((&room, &author), event::TYPING, &typing);
        }
        Event::Announced(announcement) => {
            let (name, payload) = wire::announcement(&announcement);
            let entry = &announcement.entry;
            let place = (&entry.room, entry.seq);
            audience.tell_entry(place, announcement.except, name, &payload);
        }
    }
}
