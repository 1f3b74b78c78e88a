//! A process that runs out of file descriptors. It lowers its own limit, so it is one of its own.
#![cfg(test)]

use std::io;
use std::time::Duration;

use rlimit::Resource;
use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{Config, Engine};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::task::TaskTracker;

const DEADLINE: Duration = Duration::from_secs(20);

/// How long a server without descriptors must not answer.
const SILENCE: Duration = Duration::from_millis(150);

/// The kernel's word for a process that has as many descriptors open as it may.
const EMFILE: i32 = 24;

/// What the process may have open, itself included.
const DESCRIPTORS_MAX: u64 = 60;

/// More connections than that, if the kernel let them be.
const CONNECTIONS: usize = 100;

async fn handshake(stream: &mut TcpStream) -> io::Result<bool> {
    stream.write_all(b"GET /?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n").await?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await?;
    Ok(&answer == b"HTTP/1.1 200")
}

#[tokio::test]
async fn a_server_without_descriptors_serves_again_once_there_are_some() {
    let engine = Engine::new(Config::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tasks, stop) = (TaskTracker::new(), Stop::default());
    let options = ServeOptions {
        accept_pause: Duration::from_millis(20),
        // None of those that are served ends by itself.
        header_read_time_max: Duration::from_mins(5),
        ..ServeOptions::default()
    };
    let doorman = ConnectionsMax::new(1_000);
    let serving = (tasks.clone(), stop.clone());
    tasks.spawn(serve(listener, engine.service(), doorman, options, serving));
    let (_, hard) = Resource::NOFILE.get().unwrap();
    Resource::NOFILE.set(DESCRIPTORS_MAX, hard).unwrap();
    // The server does not run meanwhile: the clients take every descriptor that is left, and their
    // connections wait in the kernel's queue.
    let mut clients = Vec::new();
    let failed = loop {
        assert!(clients.len() < CONNECTIONS, "the limit is not felt");
        match std::net::TcpStream::connect(address) {
            Ok(client) => clients.push(client),
            Err(error) => break error,
        }
    };
    assert_eq!(failed.raw_os_error(), Some(EMFILE), "{failed}");
    let last = clients.pop().unwrap();
    last.set_nonblocking(true).unwrap();
    let mut last = TcpStream::from_std(last).unwrap();
    let mut served = Box::pin(handshake(&mut last));
    let waited = tokio::time::timeout(SILENCE, &mut served).await;
    assert!(waited.is_err(), "{waited:?}");
    clients.clear();
    assert!(tokio::time::timeout(DEADLINE, served).await.unwrap().unwrap());
    let mut another = TcpStream::connect(address).await.unwrap();
    let served = tokio::time::timeout(DEADLINE, handshake(&mut another)).await;
    assert!(served.unwrap().unwrap());
    assert_eq!(engine.counters().sessions, 2);
    stop.accepting.cancel();
    stop.connections.cancel();
    tasks.close();
    tokio::time::timeout(DEADLINE, tasks.wait()).await.unwrap();
}
