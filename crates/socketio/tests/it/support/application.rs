//! What servers under test do with events.

use serde_json::Value;
use socketio::{Ack, Arguments, Binary, Engine, Socket};

/// In the namespaces `/` and `/chat`: `echo` answers with its arguments, or sends them back when no
/// answer is asked for; `bytes` does the same with binary arguments.
pub(crate) fn echo(engine: &Engine) {
    for name in ["/", "/chat"] {
        engine.namespace(name).on("echo", echoed).on("bytes", echoed_bytes).open();
    }
}

async fn echoed_bytes(socket: Socket, Arguments(all): Arguments<Vec<Binary>>, ack: Option<Ack>) {
    match ack {
        Some(ack) => ack.answer_with(&all).unwrap(),
        None => socket.emit_with("bytes", &all).unwrap(),
    }
}

async fn echoed(socket: Socket, Arguments(all): Arguments<Vec<Value>>, ack: Option<Ack>) {
    match ack {
        Some(ack) => ack.answer_with(&all).unwrap(),
        None => socket.emit_with("echo", &all).unwrap(),
    }
}
