//! The limits: what delivery costs when nothing but delivery is done. One thread, epoll, WebSocket
//! only, no heartbeat, no namespaces but `/`, no check of what comes in.

mod client;
mod frames;

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use anyhow::Result;
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};

use client::{Client, Reading};

/// When a message is written to its recipients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// As soon as it is decoded: one `write` per recipient and message.
    Each,
    /// When everything was read that waited: one `write` per recipient and turn of the loop.
    Turn,
}

/// Events of one turn.
const EVENTS_PER_TURN: usize = 1024;
/// Longest thing that is read in one piece, in bytes.
const BUFFER_BYTES: usize = 256 * 1024;
/// The listener's place among the events.
const LISTENER: Token = Token(usize::MAX);

/// Serves on a free port, until the process is killed.
pub(super) fn serve(writing: Writing) -> Result<()> {
    let mut server = Server::bind(writing)?;
    crate::say(&format!("http://{}", server.address()?))?;
    loop {
        server.turn()?;
    }
}

/// All connections.
pub(crate) struct Server {
    writing: Writing,
    poll: Poll,
    listener: TcpListener,
    clients: Vec<Option<Client>>,
    free: Vec<usize>,
    rooms: HashMap<Vec<u8>, Vec<usize>>,
    /// Clients for whom something waits until the end of the turn.
    dirty: Vec<usize>,
    buffer: Box<[u8]>,
    frame: Vec<u8>,
}

impl Server {
    /// Listens on a free port of the loopback.
    pub(crate) fn bind(writing: Writing) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        Ok(Self {
            writing,
            poll,
            listener,
            clients: Vec::new(),
            free: Vec::new(),
            rooms: HashMap::new(),
            dirty: Vec::new(),
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            frame: Vec::new(),
        })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Waits until something happens, and handles it.
    pub(crate) fn turn(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS_PER_TURN);
        match self.poll.poll(&mut events, None) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in &events {
            match event.token() {
                LISTENER => self.accept()?,
                Token(index) => self.wake(index),
            }
        }
        let mut dirty = std::mem::take(&mut self.dirty);
        for index in dirty.drain(..) {
            let Some(Some(client)) = self.clients.get_mut(index) else { continue };
            client.dirty = false;
            if client.flush().is_err() {
                self.remove(index);
            }
        }
        self.dirty = dirty;
        Ok(())
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            let mut stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            };
            stream.set_nodelay(true)?;
            let index = self.free.pop().unwrap_or(self.clients.len());
            let both = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(&mut stream, Token(index), both)?;
            let client = Some(Client::new(stream));
            match self.clients.get_mut(index) {
                Some(place) => *place = client,
                None => self.clients.push(client),
            }
        }
    }

    fn wake(&mut self, index: usize) {
        let mut buffer = std::mem::take(&mut self.buffer);
        let alive = self.serve_client(index, &mut buffer);
        self.buffer = buffer;
        if alive.is_err() {
            self.remove(index);
        }
    }

    fn serve_client(&mut self, index: usize, buffer: &mut [u8]) -> io::Result<()> {
        loop {
            let Some(Some(client)) = self.clients.get_mut(index) else { return Ok(()) };
            client.flush()?;
            let Reading { filled, more } = client.read(buffer)?;
            let mut input = buffer.get_mut(..filled).unwrap_or_default();
            if !client.upgraded {
                let Some((answer, taken)) = frames::upgrade(input) else {
                    client.keep(input);
                    return Ok(());
                };
                client.upgraded = true;
                client.write(&answer)?;
                input = input.get_mut(taken..).unwrap_or_default();
            }
            while let Some((opcode, payload, taken)) = frames::unmask(input)? {
                if opcode == frames::CLOSE {
                    return Err(ErrorKind::ConnectionAborted.into());
                }
                self.take(index, payload)?;
                input = input.get_mut(taken..).unwrap_or_default();
            }
            if let Some(Some(client)) = self.clients.get_mut(index) {
                client.keep(input);
            }
            if !more {
                return Ok(());
            }
        }
    }

    fn take(&mut self, index: usize, packet: &[u8]) -> io::Result<()> {
        if packet.starts_with(b"42[\"chat\"") {
            self.deliver(packet);
            return Ok(());
        }
        let Some(Some(client)) = self.clients.get_mut(index) else { return Ok(()) };
        if packet.starts_with(b"40") {
            return client.write(&frames::text(b"40{\"sid\":\"00000000000000000000\"}"));
        }
        let Some(join) = packet.strip_prefix(b"42[\"join\",\"") else { return Ok(()) };
        let room = join.strip_suffix(b"\"]").unwrap_or(join);
        client.room = Some(room.to_vec());
        client.write(&frames::text(&[b"42[\"joined\",\"", join].concat()))?;
        self.rooms.entry(room.to_vec()).or_default().push(index);
        Ok(())
    }

    /// The frame is made once for all.
    fn deliver(&mut self, packet: &[u8]) {
        frames::write_text(&mut self.frame, packet);
        let Some(members) = self.rooms.get(frames::room(packet)) else { return };
        let mut broken = Vec::new();
        for index in members {
            let Some(Some(client)) = self.clients.get_mut(*index) else { continue };
            let written = match self.writing {
                Writing::Each => client.write(&self.frame),
                Writing::Turn => client.queue(&self.frame),
            };
            if written.is_err() {
                broken.push(*index);
            } else if self.writing == Writing::Turn && !client.dirty {
                client.dirty = true;
                self.dirty.push(*index);
            }
        }
        for index in broken {
            self.remove(index);
        }
    }

    fn remove(&mut self, index: usize) {
        let Some(client) = self.clients.get_mut(index).and_then(Option::take) else { return };
        self.free.push(index);
        if let Some(members) = client.room.and_then(|room| self.rooms.get_mut(&room)) {
            members.retain(|member| *member != index);
        }
    }
}
