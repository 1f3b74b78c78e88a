//! A TCP proxy that misbehaves on demand, between clients and a server on loopback.
//!
//! A [`Line`] is one way to the server with a switch of its own; whoever should suffer alone gets a
//! line alone.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Connections that a line carries at the same time; more wait to be accepted.
const CONNECTIONS_MAX: usize = 256;

/// What is read at once.
const CHUNK_BYTES: usize = 16 * 1024;

/// What the kernel may hold of the server's answers, on each side of the line. Little, so that the
/// server soon notices a reader that does not read.
const BUFFER_BYTES: u32 = 16 * 1024;

/// Segments as they are on the Internet. With those of loopback the kernel would take megabytes
/// from the server at once.
const SEGMENT_BYTES: u32 = 1_400;

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 128;

/// After a failed accept, such as for lack of file handles.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

/// What happens to bytes of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// They are passed on.
    Pass,
    /// They are taken, as far as the kernel takes them, and wait.
    Hold,
    /// They are taken and thrown away. A connection that has lost some is cut when it should pass
    /// again.
    Lose,
    /// Their receiver is told that no more will come, while the other direction goes on.
    End,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// What clients send.
    ToServer,
    /// What the server answers.
    ToClient,
}

#[derive(Clone, Copy, Debug)]
struct Switch {
    accepting: bool,
    to_server: Flow,
    to_client: Flow,
    /// How often everything was cut.
    cuts: u64,
}

impl Switch {
    fn flow(&self, direction: Direction) -> Flow {
        match direction {
            Direction::ToServer => self.to_server,
            Direction::ToClient => self.to_client,
        }
    }
}

/// One way to the server. Dropping it closes it and cuts what it carries.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    switch: watch::Sender<Switch>,
    connections: Arc<Semaphore>,
    _acceptor: JoinSet<()>,
}

impl Line {
    /// Opens a way to a server, which need not be there yet.
    ///
    /// # Errors
    /// When there is no port to listen on.
    pub fn open(server: SocketAddr) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        // What is accepted inherits it.
        socket.set_send_buffer_size(BUFFER_BYTES)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let whole =
            Switch { accepting: true, to_server: Flow::Pass, to_client: Flow::Pass, cuts: 0 };
        let (switch, seen) = watch::channel(whole);
        let connections = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut acceptor = JoinSet::new();
        acceptor.spawn(accept(listener, server, seen, connections.clone()));
        Ok(Self { address, switch, connections, _acceptor: acceptor })
    }

    /// Where clients connect, as `host:port`.
    #[must_use]
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// How many connections it carries.
    #[must_use]
    pub fn connections(&self) -> usize {
        CONNECTIONS_MAX - self.connections.available_permits()
    }

    /// Changes what happens to one direction, of connections that are there and of new ones.
    pub fn set(&self, direction: Direction, flow: Flow) {
        self.switch.send_modify(|switch| match direction {
            Direction::ToServer => switch.to_server = flow,
            Direction::ToClient => switch.to_client = flow,
        });
    }

    /// New connections are closed as soon as they are made.
    pub fn refuse(&self) {
        self.switch.send_modify(|switch| switch.accepting = false);
    }

    /// Ends all connections that are there.
    pub fn cut(&self) {
        self.switch.send_modify(|switch| switch.cuts += 1);
    }

    /// Everything passes again.
    pub fn mend(&self) {
        self.switch.send_modify(|switch| {
            *switch = Switch {
                accepting: true,
                to_server: Flow::Pass,
                to_client: Flow::Pass,
                cuts: switch.cuts,
            };
        });
    }
}

async fn accept(
    listener: TcpListener,
    server: SocketAddr,
    switch: watch::Receiver<Switch>,
    places: Arc<Semaphore>,
) {
    let mut carried = JoinSet::new();
    loop {
        while carried.try_join_next().is_some() {}
        let Ok((client, _)) = listener.accept().await else {
            sleep(ACCEPT_RETRY).await;
            continue;
        };
        let Ok(place) = places.clone().acquire_owned().await else { return };
        let now = *switch.borrow();
        if now.accepting {
            carried.spawn(carry(client, server, switch.clone(), now.cuts, place));
        }
    }
}

/// Carries one connection until both sides have ended or it is cut. Its place is free when it is
/// over.
async fn carry(
    client: TcpStream,
    server: SocketAddr,
    mut switch: watch::Receiver<Switch>,
    cuts: u64,
    _place: OwnedSemaphorePermit,
) {
    let (upward, downward) = (switch.clone(), switch.clone());
    let both = async {
        let server = connect(server).await?;
        client.set_nodelay(true)?;
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        tokio::try_join!(
            pump(from_client, to_server, (upward, Direction::ToServer)),
            pump(from_server, to_client, (downward, Direction::ToClient)),
        )
    };
    tokio::select! {
        _ = switch.wait_for(|switch| switch.cuts != cuts) => {}
        _ = both => {}
    }
}

async fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(BUFFER_BYTES)?;
    SockRef::from(&socket).set_tcp_mss(SEGMENT_BYTES)?;
    socket.set_nodelay(true)?;
    socket.connect(server).await
}

/// Passes one direction on, as the switch says. An error ends the whole connection.
async fn pump(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    (mut switch, direction): (watch::Receiver<Switch>, Direction),
) -> io::Result<()> {
    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut taken = 0;
    let mut has_lost = false;
    loop {
        let flow = switch.borrow_and_update().flow(direction);
        match flow {
            Flow::Hold => {
                switch.changed().await.map_err(gone)?;
                continue;
            }
            Flow::End => return to.shutdown().await,
            Flow::Lose => has_lost |= taken > 0,
            Flow::Pass if has_lost => return Err(io::ErrorKind::ConnectionReset.into()),
            Flow::Pass => to.write_all(chunk.get(..taken).unwrap_or_default()).await?,
        }
        taken = 0;
        tokio::select! {
            changed = switch.changed() => changed.map_err(gone)?,
            read = from.read(&mut chunk) => {
                taken = read?;
                if taken == 0 {
                    return to.shutdown().await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
