#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| socketio::fuzzing::strict(text));
