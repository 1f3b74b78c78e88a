//! A client that comes back from anywhere in the log ends with what a new one is given.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::scene::{Door, Guest, Scene, of_seq};
use crate::support::socket_client::Transport;
use crate::support::sockets::{messages, seqs};
use crate::support::{small_gif, small_gif_of};

/// How many things each of three people does in one walk.
const ROUNDS: usize = 60;

/// What a client knows of the log: every message by its `seq`, in its final state.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    messages: BTreeMap<u64, Value>,
    head: u64,
}

impl Model {
    /// The whole log as a client is given it that has nothing yet.
    async fn fresh(guest: &Guest) -> Self {
        let joined = guest.fresh().await;
        let mut model = Self { head: joined["head"].as_u64().unwrap(), ..Self::default() };
        let mut page = messages(&joined).to_vec();
        while let Some(first) = page.first().and_then(|entry| entry["seq"].as_u64()) {
            for entry in page {
                model.messages.insert(entry["seq"].as_u64().unwrap(), plain(entry));
            }
            let older = guest.act("history", json!({ "before": first, "limit": 30 })).await;
            page = messages(&older).to_vec();
        }
        model
    }

    /// Everything after what it has, by as many answers as it takes.
    async fn resumed(mut self, guest: &Guest) -> Self {
        loop {
            let joined = guest.join_again(json!({ "after": self.head })).await;
            if joined["reset"] == true {
                assert!(self.head + 1 < joined["first"].as_u64().unwrap(), "only when it must");
                return Self::fresh(guest).await;
            }
            for entry in messages(&joined) {
                self.add(entry);
            }
            if joined["more"] == false {
                return self;
            }
        }
    }

    /// What the server still has of it: nothing before `first`, and no quotes of that.
    fn kept(mut self, first: u64) -> Self {
        self.messages = self.messages.split_off(&first);
        for message in self.messages.values_mut() {
            if message["replyTo"].as_u64().is_some_and(|seq| seq < first) {
                forget(message, &["quote"]);
            }
        }
        self
    }

    /// One entry more, as it comes live or in a resume.
    fn add(&mut self, entry: &Value) {
        let seq = entry["seq"].as_u64().unwrap();
        assert_eq!(seq, self.head + 1, "a gap before {entry}");
        self.head = seq;
        let Some(change) = entry.get("change") else {
            self.messages.insert(seq, plain(entry.clone()));
            return;
        };
        let of = change["of"].as_u64().unwrap();
        let kind = change["kind"].as_str().unwrap();
        if let Some(message) = self.messages.get_mut(&of) {
            apply(message, kind, entry);
        }
        for message in self.messages.values_mut().filter(|message| message["replyTo"] == of) {
            quote_again(&mut message["quote"], kind, change);
        }
    }
}

/// Without what only live entries carry; reactions as sets.
fn plain(mut entry: Value) -> Value {
    forget(&mut entry, &["participant", "count", "participants"]);
    let Some(reactions) = entry.as_object_mut().unwrap().remove("reactions") else {
        return entry;
    };
    for reaction in reactions.as_array().unwrap() {
        for who in reaction["by"].as_array().unwrap() {
            react(&mut entry, &reaction["emoji"], &who["id"], true);
        }
    }
    entry
}

fn apply(message: &mut Value, kind: &str, entry: &Value) {
    let change = &entry["change"];
    if message.get("deleted").is_some() {
        return;
    }
    match kind {
        "edit" if change.get("chat").is_some() => {
            message["chat"] = change["chat"].clone();
            message["edited"] = entry["createdAt"].clone();
        }
        "edit" => {}
        "delete" => {
            let gone = ["chat", "gif", "width", "height", "replyTo", "quote", "edited", "sets"];
            forget(message, &gone);
            message["deleted"] = json!(true);
            if change["byOwner"] == true {
                message["byOwner"] = json!(true);
            }
        }
        _ => react(message, &change["emoji"], &entry["author"], change["on"] == true),
    }
}

/// A set for each emoji, none of them empty: `sets: {emoji: {id: true}}`.
fn react(message: &mut Value, emoji: &Value, who: &Value, on: bool) {
    let (emoji, who) = (emoji.as_str().unwrap(), who.as_str().unwrap());
    if on {
        message["sets"][emoji][who] = json!(true);
        return;
    }
    let Some(sets) = message.get_mut("sets").and_then(Value::as_object_mut) else {
        return;
    };
    let set = sets.get_mut(emoji).and_then(Value::as_object_mut);
    let is_empty = set.is_some_and(|set| {
        set.remove(who);
        set.is_empty()
    });
    if is_empty {
        sets.remove(emoji);
    }
    if sets.is_empty() {
        message.as_object_mut().unwrap().remove("sets");
    }
}

fn forget(object: &mut Value, names: &[&str]) {
    for name in names {
        object.as_object_mut().unwrap().remove(*name);
    }
}

