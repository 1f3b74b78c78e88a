//! `config check`, `config print`, and the order of sources.

use gif_chat::config::KEYS;

use crate::support::program::Launch;

/// What `config print` says of one key.
fn printed(output: &str, key: &str) -> (String, String) {
    let line = output.lines().find(|line| line.split(" = ").next() == Some(key));
    let (_, rest) = line.unwrap_or_else(|| panic!("{key}: {output}")).split_once(" = ").unwrap();
    let (value, source) = rest.split_once("  # ").unwrap();
    (value.to_owned(), source.to_owned())
}

#[tokio::test]
async fn every_fault_is_named_at_once_with_key_value_source_and_hint() {
    let launch = Launch::new()
        .variable("PORT", "99999")
        .variable("GIFCHAT_COLOR", "red")
        .variable("GIFCHAT_PUBLIC_URL", "chat.example/path")
        .file(".env", "GIFCHAT_GRACE=soon\nGIFCHAT_ROOMS=9\nOTHER=fine\n")
        .file("gif-chat.toml", "readers = \"many\"\nmax_seats = 3\nlog_format = \"xml\"\n");
    let faults = [
        "PORT = 99999 (environment variable PORT): write a whole number from 0 to 65535",
        "GIFCHAT_COLOR = … (environment variable GIFCHAT_COLOR): there is no such key",
        "GIFCHAT_PUBLIC_URL = chat.example/path (environment variable GIFCHAT_PUBLIC_URL): ",
        "GIFCHAT_GRACE = soon (GIFCHAT_GRACE in .env): write a time such as",
        "GIFCHAT_ROOMS = … (GIFCHAT_ROOMS in .env): there is no such key",
        "readers = many (gif-chat.toml): write a whole number",
        "max_seats = … (gif-chat.toml): there is no such key; config.example.toml lists them all",
        "log_format = xml (gif-chat.toml): write text or json",
    ];
    // Whatever is asked of it, a faulty configuration is refused in the same words.
    for arguments in [&["config", "check"][..], &["config", "print"], &[], &["serve"]] {
        let checked = launch.clone().arguments(arguments).run().await;
        assert_eq!(checked.code, Some(2), "{arguments:?}");
        for fault in faults {
            assert!(checked.log.contains(fault), "{arguments:?}: {fault}\n{}", checked.log);
        }
        assert_eq!(checked.log.lines().count(), faults.len(), "{}", checked.log);
    }
    assert!(!launch.data().exists(), "nothing was started");

    let fine = Launch::new().arguments(&["config", "check"]).run().await;
    assert_eq!((fine.code, fine.log.as_str()), (Some(0), ""));
    let missing = Launch::new().arguments(&["config", "check", "--config", "missing.toml"]);
    let missing = missing.run().await;
    assert_eq!(missing.code, Some(2));
    assert!(missing.log.contains("missing.toml"), "{}", missing.log);
    let broken = Launch::new().file("gif-chat.toml", "port = \n").arguments(&["config", "check"]);
    let broken = broken.run().await;
    assert!(broken.code == Some(2) && broken.log.contains("not valid TOML"), "{}", broken.log);
}

