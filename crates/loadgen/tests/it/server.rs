//! A server as a process, played by a script: how it starts and how it ends.

use std::fs;
use std::path::Path;
use std::time::Duration;

use loadgen::server::Launch;
use tempfile::TempDir;

use crate::support::DEADLINE;

const SAY_WHERE: &str = "echo http://localhost:$PORT\n";

/// A shell that does this instead of a server's work.
async fn launch(folder: &TempDir, script: &str) -> Launch {
    let path = folder.path().join("script");
    fs::write(&path, script).unwrap();
    let launch = Launch::new(Path::new("/bin/bash")).await.unwrap();
    launch.variable("BASH_ENV", path)
}

#[tokio::test]
async fn it_is_started_again_on_the_same_port_and_folder_and_its_log_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo started with $MARK >&2; mkdir -p $GIFCHAT_DATA
        echo x >> $GIFCHAT_DATA/starts; echo http://localhost:$PORT; exec sleep 60";
    let launch = launch(&folder, script).await.variable("MARK", "a mark");
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
    let wait = "while :; do sleep 0.05; done";
    let cases = [
        (format!("trap 'exit 0' TERM; {SAY_WHERE}{wait}"), None),
        (format!("trap 'exit 3' TERM; {SAY_WHERE}{wait}"), Some("exit status: 3")),
        (format!("{SAY_WHERE}exec sleep 60"), Some("signal: 15")),
    ];
    for (script, expected) in cases {
        let server = launch(&folder, &script).await.start().await.unwrap();
        match (server.stop(DEADLINE).await, expected) {
            (Ok(_), None) => {}
            (Err(error), Some(part)) => assert!(error.to_string().contains(part), "{error}"),
            (stopped, _) => panic!("{script}: {stopped:?}"),
        }
    }
}

#[tokio::test]
async fn a_stop_that_takes_too_long_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("trap '' TERM; {SAY_WHERE}while :; do sleep 0.05; done");
    let server = launch(&folder, &script).await.start().await.unwrap();
    let stopped = server.stop(Duration::from_millis(200)).await;
    assert!(stopped.unwrap_err().to_string().contains("did not end within"));
}

#[tokio::test]
async fn below_a_wrapper_the_server_is_asked_and_both_are_killed() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("trap 'exit 0' TERM; {SAY_WHERE}while :; do sleep 0.05; done");
    let wrapper = ["/bin/dash", "-c", "\"$0\" \"$@\"; exit $?"];
    let launch = launch(&folder, &script).await.wrapper(wrapper);
    launch.start().await.unwrap().stop(DEADLINE).await.unwrap();

    let server = launch.start().await.unwrap();
    let process = format!("/proc/{}", server.pid());
    let name = fs::read_to_string(format!("{process}/comm")).unwrap();
    assert_eq!(name.trim(), "bash");
    server.kill().await.unwrap();
    tokio::time::timeout(DEADLINE, async {
        while runs(&process) {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

/// A process that has ended may wait for somebody to ask how.
fn runs(process: &str) -> bool {
    let stat = fs::read_to_string(format!("{process}/stat")).unwrap_or_default();
    !stat.is_empty() && !stat.contains(") Z ")
}

#[tokio::test]
async fn one_that_does_not_start_or_has_ended_is_told_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let mute = launch(&folder, "echo no secret >&2; exit 1").await;
    let error = mute.start().await.unwrap_err().to_string();
    assert!(error.contains("ended instead of starting"), "{error}");

    let brief = launch(&folder, SAY_WHERE).await;
    let mut server = brief.start().await.unwrap();
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
