//! Pings, pongs, and what a control frame may be (RFC 6455 §5.5; Autobahn 2).

use super::super::case::{Case, Course, sends};
use super::super::frames::{CLOSE, CONTINUATION, PING, PONG, frame, part};
use super::broken;

pub(super) fn cases() -> Vec<Case> {
    let answered = |payload: &[u8]| sends(frame(PING, payload)).hears(PONG, payload);
    let ping = frame(PING, &[b'?'; 125]);
    let chopped = sends([]).sends_chopped(&ping, 1).hears(PONG, [b'?'; 125]);
    let in_turn = (0..10_u8).fold(sends([]), |course: Course, number| {
        course.sends(frame(PING, &[number])).hears(PONG, [number])
    });
    let ping_and_pongs = [frame(PONG, b"1"), frame(PING, b"2"), frame(PONG, b"3")].concat();
    vec![
        Case::new("an empty ping is answered with an empty pong", answered(b"")),
        Case::new("a ping is answered with what it carries", answered(b"Hello")),
        Case::new("a ping may carry any bytes", answered(&[0x00, 0xff, 0xfe, 0xc0, 0x80])),
        Case::new("a ping of 125 bytes is answered", answered(&[b'?'; 125])),
        Case::new("a ping that comes byte by byte is answered", chopped),
        Case::new("ten pings are answered in turn", in_turn),
        Case::new("a pong that nobody asked for is ignored", sends(frame(PONG, b"unasked"))),
        Case::new("an empty pong that nobody asked for is ignored", sends(frame(PONG, b""))),
        Case::new("a pong of 125 bytes is ignored", sends(frame(PONG, &[b'!'; 125]))),
        Case::new("a ping between pongs is answered once", sends(ping_and_pongs).hears(PONG, b"2")),
        broken("a ping of 126 bytes is refused", sends(frame(PING, &[b'?'; 126])), 1002),
        broken("a pong of 126 bytes is refused", sends(frame(PONG, &[b'!'; 126])), 1002),
        broken("a ping of 65536 bytes is refused", sends(frame(PING, &[b'?'; 65_536])), 1002),
        broken("a ping in fragments is refused", sends(part(PING, b"?")), 1002),
        broken("a pong in fragments is refused", sends(part(PONG, b"!")), 1002),
        broken("a close frame in fragments is refused", sends(part(CLOSE, &[3, 232])), 1002),
        broken(
            "a ping in fragments is refused with all of them there",
            sends([part(PING, b"?"), frame(CONTINUATION, b"?")].concat()),
            1002,
        ),
    ]
}
