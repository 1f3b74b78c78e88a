//! What a line does to bytes, seen from both of its ends.

use tokio::time::timeout;

use super::*;

const DEADLINE: Duration = Duration::from_secs(10);

/// Long enough to see that nothing comes, when something else shows that the line has had its turn.
const MOMENT: Duration = Duration::from_millis(50);

struct Ends {
    line: Line,
    listener: TcpListener,
    client: TcpStream,
    server: TcpStream,
}

async fn ends() -> Ends {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let line = Line::open(listener.local_addr().unwrap()).unwrap();
    let client = TcpStream::connect(line.address).await.unwrap();
    let (server, _) = timeout(DEADLINE, listener.accept()).await.unwrap().unwrap();
    Ends { line, listener, client, server }
}

async fn arrives(stream: &mut TcpStream, text: &str) {
    let mut bytes = vec![0; text.len()];
    timeout(DEADLINE, stream.read_exact(&mut bytes)).await.unwrap().unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), text);
}

/// The stream ends, by a goodbye or by a reset.
async fn ended(stream: &mut TcpStream) {
    let rest = timeout(DEADLINE, stream.read(&mut [0])).await.unwrap();
    assert!(matches!(rest, Ok(0) | Err(_)), "{rest:?}");
}

async fn silent(stream: &mut TcpStream) {
    assert!(timeout(MOMENT, stream.read(&mut [0])).await.is_err());
}

#[tokio::test]
async fn bytes_pass_in_both_directions_and_so_does_an_end() {
    let Ends { line, mut client, mut server, .. } = ends().await;
    client.write_all(b"up").await.unwrap();
    arrives(&mut server, "up").await;
    server.write_all(b"down").await.unwrap();
    arrives(&mut client, "down").await;
    assert_eq!(line.connections(), 1);
    client.shutdown().await.unwrap();
    ended(&mut server).await;
    server.write_all(b"after").await.unwrap();
    arrives(&mut client, "after").await;
}

#[tokio::test]
async fn a_cut_ends_what_is_there_and_a_new_connection_passes() {
    let Ends { line, listener, mut client, mut server } = ends().await;
    line.cut();
    ended(&mut client).await;
    ended(&mut server).await;
    let mut client = TcpStream::connect(line.address).await.unwrap();
    let (mut server, _) = timeout(DEADLINE, listener.accept()).await.unwrap().unwrap();
    client.write_all(b"again").await.unwrap();
    arrives(&mut server, "again").await;
}

#[tokio::test]
async fn a_stalled_direction_waits_and_comes_whole_when_it_is_mended() {
    for (direction, other) in
        [(Direction::ToServer, Direction::ToClient), (Direction::ToClient, Direction::ToServer)]
    {
        let Ends { line, mut client, mut server, .. } = ends().await;
        line.set(direction, Flow::Hold);
        let (stalled, lively) = match other {
            Direction::ToClient => ((&mut client, &mut server), "down"),
            Direction::ToServer => ((&mut server, &mut client), "up"),
        };
        let (sender, receiver) = stalled;
        sender.write_all(b"held").await.unwrap();
        receiver.write_all(lively.as_bytes()).await.unwrap();
        arrives(sender, lively).await;
        silent(receiver).await;
        line.mend();
        arrives(receiver, "held").await;
    }
}

#[tokio::test]
async fn lost_answers_never_come_while_what_is_asked_goes_on() {
    let Ends { line, mut client, mut server, .. } = ends().await;
    line.set(Direction::ToClient, Flow::Lose);
    server.write_all(b"answer").await.unwrap();
    client.write_all(b"question").await.unwrap();
    arrives(&mut server, "question").await;
    silent(&mut client).await;
    // A stream with a hole must not go on.
    line.mend();
    ended(&mut client).await;
    ended(&mut server).await;
}

#[tokio::test]
async fn a_line_that_loses_nothing_is_not_cut_when_it_is_mended() {
    let Ends { line, mut client, mut server, .. } = ends().await;
    line.set(Direction::ToClient, Flow::Lose);
    line.mend();
    server.write_all(b"answer").await.unwrap();
    arrives(&mut client, "answer").await;
}

#[tokio::test]
async fn a_refusing_line_closes_new_connections_only() {
    let Ends { line, listener, mut client, mut server } = ends().await;
    line.refuse();
    let mut late = TcpStream::connect(line.address).await.unwrap();
    ended(&mut late).await;
    assert!(timeout(MOMENT, listener.accept()).await.is_err());
    client.write_all(b"still").await.unwrap();
    arrives(&mut server, "still").await;
}

#[tokio::test]
async fn a_half_closed_connection_goes_on_in_the_other_direction() {
    let Ends { line, mut client, mut server, .. } = ends().await;
    line.set(Direction::ToClient, Flow::End);
    ended(&mut client).await;
    client.write_all(b"still").await.unwrap();
    arrives(&mut server, "still").await;
}

#[tokio::test]
async fn without_a_server_a_connection_ends() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let line = Line::open(address).unwrap();
    let mut client = TcpStream::connect(line.address).await.unwrap();
    ended(&mut client).await;
}
