#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| socketio::fuzzing::packet(text));
