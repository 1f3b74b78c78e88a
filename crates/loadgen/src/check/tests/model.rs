//! Rooms that keep the promise: random plans of what people do, played by a model of the server.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::history::{exit, gif, join, text};
use crate::history::{Content, Entry, Kept, Outcome, Record, Room, Seats, Seen, Sent};

/// People who come into a room.
const PEOPLE: usize = 5;

/// What is to happen in a room.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    max: u32,
    steps: Vec<Step>,
    /// Where viewers begin and end.
    viewers: Vec<(Index, Index)>,
    /// Where the log begins at the end, if it is trimmed.
    trimmed: Option<Index>,
}

#[derive(Clone, Debug)]
struct Step {
    /// Since the step before.
    pause: u64,
    person: usize,
    act: Act,
}

#[derive(Clone, Debug)]
enum Act {
    ComeOrGo,
    Gif,
    Count,
    Say(Vec<Try>),
}

/// An attempt to send, after the one before it.
#[derive(Clone, Debug)]
struct Try {
    pause: u64,
    way_there: u64,
    way_back: u64,
    fate: Fate,
    has_other_text: bool,
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Answered,
    Unanswered,
    NeverArrives,
    Refused,
}

pub(super) fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let fate = prop_oneof![
        4 => Just(Fate::Answered),
        1 => Just(Fate::Unanswered),
        1 => Just(Fate::NeverArrives),
        1 => Just(Fate::Refused),
    ];
    let other_text = prop::bool::weighted(0.1);
    let tries = (0..4_u64, 0..9_u64, 0..9_u64, fate, other_text).prop_map(
        |(pause, way_there, way_back, fate, has_other_text)| Try {
            pause,
            way_there,
            way_back,
            fate,
            has_other_text,
        },
    );
    let act = prop_oneof![
        3 => Just(Act::ComeOrGo),
        1 => Just(Act::Gif),
        1 => Just(Act::Count),
        8 => vec(tries, 1..4).prop_map(Act::Say),
    ];
    let step =
        (0..6_u64, 0..PEOPLE, act).prop_map(|(pause, person, act)| Step { pause, person, act });
    let plan = (
        2..5_u32,
        vec(step, 0..40),
        vec(any::<(Index, Index)>(), 0..4),
        prop::option::weighted(0.3, any::<Index>()),
    )
        .prop_map(|(max, steps, viewers, trimmed)| Plan { max, steps, viewers, trimmed });
    vec(plan, 1..4)
}

/// What happens, in the order of its time.
enum Event {
    ComesOrGoes(usize),
    Gif(usize),
    Count,
    Arrives(usize, Fate),
}

/// The server's side of one room.
struct Server {
    room: String,
    max: u32,
    people: Vec<usize>,
    log: Vec<Entry>,
    named: HashMap<(String, String), Entry>,
    attempts: Vec<Sent>,
    counts: Vec<u32>,
}

/// A history of rooms that keep the promise. Only what one viewer shows, and what one log keeps,
/// has an order among its records: everything else is mixed.
pub(super) fn history(plans: &[Plan], mix: &[Index]) -> Vec<Record> {
    let rooms = plans.iter().enumerate();
    let mut streams: Vec<_> =
        rooms.flat_map(|(number, plan)| play(&format!("r{number}"), plan)).collect();
    let mut records = Vec::new();
    for pick in mix.iter().cycle() {
        streams.retain(|stream| !stream.is_empty());
        if streams.is_empty() {
            break;
        }
        let stream = pick.index(streams.len());
        records.push(streams[stream].remove(0));
    }
    records
}

/// Records of a room, in streams that have an order.
fn play(room: &str, plan: &Plan) -> Vec<Vec<Record>> {
    let mut server = Server {
        room: room.to_owned(),
        max: plan.max,
        people: Vec::new(),
        log: Vec::new(),
        named: HashMap::new(),
        attempts: Vec::new(),
        counts: Vec::new(),
    };
    let mut events = server.schedule(plan);
    events.sort_by_key(|(time, _)| *time);
    for (_, event) in events {
        server.play(&event);
    }
    server.streams(plan)
}

