//! One connection of a page, from joining to its end.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until};

use super::Page;
use super::outbox::Message;
use super::timeline::Next;
use crate::client::wire::{Chat, Entry, Failure, Join, Joined, Restart, Sent};
use crate::client::{AskError, Client, End, Event};
use crate::history;

/// Refusals that time mends. Any other one is final.
const PASSING: [&str; 3] = ["too_fast", "unavailable", "internal"];

/// How long to wait before a refused join is tried again, unless the refusal says it.
const REJOIN_AFTER: Duration = Duration::from_millis(200);

/// How a visit has ended.
#[derive(Debug)]
pub(super) enum Left {
    /// There is nothing left to do.
    Done,
    /// For good, and why.
    Over(String),
    /// The page comes back after this time.
    Lost(Duration),
}

/// A question under way.
type Question<Answer> = Option<Pin<Box<dyn Future<Output = Result<Answer, AskError>> + Send>>>;

/// One connection.
struct Visit {
    client: Arc<Client>,
    events: mpsc::Receiver<Event>,
    joining: Question<Joined>,
    sending: Question<Sent>,
    /// What is being sent, and since when.
    attempt: Option<(Message, u64)>,
    /// The message that waits is not sent before.
    not_before: Option<Instant>,
    /// All that was missed is here: writing works.
    ready: bool,
    /// Whether the page has been here before this visit.
    returns: bool,
    /// The server stops, and has said when to come back.
    restart: Option<Duration>,
}

impl Page {
    /// Connects, joins, and stays until something ends it.
    pub(super) async fn visit(&mut self) -> Left {
        let connecting = Client::connect(&self.door, &self.visitor, self.settings.transport);
        let Ok((client, events)) = connecting.await else {
            self.stage.board.connects_failed.add();
            return Left::Lost(self.wait(None));
        };
        self.stage.board.connects.add();
        let mut visit = Visit {
            client: Arc::new(client),
            events,
            joining: None,
            sending: None,
            attempt: None,
            not_before: None,
            ready: false,
            returns: self.timeline.position().is_some(),
            restart: None,
        };
        self.timeline.hold();
        self.ask_to_join(&mut visit, Duration::ZERO);
        let left = loop {
            if let Some(left) = self.step(&mut visit).await {
                break left;
            }
        };
        // The answer may have come before the end.
        if let Some(sending) = visit.sending.take() {
            let answer = sending.await;
            self.attempted(&mut visit, answer);
        }
        left
    }

    async fn step(&mut self, visit: &mut Visit) -> Option<Left> {
        self.send_next(visit);
        if visit.ready && self.is_done() {
            return Some(Left::Done);
        }
        tokio::select! {
            event = visit.events.recv() => match event {
                Some(event) => self.told(visit, &event),
                None => Some(self.lost(visit).await),
            },
            answer = answered(&mut visit.joining) => self.joined(visit, answer),
            answer = answered(&mut visit.sending) => {
                self.attempted(visit, answer);
                None
            }
            () = until(visit.not_before) => {
                visit.not_before = None;
                None
            }
            _ = self.phase.changed() => None,
            () = becomes(&mut self.frozen, true) => {
                becomes(&mut self.frozen, false).await;
                None
            }
        }
    }

    fn ask_to_join(&self, visit: &mut Visit, after: Duration) {
        let (client, within) = (visit.client.clone(), self.settings.answer_time_max);
        let room = self.settings.room.clone();
        let position = self.timeline.position().map(|(epoch, seq)| (epoch.to_owned(), seq));
        visit.joining = Some(Box::pin(async move {
            sleep(after).await;
            let (epoch, after) = position.unzip();
            let join = Join { room: &room, epoch: epoch.as_deref(), after };
            client.join(&join, within).await
        }));
    }