/// Texts are short here: a quote shows all of them.
fn quote_again(quote: &mut Value, kind: &str, change: &Value) {
    match kind {
        "edit" if change.get("chat").is_some() && quote.get("deleted").is_none() => {
            quote["chat"] = change["chat"].clone();
        }
        "delete" => {
            forget(quote, &["chat", "gif", "width", "height"]);
            quote["deleted"] = json!(true);
        }
        _ => {}
    }
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// One of the things that people do. Some of them are refused, which changes nothing.
async fn step(who: &Guest, mut dice: Dice, head: u64) {
    let seq = 1 + dice.roll(head);
    let text = format!("말 {}", dice.roll(1_000_000));
    let emoji = ["👍", "🎉", "❤️"][usize::try_from(dice.roll(3)).unwrap()];
    let door = Door::BOTH[usize::try_from(dice.roll(2)).unwrap()];
    match dice.roll(20) {
        0..5 => drop(who.say(&text).await),
        5 => {
            let gif = small_gif_of(u8::try_from(dice.roll(3)).unwrap());
            let path = format!("/room/{}/gif", who.room);
            assert_eq!(who.visitor.post_gif(&path, gif).await.text(), "ok");
        }
        6..9 => drop(who.act("chat", json!({ "chat": text, "replyTo": seq })).await),
        9..13 => drop(who.act_by(door, "edit", json!({ "seq": seq, "chat": text })).await),
        13..15 => drop(who.act_by(door, "delete", json!({ "seq": seq })).await),
        _ => {
            let on = dice.roll(3) > 0;
            let react = json!({ "seq": seq, "emoji": emoji, "on": on });
            drop(who.act_by(door, "react", react).await);
        }
    }
}

async fn walk(seed: u64, entries_max: u64) {
    let scene = Scene::set_with(|config| config.history_entries_max = entries_max).await;
    let (one, two) = (scene.guest().await, scene.guest().await);
    let viewer = scene.guest_by(Transport::Polling).await;
    let people = [&scene.owner, &one, &two];
    let mut dice = Dice(seed);
    for _ in 0..ROUNDS {
        scene.server.clock.advance(Duration::from_secs(1));
        let head = viewer.head().await;
        // All at once: some of it shares a commit.
        join_all(people.map(|who| step(who, Dice(dice.roll(1 << 30)), head))).await;
    }
    let fresh = Model::fresh(&viewer).await;
    assert!(fresh.messages.len() > 10, "{} messages", fresh.messages.len());
    let first = viewer.join_again(json!({})).await["first"].as_u64().unwrap();
    assert_eq!(first, (fresh.head + 1).saturating_sub(entries_max).max(1));

    // A client that listened all the time, and was another one after each entry.
    let joined = &viewer.joined;
    let mut live = Model { head: joined["head"].as_u64().unwrap(), ..Model::default() };
    for entry in messages(joined) {
        live.messages.insert(entry["seq"].as_u64().unwrap(), plain(entry.clone()));
    }
    viewer.settled().await;
    let mut earlier = vec![live.clone()];
    for (_, entry) in viewer.socket.received() {
        let seq = entry["seq"].as_u64().unwrap_or_default();
        if seq > live.head {
            live.add(&entry);
            earlier.push(live.clone());
        }
    }
    assert_eq!(live.kept(first), fresh, "live, seed {seed}");
    for model in earlier {
        let after = model.head;
        let resumed = model.resumed(&viewer).await.kept(first);
        assert_eq!(resumed, fresh, "after {after}, seed {seed}");
    }
}

#[tokio::test]
async fn from_every_earlier_place_a_client_resumes_to_what_a_new_one_is_given() {
    for seed in [1, 20_261_130] {
        walk(seed, 10_000).await;
    }
}

#[tokio::test]
async fn the_same_holds_while_the_oldest_leave_the_log() {
    for seed in [2, 20_261_201] {
        walk(seed, 40).await;
    }
}

#[tokio::test]
async fn pages_hold_messages_only_and_a_resume_holds_every_entry() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let start = guest.head().await;
    let first = guest.say("첫째").await;
    guest.do_by(Door::Socket, "edit", json!({ "seq": first, "chat": "첫째!" })).await;
    let react = json!({ "seq": first, "emoji": "👍", "on": true });
    scene.owner.do_by(Door::Http, "react", react).await;
    let gif = guest.show(small_gif()).await["seq"].as_u64().unwrap();
    scene.owner.do_by(Door::Http, "delete", json!({ "seq": gif })).await;
    let last = guest.say("끝").await;
    let resumed = guest.after(start).await;
    assert_eq!(seqs(&resumed), (start + 1..=last).collect::<Vec<_>>());
    let is_change = |entry: &&Value| entry.get("change").is_some();
    assert_eq!(resumed.iter().filter(is_change).count(), 3);
    for before in [last + 1, u64::MAX] {
        let page = guest.act("history", json!({ "before": before, "limit": 3 })).await;
        assert_eq!(seqs(messages(&page)), [first, gif, last], "three messages, whatever between");
        assert_eq!(of_seq(messages(&page), gif)["deleted"], true);
    }
    let newest = guest.newest().await;
    assert_eq!(seqs(&newest), [1, 2, first, gif, last]);
    assert_eq!(newest.iter().filter(is_change).count(), 0);
    scene.owner.settled().await;
    assert_eq!(scene.owner.events("change").len(), 3, "live, each is told once");
}

#[tokio::test]
async fn a_page_is_full_of_messages_however_many_changes_lie_between() {
    let scene = Scene::set().await;
    let guest = scene.guest().await;
    let mut said = Vec::new();
    for number in 0..12 {
        let seq = guest.say(&number.to_string()).await;
        for round in 0..10 {
            let edit = json!({ "seq": seq, "chat": format!("{number} {round}") });
            guest.do_by(Door::Socket, "edit", edit).await;
        }
        said.push(seq);
    }
    assert!(guest.head().await > 130);
    let newest = guest.newest().await;
    assert_eq!(seqs(&newest)[2..], said);
    let page = guest.act("history", json!({ "before": said[8], "limit": 4 })).await;
    assert_eq!(seqs(messages(&page)), said[4..8]);
}
