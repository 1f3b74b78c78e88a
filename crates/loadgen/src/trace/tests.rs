use super::*;

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |text, byte| format!("{text}\\x{byte:02x}"))
}

/// A log whose words between `«` and `»` are written as strace writes strings.
fn read_log(log: &str) -> Result<Vec<Moment>> {
    let mut written = String::new();
    for part in log.split('«') {
        match part.split_once('»') {
            Some((word, rest)) => {
                written.push_str(&hex(word));
                written.push_str(rest);
            }
            None => written.push_str(part),
        }
    }
    read(written.as_bytes(), Path::new("/srv"))
}

fn steps(log: &str) -> Vec<Step> {
    read_log(log).unwrap().into_iter().map(|moment| moment.step).collect()
}

#[test]
fn calls_on_files_are_understood() {
    let read = steps(
        "7 mkdir(\"«./data»\", 0700) = 0\n\
         7 openat(AT_FDCWD<«/srv»>, \"«data/a»\", O_RDWR|O_CREAT|O_CLOEXEC, 0644) = 3<«/srv/data/a»>\n\
         7 write(3<«/srv/data/a»>, \"«one»\", 3) = 3\n\
         7 write(3<«/srv/data/a»>, \"«two»\", 3) = 2\n\
         7 pwrite64(3<«/srv/data/a»>, \"«,»\", 1, 4096) = 1\n\
         7 ftruncate(3<«/srv/data/a»>, 5) = 0\n\
         7 fsync(3<«/srv/data/a»>) = 0\n\
         7 rename(\"«/srv/data/a»\", \"«data/b»\") = 0\n\
         7 unlinkat(AT_FDCWD<«/srv»>, \"«/srv/data/b»\", 0) = 0\n",
    );
    let path = |name: &str| PathBuf::from("/srv/data").join(name);
    let write = |offset, bytes: &str| Step::Write { path: path("a"), offset, bytes: bytes.into() };
    assert_eq!(
        read,
        [
            Step::MakeFolder { path: "/srv/./data".into() },
            Step::Open { path: path("a"), create: true, truncate: false },
            write(0, "one"),
            write(3, "tw"),
            write(4096, ","),
            Step::Truncate { path: path("a"), length: 5 },
            Step::Sync { path: path("a") },
            Step::Rename { from: path("a"), to: path("b") },
            Step::Unlink { path: path("b") },
        ]
    );
}

#[test]
fn what_goes_to_a_socket_is_one_text_however_it_is_cut() {
    let read = steps(
        "7 writev(5<«socket:[42]»>, [{iov_base=\"«HTTP/1.1 »\", iov_len=9}, \
         {iov_base=\"«200 OK»\", iov_len=6}], 2) = 12\n\
         7 sendto(5<«socket:[42]»>, \"«more»\", 4, MSG_NOSIGNAL, NULL, 0) = 4\n\
         7 write(4<«anon_inode:[eventfd]»>, \"«1»\", 8) = 8\n",
    );
    let send = |text: &str| Step::Send { bytes: text.into() };
    assert_eq!(read, [send("HTTP/1.1 200"), send("more")]);
}

#[test]
fn a_call_that_waited_begins_and_ends_where_it_did() {
    let read = read_log(
        "7 fsync(3<«/srv/a»> <unfinished ...>\n\
         8 fsync(4<«/srv/b»>) = 0\n\
         7 <... fsync resumed>) = 0\n\
         8 write(4<«/srv/b»>, \"«x»\", 1 <unfinished ...>\n\
         8 <... write resumed>) = 1\n",
    );
    let places: Vec<_> = read.unwrap().iter().map(|moment| (moment.begun, moment.ended)).collect();
    assert_eq!(places, [(1, 1), (0, 2), (3, 4)]);
}

#[test]
fn failed_calls_signals_and_ends_did_nothing() {
    let read = steps(
        "7 fsync(3<«/srv/a»>) = -1 EIO (Input/output error) (INJECTED)\n\
         7 openat(AT_FDCWD<«/srv»>, \"«.env»\", O_RDONLY) = -1 ENOENT (No such file or directory)\n\
         7 fsync(3<«/srv/a»>) = ?\n\
         7 --- SIGTERM {si_signo=SIGTERM} ---\n\
         7 +++ exited with 0 +++\n",
    );
    assert!(read.is_empty(), "{read:?}");
}

#[test]
fn a_cut_string_is_an_error_that_names_its_line() {
    let error =
        read_log("7 fsync(3<«/a»>) = 0\n7 write(3<«/a»>, \"«x»\"..., 5) = 5\n").unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("line 2") && text.contains("larger -s"), "{text}");
}
