"""The Python client of the differential tests: every conversation on every transport.

Prints the transcripts as one JSON object.

usage: python_client.py PORT
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import socketio

DEADLINE_SECONDS = 8
# On polling fewer: the client refuses an answer of more than 16 packets.
TICKS = {"polling": 10, "websocket": 500}
TRANSPORTS = {
    "polling": ["polling"],
    "websocket": ["websocket"],
    "polling, then websocket": ["polling", "websocket"],
}


class Talk:
    """One client and what it heard, in order."""

    def __init__(self, port, transports):
        self.port = port
        self.transports = transports
        self.lines = []
        self.changed = threading.Condition()
        self.client = socketio.Client(reconnection=False)
        self.listen("/")

    def listen(self, namespace):
        prefix = "" if namespace == "/" else f"{namespace}: "
        self.client.on("connect", lambda: self.write(f"{prefix}connect"), namespace=namespace)
        self.client.on(
            "connect_error",
            lambda data=None: self.write(f"{prefix}connect_error {shown(data)}"),
            namespace=namespace,
        )
        self.client.on(
            "disconnect",
            lambda reason: self.write(f"{prefix}disconnect {reason}"),
            namespace=namespace,
        )
        self.client.on(
            "*",
            lambda name, *received: self.write(f"{prefix}{name} {shown(received)}"),
            namespace=namespace,
        )

    def connect(self, namespaces=("/",), auth=None):
        """Waits for the namespaces."""
        self.begin_to_connect(namespaces, auth, wait=True)

    def begin_to_connect(self, namespaces, auth=None, wait=False):
        """Without `wait` a refusal does not make the client wait for the end of its last poll."""
        self.client.connect(
            f"http://127.0.0.1:{self.port}",
            transports=self.transports,
            namespaces=list(namespaces),
            auth=auth,
            wait=wait,
            wait_timeout=DEADLINE_SECONDS,
        )

    def write(self, line):
        with self.changed:
            self.lines.append(line)
            self.changed.notify_all()

    def hears(self, beginning):
        with self.changed:
            heard = self.changed.wait_for(
                lambda: any(line.startswith(beginning) for line in self.lines), DEADLINE_SECONDS
            )
        if not heard:
            self.write(f"! waited in vain for {beginning}")

    def ask(self, name, *sent, namespace="/"):
        data = sent if len(sent) != 1 else sent[0]
        answer = self.client.call(name, data, namespace=namespace, timeout=DEADLINE_SECONDS)
        self.write(f"ack of {name}: {shown(answer)}")


def shown(value):
    """As JSON, bytes as hexadecimal digits."""
    return json.dumps(value, default=lambda part: f"bytes {part.hex()}", separators=(",", ":"))


def echo(talk):
    talk.connect()
    talk.client.emit("echo", (1, "two", [3], {"four": 4}, None))
    talk.hears("echo")
    talk.ask("echo", "안녕 😀", True, 1.5, {"가": []})


def binary(talk):
    talk.connect()
    talk.client.emit("binary", (b"\x01\x02\x03", {"deep": [b"\x04"]}))
    talk.hears("binary")
    talk.ask("binary", b"\x01", "text", b"\x02\x03")


def the_server_asks(talk):
    talk.client.on("question", lambda question: {"question": question})
    talk.connect()
    talk.client.emit("ask")
    talk.hears("answer")


def several_values_as_answer(talk):
    talk.client.on("question", lambda question: (b"\x09", question))
    talk.connect()
    talk.client.emit("ask")
    talk.hears("answer")


def an_ack_that_never_comes(talk):
    talk.connect()
    try:
        talk.client.call("never", timeout=0.2)
    except socketio.exceptions.TimeoutError:
        talk.write("never: timed out")
    talk.ask("echo", "still here")


def twice(talk):
    talk.connect()
    talk.client.emit("twice", callback=lambda answer: talk.write(f"ack of twice: {answer}"))
    talk.ask("echo", "behind")


def a_burst(talk):
    count = TICKS[talk.transports[-1]]
    numbers = []
    done = threading.Event()

    def tick(number):
        numbers.append(number)
        if len(numbers) == count:
            done.set()

    talk.client.on("tick", tick)
    talk.connect()
    talk.client.emit("burst", count)
    done.wait(DEADLINE_SECONDS)
    talk.ask("echo", "behind")
    # The client hands each event to a thread of its own: their order is its business, their number
    # the server's.
    talk.write(f"{len(numbers)} ticks, each once: {sorted(numbers) == list(range(count))}")


def auth(talk):
    talk.listen("/auth")
    talk.connect(["/auth"], {"token": "secret"})
    talk.client.emit("auth?", namespace="/auth")
    talk.hears("/auth: auth")


def auth_refused(talk):
    talk.listen("/auth")
    talk.begin_to_connect(["/auth"], {"token": "guess"})
    talk.hears("/auth: connect_error")


def an_unknown_namespace(talk):
    talk.listen("/nowhere")
    talk.begin_to_connect(["/nowhere"])
    talk.hears("/nowhere: connect_error")


def two_namespaces(talk):
    talk.listen("/chat")
    try:
        talk.connect(["/", "/chat"])
        talk.lines.sort()
    except socketio.exceptions.ConnectionError as error:
        talk.write(f"not connected: {error}")
        return
    talk.ask("echo", "in /")
    talk.ask("echo", "in /chat", namespace="/chat")


def kick(talk):
    talk.connect()
    talk.client.emit("kick")
    talk.hears("disconnect")


def kickall(talk):
    talk.connect()
    talk.client.emit("kickall")
    talk.hears("disconnect")


def rooms(talk):
    room = f"python-{'-'.join(talk.transports)}"
    talk.connect()
    talk.client.emit("join", room)
    talk.hears("joined")
    talk.client.emit("say", (room, "안녕"))
    talk.hears("said")
    talk.client.emit("others", (room, "nobody"))
    talk.ask("echo", "behind")


CONVERSATIONS = [
    echo,
    binary,
    the_server_asks,
    several_values_as_answer,
    an_ack_that_never_comes,
    twice,
    a_burst,
    auth,
    auth_refused,
    an_unknown_namespace,
    two_namespaces,
    kick,
    kickall,
    rooms,
]


def play(port, name, transports, conversation):
    talk = Talk(port, transports)
    try:
        conversation(talk)
    except Exception as error:  # whatever goes wrong is what this client saw
        talk.write(f"! {type(error).__name__}: {error}")
    with talk.changed:
        lines = list(talk.lines)
    return f"python client by {name}: {conversation.__name__.replace('_', ' ')}", lines


def main():
    port = int(sys.argv[1])
    pool = ThreadPoolExecutor(max_workers=8)
    played = [
        pool.submit(play, port, name, transports, conversation)
        for name, transports in TRANSPORTS.items()
        for conversation in CONVERSATIONS
    ]
    print(json.dumps(dict(each.result() for each in played)), flush=True)
    # The clients' threads wait for their polls; nothing is left to do that they could help with.
    os._exit(0)


if __name__ == "__main__":
    main()
