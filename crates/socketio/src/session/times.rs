//! What must happen in time: pings and their answers, the first namespace, attachments, writes, the
//! end. A session has one timer for all of them.

use std::future::Future;
use std::task::Context;
use std::time::Duration;

use tokio::time::Instant;

use super::driver::Driver;
use super::heartbeat::Beat;
use crate::reason::Reason;

/// How long an alarm rests for which nothing is due.
const ALARM_REST: Duration = Duration::from_hours(1);

impl Driver {
    /// Looks at the clock, if it is time.
    pub(super) fn look_at_the_clock(&mut self, context: &mut Context<'_>) {
        while self.alarm.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            if self.ended.is_none() {
                self.keep_times(now);
            }
            // Never in the past: what is overdue has been seen to just now.
            let next = self.next_due().filter(|due| *due > now).unwrap_or(now + ALARM_REST);
            self.alarm.as_mut().reset(next);
        }
        self.is_alarm_set = true;
    }

    fn keep_times(&mut self, now: Instant) {
        let config = self.config();
        let (answer_time_max, write_time_max) = (config.ping_time_max, config.write_time_max);
        if self.is_held_up {
            // Not all has been read since the last look: what the client may have sent in time
            // cannot be late. When reading goes on, it has its full time again.
            self.is_held_up = !self.has_room();
            self.heartbeat.put_off(now + answer_time_max);
            if let Some(attachments) = &mut self.attachments {
                attachments.due = attachments.due.max(now + answer_time_max);
            }
            self.message_due = self.message_due.map(|due| due.max(now + answer_time_max));
        }
        match self.heartbeat.beat(now, answer_time_max) {
            Beat::Nothing => {}
            Beat::SendPing => self.session.send_frame(self.session.shared().ping()),
            Beat::Gone => self.session.end(Reason::PingTimeout),
        }
        if self.connect_due.is_some_and(|due| now >= due) {
            self.session.end(Reason::ConnectTimeout);
        }
        let is_incomplete = self.attachments.as_ref().is_some_and(|parts| now >= parts.due)
            || self.message_due.is_some_and(|due| now >= due);
        if is_incomplete {
            self.session.end(Reason::Malformed);
        }
        if self.blocked_since.is_some_and(|since| now >= since + write_time_max) {
            self.session.end(Reason::Stalled);
        }
    }

    /// When something becomes due.
    fn next_due(&self) -> Option<Instant> {
        if self.ended.is_some() {
            return self.close_due;
        }
        let attachments = self.attachments.as_ref().map(|attachments| attachments.due);
        let blocked = self.blocked_since.map(|since| since + self.config().write_time_max);
        let own = [Some(self.heartbeat.due()), self.connect_due, self.message_due];
        let dues = own.into_iter().chain([attachments, blocked]);
        dues.flatten().min()
    }

    /// The alarm must not ring later than what has become due in the meantime.
    pub(super) fn set_alarm(&mut self, context: &mut Context<'_>) {
        let is_late = self.next_due().is_some_and(|due| due < self.alarm.deadline());
        if let Some(due) = self.next_due()
            && (is_late || !self.is_alarm_set)
        {
            // What is overdue already has been seen to, unless it has only just become so.
            let due = due.max(Instant::now());
            self.alarm.as_mut().reset(due);
            self.look_at_the_clock(context);
        }
    }
}
