//! Budgets: how often somebody may do what, and that no header and no new cookie makes more of it.

use std::time::Duration;

use gif_chat::config::Config;

use crate::support::{Answer, TestServer, TestServerBuilder, Visitor, small_gif};

/// A server with the budgets that it is shipped with.
fn shipped() -> TestServerBuilder {
    let own = Config::for_folder("unused".into());
    TestServer::builder().config(|config| {
        config.messages_burst = own.messages_burst;
        config.gifs_per_minute = own.gifs_per_minute;
        config.gifs_per_minute_per_address = own.gifs_per_minute_per_address;
        config.rooms_open_max = own.rooms_open_max;
        config.rooms_per_hour = own.rooms_per_hour;
        config.rooms_per_hour_per_address = own.rooms_per_hour_per_address;
        config.passwords_per_minute = own.passwords_per_minute;
        config.passwords_per_minute_per_address = own.passwords_per_minute_per_address;
    })
}

/// How long to wait, as the refusal says; checks that both places say it.
fn wait(answer: &Answer) -> Duration {
    assert_eq!((answer.status, answer.error().as_str()), (429, "too_fast"), "{}", answer.text());
    let millis = answer.json()["retryAfterMs"].as_u64().unwrap();
    assert_eq!(answer.header("retry-after"), millis.div_ceil(1_000).to_string());
    Duration::from_millis(millis)
}

async fn say(visitor: &Visitor, room: &str) -> Answer {
    visitor.post_form(&format!("/room/{room}/chat"), &[("chat", "말")]).await
}

async fn guess(visitor: &Visitor, room: &str) -> Answer {
    visitor.post_form(&format!("/room/{room}/enter"), &[("password", "틀림")]).await
}

fn from(visitor: &Visitor, forwarded: &str) -> Visitor {
    visitor.with_header("x-forwarded-for", forwarded)
}

#[tokio::test]
async fn ten_messages_at_once_then_one_a_second() {
    let server = shipped().start().await;
    let visitor = server.visitor();
    let room = visitor.make_room("방").await;
    for number in 1..=10 {
        assert_eq!(say(&visitor, &room).await.status, 200, "message {number}");
    }
    let refused = wait(&say(&visitor, &room).await);
    assert!(refused <= Duration::from_secs(1));
    server.clock.advance(refused);
    assert_eq!(say(&visitor, &room).await.status, 200);
    wait(&say(&visitor, &room).await);
    assert_eq!(say(&server.visitor(), &room).await.status, 200, "others have their own budget");
}

#[tokio::test]
async fn an_address_has_twenty_times_a_visitors_messages() {
    let server = shipped().start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("큰 방", "1000", "").await;
    for visitor in 0..20 {
        let visitor = (server.visitor(), visitor);
        for _ in 0..10 {
            assert_eq!(say(&visitor.0, &room).await.status, 200, "visitor {}", visitor.1);
        }
    }
    wait(&say(&server.visitor(), &room).await);
}

#[tokio::test]
async fn ten_gifs_a_minute() {
    let server = shipped().start().await;
    let visitor = server.visitor();
    let path = format!("/room/{}/gif", visitor.make_room("방").await);
    for number in 1..=10 {
        assert_eq!(visitor.post_gif(&path, small_gif()).await.text(), "ok", "GIF {number}");
    }
    let refused = wait(&visitor.post_gif(&path, small_gif()).await);
    assert!(refused <= Duration::from_secs(6), "{refused:?}");
    server.clock.advance(refused);
    assert_eq!(visitor.post_gif(&path, small_gif()).await.text(), "ok");
}

#[tokio::test]
async fn five_open_rooms_and_ten_an_hour() {
    let server = shipped().start().await;
    let visitor = server.visitor();
    let mut rooms = Vec::new();
    for number in 1..=5 {
        rooms.push(visitor.make_room(&format!("방 {number}")).await);
    }
    let sixth = visitor.post_form("/room", &[("title", "여섯째")]).await;
    wait(&sixth);
    for room in rooms {
        assert_eq!(visitor.delete(&format!("/room/{room}")).await.status, 200);
    }
    // Six of the hour's ten are used, the refused one too.
    for _ in 0..4 {
        let room = visitor.make_room("또 한 방").await;
        assert_eq!(visitor.delete(&format!("/room/{room}")).await.status, 200);
    }
    let refused = wait(&visitor.post_form("/room", &[("title", "열한째")]).await);
    assert!(refused <= Duration::from_mins(6), "{refused:?}");
    server.clock.advance(refused);
    visitor.make_room("다음").await;
}

