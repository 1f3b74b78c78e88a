//! Random histories of a model that keeps the promise; and one random fault, which must be found.

use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::*;
use crate::history::{Content, Kept, Room, Seats, Seen};

const PEOPLE: [&str; 4] = ["a", "b", "c", "d"];
const SEATS: u32 = 3;

/// A room that does what it should.
struct Model {
    room: String,
    chance: StdRng,
    now: u64,
    log: Vec<Entry>,
    people: Vec<&'static str>,
    records: Vec<Record>,
}

impl Model {
    fn new(room: &str, seed: u64) -> Self {
        let records = vec![Record::Room(Room { room: room.to_owned(), max: SEATS })];
        let chance = StdRng::seed_from_u64(seed);
        Self { room: room.to_owned(), chance, now: 0, log: vec![], people: vec![], records }
    }

    fn put(&mut self, author: &str, client_id: Option<String>, content: Content) -> Outcome {
        let seq = self.log.len() as u64 + 1;
        let id = format!("{}-{seq}", self.room);
        self.log.push(Entry { seq, id: id.clone(), author: author.to_owned(), client_id, content });
        Outcome::Ok { seq, id }
    }

    fn step(&mut self) {
        let person = PEOPLE[self.chance.random_range(0..PEOPLE.len())];
        let seated = self.people.contains(&person);
        match self.chance.random_range(0..10) {
            0 if seated => {
                self.people.retain(|other| *other != person);
                self.put(person, None, Content::Exit);
            }
            1 if seated => {
                self.put(person, None, Content::Gif("g.gif".to_owned()));
            }
            _ if seated => self.say(person),
            _ if self.people.len() < SEATS as usize => {
                self.people.push(person);
                self.put(person, None, Content::Join);
                let count = u32::try_from(self.people.len()).unwrap();
                self.records.push(Record::Seats(Seats { room: self.room.clone(), count }));
            }
            _ => {}
        }
    }

    /// One message with its attempts: some are stored without an answer, some are never stored.
    fn say(&mut self, author: &str) {
        let text = format!("{author} {}", self.now);
        let mut stored = None;
        match self.chance.random_range(0..10) {
            0 | 1 => {
                let content = Content::Text(text.clone());
                stored = Some(self.put(author, Some(text.clone()), content));
                self.attempt(author, &text, Outcome::Unknown);
            }
            2 | 3 => self.attempt(author, &text, Outcome::Unknown),
            4 => self.attempt(author, &text, Outcome::Failed { error: "unavailable".to_owned() }),
            _ => {}
        }
        for _ in 0..self.chance.random_range(0..3) {
            let outcome = match &stored {
                Some(outcome) => outcome.clone(),
                None => self.put(author, Some(text.clone()), Content::Text(text.clone())),
            };
            stored = Some(outcome.clone());
            self.attempt(author, &text, outcome);
        }
    }

    fn attempt(&mut self, author: &str, text: &str, outcome: Outcome) {
        let (begun, ended) = (self.now, self.now + 2);
        self.now += 3;
        self.records.push(Record::Sent(Sent {
            room: self.room.clone(),
            author: author.to_owned(),
            client_id: text.to_owned(),
            text: text.to_owned(),
            begun,
            ended,
            outcome,
        }));
    }

    fn told(mut self) -> Vec<Record> {
        for viewer in 0..3 {
            let from = self.chance.random_range(0..=self.log.len());
            let to = self.chance.random_range(from..=self.log.len());
            let room = &self.room;
            self.records.extend(self.log[from..to].iter().map(|entry| {
                let viewer = format!("{room} viewer {viewer}");
                Record::Seen(Seen { room: room.clone(), viewer, entry: entry.clone() })
            }));
        }
        let kept = |entry| Record::Kept(Kept { room: self.room.clone(), entry });
        self.records.extend(self.log.clone().into_iter().map(kept));
        self.records
    }
}

fn history(seed: u64) -> Vec<Record> {
    let mut records = Vec::new();
    for (number, room) in (0..).zip(["x", "y"]) {
        let mut model = Model::new(room, seed.wrapping_add(number));
        for _ in 0..40 {
            model.step();
        }
        records.extend(model.told());
    }
    records
}

/// Positions of records that a fault can be brought into.
fn places(records: &[Record], wanted: impl Fn(&Record) -> bool) -> Vec<usize> {
    (0..records.len()).filter(|index| wanted(&records[*index])).collect()
}

fn acknowledged(record: &Record) -> bool {
    matches!(record, Record::Sent(Sent { outcome: Outcome::Ok { .. }, .. }))
}

fn kept_text(record: &Record) -> bool {
    matches!(record, Record::Kept(kept) if matches!(kept.entry.content, Content::Text(_)))
}

/// One fault, and the rules of which at least one must be named. Nothing when there is no place for it.
fn spoil(records: &mut Vec<Record>, fault: u8, chance: &mut StdRng) -> Option<Vec<Rule>> {
    let acks = places(records, acknowledged);
    let texts = places(records, kept_text);
    let kept = places(records, |record| matches!(record, Record::Kept(_)));
    let seen = places(records, |record| matches!(record, Record::Seen(_)));
    let wanted = match fault {
        0 | 4 | 5 => &acks,
        1..=3 | 7 => &texts,
        6 => &kept,
        _ => &seen,
    };
    let place = *wanted.get(chance.random_range(0..wanted.len().max(1)))?;
    let found = match (fault, &mut records[place]) {
        (0, Record::Sent(sent)) => {
            sent.outcome = Outcome::Ok { seq: 1_000, id: "elsewhere".to_owned() };
            vec![Rule::Lost, Rule::Retry]
        }
        (1, Record::Kept(kept)) => {
            kept.entry.content = Content::Text("phantom".to_owned());
            vec![Rule::Invented]
        }
        (2, Record::Kept(kept)) => {
            kept.entry.client_id = Some("phantom".to_owned());
            vec![Rule::Invented]
        }
        (3, Record::Kept(kept)) => {
            kept.entry.seq += 1_000;
            vec![Rule::Gap]
        }
        (4, Record::Sent(sent)) => {
            sent.text = "other".to_owned();
            vec![Rule::Lost, Rule::Retry, Rule::Invented]
        }
        (5, Record::Sent(sent)) => {
            let Outcome::Ok { id, .. } = &mut sent.outcome else { return None };
            "other".clone_into(id);
            vec![Rule::Lost, Rule::Retry]
        }
        (6, _) => {
            let again = records[place].clone();
            records.insert(place, again);
            vec![Rule::Twice]
        }
        (7, Record::Kept(kept)) => {
            let author = &mut kept.entry.author;
            "stranger".clone_into(author);
            vec![Rule::Invented]
        }
        (8, Record::Seen(seen)) => {
            seen.entry.id.push('x');
            vec![Rule::Order]
        }
        (_, _) => {
            let again = records[place].clone();
            records.insert(place + 1, again);
            vec![Rule::Twice]
        }
    };
    Some(found)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_room_that_keeps_the_promise_breaks_no_rule(seed: u64) {
        let verdict = check(&history(seed));
        prop_assert!(verdict.is_fine(), "{}", verdict);
    }

    #[test]
    fn any_one_fault_is_found_and_named(seed: u64, fault in 0_u8..10) {
        let mut records = history(seed);
        let mut chance = StdRng::seed_from_u64(seed);
        if let Some(rules) = spoil(&mut records, fault, &mut chance) {
            let verdict = check(&records);
            let named = rules.iter().any(|rule| verdict.broken.contains_key(rule));
            prop_assert!(named, "fault {} is not found: {}", fault, verdict);
        }
    }
}
