//! The servers that are compared, and how each is started.

mod limits;
mod ours;
mod raw;
mod socketioxide;

#[cfg(test)]
pub(crate) use raw::Server as RawServer;
pub(crate) use raw::Writing;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use serde::Serialize;

use crate::load::{Dialect, Door};
use crate::machine::Cores;

/// The server of which the report says whether it shows what it must.
pub(crate) const SUBJECT: Peer = Peer::Ours;

/// One of the servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Peer {
    /// Our engine.
    Ours,
    /// The same on two threads.
    #[serde(rename = "ours-2-workers")]
    OursOnTwo,
    /// gif-chat as a whole: its release binary with durable storage.
    #[serde(rename = "gif-chat")]
    Product,
    /// socketioxide on hyper and tokio.
    Socketioxide,
    /// The npm package `socket.io` on Node.
    Node,
    /// Messages by HTTP to Express on Node, out by `socket.io`.
    Express,
    /// The npm package `socket.io` on Bun.
    Bun,
    /// A limit: one write per recipient and message.
    RawEach,
    /// A limit: one write per recipient and turn of the loop.
    RawTurn,
}

impl Peer {
    /// All, in the order of the report.
    pub(crate) const ALL: [Self; 9] = [
        Self::RawEach,
        Self::RawTurn,
        Self::Ours,
        Self::OursOnTwo,
        Self::Product,
        Self::Socketioxide,
        Self::Bun,
        Self::Node,
        Self::Express,
    ];

    /// Its name in options and reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::OursOnTwo => "ours-2-workers",
            Self::Product => "gif-chat",
            Self::Socketioxide => "socketioxide",
            Self::Node => "node",
            Self::Express => "express",
            Self::Bun => "bun",
            Self::RawEach => "raw-each",
            Self::RawTurn => "raw-turn",
        }
    }

    /// What it is, in a few words.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::Ours => "our engine, current-thread tokio",
            Self::OursOnTwo => "our engine on two workers, sharing all cores with the load",
            Self::Product => "the release server as a whole, every message durable in SQLite",
            Self::Socketioxide => "socketioxide on hyper, current-thread tokio",
            Self::Node => "npm socket.io on Node",
            Self::Express => "POST to Node + Express, then npm socket.io",
            Self::Bun => "npm socket.io on Bun",
            Self::RawEach => "limit: epoll, one write per recipient and message",
            Self::RawTurn => "limit: epoll, one write per recipient and turn of the loop",
        }
    }

    /// The peer of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|peer| peer.name() == name)
    }

    /// How one talks to it.
    pub(crate) fn dialect(self) -> Dialect {
        if self == Self::Product { Dialect::Product } else { Dialect::Plain }
    }

    /// By which way messages go to it.
    pub(crate) fn door(self) -> Door {
        if self == Self::Express { Door::Post } else { Door::Socket }
    }

    /// Where it runs.
    pub(crate) fn cores(self) -> Cores {
        if self == Self::OursOnTwo { Cores::Shared } else { Cores::Pinned }
    }

    /// Whether one can come in by polling.
    pub(crate) fn polls(self) -> bool {
        !matches!(self, Self::RawEach | Self::RawTurn)
    }

    /// The same server on two workers, if there is such a peer.
    pub(crate) fn on_two_workers(self) -> Option<Self> {
        (self == Self::Ours).then_some(Self::OursOnTwo)
    }

    /// Whether idle connections and storms would show anything that another peer does not.
    pub(crate) fn connects_in_its_own_way(self) -> bool {
        !matches!(self, Self::Express | Self::RawTurn)
    }

    /// The program and its arguments; `folder` is its own, and empty.
    pub(crate) fn command(self, folder: &Path) -> Result<Command> {
        let here = std::env::current_exe()?;
        let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
        let mut command = match self {
            Self::Product => {
                let mut command = Command::new(here.with_file_name("gif-chat"));
                command.envs(limits::product());
                command
            }
            Self::Node => with_script(Command::new("node"), &bench.join("server.js")),
            Self::Express => with_script(Command::new("node"), &bench.join("express.js")),
            Self::Bun => {
                let bun = bench.join("node_modules/.bin/bun");
                with_script(Command::new(bun), &bench.join("server.js"))
            }
            Self::Ours | Self::OursOnTwo | Self::Socketioxide | Self::RawEach | Self::RawTurn => {
                let mut command = Command::new(here);
                command.args(["serve", self.name()]);
                command
            }
        };
        command.current_dir(folder).env("NODE_ENV", "production");
        Ok(command)
    }

    /// Serves in this process, until it is killed.
    pub(crate) fn serve(self) -> Result<()> {
        match self {
            Self::Ours => ours::serve(1),
            Self::OursOnTwo => ours::serve(2),
            Self::Socketioxide => socketioxide::serve(),
            Self::RawEach => raw::serve(Writing::Each),
            Self::RawTurn => raw::serve(Writing::Turn),
            Self::Product | Self::Node | Self::Express | Self::Bun => {
                bail!("{} is a program of its own", self.name())
            }
        }
    }
}

fn with_script(mut command: Command, script: &Path) -> Command {
    command.arg(script);
    command
}
