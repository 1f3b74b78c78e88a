//! One socket of a room: what it asks. The engine hands its events over one after the other, in the
//! order in which the client sent them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;

use super::House;
use super::audience::place;
use super::engine::{Ack, Connect, Request, Socket};
use super::handshake::Handshake;
use super::wire::{
    Act, Answer, ConnectAuth, Done, Failure, History, JoinRequest, Joined, Refused, SendRequest,
    Sent, event, older_page,
};
use crate::chat::{ChatError, Key, Origin, Participant, Resume, RoomId, Visitor};
use crate::i18n::Locale;

/// What is kept for a socket: who it is, and the room that it has joined by the server's own record.
pub(super) struct Member {
    house: House,
    visitor: Visitor,
    has_cookie: bool,
    locale: Locale,
    /// Locked for moments only: events of one socket do not overlap.
    seat: Mutex<Option<Arc<Seat>>>,
}

/// The room that a socket has joined.
struct Seat {
    room: RoomId,
    you: Participant,
}

/// The cookie's visitor; a client without cookies may bring back a session that we signed.
pub(super) fn identify(house: &House, asking: &Connect<Handshake>) -> Member {
    let Handshake { visitor, has_cookie, locale, .. } = &**asking.handshake();
    let mut visitor = visitor.clone();
    if !has_cookie {
        let auth = ConnectAuth::parse(asking.auth().unwrap_or_default());
        let known = auth.session.and_then(|token| house.chat.keys().verify_session(&token));
        visitor.session = known.unwrap_or(visitor.session);
    }
    Member {
        house: house.clone(),
        visitor,
        has_cookie: *has_cookie,
        locale: *locale,
        seat: Mutex::default(),
    }
}

/// Takes a seat, or catches up with what was said since.
pub(super) async fn join(socket: Socket<Member>, request: Request) {
    let (question, payload) = Question::of(&socket, request);
    let joined = socket.state().join(&socket, payload).await;
    question.answer(joined);
}

/// Says something.
pub(super) async fn send(socket: Socket<Member>, request: Request) {
    let (question, payload) = Question::of(&socket, request);
    question.answer(socket.state().send(payload).await.map(Some));
}

/// Reads an older page.
pub(super) async fn history(socket: Socket<Member>, request: Request) {
    let (question, payload) = Question::of(&socket, request);
    question.answer(socket.state().history(payload).await.map(Some));
}

/// Does something else: the acts have their names in common with the HTTP door.
pub(super) async fn act(name: &'static str, socket: Socket<Member>, request: Request) {
    let (question, payload) = Question::of(&socket, request);
    question.answer(socket.state().act(name, payload).await.map(Some));
}

/// Gives the seat up.
pub(super) async fn leave(socket: Socket<Member>, request: Request) {
    let (question, _) = Question::of(&socket, request);
    socket.state().leave(&socket).await;
    question.answer(Ok(None::<Done>));
}

/// There is no such event.
pub(super) async fn refuse(socket: Socket<Member>, request: Request) {
    let (question, _) = Question::of(&socket, request);
    question.answer(Err::<Option<Done>, _>(ChatError::BadRequest));
}

/// The socket is gone, and everything that it asked is done.
pub(super) async fn disconnected(socket: Socket<Member>) {
    let member = socket.state();
    if let Some(seat) = member.stand_up() {
        member.house.chat.disconnected(&member.visitor, &seat.room).await;
    }
}

impl Member {
    /// Seat, socket into the room, then the history: whatever is said from here on reaches the
    /// socket live, and the client merges the two by `seq`. No answer of its own for the course's
    /// form.
    async fn join(
        &self,
        socket: &Socket<Self>,
        payload: Value,
    ) -> Result<Option<Joined>, ChatError> {
        let request = JoinRequest::parse(payload, self.house.chat.limits())?;
        self.house.chat.may_join(&self.visitor)?;
        let (key, resume) = match request.ours {
            Some(ours) => (ours.key, Some(ours.resume)),
            None => (Key::default(), None),
        };
        let known = self.seat().clone();
        let seat = match known {
            Some(seat) if seat.room == request.room => seat,
            Some(_elsewhere) => return Err(ChatError::AlreadyJoined),
            None => {
                // The course's page shows its own entry by itself, and would show it twice.
                let origin = resume.is_none().then(|| Origin(socket.number()));
                self.sit_down(socket, request.room, key, origin).await?
            }
        };
        let caught_up = match resume {
            Some(resume) => self.catch_up(&seat, resume).await.map(Some),
            None => self.house.chat.check_in(&self.visitor, &seat.room).await.map(|()| None),
        };
        // The room may have ended, or the visitor been sent out, between the seat and the socket's
        // entry.
        let lost = matches!(
            caught_up,
            Err(ChatError::NotFound | ChatError::NotInRoom | ChatError::Banned { .. })
        );
        if lost {
            self.leave(socket).await;
        }
        caught_up
    }

