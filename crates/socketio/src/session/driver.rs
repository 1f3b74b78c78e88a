//! The task of a session: it reads, hands events to their namespaces one after the other, keeps the
//! times, and ends what must end. What is sent goes another way, past this task, unless a connection
//! is blocked.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::{Instant, Sleep};

use super::heartbeat::Heartbeat;
use super::inbound::Attachments;
use super::seat::{Seat, Turn};
use super::{Link, Mail, Session, State};
use crate::config::Config;
use crate::lock;
use crate::rate::Bucket;
use crate::reason::Reason;
use crate::socket::RawSocket;
use crate::wire::frame::{Frame, connected, refused};
use crate::wire::websocket::{FrameReader, Received};

/// How much is read at once, in bytes.
const READ_BYTES_MAX: usize = 64 * 1024;

thread_local! {
    /// Where connections are read into. One for all connections of a thread: an idle one holds none.
    static READ: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES_MAX]);
}

/// Drives one session to its end.
pub(crate) struct Driver {
    pub(super) session: Arc<Session>,
    reader: Option<Reader>,
    pub(super) seats: Vec<Seat>,
    pub(super) attachments: Option<Box<Attachments>>,
    pub(super) heartbeat: Heartbeat,
    pub(super) bucket: Bucket,
    /// When the session must have entered a namespace. Nothing once it has.
    pub(super) connect_due: Option<Instant>,
    /// When the message must be complete whose beginning has come.
    pub(super) message_due: Option<Instant>,
    /// When the end must be over. Nothing until the session ends.
    pub(super) close_due: Option<Instant>,
    pub(super) blocked_since: Option<Instant>,
    pub(super) alarm: Pin<Box<Sleep>>,
    pub(super) is_alarm_set: bool,
    /// The client has been told that nothing more comes.
    is_shut: bool,
    /// Too much waited to be handled, so that reading has stopped.
    pub(super) is_held_up: bool,
    /// The reason, once the session ends.
    pub(super) ended: Option<Reason>,
}

/// What has been read of the connection.
struct Reader {
    frames: FrameReader,
    /// Read, but not yet looked at.
    begun: Vec<u8>,
}

/// How reading went.
enum Reading {
    /// Something came.
    Came,
    /// Nothing for now, or not now.
    Waits,
    /// The client broke a rule, or closed the session.
    Over(Reason),
    /// The connection has ended.
    Gone,
}

impl Driver {
    pub(crate) fn new(session: Arc<Session>) -> Self {
        let (now, config) = (Instant::now(), session.shared().config());
        let heartbeat = Heartbeat::begin(now, config.ping_interval);
        let connect_due = now + config.connect_time_max;
        let alarm = tokio::time::sleep_until(heartbeat.due().min(connect_due));
        Self {
            reader: None,
            // One is usual; an ordinary vector would begin with room for four.
            seats: Vec::with_capacity(1),
            attachments: None,
            heartbeat,
            bucket: Bucket::full(config.packets_burst_max, config.packets_per_second_max, now),
            connect_due: Some(connect_due),
            message_due: None,
            close_due: None,
            blocked_since: None,
            alarm: Box::pin(alarm),
            is_alarm_set: false,
            is_shut: false,
            is_held_up: false,
            ended: None,
            session,
        }
    }

    pub(super) fn config(&self) -> &Config {
        self.session.shared().config()
    }

