//! One client: from its first connection to its last message.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use anyhow::{Result, anyhow, bail, ensure};
use mio::{Registry, Token};

use super::dialect::Dialect;
use super::http::{self, Caller};
use super::ledger::Ledger;
use super::link::{Fill, Link};
use super::polling::{Polling, Progress, Step};
use super::{Observer, websocket};

/// How a client comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// By WebSocket from the start.
    WebSocket,
    /// By HTTP long-polling, as browsers do, and then the upgrade.
    Polling,
}

/// Who comes in.
#[derive(Clone, Debug)]
pub(crate) struct Newcomer {
    /// How.
    pub(crate) way: Way,
    /// Into which room; nowhere if none.
    pub(crate) room: Option<Rc<str>>,
    /// How many members of the room send in turns.
    pub(crate) senders: u32,
    /// What the kernel keeps for it before it is read, in bytes; as much as it likes if none.
    pub(crate) receive_buffer: Option<usize>,
}

/// How far a client has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Milestone {
    /// It is coming in.
    Making,
    /// Its CONNECT was accepted, and it has come to its WebSocket.
    Connected,
    /// And it is in its room.
    Ready,
    /// It could not come in, or its connection has ended.
    Gone,
}

/// Which of a client's two connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The WebSocket.
    Main,
    /// The one for polling, or for posting.
    Aside,
}

/// Where the server is.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Its address.
    pub(crate) address: SocketAddr,
    /// The same as a `Host` header.
    pub(crate) host: Rc<str>,
    /// How one talks to it.
    pub(crate) dialect: Dialect,
}

/// One client.
pub(crate) struct Member {
    /// Its place among the clients.
    pub(crate) index: usize,
    /// What it received.
    pub(crate) ledger: Ledger,
    /// When it began to come in.
    pub(crate) began: Instant,
    /// Why it is gone.
    pub(crate) failure: Option<String>,
    /// Refusals, and answers to posts other than 200.
    pub(crate) refusals: u64,
    newcomer: Newcomer,
    target: Target,
    main: Option<Link>,
    aside: Option<Link>,
    polling: Option<Polling>,
    upgraded: bool,
    progress: Progress,
    /// It no longer reads.
    stalled: bool,
}

impl Member {
    /// Begins to come in.
    pub(crate) fn begin(
        registry: &Registry,
        index: usize,
        target: &Target,
        newcomer: Newcomer,
    ) -> io::Result<Self> {
        let mut member = Self {
            index,
            ledger: Ledger::new(newcomer.senders),
            began: Instant::now(),
            failure: None,
            refusals: 0,
            target: target.clone(),
            main: None,
            aside: None,
            polling: None,
            upgraded: false,
            progress: Progress { connected: false, joined: newcomer.room.is_none() },
            stalled: false,
            newcomer,
        };
        match member.newcomer.way {
            Way::WebSocket => member.open_main(registry, "", None)?,
            Way::Polling => {
                let (polling, request) = Polling::begin(&target.host);
                member.polling = Some(polling);
                member.open_aside(registry)?;
                member.send_aside(request.as_bytes())?;
            }
        }
        Ok(member)
    }

    /// How far it has come.
    pub(crate) fn milestone(&self) -> Milestone {
        if self.failure.is_some() {
            Milestone::Gone
        } else if !self.progress.connected || self.polling.is_some() {
            Milestone::Making
        } else if self.progress.joined {
            Milestone::Ready
        } else {
            Milestone::Connected
        }
    }

    /// Its room.
    pub(crate) fn room(&self) -> &str {
        self.newcomer.room.as_deref().unwrap_or_default()
    }

    /// From now on it does not read.
    pub(crate) fn stall(&mut self) {
        self.stalled = true;
    }

    /// Opens a second connection, for posting.
    pub(crate) fn open_aside(&mut self, registry: &Registry) -> io::Result<()> {
        let token = Token(self.index * 2 + 1);
        let place = (self.target.address, self.index);
        self.aside = Some(Link::open(registry, token, place, None)?);
        Ok(())
    }

