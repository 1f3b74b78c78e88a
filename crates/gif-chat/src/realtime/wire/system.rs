//! System lines, and reactions.

use serde::Serialize;

use super::{Alias, Person};
use crate::chat::{self, SystemKind};
use crate::i18n::Locale;

/// What a system line says; every client words it in its own language. Whom it concerns stands in
/// `author`, `user` and `alias`: with settings, the owner who changed them.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct System {
    #[cfg_attr(test, ts(type = "SystemKind"))]
    kind: &'static str,
    author: String,
    user: String,
    alias: Alias,
    /// Who did it to them: the owner who handed over, sent out, muted.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Person>,
    /// With `kick`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// With `kick`, `mute` and `closing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// With `slow`; 0 when it is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<u32>"))]
    seconds: Option<u64>,
    /// With `title`.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// With `max`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(as = "Option<u32>"))]
    max: Option<u64>,
    /// With `password`: whether there is one now.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<bool>,
}

impl From<&chat::SystemLine> for System {
    fn from(line: &chat::SystemLine) -> Self {
        let chat::SystemDetails { by, text, until, number } = &line.details;
        let Person { id: author, user, alias } = (&line.about).into();
        let text_of = |kind| text.clone().filter(|_| line.kind == kind);
        let number_of = |kind| number.filter(|_| line.kind == kind);
        Self {
            kind: line.kind.as_str(),
            author,
            user,
            alias,
            by: by.as_ref().map(Into::into),
            reason: text_of(SystemKind::Kick),
            until: until.map(|until| until.to_string()),
            seconds: number_of(SystemKind::Slow),
            title: text_of(SystemKind::Title),
            max: number_of(SystemKind::Max),
            secret: number_of(SystemKind::Password).map(|number| number == 1),
        }
    }
}

/// The key of a line's text in `locales/`.
fn key(line: &chat::SystemLine) -> &'static str {
    let details = &line.details;
    match line.kind {
        SystemKind::Owner if details.by.is_some() => "owner_by",
        SystemKind::Kick if details.text.is_some() => "kick_reason",
        SystemKind::Slow if details.number == Some(0) => "slow_off",
        SystemKind::Password if details.number == Some(1) => "password_set",
        SystemKind::Password => "password_removed",
        kind => kind.as_str(),
    }
}

/// A system line in a language, with people named as `name` says.
pub(crate) fn sentence(
    line: &chat::SystemLine,
    locale: Locale,
    name: impl Fn(&chat::Identity) -> String,
) -> String {
    let details = &line.details;
    let text = locale.text(&format!("system.{}", key(line)));
    let number = details.number.map(|number| number.to_string());
    let text_of = |kind| details.text.clone().filter(|_| line.kind == kind);
    // What people wrote comes last, so that no placeholder in it is filled in.
    let values = [
        ("{time}", details.until.map(clock_time)),
        ("{seconds}", number.clone()),
        ("{max}", number),
        ("{user}", Some(name(&line.about))),
        ("{by}", details.by.as_ref().map(name)),
        ("{reason}", text_of(SystemKind::Kick)),
        ("{title}", text_of(SystemKind::Title)),
    ];
    values.into_iter().fold(text.to_owned(), |text, (place, value)| match value {
        Some(value) => text.replace(place, &value),
        None => text,
    })
}

/// What the course's pages show: in Korean, people by their colours.
pub(super) fn korean(line: &chat::SystemLine) -> String {
    sentence(line, Locale::Ko, |who| who.colour.to_string())
}

/// Hours and minutes of a time, where nobody knows the reader's zone.
fn clock_time(at: chat::Timestamp) -> String {
    let iso = at.to_string();
    format!("{} UTC", iso.get(11..16).unwrap_or_default())
}

/// One emoji at a message, and who gave it.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reaction {
    emoji: String,
    by: Vec<Reactor>,
}

/// Somebody who gave an emoji.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Reactor {
    id: String,
    alias: Alias,
}

impl From<&chat::Reaction> for Reaction {
    fn from(reaction: &chat::Reaction) -> Self {
        let by = reaction
            .by
            .iter()
            .map(|(author, alias)| Reactor { id: author.to_string(), alias: alias.into() });
        Self { emoji: reaction.emoji.as_str().to_owned(), by: by.collect() }
    }
}
