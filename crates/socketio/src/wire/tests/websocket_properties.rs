use std::borrow::Cow;
use std::io::{Cursor, Read, Write};

use proptest::collection::vec;
use proptest::prelude::*;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocket};
use tokio_tungstenite::tungstenite::{Bytes, Message};

use super::client::{
    BINARY, CLOSE, CONTINUATION, LAST, PING, PONG, TEXT, WIDE, masked_frame, read, read_in_pieces,
};
use crate::wire::frame::Frame;
use crate::wire::websocket::{FrameReader, Received, close_frame, pong_frame};

fn data() -> impl Strategy<Value = Received<'static>> {
    prop_oneof![
        ".{0,200}".prop_map(|text| Received::Text(Cow::Owned(text))),
        vec(any::<u8>(), 0..200).prop_map(|bytes| Received::Binary(Cow::Owned(bytes))),
        (65500_usize..65600).prop_map(|length| Received::Binary(Cow::Owned(vec![7; length]))),
    ]
}

fn control() -> impl Strategy<Value = Received<'static>> {
    prop_oneof![
        vec(any::<u8>(), 0..=125).prop_map(|payload| Received::Ping(Cow::Owned(payload))),
        Just(Received::Pong),
        Just(Received::Close(None)),
        (3000_u16..5000).prop_map(|code| Received::Close(Some(code))),
    ]
}

/// A data message, the places where it is cut into fragments, and what is sent between them.
type Sent = (Received<'static>, Vec<(prop::sample::Index, Option<Received<'static>>)>);

fn sent() -> impl Strategy<Value = Sent> {
    (data(), vec((any::<prop::sample::Index>(), proptest::option::of(control())), 0..5))
}

/// The frames of a message, and what is to be received of them.
fn encode((message, cuts): &Sent, mask: [u8; 4]) -> (Vec<u8>, Vec<Received<'static>>) {
    let (opcode, payload) = match message {
        Received::Text(text) => (TEXT, text.as_bytes()),
        Received::Binary(bytes) => (BINARY, bytes.as_ref()),
        _ => unreachable!("no data message"),
    };
    let mut places: Vec<usize> = cuts.iter().map(|(cut, _)| cut.index(payload.len() + 1)).collect();
    places.sort_unstable();
    let (mut bytes, mut expected) = (Vec::new(), Vec::new());
    let (mut start, mut opcode) = (0, opcode);
    for (end, (_, between)) in places.into_iter().zip(cuts) {
        bytes.extend(masked_frame(opcode - LAST, &payload[start..end], mask));
        (start, opcode) = (end, CONTINUATION);
        if let Some(between) = between {
            bytes.extend(encode_control(between, mask));
            expected.push(between.clone());
        }
    }
    bytes.extend(masked_frame(opcode, &payload[start..], mask));
    expected.push(message.clone());
    (bytes, expected)
}

fn encode_control(control: &Received<'_>, mask: [u8; 4]) -> Vec<u8> {
    match control {
        Received::Ping(payload) => masked_frame(PING, payload, mask),
        Received::Close(None) => masked_frame(CLOSE, b"", mask),
        Received::Close(Some(code)) => masked_frame(CLOSE, &code.to_be_bytes(), mask),
        _ => masked_frame(PONG, b"pong", mask),
    }
}

/// A stream in memory: written to its end, read from its beginning.
struct Stream {
    written: Vec<u8>,
    readable: Cursor<Vec<u8>>,
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        self.readable.read(bytes)
    }
}

fn client(readable: Vec<u8>) -> WebSocket<Stream> {
    let stream = Stream { written: Vec::new(), readable: Cursor::new(readable) };
    WebSocket::from_raw_socket(stream, Role::Client, None)
}