    /// Sends over the WebSocket.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.main.as_mut().map_or(Ok(()), |link| link.send(bytes))
    }

    /// Sends over the second connection.
    pub(crate) fn send_aside(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.aside.as_mut().map_or(Ok(()), |link| link.send(bytes))
    }

    /// Something has come in, or there is room again, on one of its connections.
    pub(crate) fn wake(
        &mut self,
        side: Side,
        (registry, buffer): (&Registry, &mut [u8]),
        observer: &mut impl Observer,
    ) {
        if self.stalled && side == Side::Main {
            return;
        }
        if let Err(error) = self.try_wake(side, (registry, buffer), observer) {
            self.failure = Some(format!("{error:#}"));
            self.main = None;
            self.aside = None;
        }
    }

    fn try_wake(
        &mut self,
        side: Side,
        (registry, buffer): (&Registry, &mut [u8]),
        observer: &mut impl Observer,
    ) -> Result<()> {
        loop {
            let link = match side {
                Side::Main => &mut self.main,
                Side::Aside => &mut self.aside,
            };
            let Some(link) = link else { return Ok(()) };
            link.flush()?;
            let (filled, more) = match link.read(buffer)? {
                Fill::Full(filled) => (filled, true),
                Fill::Drained(filled) => (filled, false),
                Fill::Ended => bail!("the server ended the connection"),
            };
            let input = buffer.get(..filled).unwrap_or_default();
            let taken = match side {
                Side::Main => self.take_main(input, observer)?,
                Side::Aside => self.take_aside(input, registry)?,
            };
            let link = match side {
                Side::Main => &mut self.main,
                Side::Aside => &mut self.aside,
            };
            if let Some(link) = link {
                link.keep(input.get(taken..).unwrap_or_default());
            }
            if !more {
                return Ok(());
            }
        }
    }

    /// Returns how many bytes were taken.
    fn take_main(&mut self, input: &[u8], observer: &mut impl Observer) -> Result<usize> {
        let mut taken = 0;
        if !self.upgraded {
            let Some((response, bytes)) = http::next(input)? else { return Ok(0) };
            ensure!(response.status == 101, "no WebSocket: status {}", response.status);
            taken = bytes;
            self.upgraded = true;
            if self.polling.is_some() {
                self.send_text(b"2probe")?;
            }
        }
        let now = Instant::now();
        let mut deliveries = 0;
        while let Some((frame, bytes)) = websocket::next(input.get(taken..).unwrap_or_default())? {
            taken += bytes;
            match frame.opcode {
                websocket::TEXT => match self.target.dialect.delivered(frame.payload) {
                    Some(number) => {
                        observer.delivered(self, number, now);
                        deliveries += 1;
                    }
                    None => self.take_packet(frame.payload)?,
                },
                websocket::PING => self.send_frame(websocket::PONG, frame.payload)?,
                websocket::CLOSE => bail!("the server closed: {}", close_code(frame.payload)),
                _ => {}
            }
        }
        if deliveries > 0 {
            observer.read_ended(self)?;
        }
        Ok(taken)
    }

    /// Any packet but a message to the room.
    fn take_packet(&mut self, packet: &[u8]) -> Result<()> {
        let dialect = self.target.dialect;
        match packet {
            b"2" => return self.send_text(b"3"),
            b"3probe" => return self.probed(),
            [b'0', ..] => return self.send_text(dialect.connect().as_bytes()),
            [b'1', ..] => bail!("the server closed the session"),
            _ => {}
        }
        if !self.progress.connected && dialect.is_connected(packet) {
            self.progress.connected = true;
            if let Some(room) = &self.newcomer.room {
                let join = dialect.join(room);
                self.send_text(join.as_bytes())?;
            }
        } else if dialect.is_joined(packet) {
            self.progress.joined = true;
        } else if dialect.is_refusal(packet) {
            self.refusals += 1;
            let is_in = self.progress.connected && self.progress.joined;
            ensure!(is_in, "{}", String::from_utf8_lossy(packet));
        }
        Ok(())
    }

    fn take_aside(&mut self, input: &[u8], registry: &Registry) -> Result<usize> {
        let mut taken = 0;
        while let Some((response, bytes)) = http::next(input.get(taken..).unwrap_or_default())? {
            taken += bytes;
            let Some(polling) = &mut self.polling else {
                self.refusals += u64::from(response.status != 200);
                continue;
            };
            let place = (self.target.dialect, self.newcomer.room.as_deref());
            let step = polling.answered(&response, place)?;
            self.progress.connected = polling.progress.connected;
            self.progress.joined |= polling.progress.joined;
            self.take_step(step, registry)?;
        }
        Ok(taken)
    }

    fn take_step(&mut self, step: Step, registry: &Registry) -> Result<()> {
        match step {
            Step::Ask(request) => self.send_aside(request.as_bytes())?,
            Step::AskAndUpgrade { request, sid, cookie } => {
                self.send_aside(request.as_bytes())?;
                self.open_main(registry, &sid, cookie.as_deref())?;
            }
            Step::Upgrade => {
                self.send_text(b"5")?;
                self.polling = None;
                self.aside = None;
            }
        }
        Ok(())
    }

    fn probed(&mut self) -> Result<()> {
        let polling = self.polling.as_mut().ok_or_else(|| anyhow!("nobody has probed"))?;
        polling.probed = true;
        Ok(())
    }

    fn open_main(
        &mut self,
        registry: &Registry,
        sid: &str,
        cookie: Option<&str>,
    ) -> io::Result<()> {
        let token = Token(self.index * 2);
        let place = (self.target.address, self.index);
        let mut link = Link::open(registry, token, place, self.newcomer.receive_buffer)?;
        let session = if sid.is_empty() { String::new() } else { format!("&sid={sid}") };
        let caller = Caller { host: &self.target.host, cookie };
        let path = format!("/socket.io/?EIO=4&transport=websocket{session}");
        link.send(caller.upgrade(&path).as_bytes())?;
        self.main = Some(link);
        Ok(())
    }

    fn send_text(&mut self, packet: &[u8]) -> Result<()> {
        self.send_frame(websocket::TEXT, packet)
    }

    fn send_frame(&mut self, opcode: u8, payload: &[u8]) -> Result<()> {
        let mut frame = Vec::with_capacity(payload.len() + 16);
        websocket::write(&mut frame, opcode, payload);
        Ok(self.send(&frame)?)
    }
}

fn close_code(payload: &[u8]) -> String {
    let Some((code, reason)) = payload.split_first_chunk() else { return "no code".to_owned() };
    format!("{} {}", u16::from_be_bytes(*code), String::from_utf8_lossy(reason))
}
