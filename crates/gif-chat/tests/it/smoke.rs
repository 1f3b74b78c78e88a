//! The way of one message, from the form to the other browser.

use serde_json::json;

use crate::support::{TestServer, small_gif};

#[tokio::test]
async fn what_one_visitor_says_the_other_sees_in_order() {
    let server = TestServer::start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room("첫 방").await;
    let (owner_socket, _) = owner.join(&room).await;
    let (guest_socket, joined) = guest.join(&room).await;
    assert_eq!(joined["participants"].as_array().unwrap().len(), 2);

    let sent = owner_socket.ask("chat", json!({ "chat": "안녕", "clientId": "a" })).await;
    assert_eq!(sent["ok"], true);
    assert_eq!(owner.post_gif(&format!("/room/{room}/gif"), small_gif()).await.text(), "ok");

    let text = guest_socket.expect("chat").await;
    assert_eq!(text["chat"], "안녕");
    let gif = guest_socket.expect("chat").await;
    assert_eq!(gif["seq"], text["seq"].as_u64().unwrap() + 1);
    let picture = guest.get(&format!("/gif/{}", gif["gif"].as_str().unwrap())).await;
    assert_eq!(picture.status, 200);
}

#[tokio::test]
async fn a_room_that_nobody_enters_ends_after_its_grace() {
    let server = TestServer::start().await;
    let visitor = server.visitor();
    visitor.make_room("빈 방").await;
    let lobby = visitor.socket("/room").connect().await.unwrap();
    let rooms = lobby.expect("rooms").await;
    assert_eq!(rooms.as_array().unwrap().len(), 1);
    server.clock.advance(server.grace());
    lobby.expect("removeRoom").await;
    assert_eq!(server.files_with("빈 방".as_bytes()), Vec::<String>::new());
}
