"""A bot for gif-chat: it greets who comes in, and answers "/gif word" with a GIF of a folder."""
import contextlib, json, os, pathlib, queue, sys, threading, unicodedata
import requests, socketio, urllib3

end = lambda sentence, code: print(sentence, file=sys.stderr) or os._exit(code)  # whatever other threads do
sys.excepthook = lambda kind, error, trace: end(str(error) or "Stopped.", 1)
if len(sys.argv) != 3 or "/room/" not in sys.argv[1] or not os.path.isdir(sys.argv[2]):
    end("usage: [ROOM_PASSWORD=…] python3 bot.py http://localhost:8005/room/ID FOLDER", 2)
(origin, room), folder = sys.argv[1].split("/room/"), pathlib.Path(sys.argv[2])
file = pathlib.Path(f"bot-{room}.json")  # which visitor we are, and up to which entry of the room all is answered
kept = json.loads(file.read_text()) if file.exists() else {}
client, inbox = socketio.Client(), queue.Queue()  # what to do, in this order: entries, and None to catch up
for event in ("connect", "chat", "join", "exit", "change"):
    client.on(event, lambda entry=None: inbox.put(entry), "/chat")
client.on("connect_error", lambda why: print("Not connected, trying again:", why, file=sys.stderr), "/chat")
client.on("close", lambda news: end(f"The room is closed ({news['reason']}).", 0), "/chat")
client.on("kicked", lambda news: end(f"The owner sent this bot out until {news['until']}.", 1), "/chat")
http = requests.Session()  # sends again until it is taken, and not sooner than the server says
again = {"status_forcelist": [429, 502, 503, 504], "allowed_methods": None, "backoff_factor": 1, "backoff_max": 5}
http.mount(origin, requests.adapters.HTTPAdapter(max_retries=urllib3.Retry(None, **again)))
def catch_up():  # comes in, and takes what was said since the last entry (at first: from now on)
    ask = {"room": room, "password": os.environ.get("ROOM_PASSWORD"), "epoch": kept.get("epoch")}
    said = client.call("join", ask | {"after": kept.get("seq")}, "/chat", timeout=10)
    if said.get("error") in ("too_fast", "unavailable"):
        return threading.Timer(said.get("retryAfterMs", 1000) / 1000, inbox.put, [None]).start()
    said["ok"] or end(said["message"], 1)
    keep(**said["you"], epoch=said["epoch"], seq=said["head"] if said["reset"] else kept.get("seq", said["head"]))
    for entry in said["messages"]:
        take(entry)
    inbox.put(None) if said["more"] else print("In the room as {ko} / {en}.".format(**kept["alias"]), flush=True)
def take(entry):  # what is not taken when we end, we take next time
    if entry is None or entry["seq"] > kept["seq"] + 1:
        catch_up()
    elif entry["seq"] == kept["seq"] + 1:
        for door, body in answers(**entry):
            cookie = "gifchat={session}; __Host-gifchat={session}".format(**kept)  # the names by http, by https
            headers = {"Cookie": cookie, "Idempotency-Key": f"{kept['epoch']}-{entry['seq']}"}  # said only once
            said = http.post(f"{origin}/room/{room}/{door}", headers=headers, timeout=60, **body)
            said.ok or print(f"Entry {entry['seq']} has no answer: {said.json()['message']}", file=sys.stderr)
        keep(seq=entry["seq"])
def answers(seq, author=None, chat="", system={}, **_):
    say = lambda text: ("chat", {"data": {"chat": text}})
    plain = lambda text: unicodedata.normalize("NFC", text).lower().strip()  # some systems keep 한 as ㅎㅏㄴ
    if system.get("kind") == "join" and system["author"] != kept["id"]:
        yield say("어서 오세요, {ko}님! / Welcome, {en}! /gif <word>".format(**system["alias"]))
    if plain(chat).startswith("/gif ") and author != kept["id"]:
        gifs = sorted((plain(path.stem), path) for path in folder.glob("*.[Gg][Ii][Ff]") if path.is_file())
        fitting = [path for name, path in gifs if plain(chat)[5:].strip() in name]
        no = say(f"그런 GIF는 없어요. / I only have: {', '.join(name for name, path in gifs[:9])}")
        yield ("gif", {"files": {"gif": fitting[seq % len(fitting)].read_bytes()}}) if fitting else no
def keep(**news):  # in one piece, and on disk when it is there
    kept.update(news)
    with open(f"{file}.new", "w", opener=lambda path, flags: os.open(path, flags | os.O_DSYNC, 0o600)) as new:
        json.dump(kept, new)
    os.replace(f"{file}.new", file)
client.connect(origin, auth=kept, namespaces="/chat", transports=["websocket"], wait_timeout=10, retry=True)
while True:
    with contextlib.suppress(socketio.exceptions.SocketIOError):  # the connection ended: with the next, we catch up
        take(inbox.get())
