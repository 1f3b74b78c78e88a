//! Functions that handle events, in the style of axum: their arguments say what they need.

use serde::Serialize;

use crate::ack::Ack;
use crate::extract::{BadEvent, FromEvent, Incoming};
use crate::namespace::Work;

/// An async function whose arguments are [`FromEvent`] and whose result is a reply. `A` are the
/// types of its arguments.
pub trait Handler<S, A>: Send + Sync + 'static {
    /// Begins to handle an event; nothing when its arguments cannot be made.
    fn begin(&self, event: Incoming<'_, S>) -> Option<Work>;
}

/// A handler's result, which answers an event that asks for it.
pub trait IntoReply: Send {
    /// Answers.
    fn reply(self, ack: Option<Ack>);
}

/// Answers with a value. Nothing happens if the client does not ask.
#[derive(Clone, Copy, Debug)]
pub struct Reply<T>(pub T);

/// No answer.
impl IntoReply for () {
    fn reply(self, _ack: Option<Ack>) {}
}

impl<T: Serialize + Send> IntoReply for Reply<T> {
    fn reply(self, ack: Option<Ack>) {
        answer(ack, &self.0);
    }
}

impl IntoReply for &'static str {
    fn reply(self, ack: Option<Ack>) {
        answer(ack, self);
    }
}

impl<T: IntoReply, E: IntoReply> IntoReply for Result<T, E> {
    fn reply(self, ack: Option<Ack>) {
        match self {
            Ok(reply) => reply.reply(ack),
            Err(reply) => reply.reply(ack),
        }
    }
}

fn answer<T: Serialize + ?Sized>(ack: Option<Ack>, answer: &T) {
    if let Some(Err(error)) = ack.map(|ack| ack.answer(answer)) {
        tracing::debug!(%error, "an answer was not sent");
    }
}

/// What a client hears whose event does not fit.
#[derive(Serialize)]
struct Unfit<'event> {
    error: &'event str,
}

fn refuse<S>(mut event: Incoming<'_, S>, bad: &BadEvent) {
    tracing::debug!(event = event.name(), %bad, "an event does not fit its handler");
    answer(event.take_ack(), &Unfit { error: &bad.to_string() });
}

macro_rules! handler {
    ($($argument:ident),*) => {
        impl<S, F, W, R, $($argument),*> Handler<S, ($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> W + Send + Sync + 'static,
            W: Future<Output = R> + Send + 'static,
            R: IntoReply,
            $($argument: FromEvent<S>,)*
        {
            #[allow(
                non_snake_case,
                unused_mut,
                clippy::allow_attributes,
                reason = "the types name the arguments; a handler may have none"
            )]
            fn begin(&self, mut event: Incoming<'_, S>) -> Option<Work> {
                $(
                    let $argument = match $argument::from_event(&mut event) {
                        Ok(argument) => argument,
                        Err(rejection) => {
                            refuse(event, &rejection.into());
                            return None;
                        }
                    };
                )*
                let ack = event.take_ack();
                let working = self($($argument),*);
                Some(Box::pin(async move { working.await.reply(ack) }))
            }
        }
    };
}

handler!();
handler!(A);
handler!(A, B);
handler!(A, B, C);
handler!(A, B, C, D);
handler!(A, B, C, D, E);

/// A handler whose arguments are forgotten.
pub(crate) type Begin<S> = Box<dyn Fn(Incoming<'_, S>) -> Option<Work> + Send + Sync>;

pub(crate) fn forget_arguments<S: 'static, A: 'static>(handler: impl Handler<S, A>) -> Begin<S> {
    Box::new(move |event| handler.begin(event))
}
