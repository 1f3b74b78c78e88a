//! Reactions: a set of people at each emoji of a message.

use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, of_seq, post, why};
use crate::support::socket_client::Transport;
use crate::support::sockets::{fields, seqs};
use crate::support::{Visitor, small_gif};

/// Twenty-one emojis of one code point.
const EMOJIS: &str = "👍🎉😀😎🚀🌈🍕🍜🎸🐳🦊🌵🔥💧🍎🎈🎁🏆🎯🧩🪁";

fn reaction(seq: u64, emoji: &str, on: bool) -> Value {
    json!({ "seq": seq, "emoji": emoji, "on": on })
}

/// A reaction as a message shows it.
fn shown(emoji: &str, by: &[&Guest]) -> Value {
    let who = |guest: &&Guest| json!({ "id": guest.id(), "alias": guest.joined["you"]["alias"] });
    json!({ "emoji": emoji, "by": by.iter().map(who).collect::<Vec<_>>() })
}

#[tokio::test]
async fn a_reaction_is_told_live_and_stands_at_the_message_with_who_gave_it() {
    let mut scene = Scene::set().await;
    let mut guest = scene.guest().await;
    let text = guest.say("말").await;
    let gif = guest.show(small_gif()).await["seq"].as_u64().unwrap();
    for (seq, door) in [(text, Door::Socket), (gif, Door::Http)] {
        // One's own message too, in the order in which they were given.
        for (who, emoji) in
            [(&guest, "👍"), (&scene.owner, "🎉"), (&scene.owner, "👍"), (&guest, "🎉")]
        {
            let given = who.do_by(door, "react", reaction(seq, emoji, true)).await;
            assert_eq!(fields(&given), ["createdAt", "ok", "seq"]);
            for listener in [&scene.owner, &guest] {
                let told =
                    listener.socket.expect_where("change", |told| told["seq"] == given["seq"]);
                let told = told.await;
                let change = json!({ "of": seq, "kind": "reaction", "emoji": emoji, "on": true });
                assert_eq!(told["change"], change);
                assert_eq!(told["author"], who.id());
                assert_eq!(told["alias"], who.joined["you"]["alias"]);
            }
        }
    }
    scene.restart(&mut [&mut guest]).await;
    let expected =
        json!([shown("👍", &[&guest, &scene.owner]), shown("🎉", &[&scene.owner, &guest]),]);
    for seq in [text, gif] {
        assert_eq!(guest.message(seq).await["reactions"], expected);
    }
    let page = guest.visitor.browser().get(&format!("/room/{}", scene.room)).await.text();
    assert!(page.contains("👍") && page.contains("🎉"));
}

#[tokio::test]
async fn giving_twice_is_giving_once_and_what_is_taken_back_is_gone() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("말").await;
    for (given_by, taken_by) in [(Door::Socket, Door::Http), (Door::Http, Door::Socket)] {
        let head = guest.head().await;
        let off = guest.do_by(taken_by, "react", reaction(seq, "👍", false)).await;
        assert!(off["seq"].as_u64().unwrap() <= head, "nothing to take back: {off}");
        guest.do_by(given_by, "react", reaction(seq, "👍", true)).await;
        for door in Door::BOTH {
            guest.do_by(door, "react", reaction(seq, "👍", true)).await;
        }
        assert_eq!(guest.head().await, head + 1, "one change");
        assert_eq!(guest.message(seq).await["reactions"], json!([shown("👍", &[&guest])]));
        let taken = guest.do_by(taken_by, "react", reaction(seq, "👍", false)).await;
        assert_eq!(taken["seq"], head + 2);
        let told = scene.owner.socket.expect_where("change", |told| told["seq"] == taken["seq"]);
        let change = json!({ "of": seq, "kind": "reaction", "emoji": "👍", "on": false });
        assert_eq!(told.await["change"], change);
        assert!(guest.message(seq).await.get("reactions").is_none(), "no empty list");
    }
}

#[tokio::test]
async fn only_emojis_are_reactions_and_each_has_one_form() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("말").await;
    let many = "👍".repeat(1_000);
    for bad in ["", " ", "a", "1", "👍👍", "👍 ", "<b>", "\u{202e}", ":+1:", "__proto__", &many]
    {
        guest.refused("react", reaction(seq, bad, true), ["invalid", "emoji", "emoji"]).await;
        guest.refused("react", reaction(seq, bad, false), ["invalid", "emoji", "emoji"]).await;
    }
    assert_eq!(guest.head().await, seq);
    for good in ["❤️", "👍🏽", "👨‍👩‍👧‍👦", "🇰🇷"] {
        guest.do_by(Door::Socket, "react", reaction(seq, good, true)).await;
    }
    scene.owner.do_by(Door::Http, "react", reaction(seq, "❤", true)).await;
    let message = guest.message(seq).await;
    assert_eq!(message["reactions"].as_array().unwrap().len(), 4);
    assert_eq!(message["reactions"][0], shown("❤️", &[&guest, &scene.owner]));
}

