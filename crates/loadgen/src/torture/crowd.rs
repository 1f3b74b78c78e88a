//! More visitors than seats, all at one door: who gets in stays for a moment and leaves again.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::client::wire::{Entry, Join};
use crate::client::{AskError, Client, Door, Event, Transport, Visitor};
use crate::page::{Count, Phase, Stage};

/// Longest wait for an answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);

/// Longest stay, and longest wait before the next try.
const MOMENT: Duration = Duration::from_millis(120);

/// The crowd's room, and how it went.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) room: String,
    pub(super) stage: Arc<Stage>,
    /// Times that somebody got in.
    pub(super) entered: Count,
    /// Times that somebody found it full.
    pub(super) found_full: Count,
}

/// One of the crowd, until there is no more talking. Leaves no seat behind.
async fn press_in(
    crowd: Arc<Crowd>,
    door: Door,
    visitor: Visitor,
    transport: Transport,
    mut random: StdRng,
) {
    let mut phase = crowd.stage.phase();
    let mut may_hold_seat = false;
    while may_hold_seat || is_talking(&mut phase) {
        if let Ok((client, events)) = Client::connect(&door, &visitor, transport).await {
            let mut member = Member { crowd: &crowd, client, events, may_hold_seat };
            member.come_and_go(&mut phase, &mut random).await;
            may_hold_seat = member.may_hold_seat;
        }
        sleep(random.random_range(Duration::from_millis(5)..MOMENT)).await;
    }
}

fn is_talking(phase: &mut watch::Receiver<Phase>) -> bool {
    matches!(*phase.borrow_and_update(), Phase::Talking)
}

struct Member<'crowd> {
    crowd: &'crowd Crowd,
    client: Client,
    events: mpsc::Receiver<Event>,
    /// Without an answer nobody knows.
    may_hold_seat: bool,
}

impl Member<'_> {
    /// On one connection, until it ends.
    async fn come_and_go(&mut self, phase: &mut watch::Receiver<Phase>, random: &mut StdRng) {
        while self.client.end().is_none() && (self.may_hold_seat || is_talking(phase)) {
            let held_before = self.may_hold_seat;
            self.may_hold_seat = true;
            let join = Join { room: &self.crowd.room, ..Join::default() };
            match self.client.join(&join, ANSWER_TIME_MAX).await {
                Ok(joined) => {
                    self.crowd.entered.add();
                    self.seats(u32::try_from(joined.participants.len()).unwrap_or(u32::MAX));
                    sleep(random.random_range(Duration::ZERO..MOMENT)).await;
                    self.listen();
                    if self.client.leave(ANSWER_TIME_MAX).await.is_err() {
                        return;
                    }
                    self.may_hold_seat = false;
                }
                Err(AskError::Refused(failure)) => {
                    // Whoever held a seat is never refused for lack of one.
                    self.may_hold_seat = held_before && failure.error != "room_full";
                    if failure.error == "room_full" {
                        self.crowd.found_full.add();
                    } else {
                        self.crowd.stage.board.refusals.add(&failure.error);
                    }
                }
                Err(_) => return,
            }
            sleep(random.random_range(Duration::from_millis(5)..MOMENT)).await;
        }
    }

    /// What the server has told meanwhile about seats.
    fn listen(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            let entry: Option<Entry> = serde_json::from_str(&event.payload).ok();
            if let Some(count) = entry.and_then(|entry| entry.count) {
                self.seats(count);
            }
        }
    }

    fn seats(&self, count: u32) {
        self.crowd.stage.seats(&self.crowd.room, count);
    }
}

/// Lets them all come at once.
pub(super) fn gather(
    crowd: &Arc<Crowd>,
    door: &Door,
    visitors: Vec<(Visitor, StdRng)>,
) -> JoinSet<()> {
    let mut members = JoinSet::new();
    for (number, (visitor, random)) in visitors.into_iter().enumerate() {
        let transport = if number % 3 == 2 { Transport::Polling } else { Transport::WebSocket };
        members.spawn(press_in(crowd.clone(), door.clone(), visitor, transport, random));
    }
    members
}
