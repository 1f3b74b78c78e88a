//! How many streams there may be, and what keeps them alive.

use std::time::Duration;

use futures_util::future::join_all;

use super::reader::{Reader, numbers};
use super::{LOBBY, of};
use crate::support::socket_client::Transport;
use crate::support::watch::{lines, participants};
use crate::support::{Answer, TestServer, until};

/// The streams of the crowd.
const CROWD: usize = 200;

/// What the crowd is told.
const FLOOD: usize = 100;

#[track_caller]
fn assert_later(answer: &Answer) {
    assert_eq!((answer.status, answer.error().as_str()), (503, "unavailable"));
    let retry_after: u64 = answer.header("retry-after").parse().unwrap();
    assert!(retry_after > 0);
}

#[tokio::test]
async fn streams_and_sockets_are_counted_together() {
    let per_address = TestServer::builder().config(|config| config.sockets_per_address_max = 4);
    let in_all = TestServer::builder().config(|config| config.sockets_max = 4);
    for builder in [per_address, in_all] {
        let server = builder.start().await;
        let (owner, guest) = (server.visitor(), server.visitor());
        let room = owner.make_room("방").await;
        let (witness, own) = owner.join(&room).await;
        let polling = owner.chat_socket(Transport::Polling).await;
        let lobby = Reader::open(&owner, LOBBY).await;
        assert_eq!(server.app().sessions(), 3, "one less than may be");
        let stream = Reader::open(&owner, &of(&room)).await;
        assert_eq!(server.app().sessions(), 4, "as many as may be");
        for path in [LOBBY.to_owned(), of(&room)] {
            assert_later(&Reader::ask(&guest, &path, None).await.err().expect("one too many"));
        }
        let refused = guest.socket("/chat").connect().await.expect_err("one too many");
        assert_eq!(refused.status(), Some(503), "{refused}");
        assert_eq!(participants(&witness, &room).await.len(), 1);
        assert!(lines(&witness, &own).is_empty());

        // Whatever ends makes room for whatever comes.
        drop(lobby);
        until("a stream has ended", || server.app().sessions() == 3).await;
        let in_its_place = Reader::open(&guest, &of(&room)).await;
        assert_later(&Reader::ask(&guest, LOBBY, None).await.err().expect("one too many"));
        polling.disconnect().await;
        until("a socket has ended", || server.app().sessions() == 3).await;
        let instead = Reader::open(&guest, LOBBY).await;
        assert!(stream.is_open() && in_its_place.is_open());
        witness.cut().await;
        drop((stream, in_its_place, instead));
        until("nobody is left", || server.app().sessions() == 0).await;
    }
}

#[tokio::test]
async fn a_refused_stream_is_not_counted() {
    let server = TestServer::builder().config(|config| config.sockets_max = 1).start().await;
    let owner = server.visitor();
    let secret = owner.make_room_with("비밀", "10", "열려라").await;
    let guest = server.visitor();
    for _ in 0..3 {
        let answer = Reader::ask(&guest, &of(&secret), None).await.err().unwrap();
        assert_eq!(answer.error(), "not_admitted");
        let missing = Reader::ask(&guest, &of("x"), None).await.err().unwrap();
        assert_eq!(missing.error(), "not_found");
    }
    until("no refusal holds a place", || server.app().sessions() == 0).await;
    Reader::open(&guest, LOBBY).await.next().await;
}

#[tokio::test]
async fn silence_is_broken_by_comments_and_nothing_else() {
    let beat = Duration::from_millis(20);
    let server =
        TestServer::builder().config(|config| config.event_stream_heartbeat = beat).start().await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (socket, _) = owner.join(&room).await;
    let guest = server.visitor();
    for path in [LOBBY.to_owned(), of(&room)] {
        let mut stream = Reader::open(&guest, &path).await;
        stream.comments(1).await;
        let known = stream.text().len();
        stream.comments(4).await;
        let beats = stream.text().split_off(known);
        assert!(beats.starts_with(":\n\n:\n\n:\n\n"), "{beats:?}");
        // Events come between them as ever.
        if path == LOBBY {
            owner.make_room("새 방").await;
            stream.expect("newRoom").await;
        } else {
            socket.say("여보세요").await;
            stream.until_text("여보세요").await;
        }
        assert!(stream.is_open());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_a_crowd_gets_all_of_a_flood_in_order() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (watcher, path) = (server.visitor().known().await, of(&room));
    let opening = (0..CROWD).map(|_| Reader::open(&watcher, &path));
    let mut streams = join_all(opening).await;
    join_all(streams.iter_mut().map(Reader::history)).await;
    assert_eq!(server.app().sessions(), CROWD);
    owner.fill(&room, FLOOD).await;
    let heard = join_all(streams.iter_mut().map(|stream| stream.take(FLOOD))).await;
    let first = numbers(&heard[0]);
    assert!(first.windows(2).all(|pair| pair[1] == pair[0] + 1), "{first:?}");
    assert!(heard.iter().all(|events| *events == heard[0]), "everybody hears the same");
    drop(streams);
    until("the crowd has gone", || server.app().sessions() == 0).await;
}
