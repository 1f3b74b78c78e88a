//! How a namespace is described: who may enter, what its events do, what happens at the end.

use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::admission::Handshake;
use crate::engine::Shared;
use crate::extract::Incoming;
use crate::handler::{Begin, Handler, forget_arguments};
use crate::namespace::{Application, Connecting, RawEvent, RawNamespace, Refusal, State, Work};
use crate::reason::Reason;
use crate::session::Id;
use crate::socket::RawSocket;
use crate::typed::{Namespace, Socket};

/// A session that wants to enter a namespace.
#[derive(Debug)]
pub struct Connect<H = Handshake> {
    handshake: Arc<H>,
    session: Id,
    auth: Box<str>,
}

impl<H> Connect<H> {
    /// What was kept of the session's first request.
    #[must_use]
    pub fn handshake(&self) -> &Arc<H> {
        &self.handshake
    }

    /// The session's id. Whoever knows it can act as the client: it is a secret.
    #[must_use]
    pub fn session_id(&self) -> String {
        self.session.text().as_str().to_owned()
    }

    /// What the client says of itself: `auth` in the official client; null when it says nothing.
    ///
    /// # Errors
    /// When the client says something else.
    pub fn auth<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let auth = if self.auth.is_empty() { "null" } else { &self.auth };
        serde_json::from_str(auth)
    }
}

type OnConnect<H, S> =
    Box<dyn Fn(Connect<H>) -> BoxFuture<'static, Result<S, Refusal>> + Send + Sync>;
type OnConnected<S> = Box<dyn Fn(Socket<S>) -> Work + Send + Sync>;
type OnDisconnected<S> = Box<dyn Fn(Socket<S>, Reason) -> Work + Send + Sync>;

/// A namespace that is being described. `S` is what is kept for each socket.
#[must_use = "sessions can enter a namespace once it is open"]
pub struct NamespaceBuilder<H, S = ()> {
    shared: Arc<Shared>,
    name: Box<str>,
    behaviour: Behaviour<H, S>,
}

/// What the application does.
struct Behaviour<H, S> {
    connect: OnConnect<H, S>,
    connected: Option<OnConnected<S>>,
    events: HashMap<Box<str>, Begin<S>>,
    fallback: Option<Begin<S>>,
    disconnected: Option<OnDisconnected<S>>,
    handshake: PhantomData<fn(H)>,
}

impl<H: Send + Sync + 'static> NamespaceBuilder<H> {
    pub(crate) fn new(shared: Arc<Shared>, name: &str) -> Self {
        let everybody = |_| std::future::ready(Ok(())).boxed();
        Self { shared, name: name.into(), behaviour: Behaviour::new(Box::new(everybody)) }
    }

    /// Decides who may enter, and what is kept for a socket. Everybody may without it. While it
    /// decides, the client's events wait; it is dropped if the client goes. Describe this first: it
    /// sets the type of all that follows.
    pub fn connect<S, F, W>(self, connect: F) -> NamespaceBuilder<H, S>
    where
        S: Send + Sync + 'static,
        F: Fn(Connect<H>) -> W + Send + Sync + 'static,
        W: Future<Output = Result<S, Refusal>> + Send + 'static,
    {
        let connect = Box::new(move |asking| connect(asking).boxed());
        let behaviour = Behaviour::new(connect);
        NamespaceBuilder { shared: self.shared, name: self.name, behaviour }
    }
}

impl<H: Send + Sync + 'static, S: Send + Sync + 'static> NamespaceBuilder<H, S> {
    /// Runs when a socket is in and its client has been told, before any of its events.
    pub fn connected<F, W>(mut self, connected: F) -> Self
    where
        F: Fn(Socket<S>) -> W + Send + Sync + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        self.behaviour.connected = Some(Box::new(move |socket| connected(socket).boxed()));
        self
    }

    /// Handles an event. Events of one socket are handled one after the other, in the order in which
    /// the client sent them. A panic costs the event and nothing else.
    pub fn on<A: 'static>(mut self, event: &str, handler: impl Handler<S, A>) -> Self {
        self.behaviour.events.insert(event.into(), forget_arguments(handler));
        self
    }

    /// Handles all other events. Without it they are nothing, and whoever waits for an answer to one
    /// waits in vain.
    pub fn fallback<A: 'static>(mut self, handler: impl Handler<S, A>) -> Self {
        self.behaviour.fallback = Some(forget_arguments(handler));
        self
    }

    /// Runs when a socket is gone and all its events have been handled, whatever ended it: once for
    /// each socket that was let in, unless a shutdown's deadline cuts it off.
    pub fn disconnected<F, W>(mut self, disconnected: F) -> Self
    where
        F: Fn(Socket<S>, Reason) -> W + Send + Sync + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        let hook = move |socket, reason| disconnected(socket, reason).boxed();
        self.behaviour.disconnected = Some(Box::new(hook));
        self
    }

    /// Opens the namespace. One of the same name that was open before takes nobody in any more.
    #[expect(clippy::must_use_candidate, reason = "the namespace is open also without its handle")]
    pub fn open(self) -> Namespace<S> {
        let raw = Arc::new(RawNamespace::new(&self.name, Box::new(self.behaviour)));
        self.shared.open(raw.clone());
        Namespace::new(raw)
    }
}

impl<H, S> Behaviour<H, S> {
    fn new(connect: OnConnect<H, S>) -> Self {
        Self {
            connect,
            connected: None,
            events: HashMap::new(),
            fallback: None,
            disconnected: None,
            handshake: PhantomData,
        }
    }
}

impl<H: Send + Sync + 'static, S: Send + Sync + 'static> Application for Behaviour<H, S> {
    fn connect(&self, connecting: Connecting) -> BoxFuture<'static, Result<State, Refusal>> {
        let Connecting { handshake, session, auth } = connecting;
        let Ok(handshake) = handshake.downcast::<H>() else {
            return std::future::ready(Err(Refusal::new("internal error"))).boxed();
        };
        let deciding = (self.connect)(Connect { handshake, session, auth });
        async move { Ok(Arc::new(deciding.await?) as Arc<dyn Any + Send + Sync>) }.boxed()
    }

    fn connected(&self, socket: &Arc<RawSocket>) -> Option<Work> {
        Some(self.connected.as_ref()?(Socket::of(socket)?))
    }

    fn event(&self, socket: &Arc<RawSocket>, event: &RawEvent) -> Option<Work> {
        let socket = Socket::of(socket)?;
        let incoming = Incoming::read(&socket, event)?;
        let begin = self.events.get(incoming.name()).or(self.fallback.as_ref())?;
        begin(incoming)
    }

    fn disconnected(&self, socket: &Arc<RawSocket>, reason: Reason) -> Option<Work> {
        Some(self.disconnected.as_ref()?(Socket::of(socket)?, reason))
    }
}
