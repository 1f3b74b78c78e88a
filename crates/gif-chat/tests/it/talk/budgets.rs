//! Budgets of conversation: how often a visitor, and an address, may do what.

use std::time::Duration;

use gif_chat::config::Config;
use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, why};
use crate::support::Visitor;
use crate::support::socket_client::{SocketClient, Transport};

/// One kind of budget, and something that costs one of it.
struct Budget {
    name: &'static str,
    /// The least that fits into it: so many at once.
    set: fn(&mut Config, u32),
    /// How often it can be done again in a second.
    rate: u64,
    /// The act, and its payload for a message and a person.
    act: (&'static str, fn(u64, &str) -> Value),
    doors: &'static [Door],
}

const BUDGETS: [Budget; 5] = [
    Budget {
        name: "reactions",
        set: |config, burst| config.reactions_burst = burst,
        rate: 2,
        act: ("react", |seq, _| json!({ "seq": seq, "emoji": "👍", "on": true })),
        doors: &Door::BOTH,
    },
    Budget {
        name: "whispers",
        set: |config, burst| config.whispers_burst = burst,
        rate: 1,
        act: ("whisper", |_, person| json!({ "to": person, "chat": "말" })),
        doors: &Door::BOTH,
    },
    Budget {
        name: "acts",
        set: |config, burst| config.acts_burst = burst,
        rate: 1,
        act: ("block", |_, person| json!({ "id": person, "on": true })),
        doors: &Door::BOTH,
    },
    Budget {
        name: "messages",
        set: |config, burst| config.messages_burst = burst,
        rate: 1,
        act: ("edit", |seq, _| json!({ "seq": seq, "chat": "같은 말" })),
        doors: &Door::BOTH,
    },
    Budget {
        name: "pages",
        set: |config, burst| config.pages_burst = burst,
        rate: 10,
        act: ("history", |seq, _| json!({ "before": seq, "limit": 1 })),
        doors: &[Door::Socket],
    },
];

/// How long to wait, as a refusal says.
#[track_caller]
fn wait(refused: &Value) -> Duration {
    assert_eq!(why(refused), ["too_fast", "", ""], "{refused}");
    Duration::from_millis(refused["retryAfterMs"].as_u64().unwrap())
}

#[tokio::test]
async fn a_visitor_may_do_so_much_at_once_and_then_so_much_a_second() {
    const BURST: u32 = 6;
    for Budget { name, set, rate, act: (act, payload), doors } in BUDGETS {
        let scene = Scene::set_with(|config| set(config, BURST)).await;
        let guest = scene.guest().await;
        let seq = scene.owner.say("말").await;
        let own = if act == "edit" { guest.say("같은 말").await } else { seq };
        let payload = || payload(own, scene.owner.id());
        let spent = u32::from(act == "edit");
        for number in spent..BURST {
            let door = doors[usize::try_from(number).unwrap() % doors.len()];
            let done = guest.act_by(door, act, payload()).await;
            assert_eq!(done["ok"], true, "{name} {number}: {done}");
        }
        for door in doors {
            let refused = wait(&guest.act_by(*door, act, payload()).await);
            assert!(refused > Duration::ZERO && refused <= Duration::from_millis(1_000 / rate));
        }
        let refused = wait(&guest.act(act, payload()).await);
        scene.server.clock.advance(refused.saturating_sub(Duration::from_millis(1)));
        wait(&guest.act(act, payload()).await);
        scene.server.clock.advance(Duration::from_millis(1));
        let done = guest.act_by(doors[0], act, payload()).await;
        assert_eq!(done["ok"], true, "{name}: refilled by the clock: {done}");
        wait(&guest.act(act, payload()).await);
        // After a long time it is full, and no fuller.
        scene.server.clock.advance(Duration::from_hours(1));
        for _ in 0..BURST {
            assert_eq!(guest.act(act, payload()).await["ok"], true, "{name}");
        }
        wait(&guest.act(act, payload()).await);
        let other = scene.guest().await;
        let others = match act {
            "edit" => other.act("delete", json!({ "seq": own })).await,
            _ => other.act(act, payload()).await,
        };
        assert_ne!(why(&others)[0], "too_fast", "{name}: others have their own: {others}");
    }
}

#[tokio::test]
async fn an_address_has_so_many_times_a_visitors_budget() {
    const FACTOR: u32 = 3;
    for Budget { name, set, act: (act, payload), .. } in BUDGETS {
        let scene = Scene::set_with(|config| {
            set(config, 2);
            config.messages_address_factor = FACTOR;
        })
        .await;
        let mut guests = Vec::new();
        for _ in 0..=FACTOR {
            guests.push(scene.guest().await);
        }
        let person = scene.owner.id();
        // Whether it can be done does not matter: the attempt costs.
        let attempt = async |guest: &Guest| guest.act(act, payload(1, person)).await;
        let (last, first) = guests.split_last().unwrap();
        for guest in first {
            for number in 0..2 {
                let done = attempt(guest).await;
                assert_ne!(why(&done)[0], "too_fast", "{name} {number}: {done}");
            }
        }
        let refused = wait(&attempt(last).await);
        scene.server.clock.advance(refused);
        let done = attempt(last).await;
        assert_ne!(why(&done)[0], "too_fast", "{name}: refilled by the clock: {done}");
        wait(&attempt(last).await);
    }
}

#[tokio::test]
async fn an_address_has_twenty_times_the_typing_signs_of_a_visitor() {
    let scene = Scene::set().await;
    let mut guests = Vec::new();
    for _ in 0..=20 {
        guests.push(scene.guest().await);
    }
    let (last, first) = guests.split_last().unwrap();
    for guest in first {
        for _ in 0..5 {
            guest.do_by(Door::Socket, "typing", json!({})).await;
        }
    }
    let refused = wait(&last.act("typing", json!({})).await);
    scene.server.clock.advance(refused);
    last.do_by(Door::Http, "typing", json!({})).await;
}

async fn knock(visitor: &Visitor, room: &str) -> (SocketClient, Value) {
    let socket = visitor.chat_socket(Transport::WebSocket).await;
    let joined = socket.ask("join", json!({ "room": room })).await;
    (socket, joined)
}

#[tokio::test]
async fn a_visitor_joins_so_often_at_once_and_then_so_often_a_second() {
    let scene = Scene::set_with(|config| config.joins_burst = 4).await;
    let guest = scene.guest().await;
    // Coming back, and asking again on a socket that is in the room.
    let (again, joined) = knock(&guest.visitor, &scene.room).await;
    assert_eq!(joined["ok"], true);
    let ask = json!({ "room": scene.room, "after": 0 });
    assert_eq!(again.ask("join", ask.clone()).await["ok"], true);
    again.emit("join", json!(scene.room)).await;
    let refused = wait(&again.ask("join", ask.clone()).await);
    assert!(refused <= Duration::from_millis(500), "{refused:?}");
    let (third, joined) = knock(&guest.visitor, &scene.room).await;
    wait(&joined);
    scene.server.clock.advance(refused);
    assert_eq!(third.ask("join", ask.clone()).await["ok"], true, "refilled by the clock");
    wait(&again.ask("join", ask).await);
    // One who is in the room already stays there: what it asks for is only late.
    let said = scene.owner.say("말").await;
    again.expect_where("chat", |told| told["seq"] == said).await;
    assert_eq!(scene.guest().await.joined["ok"], true, "others have their own");
}

#[tokio::test]
async fn an_address_has_so_many_times_a_visitors_joins() {
    let scene = Scene::set_with(|config| {
        config.joins_burst = 3;
        config.joins_address_factor = 2;
    })
    .await;
    // The owner's is the first of six.
    let (one, two, three) =
        (scene.guest().await, scene.server.visitor(), scene.server.visitor().known().await);
    for _ in 0..2 {
        one.join_again(json!({})).await;
    }
    for _ in 0..2 {
        two.join(&scene.room).await;
    }
    let refused = wait(&knock(&three, &scene.room).await.1);
    scene.server.clock.advance(refused);
    assert_eq!(knock(&three, &scene.room).await.1["ok"], true);
}

#[tokio::test]
async fn one_who_comes_and_goes_too_fast_takes_no_seat_and_leaves_no_line() {
    let scene = Scene::set_with(|config| config.joins_burst = 3).await;
    let visitor = scene.server.visitor().known().await;
    let socket = visitor.chat_socket(Transport::WebSocket).await;
    let join = json!({ "room": scene.room });
    for _ in 0..3 {
        assert_eq!(socket.ask("join", join.clone()).await["ok"], true);
        assert_eq!(socket.ask("leave", Value::Null).await["ok"], true);
    }
    for request in [join, json!(scene.room)] {
        wait(&socket.ask("join", request).await);
        assert_eq!(why(&socket.ask("chat", json!({ "chat": "말" })).await)[0], "not_in_room");
    }
    let state = scene.owner.join_again(json!({})).await;
    assert_eq!(state["participants"].as_array().unwrap().len(), 1, "no seat");
    assert_eq!(state["head"], 1 + 3 * 2, "no line");
    let said = scene.owner.say("말").await;
    socket.ask("anything", Value::Null).await;
    let heard = socket.received().into_iter().any(|(_, entry)| entry["seq"] == said);
    assert!(!heard, "and nobody listens");
}
