use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use gif_chat::app::{App, Environment, OsRandom, StartError};
use gif_chat::config::Config;
use tempfile::TempDir;

use super::{HandClock, Visitor};

/// A server of the test's own, with a data folder of its own that goes with it.
pub(crate) struct TestServer {
    app: Option<App>,
    /// Removed with its last owner.
    _folder: Arc<TempDir>,
    config: Config,
    pub(crate) clock: HandClock,
}

pub(crate) struct TestServerBuilder {
    config: Config,
    folder: Arc<TempDir>,
}

impl TestServer {
    /// A server with budgets so large that only tests about budgets meet them.
    pub(crate) async fn start() -> Self {
        Self::builder().start().await
    }

    pub(crate) fn builder() -> TestServerBuilder {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let mut config = Config::for_folder(folder.path().join("data"));
        config.messages_burst = 100_000;
        config.reactions_burst = 100_000;
        config.whispers_burst = 100_000;
        config.joins_burst = 100_000;
        config.pages_burst = 100_000;
        config.acts_burst = 100_000;
        config.socket_packets_burst_max = 10_000_000;
        config.gifs_per_minute = 100_000;
        config.gifs_per_minute_per_address = 100_000;
        config.rooms_open_max = 1_000;
        config.rooms_per_hour = 100_000;
        config.rooms_per_hour_per_address = 100_000;
        config.passwords_per_minute = 1_000;
        config.passwords_per_minute_per_address = 1_000;
        config.free_disk_bytes_min = 0;
        TestServerBuilder { config, folder }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.app().address())
    }

    pub(crate) fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        &self.config.data
    }

    /// How long an empty room, or a dropped visitor's seat, is kept.
    pub(crate) fn grace(&self) -> Duration {
        self.config.grace
    }

    /// The last moment within a grace that has just begun; a millisecond later it is over.
    pub(crate) fn almost_grace(&self) -> Duration {
        self.grace().saturating_sub(Duration::from_millis(1))
    }

    /// Somebody with a browser of their own.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(&self.url())
    }

    /// Stops the server in good order.
    pub(crate) async fn stop(&mut self) {
        if let Some(app) = self.app.take() {
            app.stop().await;
        }
    }

    /// Stops it and starts it again on the same folder, at another port. Visitors that were made
    /// before go on with [`Visitor::moved_to`].
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.app = Some(start(&self.config, &self.clock).await.unwrap());
    }

    /// The same with another configuration.
    pub(crate) async fn restart_with(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut self.config);
        self.restart().await;
    }

    /// Tries to start a second server on the same folder.
    pub(crate) async fn start_another(&self) -> Result<App, StartError> {
        start(&self.config, &self.clock).await
    }

    /// Every file under the data folder that contains these bytes.
    pub(crate) fn files_with(&self, needle: &[u8]) -> Vec<String> {
        files(self.data())
            .into_iter()
            .filter(|(_, bytes)| bytes.windows(needle.len()).any(|window| window == needle))
            .map(|(name, _)| name)
            .collect()
    }

    /// The names of the GIF files on disk, temporary ones included.
    pub(crate) fn gif_files(&self) -> Vec<String> {
        files(&self.data().join("gifs")).into_iter().map(|(name, _)| name).collect()
    }
}

/// The defaults with one value as an operator writes it, for types that only text can make.
pub(crate) fn config_with(key: &str, value: &str) -> Config {
    let command_line = [(key.to_owned(), value.to_owned())].into();
    let folder = Path::new("/nonexistent").to_owned();
    let environment = gif_chat::config::Environment { command_line, folder, ..Default::default() };
    Config::read(&environment).config.unwrap()
}

/// Names and contents of all files under a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
    found
}

async fn start(config: &Config, clock: &HandClock) -> Result<App, StartError> {
    let environment = Environment { clock: Arc::new(clock.clone()), random: Arc::new(OsRandom) };
    App::start_in(config.clone(), environment).await
}

impl TestServerBuilder {
    /// Changes the configuration.
    pub(crate) fn config(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    pub(crate) async fn start(self) -> TestServer {
        let clock = HandClock::new();
        let app = start(&self.config, &clock).await.unwrap();
        TestServer { app: Some(app), _folder: self.folder, config: self.config, clock }
    }
}
