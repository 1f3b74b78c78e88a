//! Senders that wait for their answer, and then send the next.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::Client;
use crate::client::wire::Chat;

/// Longest wait for an answer.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);

/// How many messages were acknowledged in which time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flooded {
    acknowledged: u32,
    took: Duration,
}

impl Flooded {
    pub(super) fn count(&self) -> f64 {
        f64::from(self.acknowledged)
    }

    pub(super) fn per_second(&self) -> f64 {
        self.count() / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// Each client has one message in flight all the time.
pub(super) async fn flood(
    clients: &[Arc<Client>],
    lasting: Duration,
    name: &str,
) -> Result<Flooded> {
    let begin = Instant::now();
    let mut senders = JoinSet::new();
    for (number, client) in clients.iter().enumerate() {
        let (client, name) = (client.clone(), format!("{name}-{number}"));
        senders.spawn(async move {
            let mut acknowledged = 0_u32;
            while begin.elapsed() < lasting {
                let client_id = format!("{name}-{acknowledged}");
                let chat = Chat { chat: "one of a flood", client_id: &client_id };
                client.chat(&chat, ANSWER_TIME_MAX).await?;
                acknowledged += 1;
            }
            anyhow::Ok(acknowledged)
        });
    }
    let mut acknowledged = 0;
    while let Some(sender) = senders.join_next().await {
        acknowledged += sender?.context("a message was not acknowledged")?;
    }
    Ok(Flooded { acknowledged, took: begin.elapsed() })
}
