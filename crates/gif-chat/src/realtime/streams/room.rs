//! One stream of a room, from the seat to the end.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

use super::EventStreams;
use super::pipe::{EventStream, Gone, Pipe};
use super::viewers::Watch;
use crate::chat::{Chat, ChatError, Entry, Joined, Key, Participant, Resume, RoomId, Visitor};
use crate::realtime::wire::{self, EventId, event};

/// Somebody who wants to watch a room.
pub(super) struct Watcher {
    pub(super) streams: EventStreams,
    pub(super) visitor: Visitor,
    pub(super) room: RoomId,
}

/// Somebody who may.
struct Opened {
    watch: Watch,
    /// Held until the end.
    _seat: Held,
    you: Participant,
    joined: Joined,
}

/// A seat, let go when dropped.
struct Held {
    chat: Arc<Chat>,
    visitor: Visitor,
    room: RoomId,
    tasks: TaskTracker,
    runtime: Handle,
}

impl Drop for Held {
    fn drop(&mut self) {
        let (chat, visitor, room) = (self.chat.clone(), self.visitor.clone(), self.room.clone());
        let letting_go = async move { chat.disconnected(&visitor, &room).await };
        self.tasks.spawn_on(letting_go, &self.runtime);
    }
}

impl Watcher {
    /// Answers whether the stream begins, and then fills it.
    pub(super) async fn run(
        self,
        last: Option<EventId>,
        answer: oneshot::Sender<Result<EventStream, ChatError>>,
    ) {
        let is_new = last.is_none();
        let opened = match self.open(last).await {
            Ok(opened) => opened,
            Err(refusal) => return drop(answer.send(Err(refusal))),
        };
        let (pipe, stream) = Pipe::new(self.streams.pace);
        if answer.send(Ok(stream)).is_ok() {
            drop(self.show(opened, is_new, &pipe).await);
        }
    }

    /// Seat, viewer, then the history, as with a socket: whatever is said from here on waits in the
    /// mailbox, and what the history has already is left out of it.
    async fn open(&self, last: Option<EventId>) -> Result<Opened, ChatError> {
        let EventStreams { house, viewers, tasks, .. } = &self.streams;
        let (visitor, room) = (&self.visitor, &self.room);
        let you = house.chat.take_seat(visitor, room, Key::default(), None).await?;
        let seat = Held {
            chat: house.chat.clone(),
            visitor: visitor.clone(),
            room: room.clone(),
            tasks: tasks.clone(),
            runtime: Handle::current(),
        };
        let watch = house.list.enter_as_viewer(viewers, (room, &you.author))?;
        let resume = Resume {
            epoch: last.as_ref().map(|last| last.epoch.clone()),
            after: last.map(|last| last.number),
            after_private: None,
        };
        let joined = house.chat.catch_up(visitor, room, you.clone(), resume).await?;
        Ok(Opened { watch, _seat: seat, you, joined })
    }

    async fn show(&self, opened: Opened, is_new: bool, pipe: &Pipe) -> Result<(), Gone> {
        let Opened { watch, _seat, you, mut joined } = opened;
        let watch = &watch;
        pipe.begin(watch).await?;
        self.say(watch, pipe, &joined, is_new || joined.reset).await?;
        let chat = &self.streams.house.chat;
        let known = loop {
            for entry in &joined.page.entries {
                send_entry(watch, pipe, entry).await?;
            }
            let newest = joined.page.entries.last().map(|entry| entry.seq);
            let (true, Some(after)) = (joined.page.more, newest) else {
                break joined.page.head;
            };
            let epoch = Some(chat.epoch().to_owned());
            let resume = Resume { epoch, after: Some(after), after_private: None };
            let next = chat.catch_up(&self.visitor, &self.room, you.clone(), resume).await;
            joined = next.map_err(|_refused| Gone)?;
            if joined.reset {
                self.say(watch, pipe, &joined, true).await?;
            }
        };
        // A page leaves changes out; whoever comes back has them all the same.
        let id = format!("id: {}\n\n", watch.viewers().id(known));
        pipe.send(id.into(), &watch.mailbox).await?;
        pipe.flow(watch, known).await
    }

    /// Says what the room is like.
    async fn say(
        &self,
        watch: &Watch,
        pipe: &Pipe,
        joined: &Joined,
        reset: bool,
    ) -> Result<(), Gone> {
        let watching = wire::Watching::new(joined, self.streams.house.chat.epoch(), reset);
        let frame = watch.viewers().frame(None, event::JOINED, &watching).ok_or(Gone)?;
        pipe.send(frame.text, &watch.mailbox).await
    }
}

async fn send_entry(watch: &Watch, pipe: &Pipe, entry: &Entry) -> Result<(), Gone> {
    let (name, payload) = wire::kept(entry);
    let frame = watch.viewers().frame(Some(entry.seq), name, &payload).ok_or(Gone)?;
    pipe.send(frame.text, &watch.mailbox).await
}
