//! The conversation as the server writes it into the page.

use super::pages::words;
use crate::chat::{AuthorId, Body, Entry, Excerpt, GifReference, Identity, Message, More, Quote};
use crate::i18n::Locale;
use crate::realtime::wire::sentence;

/// One message, or what is left of it, or a system line.
#[derive(Default)]
pub(super) struct MessageRow {
    pub(super) seq: u64,
    /// What the system says, if it is the system that speaks.
    pub(super) kind: Option<&'static str>,
    pub(super) own: bool,
    pub(super) author: String,
    pub(super) client_id: Option<String>,
    pub(super) author_colour: String,
    pub(super) alias: String,
    pub(super) created_at: String,
    pub(super) text: Option<String>,
    pub(super) gif: Option<GifView>,
    /// Instead of what is gone.
    pub(super) removed: Option<&'static str>,
    /// Whether it was the owner who removed it.
    pub(super) by_owner: bool,
    /// When its author changed it last.
    pub(super) edited_at: Option<String>,
    pub(super) quote: Option<QuoteView>,
    pub(super) reactions: Vec<ReactionView>,
}

pub(super) struct GifView {
    pub(super) name: String,
    pub(super) width: u16,
    pub(super) height: u16,
}

/// What a message answers.
pub(super) struct QuoteView {
    pub(super) seq: u64,
    pub(super) author: String,
    pub(super) author_colour: String,
    pub(super) alias: String,
    pub(super) text: Option<String>,
    pub(super) gif: Option<GifView>,
    /// Instead of what is gone.
    pub(super) removed: Option<&'static str>,
}

/// One emoji at a message.
pub(super) struct ReactionView {
    pub(super) emoji: String,
    pub(super) count: usize,
}

impl GifView {
    fn new(gif: &GifReference) -> Self {
        Self { name: gif.name.clone(), width: gif.width, height: gif.height }
    }
}

impl QuoteView {
    fn new(quote: &Quote, reader: Locale) -> Self {
        let (text, gif) = match &quote.excerpt {
            Some(Excerpt::Text(text)) => (Some(text.clone()), None),
            Some(Excerpt::Gif(gif)) => (None, Some(GifView::new(gif))),
            None => (None, None),
        };
        Self {
            seq: quote.seq,
            author: quote.by.author.to_string(),
            author_colour: quote.by.colour.to_string(),
            alias: words(&quote.by.alias, reader),
            removed: quote.excerpt.is_none().then(|| reader.text("talk.deleted")),
            text,
            gif,
        }
    }
}

impl MessageRow {
    /// The row of an entry that is shown.
    pub(super) fn new(entry: &Entry, own: &AuthorId, reader: Locale) -> Self {
        let row = |who: &Identity| Self {
            seq: entry.seq,
            author: who.author.to_string(),
            author_colour: who.colour.to_string(),
            alias: words(&who.alias, reader),
            created_at: entry.created_at.to_string(),
            own: who.author == *own,
            ..Self::default()
        };
        match &entry.message {
            Message::System(line) => {
                let text = sentence(line, reader, |who| words(&who.alias, reader));
                let kind = Some(line.kind.as_str());
                Self { text: Some(text), kind, own: false, ..row(&line.about) }
            }
            // Pages hold no changes; what they changed is in its final state.
            Message::Changed(change) => row(&change.by),
            Message::Removed { by, by_owner, .. } => {
                let key = if *by_owner { "talk.deleted_by_owner" } else { "talk.deleted" };
                Self { removed: Some(reader.text(key)), by_owner: *by_owner, ..row(by) }
            }
            Message::Said { by, body, client_id, more, .. } => {
                let row = row(by).with(more, reader);
                let client_id = client_id.as_ref().filter(|_| row.own);
                let client_id = client_id.map(|id| id.as_str().to_owned());
                match body {
                    Body::Text(text) => {
                        Self { client_id, text: Some(text.as_str().to_owned()), ..row }
                    }
                    Body::Gif(gif) => Self { client_id, gif: Some(GifView::new(gif)), ..row },
                }
            }
        }
    }

    fn with(self, more: &More, reader: Locale) -> Self {
        let reactions = more.reactions.iter().map(|reaction| ReactionView {
            emoji: reaction.emoji.as_str().to_owned(),
            count: reaction.by.len(),
        });
        Self {
            edited_at: more.edited_at.map(|at| at.to_string()),
            quote: more.quote.as_ref().map(|quote| QuoteView::new(quote, reader)),
            reactions: reactions.collect(),
            ..self
        }
    }
}
