//! Reader and writer of frames as a server that sends back what it gets. Autobahn asks for one
//! (`autobahn` beside `src`), and no client of an engine can be without its packets.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

use crate::reason::Reason;
use crate::wire::websocket::{
    FrameLimits, FrameReader, Opcode, Received, SERVER_HEADER_BYTES_MAX, accept_key, close_frame,
    pong_frame, write_header,
};

/// As an engine's, unless it is configured.
const LIMITS: FrameLimits = FrameLimits { message_bytes_max: 64 * 1024, fragments_max: 256 };
const READ_BYTES_MAX: usize = 64 * 1024;

#[test]
#[ignore = "serves until its standard input ends; `make test-autobahn` starts it"]
fn what_a_client_sends_comes_back() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    #[expect(clippy::print_stdout, reason = "who has started it reads the address there")]
    {
        println!("http://{}", listener.local_addr().unwrap());
    }
    thread::spawn(move || {
        for stream in listener.incoming() {
            // How a connection ends is the client's to judge.
            thread::spawn(move || drop(talk(stream.unwrap())));
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink()).unwrap();
}

fn talk(mut stream: TcpStream) -> io::Result<()> {
    open(&mut stream)?;
    let (mut reader, mut buffer) = (FrameReader::new(), vec![0; READ_BYTES_MAX]);
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        let mut input = &mut buffer[..length];
        loop {
            let last_word = match reader.next(&mut input, &LIMITS) {
                Ok(None) => break,
                Ok(Some(Received::Close(code))) => close_frame(code.unwrap_or(1000), ""),
                Err(error) => close_frame(Reason::from(error).close_code(), ""),
                Ok(Some(received)) => {
                    stream.write_all(&answer(&received))?;
                    continue;
                }
            };
            stream.write_all(&last_word)?;
            stream.shutdown(Shutdown::Write)?;
            // Closing with something unread would throw away what the client has not read yet.
            io::copy(&mut stream, &mut io::sink())?;
            return Ok(());
        }
    }
}

/// Reads a request and makes a WebSocket of its connection.
fn open(stream: &mut TcpStream) -> io::Result<()> {
    let mut key = None;
    let mut lines = BufReader::new(&mut *stream).lines();
    while let Some(line) = lines.next().transpose()?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("sec-websocket-key") {
            key = Some(value.trim().to_owned());
        }
    }
    write!(
        stream,
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Accept: {}\r\n\r\n",
        accept_key(&key.unwrap())
    )
}

fn answer(received: &Received<'_>) -> Vec<u8> {
    match received {
        Received::Text(text) => message(Opcode::Text, text.as_bytes()),
        Received::Binary(bytes) => message(Opcode::Binary, bytes),
        Received::Ping(payload) => pong_frame(payload),
        Received::Pong | Received::Close(_) => Vec::new(),
    }
}

fn message(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut header = [0; SERVER_HEADER_BYTES_MAX];
    let length = write_header(&mut header, opcode, payload.len());
    [&header[..length], payload].concat()
}
