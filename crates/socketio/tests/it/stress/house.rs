//! The application under stress: it keeps a book of who came and went, and of what is out of order.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use socketio::{Ack, Config, Connect, Data, Engine, Namespace, Reason, Refusal, Reply, Socket};

use crate::support::eventually;

/// What is kept for a socket.
pub(super) struct State {
    /// The number that its next event must have.
    next: AtomicU64,
    /// Known to be alive by this.
    _alive: Arc<()>,
}

/// Keeps the book.
pub(super) struct House {
    alive: Arc<()>,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    /// How often the first and the last hook of a socket have run.
    sockets: HashMap<String, (u32, u32)>,
    /// Those whose client has heard that it is in.
    told: Vec<String>,
    faults: Vec<String>,
}

type Sockets = Socket<State>;

impl House {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { alive: Arc::new(()), book: Mutex::default() })
    }

    /// An engine with limits that are felt.
    pub(super) fn engine() -> Engine {
        Engine::new(Config {
            ping_interval: Duration::from_millis(700),
            ping_time_max: Duration::from_millis(1_500),
            close_time_max: Duration::from_millis(200),
            write_time_max: Duration::from_millis(400),
            upgrade_time_max: Duration::from_secs(5),
            backlog_bytes_max: 256 * 1024,
            events_waiting_max: 16,
            packets_burst_max: 100_000,
            ..Config::default()
        })
    }

    /// Opens the namespaces `/` and `/side`.
    pub(super) fn open(self: &Arc<Self>, engine: &Engine) -> [Namespace<State>; 2] {
        ["/", "/side"].map(|name| self.describe(engine, name))
    }

    fn describe(self: &Arc<Self>, engine: &Engine, name: &str) -> Namespace<State> {
        let [deciding, entering, counting, leaving] = [(); 4].map(|()| self.clone());
        engine
            .namespace(name)
            .connect(move |connect: Connect| {
                let state = State { next: AtomicU64::new(0), _alive: deciding.alive.clone() };
                async move {
                    if connect.session_id().len() % 2 == 0 {
                        tokio::task::yield_now().await;
                    }
                    Ok::<_, Refusal>(state)
                }
            })
            .connected(move |socket: Sockets| {
                entering.note(|book| book.sockets.entry(socket.id()).or_default().0 += 1);
                async {}
            })
            .on("count", move |socket: Sockets, Data(number): Data<u64>, ack: Option<Ack>| {
                counting.count(&socket, number);
                async move {
                    if number % 7 == 0 {
                        tokio::task::yield_now().await;
                    }
                    if let Some(ack) = ack {
                        // Fails only when the socket has gone meanwhile.
                        drop(ack.answer(&number));
                    }
                }
            })
            .on("join", async |socket: Sockets, Data(room): Data<String>| {
                Reply(socket.join(&room).is_ok())
            })
            .on("leave", async |socket: Sockets, Data(room): Data<String>| {
                socket.leave(&room);
                Reply(true)
            })
            .on("say", async |socket: Sockets, Data((room, number)): Data<(String, u64)>| {
                let said = (socket.number(), number, "x".repeat(200));
                socket.namespace().to(&room).emit("said", &said).unwrap();
                socket.broadcast().volatile().emit("sign", &number).unwrap();
            })
            .on("kick", async |socket: Sockets| socket.disconnect())
            .on("close", async |socket: Sockets| socket.close("asked for"))
            .disconnected(move |socket: Sockets, _: Reason| {
                leaving.note(|book| book.sockets.entry(socket.id()).or_default().1 += 1);
                async {}
            })
            .open()
    }

    fn count(&self, socket: &Sockets, number: u64) {
        let expected = socket.state().next.fetch_add(1, Ordering::SeqCst);
        if number != expected {
            let fault = format!("{} said {number} instead of {expected}", socket.id());
            self.note(|book| book.faults.push(fault));
        }
    }

    fn note(&self, write: impl FnOnce(&mut Book)) {
        write(&mut self.book.lock().unwrap());
    }

    /// A client has heard that it is in.
    pub(super) fn is_told(&self, socket: String) {
        self.note(|book| book.told.push(socket));
    }

    /// How many sockets there were.
    pub(super) fn entered(&self) -> usize {
        self.book.lock().unwrap().sockets.len()
    }

    /// Everybody's hooks have run once, whoever was told to be in has been in, nothing was out of
    /// order, and nothing of any socket is left.
    pub(super) async fn is_in_order(&self) {
        eventually(|| Arc::strong_count(&self.alive) == 1).await;
        let book = self.book.lock().unwrap();
        assert_eq!(book.faults, Vec::<String>::new());
        for (socket, hooks) in &book.sockets {
            assert_eq!(*hooks, (1, 1), "{socket}");
        }
        for socket in &book.told {
            assert!(book.sockets.contains_key(socket), "{socket} was lost");
        }
    }
}
