//! The load generator against real servers in this process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use super::{Arrival, Dialect, Door, Fleet, Member, Newcomer, Observer, Script, Target, Way};
use crate::peers::{RawServer, Writing};

const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Default)]
struct Heard {
    in_order: usize,
    otherwise: usize,
}

impl Observer for Heard {
    fn delivered(&mut self, member: &mut Member, number: u32, _: Instant) {
        match member.ledger.take(number) {
            Arrival::InOrder => self.in_order += 1,
            Arrival::Late | Arrival::Repeated => self.otherwise += 1,
        }
    }

    fn read_ended(&mut self, _: &mut Member) -> io::Result<()> {
        Ok(())
    }
}

fn target(address: SocketAddr) -> Target {
    Target { address, host: address.to_string().into(), dialect: Dialect::Plain }
}

fn newcomer(room: &str) -> Newcomer {
    Newcomer { way: Way::WebSocket, room: Some(room.into()), senders: 1, receive_buffer: None }
}

fn raw_server(writing: Writing) -> Target {
    let mut server = RawServer::bind(writing).unwrap();
    let address = server.address().unwrap();
    // It ends with the test's process.
    std::thread::spawn(move || while server.turn().is_ok() {});
    target(address)
}

fn everybody_hears_what_one_says(writing: Writing) {
    let target = raw_server(writing);
    let mut script = Script::new(Dialect::Plain, Door::Socket, target.host.clone(), 141);
    let mut fleet = Fleet::new(target).unwrap();
    let newcomers = ["r000", "r001"].into_iter().flat_map(|room| vec![newcomer(room); 20]);
    let arrivals = fleet.admit(newcomers, 8, DEADLINE).unwrap();
    assert_eq!((arrivals.ready, arrivals.lost_joins, arrivals.failed), (40, 0, 0));

    // More than one read takes in at once.
    script.say(fleet.member(0).unwrap(), 0..5_000).unwrap();
    let (mut heard, end) = (Heard::default(), Instant::now() + DEADLINE);
    while heard.in_order < 20 * 5_000 && Instant::now() < end {
        fleet.turn(end, &mut heard).unwrap();
    }
    assert_eq!((heard.in_order, heard.otherwise), (20 * 5_000, 0));
    let missing =
        |said| fleet.members()[..20].iter().map(|it| it.ledger.missing(said)).sum::<u64>();
    assert_eq!((missing(5_000), missing(5_001)), (0, 20));
}

#[test]
fn everybody_hears_what_one_says_when_each_message_is_written_at_once() {
    everybody_hears_what_one_says(Writing::Each);
}

#[test]
fn everybody_hears_what_one_says_when_messages_are_written_together() {
    everybody_hears_what_one_says(Writing::Turn);
}

#[test]
fn a_server_that_hangs_up_lets_nobody_in() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let mut fleet = Fleet::new(target(listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || while listener.accept().is_ok() {});
    let arrivals = fleet.admit(vec![newcomer("r000"); 3], 3, DEADLINE).unwrap();
    assert_eq!((arrivals.ready, arrivals.failed), (0, 3));
    assert!(arrivals.failure.is_some());
}
