//! Keeping an address out, where the host has allowed it: the room remembers no address for it.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Stage, assert_refused, post, post_gif};
use crate::support::socket_client::SocketClient;
use crate::support::{TestServer, Visitor};

const FORWARDED: &str = "x-forwarded-for";
const HERE: &str = "203.0.113.77";
const ELSEWHERE: &str = "198.51.100.23";

/// Addresses can be kept out, and a proxy says which one somebody has.
async fn server() -> TestServer {
    let builder = TestServer::builder().config(|config| {
        config.address_bans = true;
        config.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
    });
    builder.start().await
}

/// Somebody with a new cookie at an address.
async fn somebody(server: &TestServer, address: &str) -> Visitor {
    server.visitor().with_header(FORWARDED, address).known().await
}

async fn tries(visitor: &Visitor, address: &str, room: &str) -> (SocketClient, Value) {
    let socket = visitor.socket("/chat").header(FORWARDED, address).connect().await.unwrap();
    let answer = socket.ask("join", json!({ "room": room })).await;
    (socket, answer)
}

/// A room with an owner, and a kicked visitor who joined from this address.
async fn kicked_from(address: &str) -> (Stage, Visitor) {
    let stage = Stage::on(server().await, "10", "").await;
    let visitor = somebody(&stage.server, address).await;
    let (_socket, joined) = tries(&visitor, address, &stage.room).await;
    let id = joined["you"]["id"].clone();
    stage.owner.does("kick", json!({ "id": id, "seconds": 60 })).await;
    (stage, visitor)
}

#[tokio::test]
async fn a_new_cookie_from_the_same_address_does_not_come_in() {
    let (stage, kicked) = kicked_from(HERE).await;
    stage.almost(60);
    let again = somebody(&stage.server, HERE).await;
    let (_, joined) = tries(&again, HERE, &stage.room).await;
    let answers = [
        joined,
        post(&again, &stage.room, "chat", json!({ "chat": "나 아니야" })).await,
        post_gif(&again, &stage.room).await,
        post(&again, &stage.room, "enter", json!({ "password": "x" })).await,
        tries(&kicked, ELSEWHERE, &stage.room).await.1,
    ];
    for answer in answers {
        assert_refused(&answer, "banned");
        assert_eq!(answer["retryAfterMs"], 1);
    }
    let page = again.browser().get(&format!("/room/{}", stage.room)).await;
    assert!(page.location().starts_with("/?error=방장이 내보내서"), "{}", page.location());
    let (_socket, neighbour) =
        tries(&somebody(&stage.server, ELSEWHERE).await, ELSEWHERE, &stage.room).await;
    assert_eq!(neighbour["ok"], true, "{neighbour}");
    stage.then();
    assert_eq!(tries(&again, HERE, &stage.room).await.1["ok"], true);
}

#[tokio::test]
async fn of_one_customer_the_whole_network_is_kept_out() {
    let (stage, _) = kicked_from("2001:db8:77:1::1").await;
    for (address, out) in [("2001:db8:77:1:ffff::2", true), ("2001:db8:77:2::1", false)] {
        let visitor = somebody(&stage.server, address).await;
        let (_, answer) = tries(&visitor, address, &stage.room).await;
        assert_eq!(answer["error"] == "banned", out, "{address}: {answer}");
    }
}

#[tokio::test]
async fn others_at_that_address_keep_their_seats_and_the_owner_the_room() {
    let server = server().await;
    let owner = somebody(&server, HERE).await;
    let room = owner.make_room("한 교실").await;
    let (owner_socket, _) = tries(&owner, HERE, &room).await;
    let (seated, kicked) = (somebody(&server, HERE).await, somebody(&server, HERE).await);
    let (seated_socket, seat) = tries(&seated, HERE, &room).await;
    let (_kicked_socket, joined) = tries(&kicked, HERE, &room).await;
    let kick = json!({ "id": joined["you"]["id"] });
    assert_eq!(owner_socket.ask("kick", kick.clone()).await["ok"], true);

    seated_socket.say("나는 그대로").await;
    let (again, back) = tries(&seated, HERE, &room).await;
    assert_eq!(back["you"]["id"], seat["you"]["id"], "another tab: {back}");
    assert_eq!(post(&seated, &room, "chat", json!({ "chat": "여기서도" })).await["ok"], true);
    assert_eq!(seated.browser().get(&format!("/room/{room}")).await.status, 200);
    seated_socket.cut().await;
    again.cut().await;
    let (seated_socket, back) = tries(&seated, HERE, &room).await;
    assert_eq!(back["ok"], true, "a refresh: {back}");
    // Whoever leaves comes as a newcomer.
    seated_socket.ask("leave", Value::Null).await;
    assert_refused(&tries(&seated, HERE, &room).await.1, "banned");

    owner_socket.cut().await;
    let (owner_socket, back) = tries(&owner, HERE, &room).await;
    assert_eq!(back["owner"], back["you"]["id"], "the owner comes back: {back}");
    owner_socket.ask("leave", Value::Null).await;
    assert_eq!(tries(&owner, HERE, &room).await.1["ok"], true, "and as a newcomer too");
}

#[tokio::test]
async fn lifting_the_ban_lets_the_address_in_again_and_a_restart_does_not() {
    let (mut stage, kicked) = kicked_from(HERE).await;
    let id = stage.owner.does("bans", json!({})).await["bans"][0]["id"].clone();
    stage.restart().await;
    let newcomer = somebody(&stage.server, HERE).await;
    assert_refused(&tries(&newcomer, HERE, &stage.room).await.1, "banned");
    stage.owner.does("unban", json!({ "id": id })).await;
    assert_eq!(tries(&newcomer, HERE, &stage.room).await.1["ok"], true);
    let kicked = kicked.moved_to(&stage.server.url());
    assert_eq!(tries(&kicked, HERE, &stage.room).await.1["ok"], true);
}

/// What somebody would look for who wants to know the address.
fn forms(address: &str) -> Vec<Vec<u8>> {
    let packed = match address.parse::<std::net::IpAddr>().unwrap() {
        std::net::IpAddr::V4(address) => address.octets().to_vec(),
        std::net::IpAddr::V6(address) => address.octets()[..8].to_vec(),
    };
    let mut forms = vec![address.as_bytes().to_vec(), hex::encode(&packed).into_bytes()];
    for plain in [address.as_bytes().to_vec(), packed.clone()] {
        let hash = Sha256::digest(&plain);
        forms.extend([hash.to_vec(), hex::encode(hash).into_bytes()]);
    }
    forms.push(packed);
    forms
}

#[tokio::test]
async fn no_file_holds_an_address_in_any_form() {
    for address in [HERE, "2001:db8:77:1::1"] {
        let (mut stage, _) = kicked_from(address).await;
        let marked = "카나리아 방장";
        stage.owner.socket.say(marked).await;
        for stopped in [false, true] {
            if stopped {
                stage.server.stop().await;
            }
            assert!(!stage.server.files_with(marked.as_bytes()).is_empty(), "the files are read");
            for form in forms(address) {
                let found = stage.server.files_with(&form);
                assert_eq!(found, Vec::<String>::new(), "{}", String::from_utf8_lossy(&form));
            }
        }
    }
}