    fn joined(&mut self, visit: &mut Visit, answer: Result<Joined, AskError>) -> Option<Left> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => return self.not_joined(visit, error),
        };
        let goes_on = answer.more && !answer.messages.is_empty();
        let seats = u32::try_from(answer.participants.len()).unwrap_or(u32::MAX);
        self.stage.seats(&self.settings.room, seats);
        self.author.clone_from(&answer.you.id);
        let (cursor, was_here) = (self.timeline.cursor(), self.timeline.position().is_some());
        let mut shown = Vec::new();
        if self.timeline.joined(answer, &mut shown) && was_here {
            self.starts_over += 1;
            visit.returns = false;
            self.stage.board.resets.add();
        }
        if !goes_on {
            if visit.ready && self.timeline.cursor() == cursor {
                self.stage.board.holes.add();
                self.timeline.skip(&mut shown);
            }
            self.timeline.release(&mut shown);
        }
        self.show(shown);
        if goes_on {
            self.ask_to_join(visit, Duration::ZERO);
            return None;
        }
        if !visit.ready && visit.returns {
            self.stage.board.resumes.add();
        }
        visit.ready = true;
        self.follow(visit)
    }

    fn not_joined(&mut self, visit: &mut Visit, error: AskError) -> Option<Left> {
        match error {
            AskError::Refused(failure) if PASSING.contains(&failure.error.as_str()) => {
                let Failure { error, retry_after_ms, .. } = failure;
                self.stage.board.refusals.add(&error);
                let wait = retry_after_ms.map_or(REJOIN_AFTER, Duration::from_millis);
                self.ask_to_join(visit, wait);
                None
            }
            AskError::TimedOut => {
                self.ask_to_join(visit, Duration::ZERO);
                None
            }
            // The end of the events tells more.
            AskError::Ended => None,
            AskError::Refused(failure) => Some(Left::Over(failure.error)),
            AskError::TooMany | AskError::Malformed(_) => Some(Left::Over(error.to_string())),
        }
    }

    fn told(&mut self, visit: &mut Visit, event: &Event) -> Option<Left> {
        match event.name.as_str() {
            "chat" | "join" | "exit" => {
                let Ok(entry) = serde_json::from_str::<Entry>(&event.payload) else {
                    return Some(Left::Over(format!("an unreadable entry: {}", event.payload)));
                };
                if let Some(count) = entry.count {
                    self.stage.seats(&self.settings.room, count);
                }
                let mut shown = Vec::new();
                self.timeline.live(entry, &mut shown);
                self.show(shown);
                self.follow(visit)
            }
            "close" => Some(Left::Over("the room was closed".to_owned())),
            "restart" => {
                let restart: Option<Restart> = serde_json::from_str(&event.payload).ok();
                visit.restart = restart.map(|restart| Duration::from_millis(restart.delay_ms));
                None
            }
            _ => None,
        }
    }

    /// Does what the timeline needs.
    fn follow(&mut self, visit: &mut Visit) -> Option<Left> {
        match self.timeline.next() {
            Next::Listen => None,
            Next::FillGap if visit.joining.is_some() => None,
            Next::FillGap => {
                self.stage.board.gaps.add();
                self.ask_to_join(visit, Duration::ZERO);
                None
            }
            Next::StartAnew => Some(Left::Lost(self.wait(None))),
        }
    }

    fn send_next(&mut self, visit: &mut Visit) {
        if !visit.ready || visit.sending.is_some() || visit.not_before.is_some() {
            return;
        }
        let Some(message) = self.next_message() else { return };
        visit.attempt = Some((message.clone(), self.stage.now()));
        self.stage.board.in_flight.add();
        let (client, within) = (visit.client.clone(), self.settings.answer_time_max);
        visit.sending = Some(Box::pin(async move {
            let chat = Chat { chat: &message.text, client_id: &message.client_id };
            client.chat(&chat, within).await
        }));
    }

    fn attempted(&mut self, visit: &mut Visit, answer: Result<Sent, AskError>) {
        let Some((message, begun)) = visit.attempt.take() else { return };
        if let Err(AskError::Malformed(_) | AskError::TooMany) = &answer {
            self.stage.board.refusals.add("unreadable answer");
        }
        let attempted = self.outbox.attempted(answer);
        let wait = attempted.again_after.filter(|wait| !wait.is_zero());
        visit.not_before = wait.map(|wait| Instant::now() + wait);
        self.stage.sent(history::Sent {
            room: self.settings.room.clone(),
            author: self.author.clone(),
            client_id: message.client_id,
            text: message.text,
            begun,
            ended: self.stage.now(),
            outcome: attempted.outcome,
        });
    }

    async fn lost(&mut self, visit: &mut Visit) -> Left {
        let end = visit.client.ended().await;
        let reason = match &end {
            End::Closed(Some(code)) => code.to_string(),
            End::Closed(None) => "closed".to_owned(),
            End::Broken(_) => "broken".to_owned(),
            End::Disconnected => return Left::Over("the server has shown it out".to_owned()),
            End::Malformed(text) => return Left::Over(format!("the server sent {text:?}")),
        };
        self.stage.board.ends.add(&reason);
        Left::Lost(self.wait(visit.restart))
    }
}

async fn answered<Answer>(question: &mut Question<Answer>) -> Result<Answer, AskError> {
    match question {
        Some(asking) => {
            let answer = asking.await;
            *question = None;
            answer
        }
        None => std::future::pending().await,
    }
}

/// The sender is the page's own too: this ends with the value, or with the page.
async fn becomes(frozen: &mut watch::Receiver<bool>, wanted: bool) {
    drop(frozen.wait_for(|frozen| *frozen == wanted).await);
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