#[tokio::test]
async fn only_messages_that_are_there_have_reactions() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("말").await;
    let given = guest.do_by(Door::Socket, "react", reaction(seq, "👍", true)).await;
    guest.do_by(Door::Socket, "delete", json!({ "seq": seq })).await;
    let head = guest.head().await;
    for of in [seq, 1, given["seq"].as_u64().unwrap(), head, head + 1, 0, u64::MAX] {
        for on in [true, false] {
            let expected = ["invalid", "seq", "no_message"];
            guest.refused("react", reaction(of, "👍", on), expected).await;
        }
    }
    let seq = guest.say("또").await;
    scene.mute(&guest, 60).await;
    for door in Door::BOTH {
        let refused = guest.act_by(door, "react", reaction(seq, "👍", true)).await;
        assert_eq!((why(&refused)[0], &refused["retryAfterMs"]), ("muted", &json!(60_000)));
    }
    let unseated = guest.visitor.chat_socket(Transport::WebSocket).await;
    assert_eq!(why(&unseated.ask("react", reaction(seq, "👍", true)).await)[0], "not_in_room");
    assert!(guest.message(seq).await.get("reactions").is_none());
}

#[tokio::test]
async fn a_message_has_at_most_twenty_emojis_and_nobody_passes_that_at_once() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let seq = guest.say("말").await;
    let emojis: Vec<String> = EMOJIS.chars().map(String::from).collect();
    assert_eq!(emojis.len(), 21);
    for emoji in &emojis[..19] {
        guest.do_by(Door::Socket, "react", reaction(seq, emoji, true)).await;
    }
    let (one, two) = tokio::join!(
        guest.act_by(Door::Http, "react", reaction(seq, &emojis[19], true)),
        scene.owner.act_by(Door::Http, "react", reaction(seq, &emojis[20], true))
    );
    let refused: Vec<_> = [&one, &two].into_iter().filter(|answer| answer["ok"] == false).collect();
    assert_eq!(refused.len(), 1, "one of the two is the twentieth: {one} {two}");
    assert_eq!(why(refused[0]), ["invalid", "emoji", "reactions_full"]);
    let late = if one["ok"] == true { &emojis[20] } else { &emojis[19] };
    let full = ["invalid", "emoji", "reactions_full"];
    guest.refused("react", reaction(seq, late, true), full).await;
    // Another one at an emoji that is there, and one more kind when one is gone.
    scene.owner.do_by(Door::Http, "react", reaction(seq, &emojis[0], true)).await;
    guest.do_by(Door::Http, "react", reaction(seq, &emojis[1], false)).await;
    guest.do_by(Door::Http, "react", reaction(seq, late, true)).await;
    let reactions = guest.message(seq).await["reactions"].as_array().unwrap().clone();
    assert_eq!(reactions.len(), 20);
}

#[tokio::test]
async fn a_message_has_at_most_two_hundred_reactions() {
    let scene = Scene::set().await;
    let owner = &scene.owner;
    owner.do_by(Door::Socket, "settings", json!({ "max": 1_000 })).await;
    let seq = owner.say("말").await;
    let path = format!("/room/{}/react", scene.room);
    let emojis: Vec<String> = EMOJIS.chars().take(20).map(String::from).collect();
    let visitors: Vec<Visitor> = (0..10).map(|_| scene.server.visitor()).collect();
    let react = async |visitor: &Visitor, emoji: &str, on: bool| {
        post(visitor, &path, &reaction(seq, emoji, on)).await
    };
    for (number, visitor) in visitors.iter().enumerate() {
        for emoji in &emojis[..if number == 9 { 19 } else { 20 }] {
            assert_eq!(react(visitor, emoji, true).await["ok"], true);
        }
    }
    let (late, owners) =
        tokio::join!(react(&visitors[9], &emojis[19], true), react(&owner.visitor, "👍", true));
    let full: Vec<_> =
        [&late, &owners].into_iter().filter(|answer| answer["ok"] == false).collect();
    assert_eq!(full.len(), 1, "one of the two is the two hundredth: {late} {owners}");
    assert_eq!(why(full[0]), ["invalid", "emoji", "reactions_full"]);
    let guest = scene.guest().await;
    guest.refused("react", reaction(seq, "👍", true), ["invalid", "emoji", "reactions_full"]).await;
    // Giving what one has given is no more, and one place is free when one is taken back.
    assert_eq!(react(&visitors[0], &emojis[3], true).await["ok"], true);
    assert_eq!(react(&visitors[0], &emojis[3], false).await["ok"], true);
    guest.do_by(Door::Socket, "react", reaction(seq, "👍", true)).await;
    let message = of_seq(&guest.newest().await, seq);
    let counts = message["reactions"].as_array().unwrap().iter();
    let count: usize = counts.map(|one| one["by"].as_array().unwrap().len()).sum();
    assert_eq!(count, 200);
}

#[tokio::test]
async fn the_same_reaction_of_two_tabs_at_once_is_one() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let tab = guest.tab(Transport::Polling).await;
    for on in [true, false, true, false] {
        let seq = guest.say("말").await;
        if !on {
            guest.do_by(Door::Socket, "react", reaction(seq, "👍", true)).await;
        }
        let head = guest.head().await;
        let (one, two) = tokio::join!(
            guest.act_by(Door::Socket, "react", reaction(seq, "👍", on)),
            tab.act_by(Door::Http, "react", reaction(seq, "👍", on))
        );
        assert_eq!((&one["ok"], &two["ok"]), (&json!(true), &json!(true)));
        let news = guest.after(head).await;
        assert_eq!(seqs(&news), [head + 1], "one change");
        let reactions = guest.message(seq).await.get("reactions").cloned();
        assert_eq!(reactions, on.then(|| json!([shown("👍", &[&guest])])));
    }
}
