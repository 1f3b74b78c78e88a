//! A server as a process, played by a script: how it starts and how it ends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use loadgen::server::Launch;
use tempfile::TempDir;

use crate::support::DEADLINE;

/// A program that says where it is, as the server does, and then does this.
fn program(folder: &TempDir, then: &str) -> PathBuf {
    let path = folder.path().join("program");
    let script = format!("#!/bin/sh\necho http://localhost:$PORT\n{then}\n");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test]
async fn it_is_started_again_on_the_same_port_and_folder_and_its_log_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let then = "echo started with $MARK >&2; mkdir -p $GIFCHAT_DATA; echo x >> $GIFCHAT_DATA/starts; exec sleep 60";
    let program = program(&folder, then);
    let launch = Launch::new(&program).await.unwrap().variable("MARK", "a mark");
    for _ in 0..2 {
        launch.start().await.unwrap().kill().await.unwrap();
    }
    let server = launch.start().await.unwrap();
    assert!(server.usage().is_ok());
    drop(server);
    assert_eq!(fs::read_to_string(launch.data().join("starts")).unwrap(), "x\nx\nx\n");
    assert!(launch.log().text().contains("started with a mark"));
}

#[tokio::test]
async fn a_stop_says_whether_the_end_was_a_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [
        ("trap 'exit 0' TERM; while :; do sleep 0.05; done", Ok(())),
        ("trap 'exit 3' TERM; while :; do sleep 0.05; done", Err("exit status: 3")),
        ("exec sleep 60", Err("signal: 15")),
    ];
    for (then, expected) in cases {
        let launch = Launch::new(&program(&folder, then)).await.unwrap();
        let stopped = launch.start().await.unwrap().stop(DEADLINE).await;
        match (stopped, expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (stopped, _) => panic!("{then}: {stopped:?}"),
        }
    }
}

#[tokio::test]
async fn a_stop_that_takes_too_long_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let then = "trap '' TERM; while :; do sleep 0.05; done";
    let launch = Launch::new(&program(&folder, then)).await.unwrap();
    let stopped = launch.start().await.unwrap().stop(Duration::from_millis(200)).await;
    assert!(stopped.unwrap_err().to_string().contains("did not end within"));
}

#[tokio::test]
async fn one_that_does_not_start_or_has_ended_is_told_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mute");
    fs::write(&path, "#!/bin/sh\necho no secret >&2\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    let launch = Launch::new(&path).await.unwrap();
    let error = launch.start().await.unwrap_err().to_string();
    assert!(error.contains("ended instead of starting"), "{error}");

    let launch = Launch::new(&program(&folder, "exit 0")).await.unwrap();
    let mut server = launch.start().await.unwrap();
    tokio::time::timeout(DEADLINE, async {
        while server.check().is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    assert!(server.kill().await.unwrap_err().to_string().contains("ended by itself"));
    assert!(Launch::new(&folder.path().join("missing")).await.is_err());
}
