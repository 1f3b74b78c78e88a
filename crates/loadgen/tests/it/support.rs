//! A real server in this process.

use std::net::SocketAddr;
use std::time::Duration;

use gif_chat::app::App;
use gif_chat::config::Config;
use loadgen::client::Door;
use tempfile::TempDir;

/// Longest wait for anything.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// A server on a folder of its own.
pub(crate) struct TestServer {
    pub(crate) app: App,
    pub(crate) folder: TempDir,
}

impl TestServer {
    /// With the defaults, but for what is changed here.
    pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), change).await
    }

    /// On a folder from before.
    pub(crate) async fn start_in(folder: TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::for_folder(folder.path().join("data"));
        config.free_disk_bytes_min = 0;
        config.messages_burst = 10_000;
        config.messages_address_factor = 100;
        change(&mut config);
        Self { app: App::start(config).await.unwrap(), folder }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.app.address()
    }

    pub(crate) fn door(&self) -> Door {
        Door::new(&self.address().to_string()).unwrap()
    }
}
