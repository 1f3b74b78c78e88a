//! Passwords and invitations' tokens: in no event, no file and no log.

use serde_json::json;

use super::{Member, Stage, knock, post};
use crate::support::program::Launch;
use crate::support::watch::Lobby;

const PASSWORD: &str = "canary-password-8005";
const NEXT: &str = "canary-password-next";

#[tokio::test]
async fn no_event_and_no_file_holds_a_password_or_a_token() {
    let mut stage = Stage::with("10", PASSWORD).await;
    let lobby = Lobby::watch(&stage.server).await;
    let admin = Member::join(stage.owner.visitor.clone(), &stage.room).await;
    let mut secrets = vec![PASSWORD.to_owned(), NEXT.to_owned()];
    for payload in [json!({ "password": NEXT }), json!({ "title": "새 제목" })] {
        admin.does("settings", payload).await;
    }
    let made = post(&stage.owner.visitor, &stage.room, "invite", json!({})).await;
    secrets.push(made["token"].as_str().unwrap().to_owned());
    let visitor = stage.server.visitor();
    let shown = json!({ "room": stage.room, "invitation": made["token"] });
    assert_eq!(knock(&visitor, shown).await["ok"], true);
    let given = json!({ "room": stage.room, "password": NEXT });
    assert_eq!(knock(&stage.server.visitor(), given).await["ok"], true);
    for _ in 0..2 {
        admin.does("invitations", json!({})).await;
        stage.guest.looks().await;
    }
    lobby.update(&stage.room, |state| state["title"] == "새 제목").await;

    let page = visitor.browser().get(&format!("/room/{}", stage.room)).await.text();
    let told = [&stage.owner.socket, &stage.guest.socket, &admin.socket, &lobby.socket];
    let packets: Vec<_> = told.iter().flat_map(|socket| socket.received_packets()).collect();
    assert!(packets.iter().any(|packet| packet.contains("새 제목")), "events were looked at");
    assert!(!stage.server.files_with("새 제목".as_bytes()).is_empty(), "files were read");
    stage.server.stop().await;
    for secret in secrets {
        assert!(packets.iter().all(|packet| !packet.contains(&secret)), "{secret} was told");
        assert!(!page.contains(&secret), "{secret} is on the page");
        let files = stage.server.files_with(secret.as_bytes());
        assert_eq!(files, Vec::<String>::new(), "{secret}");
    }
}

#[tokio::test]
async fn no_log_holds_a_password_a_token_a_reason_or_a_title() {
    for format in ["text", "json"] {
        let program = Launch::new().telling_everything(format).start().await;
        let (owner, guest) = (program.visitor(), program.visitor());
        let room = owner.make_room("방").await;
        let owner = Member::join(owner, &room).await;
        let guest = Member::join(guest, &room).await;
        let seq = guest.socket.say("canary-text").await["seq"].clone();
        let mut tokens = Vec::new();
        for door in super::DOORS {
            let wish = json!({ "title": "canary-title", "password": PASSWORD });
            owner.act(door, "settings", wish).await;
            owner.act(door, "settings", json!({ "password": "canary".repeat(40) })).await;
            let made = owner.act(door, "invite", json!({})).await;
            tokens.push(made["token"].as_str().unwrap().to_owned());
            owner.act(door, "revoke", json!({ "id": "canary" })).await;
            let report = json!({ "seq": seq, "reason": "canary-report" });
            owner.act(door, "report", report).await;
            let kick = json!({ "id": guest.id(), "reason": "canary-reason" });
            assert_eq!(owner.act(door, "kick", kick).await["ok"], true);
        }
        for token in &tokens {
            let stranger = program.visitor();
            knock(&stranger, json!({ "room": room, "invitation": token })).await;
            post(&stranger, &room, "enter", json!({ "invitation": token })).await;
            post(&stranger, &room, "enter", json!({ "invitation": "canary" })).await;
        }
        let log = program.stop().await;
        assert!(log.contains("/kick"), "there is a log: {log}");
        for secret in tokens.iter().map(String::as_str).chain(["canary"]) {
            let found = log.lines().find(|line| line.contains(secret));
            assert_eq!(found, None, "the log names {secret}");
        }
    }
}
