//! Connections: bounded from each address and in all, and whoever is too many hears so at once.

use std::time::Duration;

use tokio::time::timeout;

use crate::support::socket_client::DEADLINE;
use crate::support::{
    RawAnswer, RawConnection, TestServer, Visitor, raw_request, small_gif_of, until,
};

/// The answer to a connection that sends nothing.
async fn greeting(server: &TestServer) -> RawAnswer {
    let mut connection = RawConnection::open(server).await;
    RawAnswer::parse(connection.read_to_end().await)
}

async fn is_alive(server: &TestServer) -> bool {
    raw_request(server, "GET /livez HTTP/1.1", "").await.status == 200
}

/// Connections that say nothing for as long as they are kept.
async fn occupy(server: &TestServer, count: usize) -> Vec<RawConnection> {
    let mut connections = Vec::new();
    for _ in 0..count {
        connections.push(RawConnection::open(server).await);
    }
    connections
}

#[tokio::test]
async fn an_address_has_so_many_connections_and_the_next_is_answered_at_once() {
    let server =
        TestServer::builder().config(|config| config.connections_per_address_max = 3).start().await;
    let mut connections = occupy(&server, 2).await;
    assert!(is_alive(&server).await, "the third is the last");
    connections.append(&mut occupy(&server, 1).await);
    let refused = greeting(&server).await;
    assert_eq!(refused.status, 503);
    assert!(refused.text.contains("Retry-After: 5"), "{}", refused.text);
    drop(connections);
    let comes_back = async { while !is_alive(&server).await {} };
    timeout(DEADLINE, comes_back).await.expect("places are given back");
}

#[tokio::test]
async fn there_are_so_many_connections_in_all() {
    let server = TestServer::builder().config(|config| config.connections_max = 10).start().await;
    let _connections = occupy(&server, 10).await;
    assert_eq!(greeting(&server).await.status, 503);
}

#[tokio::test]
async fn a_trusted_proxy_speaks_for_many() {
    let server = TestServer::builder()
        .config(|config| {
            config.connections_per_address_max = 1;
            config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
        })
        .start()
        .await;
    let _connections = occupy(&server, 5).await;
    assert!(is_alive(&server).await);
}

#[tokio::test]
async fn a_connection_that_says_nothing_ends() {
    let server = TestServer::builder()
        .config(|config| config.header_read_time_max = Duration::from_millis(100))
        .start()
        .await;
    let mut connection = RawConnection::open(&server).await;
    assert!(!connection.read_to_end().await.contains("200"));
    assert!(is_alive(&server).await);
}

/// Sends a whole request and hangs up without waiting for the answer.
async fn send_and_hang_up(server: &TestServer, visitor: &Visitor, first_line: &str) {
    let mut connection = RawConnection::open(server).await;
    let (host, cookie) = (server.app().address(), visitor.cookie().unwrap());
    let head = format!("{first_line}\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n");
    connection.send(head.as_bytes()).await;
}

#[tokio::test]
async fn what_was_begun_is_finished_when_the_client_hangs_up() {
    let server = TestServer::start().await;
    let owner = server.visitor();
    for number in 0..30 {
        let room = owner.make_room("끊긴 방").await;
        let posted = owner.post_gif(&format!("/room/{room}/gif"), small_gif_of(number)).await;
        assert_eq!(posted.status, 200);
        send_and_hang_up(&server, &owner, &format!("DELETE /room/{room} HTTP/1.1")).await;
    }
    let lobby = owner.socket("/room").connect().await.unwrap();
    let mut left = lobby.expect("rooms").await.as_array().unwrap().len();
    while left > 0 {
        lobby.expect("removeRoom").await;
        left -= 1;
    }
    until("the rooms' GIFs are gone too", || server.gif_files().is_empty()).await;
}

#[tokio::test]
async fn a_room_whose_maker_hangs_up_ends_all_the_same() {
    let server = TestServer::start().await;
    let maker = server.visitor();
    maker.get("/").await;
    let lobby = maker.socket("/room").connect().await.unwrap();
    lobby.expect("rooms").await;
    let body = "title=room&max=5";
    let first_line = format!(
        "POST /room HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}",
        body.len()
    );
    for _ in 0..30 {
        let mut connection = RawConnection::open(&server).await;
        let (host, cookie) = (server.app().address(), maker.cookie().unwrap());
        let request = format!("{first_line}\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n{body}");
        connection.send(request.as_bytes()).await;
        drop(connection);
        lobby.expect("newRoom").await;
        server.clock.advance(server.grace());
        lobby.expect("removeRoom").await;
    }
}