proptest! {
    #[test]
    fn what_is_sent_is_received_however_it_is_cut(
        messages in vec(sent(), 1..5),
        mask in any::<[u8; 4]>(),
        cuts in vec(any::<prop::sample::Index>(), 0..20),
    ) {
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for message in &messages {
            let (frames, received) = encode(message, mask);
            bytes.extend(frames);
            expected.extend(received);
        }
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        prop_assert_eq!(read_in_pieces(&bytes, &cuts, &WIDE), (expected, None));
    }

    #[test]
    fn an_incomplete_message_is_never_received(
        message in sent(),
        mask in any::<[u8; 4]>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let (bytes, expected) = encode(&message, mask);
        let (received, error) = read(&bytes[..cut.index(bytes.len())]);
        prop_assert_eq!(error, None);
        prop_assert!(received.len() < expected.len());
        prop_assert_eq!(&received[..], &expected[..received.len()]);
    }

    #[test]
    fn damaged_frames_are_read_in_the_same_way_however_they_are_cut(
        messages in vec(sent(), 1..4),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cuts in vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut bytes: Vec<u8> =
            messages.iter().flat_map(|message| encode(message, [0; 4]).0).collect();
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        let cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        prop_assert_eq!(read_in_pieces(&bytes, &cuts, &WIDE), read(&bytes));
    }

    #[test]
    fn any_bytes_are_read_in_the_same_way_however_they_are_cut(
        bytes in vec(any::<u8>(), 0..400),
        cuts in vec(0_usize..400, 0..20),
    ) {
        prop_assert_eq!(read_in_pieces(&bytes, &cuts, &WIDE), read(&bytes));
    }

    #[test]
    fn memory_is_bounded_by_what_came(bytes in vec(any::<u8>(), 0..2000)) {
        let mut reader = FrameReader::new();
        let mut stream = [masked_frame(BINARY - LAST, &bytes, [1, 2, 3, 4]), vec![0, 0xff]].concat();
        prop_assert_eq!(reader.next(&mut stream.as_mut_slice(), &WIDE), Ok(None));
        prop_assert!(reader.held_bytes() <= 2 * stream.len() + 300);
    }

    #[test]
    fn what_another_client_writes_is_read(messages in vec(data(), 1..6)) {
        let mut client = client(Vec::new());
        for message in &messages {
            let message = match message {
                Received::Text(text) => Message::text(text.as_ref()),
                Received::Binary(bytes) => Message::binary(bytes.to_vec()),
                _ => unreachable!("no data message"),
            };
            client.send(message).unwrap();
            client.send(Message::Ping(Bytes::from_static(b"?"))).unwrap();
        }
        client.close(Some(CloseFrame { code: 4001.into(), reason: "안녕".into() })).unwrap();
        let mut expected: Vec<Received<'static>> = messages
            .into_iter()
            .flat_map(|message| [message, Received::Ping(Cow::Borrowed(b"?"))])
            .collect();
        expected.push(Received::Close(Some(4001)));
        prop_assert_eq!(read(&client.get_ref().written), (expected, None));
    }

    #[test]
    fn what_is_written_is_read_by_another_client(
        text in ".{0,300}",
        bytes in vec(any::<u8>(), 0..300),
        long in 65500_usize..65600,
        ping in vec(any::<u8>(), 0..=125),
        reason in ".{0,100}",
    ) {
        let long = "a".repeat(long);
        let stream = [
            Frame::text(&text).websocket().to_vec(),
            Frame::binary(&bytes).websocket().to_vec(),
            Frame::text(&long).websocket().to_vec(),
            pong_frame(&ping),
            close_frame(1001, &reason),
        ];
        let mut client = client(stream.concat());
        prop_assert_eq!(client.read().unwrap(), Message::text(text));
        prop_assert_eq!(client.read().unwrap(), Message::binary(bytes));
        prop_assert_eq!(client.read().unwrap(), Message::text(long));
        prop_assert_eq!(client.read().unwrap(), Message::Pong(ping.into()));
        let Message::Close(Some(close)) = client.read().unwrap() else { panic!("no close") };
        prop_assert_eq!(u16::from(close.code), 1001);
        prop_assert!(reason.starts_with(close.reason.as_str()));
        prop_assert!(close.reason.len() == reason.len() || close.reason.len() > 119);
    }
}