#[tokio::test]
async fn the_command_line_beats_the_environment_then_env_file_toml_and_defaults() {
    let toml = "grace = \"1s\"\nlog = \"1\"\nreaders = 1\nstop_time_max = \"1s\"\n";
    let with_toml = Launch::new().file("gif-chat.toml", toml);
    let env_file = "GIFCHAT_GRACE=2s\nGIFCHAT_LOG=2\nGIFCHAT_READERS=2\n";
    let launch = with_toml
        .file(".env", env_file)
        .variable("GIFCHAT_GRACE", "3s")
        .variable("GIFCHAT_LOG", "3")
        .arguments(&["config", "print", "--grace", "4s"]);
    let print = launch.run().await;
    assert_eq!(print.code, Some(0), "{}", print.log);
    for (key, value, source) in [
        ("grace", "4s", "command line"),
        ("log", "3", "environment variable GIFCHAT_LOG"),
        ("readers", "2", "GIFCHAT_READERS in .env"),
        ("stop_time_max", "1s", "gif-chat.toml"),
        ("bind", "127.0.0.1", "default"),
        ("port", "0", "environment variable PORT"),
    ] {
        assert_eq!(printed(&print.output, key), (value.to_owned(), source.to_owned()), "{key}");
    }
    assert_eq!(print.output.lines().count(), KEYS.len(), "every key is printed");

    // Another file than gif-chat.toml, named in any of the ways.
    let named = launch.clone().file("other.toml", "stop_time_max = \"9s\"\n");
    let by_option = named.clone().arguments(&["config", "print", "--config", "other.toml"]);
    let by_variable =
        named.variable("GIFCHAT_CONFIG", "other.toml").arguments(&["config", "print"]);
    for launch in [by_option, by_variable] {
        let print = launch.run().await;
        let expected = ("9s".to_owned(), "other.toml".to_owned());
        assert_eq!(printed(&print.output, "stop_time_max"), expected);
        assert_eq!(printed(&print.output, "readers").0, "2", "gif-chat.toml is not read");
    }
}

#[tokio::test]
async fn what_is_printed_is_what_the_server_does() {
    let launch = Launch::new()
        .file("gif-chat.toml", "room_seats_max = 3\n")
        .file(".env", "GIFCHAT_ROOM_TITLE_GRAPHEMES_MAX=5\n")
        .arguments(&["--message-text-graphemes-max", "4"]);
    let program = launch.start().await;
    let visitor = program.visitor();
    for (title, max, status) in
        [("다섯글자방", "3", 302), ("여섯글자의방", "3", 422), ("방", "4", 422)]
    {
        let answer = visitor.post_form("/room", &[("title", title), ("max", max)]).await;
        assert_eq!(answer.status, status, "{title} {max}");
    }
    let room = visitor.make_room_with("방", "2", "").await;
    for (text, status) in [("네글자다", 200), ("다섯글자다", 422)] {
        let answer = visitor.post_form(&format!("/room/{room}/chat"), &[("chat", text)]).await;
        assert_eq!(answer.status, status, "{text}");
    }
}

#[tokio::test]
async fn secrets_are_printed_nowhere() {
    let print = &["config", "print"][..];
    let secret = "canary-secret";
    let launches = [
        Launch::new().variable("COOKIE_SECRET", secret).arguments(print),
        Launch::new().variable("GIFCHAT_COOKIE_SECRET", secret).arguments(print),
        Launch::new().file(".env", "COOKIE_SECRET=canary-secret\n").arguments(print),
        Launch::new().file("gif-chat.toml", "cookie_secret = \"canary-secret\"\n").arguments(print),
        Launch::new().arguments(&["config", "print", "--cookie-secret", secret]),
    ];
    for launch in launches {
        let print = launch.run().await;
        assert_eq!(printed(&print.output, "cookie_secret").0, "(hidden)");
        assert!(!print.output.contains(secret) && !print.log.contains(secret));
    }
    // A name with a slip of the pen may hold a secret too, and so may a broken file.
    let slips = [
        Launch::new().variable("GIFCHAT_COOKIESECRET", secret),
        Launch::new().file(".env", "COOKIE_SECRET='canary-secret\n"),
        Launch::new().file("gif-chat.toml", "cookie_secret = canary-secret\n"),
        Launch::new().file("gif-chat.toml", "cookie-secret = \"canary-secret\"\n"),
    ];
    for launch in slips {
        let checked = launch.arguments(&["config", "check"]).run().await;
        assert_eq!(checked.code, Some(2));
        assert!(!checked.log.is_empty() && !checked.log.contains(secret), "{}", checked.log);
    }
    let unset = Launch::new().arguments(print).run().await;
    assert_eq!(printed(&unset.output, "cookie_secret"), (String::new(), "default".to_owned()));
}
