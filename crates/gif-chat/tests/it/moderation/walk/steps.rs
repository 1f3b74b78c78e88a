//! What may happen, and what it must lead to.

use std::time::Duration;

use futures_util::future::join_all;
use rand::RngExt as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::super::{Member, assert_refused, post};
use super::page::Page;
use super::{GUESTS, Held, SEATS, Walk};
use crate::support::socket_client::SocketClient;
use crate::support::watch::Lobby;

const BAN: Duration = Duration::from_mins(1);
const TABS_MAX: usize = 3;

/// The number is that of a guest.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Join(usize),
    JoinAllAtOnce,
    Drop(usize),
    DropAll(usize),
    Refresh(usize),
    Leave(usize),
    /// One leaves while another comes.
    Swap(usize, usize),
    Post(usize),
    Kick(usize),
    Unban(usize),
    RefreshOwner,
    Advance(Duration),
    Restart,
}

impl Step {
    pub(super) fn choose(random: &mut StdRng) -> Self {
        let guest = random.random_range(0..GUESTS);
        let other = (guest + random.random_range(1..GUESTS)) % GUESTS;
        match random.random_range(0..100) {
            0..22 => Self::Join(guest),
            22..25 => Self::JoinAllAtOnce,
            25..35 => Self::Drop(guest),
            35..39 => Self::DropAll(guest),
            39..49 => Self::Refresh(guest),
            49..59 => Self::Leave(guest),
            59..64 => Self::Swap(guest, other),
            64..72 => Self::Post(guest),
            72..77 => Self::Kick(guest),
            77..80 => Self::Unban(guest),
            80..84 => Self::RefreshOwner,
            84..97 => Self::Advance(Duration::from_millis(
                [1, 9_999, 15_000, 29_999, 30_000, 60_000][random.random_range(0..6)],
            )),
            _ => Self::Restart,
        }
    }
}

impl Walk {
    pub(super) async fn perform(&mut self, step: Step) {
        match step {
            Step::Join(guest) => self.join(guest).await,
            Step::JoinAllAtOnce => self.join_all_at_once().await,
            Step::Drop(guest) => self.drop_tabs(guest, 1).await,
            Step::DropAll(guest) => self.drop_tabs(guest, TABS_MAX).await,
            Step::Refresh(guest) => self.refresh(guest).await,
            Step::Leave(guest) => self.leave(guest).await,
            Step::Swap(leaver, comer) => self.swap(leaver, comer).await,
            Step::Post(guest) => self.post(guest).await,
            Step::Kick(guest) => self.kick(guest).await,
            Step::Unban(guest) => {
                self.owner.does("unban", json!({ "id": self.guests[guest].id })).await;
                self.guests[guest].banned_until = None;
            }
            Step::RefreshOwner => self.refresh_owner().await,
            Step::Advance(time) => self.advance(time).await,
            Step::Restart => self.restart().await,
        }
    }

