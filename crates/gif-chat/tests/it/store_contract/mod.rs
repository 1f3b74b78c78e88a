//! One story of use, told against `Arc<dyn Store>`: what it says holds for every store.

mod changes;
#[cfg(target_os = "linux")]
mod disk_full;
mod entries;
#[cfg(target_os = "linux")]
mod failing_disk;
mod history;
mod people;
mod purging;
mod rooms;
mod seats;
mod sqlite;
mod stage;
mod whispers;
mod writing;

use std::path::Path;
use std::sync::Arc;

use gif_chat::chat::{Feed, Store};

use stage::Stage;

/// Tells the story. `open` opens the store that belongs to a folder, empty at first, and the same
/// one when it is asked for the same folder again.
async fn story(open: impl AsyncFn(&Path, Feed) -> Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let chapter = async |name: &str| {
        let folder = folder.path().join(name);
        std::fs::create_dir(&folder).unwrap();
        Stage::set(&open, &folder).await
    };
    rooms::are_listed_and_entered(&mut chapter("rooms").await).await;
    rooms::are_not_there_until_they_are_made(&mut chapter("nowhere").await).await;
    rooms::are_removed_with_all_they_held(&mut chapter("removal").await).await;
    rooms::end_when_their_time_is_over(&mut chapter("deadlines").await).await;
    rooms::are_handed_over(&mut chapter("owners").await).await;
    rooms::wait_for_a_maker_for_one_grace(&mut chapter("makers").await).await;
    seats::belong_to_visitors(&mut chapter("seats").await).await;
    seats::are_not_freed_by_a_late_release(&mut chapter("generations").await).await;
    seats::are_kept_for_a_grace(&mut chapter("graces").await).await;
    seats::never_exceed_the_maximum(&mut chapter("maximum").await).await;
    people::have_colours_and_aliases_of_their_own(&mut chapter("identities").await).await;
    people::keep_what_they_were_given(&mut chapter("returning").await).await;
    entries::are_numbered_without_gaps(&mut chapter("entries").await).await;
    entries::that_are_refused_leave_nothing(&mut chapter("refused").await).await;
    entries::are_kept_once_for_each_client_id(&mut chapter("client ids").await).await;
    entries::are_known_for_a_day_after_they_fell_out(&mut chapter("retries").await).await;
    entries::fall_out_when_there_are_too_many(&mut chapter("trimming").await).await;
    entries::fall_out_also_when_people_only_come_and_go(&mut chapter("turnover").await).await;
    entries::fall_out_when_their_gifs_are_too_large(&mut chapter("gif bytes").await).await;
    history::is_read_in_pages(&mut chapter("history").await).await;
    history::is_bounded_in_bytes(&mut chapter("bytes").await).await;
    history::shows_what_was_said(&mut chapter("said").await).await;
    Box::pin(conversation(&chapter)).await;
    writing::is_told_before_it_is_answered(&mut chapter("feed").await).await;
    writing::goes_on_beside_refusals(&mut chapter("refusals").await).await;
    writing::goes_on_without_its_caller(&mut chapter("callers").await).await;
    outlives_a_run(&open, &folder.path().join("rooms")).await;
}

/// What becomes of messages, and whispers.
async fn conversation(chapter: &impl AsyncFn(&str) -> Stage) {
    changes::leave_messages_in_their_final_state(&mut chapter("changes").await).await;
    changes::that_are_refused_leave_nothing(&mut chapter("refused changes").await).await;
    changes::are_bounded_for_each_message(&mut chapter("reactions").await).await;
    changes::are_seen_in_quotes(&mut chapter("quotes").await).await;
    changes::do_not_confuse_retries(&mut chapter("changed retries").await).await;
    changes::leave_the_log_with_the_oldest(&mut chapter("trimmed changes").await).await;
    whispers::are_for_two_people(&mut chapter("whispers").await).await;
    whispers::need_somebody_who_hears_them(&mut chapter("recipients").await).await;
    whispers::are_kept_once_for_each_client_id(&mut chapter("whisper retries").await).await;
    whispers::are_read_in_pages_and_bounded(&mut chapter("private pages").await).await;
}

/// The same folder, opened again, holds what it held.
async fn outlives_a_run(open: &impl AsyncFn(&Path, Feed) -> Arc<dyn Store>, folder: &Path) {
    let mut stage = Stage::set(open, folder).await;
    rooms::give_an_earlier_run_one_grace(&mut stage).await;
    let epoch = stage.store.epoch().to_owned();
    stage.store.close().await;
    drop(stage);
    let stage = Stage::set(open, folder).await;
    assert_eq!(stage.store.epoch(), epoch, "a restart is no new epoch");
}
