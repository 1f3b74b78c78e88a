use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::socket_client::DEADLINE;

/// How often a condition that announces itself by no event is looked at.
const PAUSE: Duration = Duration::from_millis(2);

/// Waits until the condition holds, for things that no event tells, such as files on disk.
pub(crate) async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            sleep(PAUSE).await;
        }
    };
    timeout(DEADLINE, waiting).await.unwrap_or_else(|_elapsed| panic!("never: {what}"));
}