    /// Why somebody may not come in now.
    fn refusal(&self, guest: usize) -> Option<&'static str> {
        let full = self.count() >= SEATS;
        let guest = &self.guests[guest];
        if guest.seat.is_some() {
            return None;
        }
        if guest.banned_until.is_some_and(|until| until > self.now) {
            return Some("banned");
        }
        full.then_some("room_full")
    }

    /// A socket that is not in the room: one that left, or a new one.
    async fn socket(&mut self, guest: usize) -> SocketClient {
        match self.guests[guest].idle.pop() {
            Some(socket) => socket,
            None => self.guests[guest].visitor.socket("/chat").connect().await.unwrap(),
        }
    }

    /// Remembers a seat that is held now.
    fn seated(&mut self, guest: usize, socket: SocketClient) {
        let since = self.present();
        let guest = &mut self.guests[guest];
        guest.tabs.push(socket);
        guest.seat.get_or_insert(Held { since, ends_at: None }).ends_at = None;
    }

    async fn join(&mut self, guest: usize) {
        if self.guests[guest].tabs.len() == TABS_MAX {
            return;
        }
        let socket = self.socket(guest).await;
        let answer = socket.ask("join", json!({ "room": self.room })).await;
        match self.refusal(guest) {
            None => {
                assert_eq!(answer["ok"], true, "{answer}");
                assert_eq!(answer["you"]["id"], self.guests[guest].id);
                self.seated(guest, socket);
            }
            Some(error) => {
                assert_refused(&answer, error);
                self.guests[guest].idle.push(socket);
            }
        }
    }

    async fn join_all_at_once(&mut self) {
        let free = SEATS - self.count();
        let mut comers = Vec::new();
        for guest in 0..GUESTS {
            if self.guests[guest].seat.is_none() && self.refusal(guest) != Some("banned") {
                comers.push((guest, self.socket(guest).await));
            }
        }
        let asking = comers.iter().map(|(_, socket)| socket.ask("join", json!(self.room)));
        let answers = join_all(asking).await;
        let won = answers.iter().filter(|answer| answer["ok"] == true).count();
        assert_eq!(won, free.min(comers.len()), "as many as there are seats: {answers:?}");
        for ((guest, socket), answer) in comers.into_iter().zip(answers) {
            if answer["ok"] == true {
                self.seated(guest, socket);
            } else {
                assert_refused(&answer, "room_full");
                self.guests[guest].idle.push(socket);
            }
        }
    }

    /// Cuts so many connections; with the last one the grace begins.
    async fn drop_tabs(&mut self, guest: usize, count: usize) {
        let one = &mut self.guests[guest];
        let count = count.min(one.tabs.len());
        for tab in one.tabs.drain(..count) {
            tab.cut().await;
            one.loose = true;
        }
        if count > 0 && one.tabs.is_empty() {
            let id = one.id.clone();
            self.until(&id, |away| away == Some(true)).await;
            self.away(guest);
        }
    }

    /// Nobody is connected any more, and the server knows.
    fn away(&mut self, guest: usize) {
        let ends_at = Some(self.now + self.server.grace());
        let guest = &mut self.guests[guest];
        guest.loose = false;
        if let Some(seat) = &mut guest.seat {
            seat.ends_at = ends_at;
        }
    }

    async fn refresh(&mut self, guest: usize) {
        let Some(tab) = self.guests[guest].tabs.pop() else {
            return;
        };
        tab.cut().await;
        self.guests[guest].loose = true;
        self.join(guest).await;
    }

    async fn leave(&mut self, guest: usize) {
        let Some(tab) = self.guests[guest].tabs.pop() else {
            return;
        };
        assert_eq!(tab.ask("leave", Value::Null).await["ok"], true);
        let one = &mut self.guests[guest];
        one.idle.push(tab);
        if !one.tabs.is_empty() {
            return;
        }
        if !one.loose {
            one.seat = None;
            return;
        }
        // Another connection may end only now: then it is its end that counts.
        let id = one.id.clone();
        match self.until(&id, |away| away != Some(false)).await {
            None => {
                self.guests[guest].seat = None;
                self.guests[guest].loose = false;
            }
            Some(_) => self.away(guest),
        }
    }

    async fn swap(&mut self, leaver: usize, comer: usize) {
        let one = &self.guests[leaver];
        let frees = one.tabs.len() == 1 && !one.loose;
        if !frees || self.guests[comer].seat.is_some() || self.refusal(comer) == Some("banned") {
            return;
        }
        let was_full = self.count() == SEATS;
        let socket = self.socket(comer).await;
        let (left, came) = tokio::join!(
            self.guests[leaver].tabs[0].ask("leave", Value::Null),
            socket.ask("join", json!({ "room": self.room })),
        );
        assert_eq!(left["ok"], true);
        let tab = self.guests[leaver].tabs.pop();
        self.guests[leaver].idle.extend(tab);
        self.guests[leaver].seat = None;
        if came["ok"] == true {
            self.seated(comer, socket);
        } else {
            assert!(was_full, "{came}");
            assert_refused(&came, "room_full");
            self.guests[comer].idle.push(socket);
        }
    }

    async fn post(&mut self, guest: usize) {
        let visitor = &self.guests[guest].visitor;
        let answer = post(visitor, &self.room, "chat", json!({ "chat": "글" })).await;
        if let Some(error) = self.refusal(guest) {
            return assert_refused(&answer, error);
        }
        assert_eq!(answer["ok"], true, "{answer}");
        let (since, until) = (self.present(), self.now + self.server.grace());
        match &mut self.guests[guest].seat {
            Some(seat) => seat.ends_at = seat.ends_at.map(|ends_at| ends_at.max(until)),
            none => *none = Some(Held { since, ends_at: Some(until) }),
        }
    }

    async fn kick(&mut self, guest: usize) {
        let id = self.guests[guest].id.clone();
        self.owner.does("kick", json!({ "id": id, "seconds": BAN.as_secs() })).await;
        let one = &mut self.guests[guest];
        one.banned_until = Some(self.now + BAN);
        one.seat = None;
        for tab in one.tabs.drain(..) {
            assert!(tab.closed().await.by_namespace_disconnect);
            one.loose = true;
        }
    }

    async fn refresh_owner(&mut self) {
        self.owner.socket.cut().await;
        self.owner = Member::join(self.owner.visitor.clone(), &self.room).await;
        self.page = Page::of(&self.owner.joined);
    }

    async fn advance(&mut self, time: Duration) {
        self.server.clock.advance(time);
        self.now += time;
        for guest in 0..GUESTS {
            let one = &mut self.guests[guest];
            let over = one.seat.as_ref().and_then(|seat| seat.ends_at);
            if over.is_some_and(|ends_at| ends_at <= self.now) {
                one.seat = None;
                let id = one.id.clone();
                self.until(&id, |away| away.is_none()).await;
            }
        }
    }

    async fn restart(&mut self) {
        self.server.restart().await;
        let (url, ends_at) = (self.server.url(), Some(self.now + self.server.grace()));
        for guest in &mut self.guests {
            guest.visitor = guest.visitor.moved_to(&url);
            guest.tabs.clear();
            guest.idle.clear();
            guest.loose = false;
            if let Some(seat) = &mut guest.seat {
                seat.ends_at = ends_at;
            }
        }
        self.owner = Member::join(self.owner.visitor.moved_to(&url), &self.room).await;
        self.page = Page::of(&self.owner.joined);
        self.lobby = Lobby::watch(&self.server).await;
    }
}