    async fn sit_down(
        &self,
        socket: &Socket<Self>,
        room: RoomId,
        key: Key,
        origin: Option<Origin>,
    ) -> Result<Arc<Seat>, ChatError> {
        let House { chat, list } = &self.house;
        let you = chat.take_seat(&self.visitor, &room, key, origin).await?;
        let seat = Arc::new(Seat { room, you });
        *self.seat() = Some(seat.clone());
        if let Err(error) = list.enter(&seat.room, &seat.you.author, socket) {
            self.leave(socket).await;
            return Err(error);
        }
        Ok(seat)
    }

    async fn catch_up(&self, seat: &Seat, resume: Resume) -> Result<Joined, ChatError> {
        let chat = &self.house.chat;
        let joined = chat.catch_up(&self.visitor, &seat.room, seat.you.clone(), resume).await?;
        let session = (!self.has_cookie).then(|| chat.keys().sign_session(&self.visitor.session));
        Ok(Joined::new(&joined, chat.epoch(), session))
    }

    async fn send(&self, payload: Value) -> Result<Sent, ChatError> {
        let request = SendRequest::parse(payload)?;
        let seat = self.seat().clone().ok_or(ChatError::NotInRoom)?;
        if request.room.is_some_and(|claimed| claimed != seat.room.as_str()) {
            return Err(ChatError::NotInRoom);
        }
        let chat = &self.house.chat;
        let posting = chat.post_text(&self.visitor, &seat.room, &request.text, request.post);
        posting.await.map(Into::into)
    }

    async fn history(&self, payload: Value) -> Result<History, ChatError> {
        let older = older_page(payload)?;
        let seat = self.seat().clone().ok_or(ChatError::NotInRoom)?;
        let chat = &self.house.chat;
        let page = chat.history(&self.visitor, &seat.room, older);
        page.await.map(|page| History::from(&page))
    }

    async fn act(&self, name: &str, payload: Value) -> Result<Answer, ChatError> {
        let chat = &self.house.chat;
        let act = Act::parse(name, payload, chat.limits())?;
        let seat = self.seat().clone().ok_or(ChatError::NotInRoom)?;
        act.perform(chat, &self.visitor, &seat.room).await
    }

    async fn leave(&self, socket: &Socket<Self>) {
        if let Some(seat) = self.stand_up() {
            socket.leave(seat.room.as_str());
            socket.leave(&place(&seat.room, &seat.you.author));
            self.house.chat.leave(&self.visitor, &seat.room).await;
        }
    }

    fn stand_up(&self) -> Option<Arc<Seat>> {
        self.seat().take()
    }

    fn seat(&self) -> MutexGuard<'_, Option<Arc<Seat>>> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was asked, and how to answer.
struct Question<'socket> {
    socket: &'socket Socket<Member>,
    /// The room that the request names, to say which one was refused.
    room: Option<String>,
    ack: Option<Ack>,
}

impl<'socket> Question<'socket> {
    fn of(socket: &'socket Socket<Member>, request: Request) -> (Self, Value) {
        let Request { payload, ack } = request;
        (Self { socket, room: named_room(&payload), ack }, payload)
    }

    /// Answers; without anything to tell, that it is done. A refusal is told also to one who does not
    /// wait for an answer. A socket that is gone hears nothing: it comes back and asks again.
    fn answer<T: Serialize>(self, result: Result<Option<T>, ChatError>) {
        let locale = self.socket.state().locale;
        let sent = match (result, self.ack) {
            (Ok(Some(answer)), Some(ack)) => ack.answer(&answer),
            (Ok(None), Some(ack)) => ack.answer(&Done { ok: true }),
            (Ok(_), None) => Ok(()),
            (Err(error), Some(ack)) => ack.answer(&Failure::ack(&error, locale)),
            (Err(error), None) => {
                let failure = Failure::body(&error, locale);
                self.socket.emit(event::REFUSED, &Refused { room: self.room, failure })
            }
        };
        if let Err(error) = sent {
            tracing::debug!(%error, "an answer was not sent");
        }
    }
}

/// Cut to the length of an id: the answer does not repeat whatever was sent.
fn named_room(payload: &Value) -> Option<String> {
    let named = payload.as_str().or_else(|| payload.get("room").and_then(Value::as_str))?;
    Some(named.chars().take(32).collect())
}
