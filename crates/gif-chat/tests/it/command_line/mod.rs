//! The real binary: how it is started, configured, stopped, and what a crash leaves.

mod backup;
mod backup_cut;
mod backup_damage;
mod backup_secret;
mod backup_trouble;
mod configuration;
mod stopping;

use std::os::unix::fs::PermissionsExt as _;

use crate::support::program::Launch;

#[tokio::test]
async fn it_says_where_it_is_and_nothing_else() {
    let launch = Launch::new();
    for arguments in [&[][..], &["serve"], &["serve", "--bind", "127.0.0.1"]] {
        let program = launch.clone().arguments(arguments).start().await;
        let port = program.url.strip_prefix("http://localhost:").expect("the address");
        assert!(port.parse::<u16>().unwrap() > 0);
        assert_eq!(program.visitor().get("/").await.status, 200);
        assert_eq!(program.output(), format!("{}\n", program.url));
        program.stop().await;
    }
    let public = launch.variable("GIFCHAT_PUBLIC_URL", "https://chat.example/").start().await;
    assert_eq!(public.url, "https://chat.example");
    public.stop().await;
}

#[tokio::test]
async fn the_first_start_makes_the_data_folder_and_a_key_that_only_its_user_can_read() {
    let launch = Launch::new();
    assert!(!launch.data().exists());
    let program = launch.start().await;
    let mode = |name: &str| {
        let path = launch.data().join(name);
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode("secret.key"), 0o600);
    assert_eq!(mode(""), 0o700);
    let key = std::fs::read(launch.data().join("secret.key")).unwrap();
    assert!(key.len() >= 32);

    let visitor = program.visitor();
    let room = visitor.make_room("방").await;
    let (socket, before) = visitor.join(&room).await;
    drop(socket);
    let cookie = visitor.cookie();
    program.stop().await;
    let program = launch.start().await;
    assert_eq!(std::fs::read(launch.data().join("secret.key")).unwrap(), key);
    let visitor = visitor.moved_to(&program.url);
    let (_socket, after) = visitor.join(&room).await;
    assert_eq!(after["you"], before["you"], "colour, alias and author outlive a restart");
    assert_eq!(visitor.cookie(), cookie);
    let elsewhere = visitor.make_room("다른 방").await;
    let (_socket, elsewhere) = visitor.join(&elsewhere).await;
    assert_eq!(elsewhere["you"]["user"], before["you"]["user"]);
}

#[tokio::test]
async fn a_configured_secret_of_any_length_signs_and_is_kept_nowhere() {
    let launch = Launch::new();
    let visitor = {
        let program = launch.clone().variable("COOKIE_SECRET", "canary").start().await;
        let visitor = program.visitor();
        visitor.get("/").await;
        let log = program.stop().await;
        assert!(log.contains(" WARN gif_chat::app::folder"), "it can be guessed: {log}");
        assert!(!log.contains("canary"));
        visitor
    };
    assert!(!launch.data().join("secret.key").exists());
    let cookie = visitor.cookie();
    for (secret, same) in [("canary", true), ("another secret, long enough to warn nobody", false)]
    {
        let program = launch.clone().variable("COOKIE_SECRET", secret).start().await;
        let visitor = visitor.moved_to(&program.url);
        visitor.get("/").await;
        assert_eq!(visitor.cookie() == cookie, same, "a foreign signature makes a new visitor");
        let log = program.stop().await;
        assert_eq!(log.contains("cookie_secret has fewer than 32 bytes"), same, "{log}");
    }
}

#[tokio::test]
async fn a_start_that_cannot_be_says_why() {
    let launch = Launch::new();
    let first = launch.start().await;
    let second = launch.run().await;
    assert_eq!((second.code, second.output.as_str()), (Some(1), ""));
    assert!(second.log.contains("another gif-chat server uses the data folder"), "{}", second.log);
    assert!(second.log.contains("GIFCHAT_DATA"), "and what to do: {}", second.log);

    let port = first.url.rsplit(':').next().unwrap();
    let taken = Launch::new().variable("PORT", port).run().await;
    assert_eq!(taken.code, Some(1));
    assert!(taken.log.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{}", taken.log);

    let no_folder = Launch::new().file("data", "a file").run().await;
    assert_eq!(no_folder.code, Some(1));
    assert!(no_folder.log.contains("the data folder"), "{}", no_folder.log);

    let cut_off = Launch::new();
    std::fs::create_dir(cut_off.data()).unwrap();
    std::fs::write(cut_off.data().join("secret.key"), "short").unwrap();
    let cut_off = cut_off.run().await;
    assert_eq!(cut_off.code, Some(1));
    assert!(cut_off.log.contains("secret.key is cut off"), "{}", cut_off.log);
    assert_eq!(first.visitor().get("/").await.status, 200, "the first goes on");
}

#[tokio::test]
async fn help_and_version_are_said_and_a_wrong_word_is_refused() {
    let help = Launch::new().arguments(&["--help"]).run().await;
    assert_eq!(help.code, Some(0));
    for word in ["serve", "config", "--port", "--cookie-secret"] {
        assert!(help.output.contains(word), "{word}: {}", help.output);
    }
    let version = Launch::new().arguments(&["--version"]).run().await;
    assert_eq!(version.output, format!("gif-chat {}\n", env!("CARGO_PKG_VERSION")));
    for wrong in [&["--color", "red"][..], &["restart"], &["config"]] {
        let refused = Launch::new().arguments(wrong).run().await;
        assert_eq!(refused.code, Some(2), "{wrong:?}");
        assert!(!refused.log.is_empty() && refused.output.is_empty(), "{wrong:?}");
    }
}
