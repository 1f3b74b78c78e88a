//! One socket of a room: what it asks, in the order in which it asks.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use serde::Serialize;
use serde_json::Value;

use super::Door;
use super::engine::{Ack, Inbox, Incoming, Peer};
use super::wire::{
    ConnectAuth, Failure, History, HistoryRequest, JoinRequest, Joined, Left, Refused, SendRequest,
    Sent, event,
};
use crate::chat::{ChatError, Origin, Participant, RoomId, Visitor};

/// A socket and the room that it has joined, by the server's own record.
struct Member {
    door: Door,
    peer: Peer,
    visitor: Visitor,
    joined: Option<(RoomId, Participant)>,
}

/// The life of one socket.
pub(super) async fn serve(door: Door, peer: Peer, auth: Value, mut inbox: Inbox) {
    door.audience.arrive(&peer);
    let visitor = identify(&door, &peer, auth);
    let mut member = Member { door, peer, visitor, joined: None };
    while let Some(incoming) = inbox.next().await {
        // A panic costs its event; the seat must still be let go of at the end.
        let handled = AssertUnwindSafe(member.handle(incoming)).catch_unwind().await;
        if handled.is_err() {
            tracing::error!("a handler of a socket's event panicked");
        }
    }
    member.door.audience.depart(&member.peer);
    if let Some((room, _)) = member.joined.take() {
        member.door.audience.leave(&room, &member.peer);
        member.door.chat.disconnected(&member.visitor, &room).await;
    }
}

/// The cookie's visitor; a client without cookies may bring back a session that we signed.
fn identify(door: &Door, peer: &Peer, auth: Value) -> Visitor {
    let visitor = peer.handshake().visitor.clone();
    if peer.handshake().has_cookie {
        return visitor;
    }
    let auth: ConnectAuth = serde_json::from_value(auth).unwrap_or_default();
    let session = auth.session.and_then(|token| door.chat.keys().verify_session(&token));
    Visitor { session: session.unwrap_or(visitor.session), ..visitor }
}

impl Member {
    /// Every event that a client may send to `/chat`.
    async fn handle(&mut self, Incoming { event, payload, ack }: Incoming) {
        let room = named_room(&payload);
        match event.as_str() {
            event::JOIN => match self.join(payload).await {
                Ok(joined) => answer(ack, joined.as_ref()),
                Err(error) => self.refuse(ack, room, &error),
            },
            event::CHAT => match self.send(payload).await {
                Ok(sent) => answer(ack, Some(&sent)),
                Err(error) => self.refuse(ack, room, &error),
            },
            event::HISTORY => match self.history(payload).await {
                Ok(history) => answer(ack, Some(&history)),
                Err(error) => self.refuse(ack, room, &error),
            },
            event::LEAVE => {
                self.leave().await;
                answer(ack, Some(&Left { ok: true }));
            }
            _ => self.refuse(ack, room, &ChatError::BadRequest),
        }
    }

    /// Seat, socket into the room, then the history: whatever is said from here on reaches the
    /// socket live, and the client merges the two by `seq`.
    async fn join(&mut self, payload: Value) -> Result<Option<Joined>, ChatError> {
        let request = JoinRequest::parse(payload, self.door.chat.limits())?;
        let (password, resume) = match request.ours {
            Some(ours) => (ours.password, Some(ours.resume)),
            None => (None, None),
        };
        if self.joined.as_ref().is_some_and(|(room, _)| *room != request.room) {
            return Err(ChatError::AlreadyJoined);
        }
        if self.joined.is_none() {
            // The course's page shows its own entry by itself, and would show it twice.
            let origin = resume.is_none().then(|| Origin(self.peer.id()));
            let seat = self.door.chat.take_seat(&self.visitor, &request.room, password, origin);
            let you = seat.await?;
            self.door.audience.enter(&request.room, &self.peer);
            self.joined = Some((request.room, you));
        }
        match resume {
            Some(resume) => self.catch_up(resume).await.map(Some),
            None => self.check_room().await.map(|()| None),
        }
    }

    async fn catch_up(&mut self, resume: crate::chat::Resume) -> Result<Joined, ChatError> {
        let Some((room, you)) = self.joined.clone() else {
            return Err(ChatError::NotInRoom);
        };
        match self.door.chat.catch_up(&room, you, resume).await {
            Ok(joined) => {
                let keys = self.door.chat.keys();
                let session = (!self.peer.handshake().has_cookie)
                    .then(|| keys.sign_session(&self.visitor.session));
                Ok(Joined::new(&joined, self.door.chat.epoch(), session))
            }
            Err(error) => {
                self.let_go_of_a_dead_room(&error).await;
                Err(error)
            }
        }
    }

    /// The room may have ended between the seat and the socket's entry into the audience.
    async fn check_room(&mut self) -> Result<(), ChatError> {
        let Some((room, _)) = self.joined.clone() else {
            return Err(ChatError::NotInRoom);
        };
        let standing = self.door.chat.standing(&self.visitor, &room).await;
        if let Err(error) = standing {
            self.let_go_of_a_dead_room(&error).await;
            return Err(error);
        }
        Ok(())
    }

    async fn let_go_of_a_dead_room(&mut self, error: &ChatError) {
        if *error == ChatError::NotFound {
            self.leave().await;
        }
    }

    async fn send(&mut self, payload: Value) -> Result<Sent, ChatError> {
        let request = SendRequest::parse(payload)?;
        let (room, _) = self.joined.as_ref().ok_or(ChatError::NotInRoom)?;
        if request.room.is_some_and(|claimed| claimed != room.as_str()) {
            return Err(ChatError::NotInRoom);
        }
        let sent = self.door.chat.post_text(&self.visitor, room, &request.text, request.post);
        sent.await.map(Into::into)
    }

    async fn history(&mut self, payload: Value) -> Result<History, ChatError> {
        let request = HistoryRequest::parse(payload)?;
        let (room, _) = self.joined.as_ref().ok_or(ChatError::NotInRoom)?;
        let page = self.door.chat.history(&self.visitor, room, request.before, request.limit);
        page.await.map(|page| History::from(&page))
    }

    async fn leave(&mut self) {
        if let Some((room, _)) = self.joined.take() {
            self.door.audience.leave(&room, &self.peer);
            self.door.chat.leave(&self.visitor, &room).await;
        }
    }

    fn refuse(&self, ack: Option<Ack>, room: Option<String>, error: &ChatError) {
        let locale = self.peer.handshake().locale;
        if let Some(ack) = ack {
            ack.answer(&Failure::ack(error, locale));
        } else {
            let failure = Failure::body(error, locale);
            self.peer.emit(event::REFUSED, &Refused { room, failure });
        }
    }
}

/// The room that a request names, to say which one was refused. Cut to the length of an id: the
/// answer does not repeat whatever was sent.
fn named_room(payload: &Value) -> Option<String> {
    let named = payload.as_str().or_else(|| payload.get("room").and_then(Value::as_str))?;
    Some(named.chars().take(32).collect())
}

fn answer<T: Serialize>(ack: Option<Ack>, answer: Option<&T>) {
    if let Some(ack) = ack {
        match answer {
            Some(answer) => ack.answer(answer),
            None => ack.answer(&Left { ok: true }),
        }
    }
}