    /// Looks at what others have left for the driver. Whether there was something.
    fn collect(&mut self, context: &mut Context<'_>) -> bool {
        let takes_body = self.has_room() && self.ended.is_none();
        let mut state = lock(&self.session.state);
        if !state.driver.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
            state.driver = Some(context.waker().clone());
        }
        let (body, upgraded) = Mail::take(&mut state.mail, takes_body);
        let ending = state.ending;
        drop(state);
        let came = body.is_some() || upgraded.is_some();
        if let Some(begun) = upgraded {
            self.reader = Some(Reader { frames: FrameReader::new(), begun });
        }
        if let Some(body) = body
            && let Err(reason) = self.receive_body(&body)
        {
            self.session.end(reason);
            return true;
        }
        if self.ended.is_none()
            && let Some(reason) = ending
        {
            self.begin_end(reason);
            return true;
        }
        came
    }

    /// Whether more events may come in: else nothing is read, and TCP holds the client back.
    pub(super) fn has_room(&self) -> bool {
        let config = self.session.shared().config();
        let (events, bytes) = self
            .seats
            .iter()
            .map(Seat::load)
            .fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
        events < config.events_waiting_max && bytes < config.events_waiting_bytes_max
    }

    /// Reads once, and looks at all that came.
    fn read(&mut self, context: &mut Context<'_>) -> bool {
        if !self.has_room() && self.ended.is_none() {
            self.is_held_up = true;
            return false;
        }
        // Taken out for as long as it is read, because what comes in changes everything else.
        let Some(mut reader) = self.reader.take() else {
            return false;
        };
        let reading = if self.ended.is_some() {
            self.skip(context)
        } else {
            self.read_from(&mut reader, context)
        };
        match reading {
            Reading::Gone => {
                lock(&self.session.state).link = Link::Gone;
                self.session.end(Reason::TransportClose);
                return true;
            }
            // What the client still sends is read to the end: closing with something unread would
            // throw away what it has not read yet, the reason among it.
            Reading::Over(reason) => self.session.end(reason),
            Reading::Came | Reading::Waits => {}
        }
        self.reader = Some(reader);
        !matches!(reading, Reading::Waits)
    }

    fn read_from(&mut self, reader: &mut Reader, context: &mut Context<'_>) -> Reading {
        if !reader.begun.is_empty() {
            let mut begun = std::mem::take(&mut reader.begun);
            return self.take_in(reader, &mut begun);
        }
        READ.with_borrow_mut(|buffer| match self.session.poll_read(context, buffer) {
            Poll::Pending => Reading::Waits,
            Poll::Ready(None) => Reading::Gone,
            Poll::Ready(Some(length)) => {
                let came = buffer.get_mut(..length.get()).unwrap_or_default();
                self.take_in(reader, came)
            }
        })
    }

    /// Reads to the end without looking.
    fn skip(&self, context: &mut Context<'_>) -> Reading {
        READ.with_borrow_mut(|buffer| match self.session.poll_read(context, buffer) {
            Poll::Pending => Reading::Waits,
            Poll::Ready(None) => Reading::Gone,
            Poll::Ready(Some(_)) => Reading::Came,
        })
    }

    fn take_in(&mut self, reader: &mut Reader, mut input: &mut [u8]) -> Reading {
        let limits = self.session.shared().frame_limits();
        while !input.is_empty() {
            if !self.has_room() {
                self.is_held_up = true;
                reader.begun = input.to_vec();
                return Reading::Came;
            }
            match reader.frames.next(&mut input, &limits) {
                Ok(Some(received)) => {
                    if matches!(received, Received::Text(_) | Received::Binary(_)) {
                        self.message_due = None;
                    }
                    if let Err(reason) = self.receive(received) {
                        return Reading::Over(reason);
                    }
                }
                Ok(None) => break,
                Err(error) => return Reading::Over(error.into()),
            }
        }
        if reader.frames.is_incomplete() && self.message_due.is_none() {
            self.message_due = Some(Instant::now() + self.config().message_time_max);
        }
        Reading::Came
    }

    /// The session ends: its sockets first, then what is left of the connection.
    fn begin_end(&mut self, reason: Reason) {
        self.ended = Some(reason);
        self.close_due = Some(Instant::now() + self.config().close_time_max);
        self.attachments = None;
        self.session.shared().counters().ended(reason);
        for seat in &mut self.seats {
            seat.end(reason);
        }
    }

    /// Gives every namespace its turn. Whether something changed for the others.
    fn turn(&mut self, context: &mut Context<'_>) -> bool {
        let mut changed = false;
        let mut index = 0;
        while let Some(seat) = self.seats.get_mut(index) {
            let waited = seat.load().0;
            match seat.turn(context) {
                Turn::Idle => {
                    changed |= seat.load().0 < waited;
                    index += 1;
                }
                Turn::Decided(decision) => {
                    changed = true;
                    self.decide(index, decision);
                }
                Turn::Over => {
                    changed = true;
                    self.seats.swap_remove(index);
                }
            }
        }
        changed
    }

    /// A namespace has let the session in, or not.
    fn decide(
        &mut self,
        index: usize,
        decision: Result<crate::namespace::State, crate::namespace::Refusal>,
    ) {
        let Some(seat) = self.seats.get_mut(index) else {
            return;
        };
        let namespace = seat.namespace.clone();
        match decision {
            Ok(state) => {
                self.connect_due = None;
                let core = RawSocket::new(namespace.clone(), self.session.clone(), state);
                // In the namespace before the client hears of it: nothing is missed in between.
                let answer = connected(namespace.name(), core.id().text().as_str());
                namespace.enter(&core, || self.session.send_frame(answer));
                seat.open(core);
            }
            Err(refusal) => {
                self.seats.swap_remove(index);
                let answer = refused(namespace.name(), refusal.message(), refusal.data());
                match answer {
                    Ok(answer) => self.session.send_frame(answer),
                    Err(error) => tracing::error!(%error, "a refusal could not be written"),
                }
            }
        }
    }

    /// Whether the connection is over: everything is written and the client has said goodbye, or it
    /// has had its time.
    fn has_closed(&mut self, context: &mut Context<'_>) -> bool {
        let mut state = lock(&self.session.state);
        let overdue = self.close_due.is_some_and(|due| Instant::now() >= due);
        let State { link, outbound, cut, mail, .. } = &mut *state;
        let is_over = match link {
            Link::Gone => true,
            _ if *cut || overdue => true,
            Link::Polling(polling) => outbound.is_empty() && !polling.is_probed(),
            Link::WebSocket(stream) => {
                // The client closes once it has read everything: it must not be met by a reset.
                if outbound.is_empty() && !self.is_shut {
                    self.is_shut = stream.poll_shutdown(context).is_ready();
                }
                self.reader.is_none() && mail.as_ref().is_none_or(|mail| mail.upgraded.is_none())
            }
        };
        if is_over {
            state.link = Link::Gone;
            drop(state);
            self.reader = None;
        }
        is_over
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        loop {
            let mut changed = this.collect(context);
            changed |= this.read(context);
            changed |= this.turn(context);
            this.blocked_since = this.session.poll_flush(context);
            if this.alarm.is_elapsed() {
                this.look_at_the_clock(context);
            }
            if this.ended.is_some() && this.has_closed(context) {
                let is_cut = lock(&this.session.state).cut;
                if is_cut || this.seats.is_empty() {
                    return Poll::Ready(());
                }
            }
            if !changed {
                break;
            }
        }
        this.set_alarm(context);
        Poll::Pending
    }
}

/// Whatever ends the task, also a runtime that is dropped: nobody is left who sends to this session,
/// and the engine does not count it any more.
impl Drop for Driver {
    fn drop(&mut self) {
        for seat in &mut self.seats {
            seat.end(Reason::TransportError);
        }
        lock(&self.session.state).link = Link::Gone;
        self.session.shared().forget(&self.session);
    }
}

/// The frame of a ping, shared by all sessions.
pub(crate) fn ping() -> Frame {
    Frame::text("2")
}
