//! A few connections that read, each snapshot consistent in itself.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::rows::unavailable;
use super::schema;
use crate::chat::{Outage, StoreError};

/// The pool. Reading happens off the async threads; callers wait for a free connection.
pub(super) struct Readers {
    connections: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path, count: usize) -> rusqlite::Result<Self> {
        let count = count.max(1);
        let connections: rusqlite::Result<Vec<_>> =
            (0..count).map(|_| schema::open_reader(path)).collect();
        Ok(Self {
            connections: Arc::new(Mutex::new(connections?)),
            free: Arc::new(Semaphore::new(count)),
        })
    }

    /// Runs `query` in one read transaction: everything it sees is of one moment.
    pub(super) async fn run<T, F>(&self, query: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let closed = || StoreError::unavailable(Outage::Closed, "the store is closed");
        let permit = self.free.clone().acquire_owned().await.map_err(|_closed| closed())?;
        let connections = self.connections.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let pop = || connections.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = pop().ok_or_else(closed)?;
            let reading = AssertUnwindSafe(|| in_snapshot(&mut connection, query));
            // A panic must not cost the connection: there are few.
            let result = catch_unwind(reading).unwrap_or_else(|_panic| {
                Err(StoreError::unavailable(Outage::Other, "the query panicked"))
            });
            connections.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result
        });
        let result = reading
            .await
            .unwrap_or_else(|error| Err(StoreError::unavailable(Outage::Other, error.to_string())));
        if let Err(StoreError::Unavailable { outage, cause }) = &result
            && *outage != Outage::Closed
        {
            tracing::error!(?outage, %cause, "a query failed");
        }
        result
    }

    /// Refuses every later query.
    pub(super) fn close(&self) {
        self.free.close();
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn in_snapshot<T>(
    connection: &mut Connection,
    query: impl FnOnce(&Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let transaction = connection.transaction().map_err(unavailable)?;
    query(&transaction)
}
