//! Which pages may open a stream: reading one takes a place, and in a room a seat.

use super::reader::Reader;
use super::{LOBBY, of};
use crate::support::origins::{SITES, hosts, origins};
use crate::support::watch::participants;
use crate::support::{TestServer, Visitor};

/// Whether a page that sends these headers may open both streams.
async fn may_watch(visitor: &Visitor, room: &str, lines: &[(&'static str, String)]) -> bool {
    let add = |page: Visitor, (name, value): &(&'static str, String)| page.with_header(name, value);
    let page = lines.iter().fold(visitor.clone(), add);
    let mut outcomes = Vec::new();
    for path in [LOBBY.to_owned(), of(room)] {
        match Reader::ask(&page, &path, None).await {
            Ok(stream) => {
                assert_eq!(stream.answer.header("access-control-allow-origin"), "");
                outcomes.push(true);
            }
            Err(answer) => {
                let why = (answer.status, answer.error());
                assert_eq!(why, (403, "cross_site".to_owned()), "{lines:?} at {path}");
                assert_eq!(answer.header("access-control-allow-origin"), "");
                outcomes.push(false);
            }
        }
    }
    assert_eq!(outcomes[0], outcomes[1], "{lines:?}: the two do not agree");
    outcomes[0]
}

#[tokio::test]
async fn only_our_own_pages_may_watch() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    assert!(may_watch(&visitor, &room, &[]).await, "whoever is no browser");
    for (value, allowed) in origins(server.app().address()) {
        let lines = [("origin", value.clone())];
        assert_eq!(may_watch(&visitor, &room, &lines).await, allowed, "{value}");
    }
    for (site, allowed) in SITES {
        let lines = [("sec-fetch-site", site.to_owned())];
        assert_eq!(may_watch(&visitor, &room, &lines).await, allowed, "{site}");
    }
}

#[tokio::test]
async fn a_loopback_server_is_not_fooled_by_a_rebound_name() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    for (host, allowed) in hosts(server.app().address().port()) {
        for own_page in [None, Some(("origin", format!("http://{host}")))] {
            let lines: Vec<_> = [("host", host.clone())].into_iter().chain(own_page).collect();
            assert_eq!(may_watch(&visitor, &room, &lines).await, allowed, "{lines:?}");
        }
    }
}

#[tokio::test]
async fn a_foreign_page_takes_no_seat_and_no_place_however_it_writes_the_address() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    let room = owner.make_room("방").await;
    let (witness, _) = owner.join(&room).await;
    let foreign = server.visitor().with_header("sec-fetch-site", "cross-site");
    for path in [
        of(&room),
        format!("{}?x=/events", of(&room)),
        format!("/room/{room}/%65vents"),
        format!("/room/{room}/events/"),
        format!("/room/{room}//events"),
        format!("//room/{room}/events"),
        LOBBY.to_owned(),
        "/%65vents".to_owned(),
        "/events/".to_owned(),
        "//events".to_owned(),
    ] {
        let answer = Reader::ask(&foreign, &path, None).await.err();
        assert!(answer.is_some_and(|answer| answer.status >= 400), "{path}");
    }
    assert_eq!(participants(&witness, &room).await.len(), 1);
    assert_eq!(server.app().sessions(), 1);
}