#[tokio::test]
async fn five_guesses_a_minute_and_the_owner_is_never_locked_out() {
    // Longer than the minute that a guess counts.
    let server = shipped().config(|config| config.grace = Duration::from_mins(5)).start().await;
    let (owner, guest) = (server.visitor(), server.visitor());
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    let other = owner.make_room_with("다른 비밀", "5", "참깨").await;
    for number in 1..=5 {
        assert_eq!(guess(&guest, &room).await.error(), "wrong_password", "guess {number}");
    }
    let refused = wait(&guess(&guest, &room).await);
    let enter = |room: &str| format!("/room/{room}/enter");
    let right = [("password", "참깨")];
    wait(&guest.post_form(&enter(&room), &right).await);
    // The address with the password in it, and the socket, are no way around.
    let answer = guest.get(&format!("/room/{room}?password=참깨")).await;
    assert!(answer.location().starts_with("/?error=너무 빠릅니다."), "{}", answer.location());
    let socket = guest.socket("/chat").connect().await.unwrap();
    let join = serde_json::json!({ "room": room, "password": "참깨" });
    assert_eq!(socket.ask("join", join).await["error"], "too_fast");

    assert_eq!(guess(&guest, &other).await.error(), "wrong_password", "rooms count apart");
    assert_eq!(owner.post_form(&enter(&room), &right).await.status, 302);
    server.clock.advance(refused);
    assert_eq!(guest.post_form(&enter(&room), &right).await.status, 302);
}

#[tokio::test]
async fn thirty_guesses_a_minute_from_one_address_whatever_the_cookie() {
    let server = shipped().start().await;
    let owner = server.visitor();
    let room = owner.make_room_with("비밀", "5", "참깨").await;
    for number in 1..=30 {
        let guesser = server.visitor();
        assert_eq!(guess(&guesser, &room).await.error(), "wrong_password", "guess {number}");
    }
    wait(&guess(&server.visitor(), &room).await);
    assert_eq!(owner.browser().get(&format!("/room/{room}")).await.status, 200);
}

#[tokio::test]
async fn nobody_has_more_by_naming_another_address() {
    let builder = shipped().config(|config| config.rooms_per_hour_per_address = 2);
    let server = builder.start().await;
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip"] {
        for number in 0..2 {
            let value = format!("203.0.113.{number}");
            let visitor = server.visitor().with_header(name, &value);
            visitor.make_room("방").await;
        }
        let visitor = server.visitor().with_header(name, "203.0.113.99");
        wait(&visitor.post_form("/room", &[("title", "방")]).await);
        server.clock.advance(Duration::from_hours(1));
    }
}

#[tokio::test]
async fn behind_a_trusted_proxy_the_nearest_untrusted_address_counts() {
    let builder = shipped().config(|config| {
        config.rooms_per_hour_per_address = 1;
        config.trusted_proxies =
            vec!["127.0.0.1/32".parse().unwrap(), "10.0.0.0/8".parse().unwrap()];
    });
    let server = builder.start().await;
    let make = |forwarded: &'static str| {
        let visitor = from(&server.visitor(), forwarded);
        async move { visitor.post_form("/room", &[("title", "방")]).await }
    };
    assert_eq!(make("203.0.113.1").await.status, 302);
    // Whatever stands to the left was written by the one who asks.
    for same in ["203.0.113.1", "198.51.100.7, 203.0.113.1", "203.0.113.1, 10.1.2.3"] {
        wait(&make(same).await);
    }
    assert_eq!(make("203.0.113.2").await.status, 302);
    assert_eq!(make("2001:db8:0:1::1").await.status, 302);
    wait(&make("2001:db8:0:1:ffff::2").await);
    assert_eq!(make("2001:db8:0:2::1").await.status, 302);
}

#[tokio::test]
async fn only_failed_passwords_count() {
    let server = shipped().start().await;
    let room = server.visitor().make_room_with("한 반", "100", "참깨").await;
    let enter = format!("/room/{room}/enter");
    // A class behind one address comes in.
    for number in 1..=35 {
        let pupil = server.visitor();
        let answer = pupil.post_form(&enter, &[("password", "참깨")]).await;
        assert_eq!(answer.status, 302, "pupil {number}: {}", answer.text());
    }
}