impl Server {
    /// All events, with their times; and all attempts, whose outcomes are still to come.
    fn schedule(&mut self, plan: &Plan) -> Vec<(u64, Event)> {
        let mut events = Vec::new();
        let mut said = [0; PEOPLE];
        let mut now = 0;
        for step in &plan.steps {
            now += step.pause;
            let person = step.person;
            match &step.act {
                Act::ComeOrGo => events.push((now, Event::ComesOrGoes(person))),
                Act::Gif => events.push((now, Event::Gif(person))),
                Act::Count => events.push((now, Event::Count)),
                Act::Say(tries) => {
                    said[person] += 1;
                    let client_id = format!("m{}", said[person]);
                    let mut begun = now;
                    for attempt in tries {
                        begun += attempt.pause;
                        let arrives = begun + attempt.way_there;
                        let ended = arrives + attempt.way_back;
                        events.push((arrives, Event::Arrives(self.attempts.len(), attempt.fate)));
                        let mut text = format!("text of {client_id}");
                        if attempt.has_other_text {
                            text.push_str(", or not");
                        }
                        self.attempts.push(Sent {
                            room: self.room.clone(),
                            author: name(person),
                            client_id: client_id.clone(),
                            text,
                            begun,
                            ended,
                            outcome: Outcome::Unknown,
                        });
                        begun = ended;
                    }
                }
            }
        }
        events
    }

    fn play(&mut self, event: &Event) {
        let seq = self.log.len() as u64 + 1;
        match *event {
            Event::ComesOrGoes(person) if self.people.contains(&person) => {
                self.people.retain(|other| *other != person);
                self.log.push(exit(seq, &name(person)));
            }
            Event::ComesOrGoes(person) if self.people.len() < self.max as usize => {
                self.people.push(person);
                self.log.push(join(seq, &name(person)));
            }
            Event::Gif(person) if self.people.contains(&person) => {
                self.log.push(gif(seq, &name(person)));
            }
            Event::ComesOrGoes(_) | Event::Gif(_) => {}
            Event::Count => self.counts.push(u32::try_from(self.people.len()).unwrap()),
            Event::Arrives(number, fate) => {
                let answer = match fate {
                    Fate::NeverArrives => Outcome::Unknown,
                    Fate::Refused => Outcome::Failed { error: "too_fast".to_owned() },
                    Fate::Answered | Fate::Unanswered => self.store(number),
                };
                if !matches!(fate, Fate::Unanswered) {
                    self.attempts[number].outcome = answer;
                }
            }
        }
    }

    /// Stores a message unless it is stored already, and answers.
    fn store(&mut self, number: usize) -> Outcome {
        let Sent { author, client_id, text: says, .. } = &self.attempts[number];
        let failed = |error: &str| Outcome::Failed { error: error.to_owned() };
        let message = (author.clone(), client_id.clone());
        let content = Content::Text(says.clone());
        match self.named.get(&message) {
            Some(known) if known.content != content => return failed("conflict"),
            Some(known) => return Outcome::Ok { seq: known.seq, id: known.id.clone() },
            None if !self.people.iter().any(|person| name(*person) == *author) => {
                return failed("not_in_room");
            }
            None => {}
        }
        let entry = Entry { content, ..text(self.log.len() as u64 + 1, author, client_id) };
        self.log.push(entry.clone());
        self.named.insert(message, entry.clone());
        Outcome::Ok { seq: entry.seq, id: entry.id }
    }

    fn streams(self, plan: &Plan) -> Vec<Vec<Record>> {
        let Self { room, log, .. } = self;
        let counts = self.counts.into_iter();
        let counts = counts.map(|count| Record::Seats(Seats { room: room.clone(), count }));
        let seen = |viewer: &str, entry: &Entry| {
            let (room, viewer, entry) = (room.clone(), viewer.to_owned(), entry.clone());
            Record::Seen(Seen { room, viewer, entry })
        };
        let viewers = plan.viewers.iter().enumerate().map(|(number, (from, to))| {
            let from = from.index(log.len() + 1);
            let to = from + to.index(log.len() + 1 - from);
            let viewer = format!("v{number}");
            log[from..to].iter().map(|entry| seen(&viewer, entry)).collect()
        });
        let mut streams: Vec<Vec<_>> = viewers.collect();
        let first = match plan.trimmed {
            Some(index) if !log.is_empty() => index.index(log.len()),
            _ => 0,
        };
        let kept = |entry: &Entry| Record::Kept(Kept { room: room.clone(), entry: entry.clone() });
        streams.push(log[first..].iter().map(kept).collect());
        streams.extend(self.attempts.into_iter().map(|sent| vec![Record::Sent(sent)]));
        streams.extend(counts.map(|count| vec![count]));
        streams.push(vec![Record::Room(Room { room: room.clone(), max: plan.max })]);
        streams
    }
}

fn name(person: usize) -> String {
    format!("p{person}")
}
