//! The application of the differential tests on our engine; `../differential/reference.mjs` is the
//! same application on npm `socket.io`. Prints its port, and ends when its standard input does.

use std::collections::HashMap;
use std::io::Read as _;
use std::time::Duration;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use socketio::serve::{ConnectionsMax, ServeOptions, Stop, serve};
use socketio::{
    Ack, Arguments, Binary, Config, Connect, Data, Engine, EventName, Handshake, NamespaceBuilder,
    Refusal, Socket,
};
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

const MESSAGE_BYTES_MAX: usize = 65_536;
const CONNECTIONS_MAX: usize = 10_000;
const BURST_MAX: u32 = 10_000;
const ANSWER_TIME_MAX: Duration = Duration::from_millis(1_500);
const SLOW_CONNECT: Duration = Duration::from_millis(400);

/// Any argument of an event.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Value {
    Null(()),
    Truth(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Value>),
    Bytes(Binary),
    Object(Object),
}

/// An object whose keys keep their order.
#[derive(Clone, Debug, Default)]
struct Object(Vec<(String, Value)>);

/// What a socket keeps: what its client said of itself.
type Auth = Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let engine = Engine::new(config());
    let tasks = TaskTracker::new();
    for name in ["/", "/chat"] {
        events(engine.namespace(name).connect(async |asking| auth(&asking)), &tasks).open();
    }
    events(engine.namespace("/auth").connect(only_with_the_secret), &tasks).open();
    let slowly = async |asking: Connect| {
        tokio::time::sleep(SLOW_CONNECT).await;
        auth(&asking)
    };
    events(engine.namespace("/slow").connect(slowly), &tasks).open();

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    #[expect(clippy::print_stdout, reason = "the tests read the port there")]
    {
        println!("{}", listener.local_addr()?.port());
    }
    let router = axum::Router::<()>::new().route_service("/socket.io/", engine.service());
    let stop = Stop::default();
    stop_with_standard_input(stop.clone());
    let connections = ConnectionsMax::new(CONNECTIONS_MAX);
    serve(listener, router, connections, ServeOptions::default(), (tasks, stop)).await;
    Ok(())
}

fn config() -> Config {
    let flags: HashMap<String, u64> = std::env::args()
        .filter_map(|flag| {
            let (name, milliseconds) = flag.strip_prefix("--")?.split_once('=')?;
            Some((name.to_owned(), milliseconds.parse().ok()?))
        })
        .collect();
    let flag = |name, usual| flags.get(name).copied().map_or(usual, Duration::from_millis);
    let usual = Config::default();
    Config {
        ping_interval: flag("ping-interval", Duration::from_secs(25)),
        ping_time_max: flag("ping-timeout", Duration::from_secs(20)),
        connect_time_max: flag("connect-timeout", Duration::from_secs(45)),
        attachments_time_max: flag("attachments-timeout", usual.attachments_time_max),
        message_bytes_max: MESSAGE_BYTES_MAX,
        ..usual
    }
}

fn stop_with_standard_input(stop: Stop) {
    std::thread::spawn(move || {
        let mut ignored = Vec::new();
        drop(std::io::stdin().read_to_end(&mut ignored));
        stop.accepting.cancel();
        stop.connections.cancel();
    });
}

/// The client's auth; an empty object when it gave none, as the reference has it.
fn auth(asking: &Connect) -> Result<Auth, Refusal> {
    let given: Option<Auth> = asking.auth().map_err(|error| Refusal::new(error.to_string()))?;
    Ok(given.unwrap_or_else(|| Value::Object(Object::default())))
}

async fn only_with_the_secret(asking: Connect) -> Result<Auth, Refusal> {
    #[derive(Deserialize)]
    struct Token {
        token: String,
    }
    match asking.auth::<Token>() {
        Ok(Token { token }) if token == "secret" => auth(&asking),
        _ => Err(Refusal::new("not authorized").with_data(&HashMap::from([("code", 7)]))),
    }
}

type Builder = NamespaceBuilder<Handshake, Auth>;

fn events(namespace: Builder, tasks: &TaskTracker) -> Builder {
    rooms(conversation(namespace, tasks))
}

fn conversation(namespace: Builder, tasks: &TaskTracker) -> Builder {
    let tasks = tasks.clone();
    namespace
        .on("echo", echo)
        .on("binary", echo)
        .on("ask", move |socket| {
            tasks.spawn(ask(socket));
            std::future::ready(())
        })
        .on("twice", async |ack: Option<Ack>| {
            // A second answer does not compile.
            drop(ack.map(|ack| ack.answer("first")));
        })
        .on("never", async |_ack: Option<Ack>| {})
        .on("burst", async |socket: Socket<Auth>, Data(count): Data<u32>| {
            for number in 0..count.min(BURST_MAX) {
                drop(socket.emit("tick", &number));
            }
        })
        .on("auth?", async |socket: Socket<Auth>| {
            drop(socket.emit("auth", &**socket.state()));
        })
        .on("kick", async |socket: Socket<Auth>| socket.disconnect())
        .on("kickall", async |socket: Socket<Auth>| {
            socket.disconnect();
            socket.close("kicked");
        })
}

fn rooms(namespace: Builder) -> Builder {
    namespace
        .on("join", async |socket: Socket<Auth>, Data(room): Data<String>| {
            if socket.join(&room).is_ok() {
                drop(socket.emit("joined", &room));
            }
        })
        .on("leave", async |socket: Socket<Auth>, Data(room): Data<String>| {
            socket.leave(&room);
            drop(socket.emit("left", &room));
        })
        .on("say", async |socket: Socket<Auth>, Arguments((room, text)): Arguments<Said>| {
            drop(socket.namespace().to(&room).emit("said", &text));
        })
        .on("others", async |socket: Socket<Auth>, Arguments((room, text)): Arguments<Said>| {
            drop(socket.to(&room).emit("said", &text));
        })
        .on("except", async |socket: Socket<Auth>, Arguments(said): Arguments<SaidExcept>| {
            let (room, other, text) = said;
            drop(socket.namespace().to(&room).except(&other).emit("said", &text));
        })
}

type Said = (String, Value);
type SaidExcept = (String, String, Value);

async fn echo(
    socket: Socket<Auth>,
    EventName(name): EventName,
    Arguments(sent): Arguments<Vec<Value>>,
    ack: Option<Ack>,
) {
    drop(match ack {
        Some(ack) => ack.answer_with(&sent),
        None => socket.emit_with(&name, &sent),
    });
}

async fn ask(socket: Socket<Auth>) {
    let question = serde_json::json!({ "one": 1, "two": { "a": 2 } });
    let answer: Result<Value, _> =
        socket.emit_with_ack("question", &question, ANSWER_TIME_MAX).await;
    drop(match answer {
        Ok(answer) => socket.emit("answer", &answer),
        Err(_) => socket.emit("answer", &HashMap::from([("timeout", true)])),
    });
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in &self.0 {
            object.serialize_entry(key, value)?;
        }
        object.end()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Object, A::Error> {
        let mut object = Object::default();
        while let Some(member) = members.next_entry()? {
            object.0.push(member);
        }
        Ok(object)
    }
}
