//! What a handler can ask for of an event.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::ack::Ack;
use crate::namespace::RawEvent;
use crate::typed::Socket;
use crate::wire::binary::with_attachments;
use crate::wire::packet::event_parts;

/// An event, while its handler's arguments are made of it.
pub struct Incoming<'event, S> {
    socket: &'event Socket<S>,
    name: Cow<'event, str>,
    arguments: Vec<&'event RawValue>,
    attachments: &'event [Bytes],
    ack: Option<Ack>,
}

impl<'event, S> Incoming<'event, S> {
    pub(crate) fn read(socket: &'event Socket<S>, event: &'event RawEvent) -> Option<Self> {
        // What arrived here has been looked at already: this does not fail.
        let (name, arguments) = event_parts(&event.payload).ok()?;
        let ack = event.id.map(|id| Ack::new(Arc::clone(socket.raw()), id));
        Some(Self { socket, name, arguments, attachments: &event.attachments, ack })
    }

    /// The event's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The arguments as JSON. Binary parts are placeholders.
    #[must_use]
    pub fn arguments(&self) -> &[&'event RawValue] {
        &self.arguments
    }

    pub(crate) fn take_ack(&mut self) -> Option<Ack> {
        self.ack.take()
    }
}

/// What a handler's argument can be made of an event.
pub trait FromEvent<S>: Sized {
    /// Why it cannot.
    type Rejection: Into<BadEvent>;

    /// Makes the argument.
    ///
    /// # Errors
    /// When the event does not hold it. The handler is not called then; a handler that wants to
    /// answer by itself takes a `Result` of the argument.
    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, Self::Rejection>;
}

/// An event that its handler cannot take.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BadEvent(String);

impl BadEvent {
    /// Bad, for this reason, which the client is told.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<Infallible> for BadEvent {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The first argument; null when there is none.
#[derive(Clone, Copy, Debug)]
pub struct Data<T>(pub T);

impl<S, T: DeserializeOwned> FromEvent<S> for Data<T> {
    type Rejection = BadEvent;

    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, BadEvent> {
        let first = event.arguments.first().map_or("null", |first| first.get());
        with_attachments(event.attachments, || serde_json::from_str(first))
            .map(Self)
            .map_err(|error| BadEvent(error.to_string()))
    }
}

/// All arguments, as a tuple, an array or a list. A tuple needs exactly as many as it has.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<T>(pub T);

impl<S, T: DeserializeOwned> FromEvent<S> for Arguments<T> {
    type Rejection = BadEvent;

    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, BadEvent> {
        let bad = |error: serde_json::Error| BadEvent(error.to_string());
        let list = serde_json::to_string(&event.arguments).map_err(bad)?;
        with_attachments(event.attachments, || serde_json::from_str(&list)).map(Self).map_err(bad)
    }
}

/// The event's name, for a handler of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventName(pub String);

impl<S> FromEvent<S> for EventName {
    type Rejection = Infallible;

    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, Infallible> {
        Ok(Self(event.name.clone().into_owned()))
    }
}

impl<S> FromEvent<S> for Socket<S> {
    type Rejection = Infallible;

    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, Infallible> {
        Ok(event.socket.clone())
    }
}

/// The client waits for an answer, or it does not.
impl<S> FromEvent<S> for Option<Ack> {
    type Rejection = Infallible;

    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, Infallible> {
        Ok(event.take_ack())
    }
}

/// The handler answers a bad event by itself.
impl<S, T: FromEvent<S>> FromEvent<S> for Result<T, T::Rejection> {
    type Rejection = Infallible;

    fn from_event(event: &mut Incoming<'_, S>) -> Result<Self, Infallible> {
        Ok(T::from_event(event))
    }
}
