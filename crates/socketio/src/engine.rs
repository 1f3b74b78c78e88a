//! The engine: its sessions and its namespaces.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, RwLock};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use crate::admission::{Admission, Everybody, Handshake, RawAdmission};
use crate::builder::NamespaceBuilder;
use crate::config::Config;
use crate::counters::{Counters, Tally};
use crate::door::Service;
use crate::lock;
use crate::namespace::RawNamespace;
use crate::reason::Reason;
use crate::session::{Bounds, Driver, Flusher, Id, Session, ping};
use crate::wire::frame::Frame;
use crate::wire::websocket::FrameLimits;

/// Tasks that write for others, on a runtime with many threads.
const FLUSHERS_MAX: usize = 16;

/// A Socket.IO server without a listener: mount its [`service`](Engine::service) under a path such as
/// `/socket.io/`. `H` is what is kept of each session's first request. Cheap to clone; it must be
/// used inside a tokio runtime.
pub struct Engine<H = Handshake> {
    shared: Arc<Shared>,
    handshake: PhantomData<fn() -> H>,
}

impl<H> Clone for Engine<H> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), handshake: PhantomData }
    }
}

impl Engine {
    /// An engine that lets everybody in.
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self::with_admission(config, Everybody::default())
    }
}

impl<H: Send + Sync + 'static> Engine<H> {
    /// An engine that asks `admission` about each session.
    pub fn with_admission<A: Admission<Handshake = H>>(config: Config, admission: A) -> Self {
        let ended = CancellationToken::new();
        let shared = Shared {
            bounds: Bounds {
                bytes_max: config.backlog_bytes_max,
                packets_max: config.backlog_packets_max,
            },
            config,
            admission: Box::new(admission),
            sessions: Mutex::default(),
            namespaces: RwLock::default(),
            flushers: OnceLock::new(),
            next_number: AtomicU64::new(1),
            tally: Arc::default(),
            tasks: TaskTracker::new(),
            ping: ping(),
            closing: CancellationToken::new(),
            ended: ended.clone(),
            _end: ended.drop_guard(),
        };
        Self { shared: Arc::new(shared), handshake: PhantomData }
    }

    /// Begins to describe a namespace. Sessions can enter it once it is
    /// [open](NamespaceBuilder::open).
    pub fn namespace(&self, name: &str) -> NamespaceBuilder<H> {
        NamespaceBuilder::new(self.shared.clone(), name)
    }

    /// The HTTP service: polling, handshakes and upgrades, whatever the path.
    #[must_use]
    pub fn service(&self) -> Service {
        Service::new(self.shared.clone())
    }

    /// What the engine has done so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.tally.read(lock(&self.shared.sessions).len())
    }

    /// Lets nobody in any more, tells every client to come back, and waits until all sessions have
    /// ended and their last hooks have run. What has not ended by the deadline is cut off; returns
    /// how many sessions that were.
    pub async fn shutdown(&self, deadline: Duration) -> usize {
        self.shared.closing.cancel();
        self.shared.each_session(|session| session.end(Reason::Shutdown));
        self.shared.tasks.close();
        if tokio::time::timeout(deadline, self.shared.tasks.wait()).await.is_ok() {
            return 0;
        }
        self.shared.ended.cancel();
        let left = lock(&self.shared.sessions).len();
        self.shared.each_session(Session::cut);
        self.shared.tasks.wait().await;
        left
    }
}

/// What all parts of an engine share.
pub(crate) struct Shared {
    config: Config,
    bounds: Bounds,
    admission: Box<dyn RawAdmission>,
    sessions: Mutex<HashMap<Id, Arc<Session>>>,
    namespaces: RwLock<HashMap<Box<str>, Arc<RawNamespace>>>,
    flushers: OnceLock<Vec<Arc<Flusher>>>,
    next_number: AtomicU64,
    tally: Arc<Tally>,
    tasks: TaskTracker,
    ping: Frame,
    /// Nothing new may begin.
    closing: CancellationToken,
    /// Nothing is waited for any more.
    ended: CancellationToken,
    _end: DropGuard,
}

