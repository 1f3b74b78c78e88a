//! Between the domain's wish that a GIF be gone and the shelf that keeps it.

use std::sync::Arc;

use async_trait::async_trait;

use crate::chat::{GifFiles, Store, StoreError};
use crate::gifs::Shelf;

/// The shelf, asked about by the store's rows.
pub(super) struct StoredGifs {
    shelf: Shelf,
    store: Arc<dyn Store>,
}

impl StoredGifs {
    pub(super) fn new(shelf: Shelf, store: Arc<dyn Store>) -> Self {
        Self { shelf, store }
    }

    /// Removes files that no row speaks of: a crash can leave some between file and row.
    pub(super) async fn sweep(&self) {
        match self.shelf.sweep(|name| self.is_shown(name)).await {
            Ok(removed) if removed.is_empty() => {}
            Ok(removed) => {
                tracing::info!(removed = removed.len(), "GIFs without a message removed");
            }
            Err(error) => tracing::warn!(%error, "GIFs without a message could not be removed"),
        }
    }

    async fn is_shown(&self, name: String) -> Result<bool, StoreError> {
        self.store.shows_gif(&name).await
    }
}

#[async_trait]
impl GifFiles for StoredGifs {
    async fn discard(&self, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        if let Err(error) = self.shelf.discard(names, |name| self.is_shown(name)).await {
            // The next start sweeps what is left.
            tracing::error!(%error, "GIF files could not be removed");
        }
    }
}
