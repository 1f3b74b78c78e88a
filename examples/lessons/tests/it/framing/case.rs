//! One case: what is sent, what must come back, and how it must end.

use std::time::Duration;

use super::client::{Client, Heard};
use super::frames::{TEXT, close, echo, frame};
use super::servers::Door;

/// Longer than any case takes, even on a machine that has a lot else to do.
const DEADLINE: Duration = Duration::from_secs(20);

/// A rule, and what shows it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    /// The rule, as a sentence.
    pub(super) sentence: String,
    course: Course,
    /// Where the lesson goes another way than RFC 6455 or the engine, and why.
    lesson: Option<Difference>,
    /// Where the engine goes another way than RFC 6455 or the lesson, and why.
    engine: Option<Difference>,
}

/// What one of the two does instead. It is shown as strictly as the rule.
#[derive(Clone, Debug)]
struct Difference {
    why: &'static str,
    course: Course,
}

/// How a connection goes.
#[derive(Clone, Debug)]
pub(super) struct Course {
    steps: Vec<Step>,
    ending: Ending,
}

#[derive(Clone, Debug)]
enum Step {
    /// One write.
    Send(Vec<u8>),
    /// Exactly this frame comes next.
    Hear(u8, Vec<u8>),
}

#[derive(Clone, Debug)]
enum Ending {
    /// The connection goes on: the next message comes back, and nothing before it.
    Serves,
    /// A close frame with one of these codes, then the end of the connection, and nothing else.
    Closes(Vec<u16>),
    /// The client says nothing more, not even goodbye: neither does the server.
    Leaves,
}

/// A course that begins with a write.
pub(super) fn sends(bytes: impl AsRef<[u8]>) -> Course {
    Course { steps: Vec::new(), ending: Ending::Serves }.sends(bytes)
}

impl Course {
    pub(super) fn sends(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push(Step::Send(bytes.as_ref().to_vec()));
        self
    }

    /// Sends so many bytes with each write.
    pub(super) fn sends_chopped(self, bytes: &[u8], length: usize) -> Self {
        bytes.chunks(length).fold(self, Self::sends)
    }

    pub(super) fn hears(mut self, opcode: u8, payload: impl AsRef<[u8]>) -> Self {
        self.steps.push(Step::Hear(opcode, payload.as_ref().to_vec()));
        self
    }

    pub(super) fn closes(self, codes: &[u16]) -> Self {
        Self { ending: Ending::Closes(codes.to_vec()), ..self }
    }

    pub(super) fn leaves(self) -> Self {
        Self { ending: Ending::Leaves, ..self }
    }
}

impl Case {
    pub(super) fn new(sentence: impl Into<String>, course: Course) -> Self {
        Self { sentence: sentence.into(), course, lesson: None, engine: None }
    }

    /// The lesson does something else.
    pub(super) fn lesson(self, why: &'static str, course: Course) -> Self {
        Self { lesson: Some(Difference { why, course }), ..self }
    }

    /// The engine does something else.
    pub(super) fn engine(self, why: &'static str, course: Course) -> Self {
        Self { engine: Some(Difference { why, course }), ..self }
    }

    /// Plays it. An error tells what went another way.
    pub(super) async fn play(&self, door: &Door) -> Result<(), String> {
        let difference = if door.is_engine { &self.engine } else { &self.lesson };
        let course = difference.as_ref().map_or(&self.course, |difference| &difference.course);
        let played = tokio::time::timeout(DEADLINE, course.play(door)).await;
        let why = difference.as_ref().map(|difference| difference.why).unwrap_or_default();
        played
            .unwrap_or_else(|_elapsed| Err("something did not come in time".to_owned()))
            .map_err(|error| format!("{}: {error} {why}", self.sentence))
    }
}

impl Course {
    async fn play(&self, door: &Door) -> Result<(), String> {
        let mut client = Client::enter(door).await?;
        for step in &self.steps {
            match step {
                Step::Send(bytes) => client.send(bytes).await,
                Step::Hear(opcode, payload) => {
                    expect(&mut client, &Heard::Frame(*opcode, payload.clone())).await?;
                }
            }
        }
        match &self.ending {
            Ending::Serves => return is_served(&mut client).await,
            Ending::Closes(codes) => match client.hear().await? {
                Heard::Close(code) if codes.contains(&code) => {
                    // A server may wait for it.
                    client.send(&close(1000, b"")).await;
                    expect(&mut client, &Heard::End).await?;
                }
                other => return Err(format!("not closed with {codes:?}, but {}", short(&other))),
            },
            Ending::Leaves => {
                client.leave().await;
                expect(&mut client, &Heard::End).await?;
            }
        }
        // Whatever was done to one connection, the next one is served.
        is_served(&mut Client::enter(door).await?).await
    }
}

async fn is_served(client: &mut Client) -> Result<(), String> {
    let probe = echo("still there");
    client.send(&frame(TEXT, &probe)).await;
    expect(client, &Heard::Frame(TEXT, probe)).await
}

async fn expect(client: &mut Client, expected: &Heard) -> Result<(), String> {
    let heard = client.hear().await?;
    let is_expected = heard == *expected;
    is_expected.then_some(()).ok_or_else(|| format!("{}, not {}", short(&heard), short(expected)))
}

/// The beginning is enough to see what is wrong.
fn short(heard: &Heard) -> String {
    format!("{heard:?}").chars().take(200).collect()
}