/// There are as many sessions as there may be, or none may begin any more.
pub(crate) struct Unavailable;

impl Shared {
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn bounds(&self) -> Bounds {
        self.bounds
    }

    pub(crate) fn frame_limits(&self) -> FrameLimits {
        FrameLimits {
            message_bytes_max: self.config.message_bytes_max,
            fragments_max: self.config.fragments_max,
        }
    }

    pub(crate) fn admission(&self) -> &dyn RawAdmission {
        &*self.admission
    }

    pub(crate) fn counters(&self) -> &Tally {
        &self.tally
    }

    pub(crate) fn ping(&self) -> Frame {
        self.ping.clone()
    }

    /// Cancelled when nothing new may begin.
    pub(crate) fn closing(&self) -> &CancellationToken {
        &self.closing
    }

    /// Cancelled when nothing is waited for any more.
    pub(crate) fn ended(&self) -> &CancellationToken {
        &self.ended
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// A number that no other socket of this engine has.
    pub(crate) fn next_number(&self) -> u64 {
        self.next_number.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn session(&self, id: Id) -> Option<Arc<Session>> {
        lock(&self.sessions).get(&id).cloned()
    }

    pub(crate) fn namespace(&self, name: &str) -> Option<Arc<RawNamespace>> {
        let namespaces = self.namespaces.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        namespaces.get(name).cloned()
    }

    pub(crate) fn open(&self, namespace: Arc<RawNamespace>) {
        let mut namespaces =
            self.namespaces.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        namespaces.insert(namespace.name().into(), namespace);
    }

    /// A session begins, with its task. `first` is what it is sent before anything else.
    pub(crate) fn begin(
        self: &Arc<Self>,
        handshake: Arc<dyn std::any::Any + Send + Sync>,
        first: impl FnOnce(Id) -> Option<Frame>,
    ) -> Result<Arc<Session>, Unavailable> {
        let flusher = self.flusher();
        let session = Session::new(self.clone(), flusher, handshake);
        {
            let mut sessions = lock(&self.sessions);
            if self.closing.is_cancelled() || sessions.len() >= self.config.sessions_max {
                self.tally.refused();
                return Err(Unavailable);
            }
            sessions.insert(session.id(), session.clone());
        }
        self.tally.opened();
        if let Some(first) = first(session.id()) {
            session.send_frame(first);
        }
        self.tasks.spawn(Driver::new(session.clone()));
        Ok(session)
    }

    /// A session has ended.
    pub(crate) fn forget(&self, session: &Session) {
        lock(&self.sessions).remove(&session.id());
    }

    fn each_session(&self, mut visit: impl FnMut(&Session)) {
        let sessions: Vec<_> = lock(&self.sessions).values().cloned().collect();
        for session in sessions {
            visit(&session);
        }
    }

    /// Who writes for the next session. The tasks begin with the first session.
    fn flusher(&self) -> Arc<Flusher> {
        let flushers = self.flushers.get_or_init(|| {
            let handle = Handle::current();
            let threads = match handle.runtime_flavor() {
                RuntimeFlavor::CurrentThread => 1,
                _ => handle.metrics().num_workers().clamp(1, FLUSHERS_MAX),
            };
            (0..threads).map(|_| self.begin_flusher(&handle)).collect()
        });
        let number = self.tally.opened_so_far();
        let index = usize::try_from(number).unwrap_or_default() % flushers.len().max(1);
        flushers.get(index).cloned().unwrap_or_else(|| Flusher::new(self.tally.clone()))
    }

    fn begin_flusher(&self, runtime: &Handle) -> Arc<Flusher> {
        let flusher = Flusher::new(self.tally.clone());
        let (running, ended) = (flusher.clone(), self.ended.clone());
        runtime.spawn(async move { ended.run_until_cancelled(running.run()).await });
        flusher
    }
}
