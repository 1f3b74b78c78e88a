//! Makes trouble, and mends it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::chapter::STOP_TIME_MAX;
use super::plan::{PageTrouble, Trouble};
use super::totals::{Counted, Totals};
use crate::page::{Handle, Stage};
use crate::proxy::{Direction, Flow, Line};
use crate::server::{Launch, Server};

/// A page and its way to the server.
struct Place {
    line: Arc<Line>,
    page: Handle,
    has_trouble: bool,
}

/// Has its hands on the server and on everybody's line.
pub(super) struct Stagehand<'launch> {
    launch: &'launch Launch,
    server: Option<Server>,
    pub(super) stage: Arc<Stage>,
    places: Vec<Place>,
    /// Troubles that will be mended; each gives its page's number back.
    mending: JoinSet<usize>,
}

impl<'launch> Stagehand<'launch> {
    pub(super) fn new(launch: &'launch Launch, server: Server, stage: Arc<Stage>) -> Self {
        let (places, mending) = (Vec::new(), JoinSet::new());
        Self { launch, server: Some(server), stage, places, mending }
    }

    /// From here on this page is in its hands.
    pub(super) fn take_over(&mut self, line: Arc<Line>, page: Handle) {
        self.places.push(Place { line, page, has_trouble: false });
    }

    /// Up to where each page has shown its room.
    pub(super) fn cursors(&self) -> Vec<u64> {
        self.places.iter().map(|place| place.page.cursor()).collect()
    }

    /// Makes one trouble. What lasts is mended later, while others go on.
    pub(super) async fn make(&mut self, trouble: &Trouble, totals: &mut Totals) -> Result<()> {
        while let Some(mended) = self.mending.try_join_next() {
            self.mended(mended?);
        }
        match trouble {
            Trouble::Kill { down, deaf } => self.kill(*down, *deaf, totals).await?,
            Trouble::Stop { down } => {
                self.stop(totals).await?;
                sleep(*down).await;
                self.server = Some(self.launch.start().await?);
            }
            Trouble::CutAll => {
                self.places.iter().for_each(|place| place.line.cut());
                totals.add(Counted::Cuts);
            }
            Trouble::OfPage { page, kind, lasting } => {
                self.trouble_page(*page, *kind, *lasting, totals);
            }
        }
        Ok(())
    }

    async fn kill(
        &mut self,
        down: Duration,
        deaf: Option<Duration>,
        totals: &mut Totals,
    ) -> Result<()> {
        if let Some(deaf) = deaf {
            self.lose_all_answers();
            totals.add(Counted::LostAnswers);
            sleep(deaf).await;
        }
        if self.stage.board.in_flight.get() > 0 {
            totals.add(Counted::KillsInFlight);
        }
        self.server.take().context("no server to kill")?.kill().await?;
        totals.add(Counted::Kills);
        if deaf.is_some() {
            for place in self.places.iter().filter(|place| !place.has_trouble) {
                place.line.cut();
                place.line.mend();
            }
        }
        sleep(down).await;
        self.server = Some(self.launch.start().await?);
        Ok(())
    }

    async fn stop(&mut self, totals: &mut Totals) -> Result<()> {
        let server = self.server.take().context("no server to stop")?;
        let took = server.stop(STOP_TIME_MAX).await?;
        totals.longest_stop = totals.longest_stop.max(took);
        totals.add(Counted::Stops);
        Ok(())
    }

    fn lose_all_answers(&self) {
        for place in self.places.iter().filter(|place| !place.has_trouble) {
            place.line.set(Direction::ToClient, Flow::Lose);
        }
    }

    /// A page has one trouble of its own at a time.
    fn trouble_page(
        &mut self,
        number: usize,
        kind: PageTrouble,
        lasting: Duration,
        totals: &mut Totals,
    ) {
        let Some(place) = self.places.get_mut(number).filter(|place| !place.has_trouble) else {
            return;
        };
        place.has_trouble = true;
        let (line, page) = (place.line.clone(), place.page.clone());
        totals.add(begin(&line, &page, kind));
        self.mending.spawn(async move {
            sleep(lasting).await;
            if kind == PageTrouble::LoseAnswers {
                line.cut();
            }
            line.mend();
            page.thaw();
            number
        });
    }

    fn mended(&mut self, number: usize) {
        if let Some(place) = self.places.get_mut(number) {
            place.has_trouble = false;
        }
    }

    /// Waits until everything is mended.
    pub(super) async fn mend_all(&mut self) {
        while let Some(mended) = self.mending.join_next().await {
            if let Ok(number) = mended {
                self.mended(number);
            }
        }
    }

    /// The last stop in good order.
    pub(super) async fn end(mut self, totals: &mut Totals) -> Result<()> {
        self.stop(totals).await
    }
}

fn begin(line: &Line, page: &Handle, kind: PageTrouble) -> Counted {
    match kind {
        PageTrouble::Stall(direction) => {
            line.set(direction, Flow::Hold);
            Counted::Stalls
        }
        PageTrouble::StallBoth => {
            line.set(Direction::ToServer, Flow::Hold);
            line.set(Direction::ToClient, Flow::Hold);
            Counted::Stalls
        }
        PageTrouble::LoseAnswers => {
            line.set(Direction::ToClient, Flow::Lose);
            Counted::LostAnswers
        }
        PageTrouble::HalfClose(direction) => {
            line.set(direction, Flow::End);
            Counted::HalfCloses
        }
        PageTrouble::Refuse => {
            line.refuse();
            line.cut();
            Counted::Refuses
        }
        PageTrouble::Freeze => {
            page.freeze();
            Counted::Freezes
        }
    }
}
