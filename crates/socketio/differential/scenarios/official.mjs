// The official JavaScript client on each of its transports.
const TRANSPORTS = {
  polling: ["polling"],
  websocket: ["websocket"],
  "polling, then websocket": ["polling", "websocket"],
  "websocket, then polling": ["websocket", "polling"],
};

const TICKS = 2_000;
const SAYINGS = 20;

/** Waits until the ticks of a burst are there, and writes how they came. */
async function ticks(it, client, count) {
  const numbers = [];
  const all = new Promise((resolve) => {
    client.socket.on("tick", (number) => {
      numbers.push(number);
      if (numbers.length === count) {
        resolve();
      }
    });
  });
  client.socket.emit("burst", count);
  await it.within(all, `${count} ticks`);
  await client.settle();
  const inOrder = numbers.every((number, at) => number === at);
  client.lane.write(
    `${numbers.length} ticks, ${inOrder ? "each once and in order" : "out of order"}`,
  );
}

async function join(client, room) {
  client.socket.emit("join", room);
  await client.hears("joined");
}

const CONVERSATIONS = {
  "echo without an ack": async (it, client) => {
    await client.hears("connect");
    client.socket.emit("echo");
    client.socket.emit("echo", 1, "two", [3], { four: 4 }, null);
    client.socket.emit("echo", "안녕 😀", true, 1.5, -1, { 가: { 나: [] } });
    await client.settle();
  },

  "echo with an ack": async (it, client) => {
    await client.hears("connect");
    await client.ask("echo");
    await client.ask("echo", 1, "two", [3], { four: 4 }, null);
    await client.ask("echo", "안녕 😀", true, 1.5, -1, { 가: { 나: [] } });
  },

  "what was emitted before the connection": async (it, client) => {
    client.socket.emit("echo", "early");
    await client.ask("echo", "early, with an ack");
    await client.settle();
  },

  binary: async (it, client) => {
    await client.hears("connect");
    client.socket.emit("binary", Buffer.from([1, 2, 3]));
    await client.ask(
      "binary",
      Buffer.from([1]),
      { deep: [Buffer.alloc(0), new Uint8Array([2, 3])] },
      "text",
    );
    await client.settle();
  },

  "a large text and large binary": async (it, client) => {
    await client.hears("connect");
    const answer = await client.socket.emitWithAck("echo", "가".repeat(20_000));
    client.lane.write(`${answer.length} characters came back`);
    const bytes = await client.socket.emitWithAck("binary", Buffer.alloc(40_000, 7));
    client.lane.write(`${bytes.byteLength ?? bytes.length} bytes came back`);
  },

  "the server asks": async (it, client) => {
    await client.hears("connect");
    client.socket.on("question", (question, acknowledge) => acknowledge({ question }));
    client.socket.emit("ask");
    await client.hears("answer");
    await client.settle();
  },

  "the server asks and gets binary": async (it, client) => {
    await client.hears("connect");
    client.socket.on("question", (_question, acknowledge) => acknowledge(Buffer.from([9, 8])));
    client.socket.emit("ask");
    await client.hears("answer");
    await client.settle();
  },

  "the server asks in vain": async (it, client) => {
    await client.hears("connect");
    client.socket.emit("ask");
    await client.hears("answer");
    await client.settle();
  },

  "an ack that comes twice is heard once": async (it, client) => {
    await client.hears("connect");
    let acks = 0;
    client.socket.emit("twice", (answer) => {
      acks += 1;
      client.lane.write(`ack of twice: ${answer}`);
    });
    await client.settle();
    client.lane.write(`${acks} acks`);
  },

  "an ack that never comes": async (it, client) => {
    await client.hears("connect");
    const outcome = await client.socket
      .timeout(100)
      .emitWithAck("never")
      .catch((error) => error.message);
    client.lane.write(`never: ${outcome}`);
    await client.settle();
  },

  "a burst": async (it, client) => {
    await client.hears("connect");
    await ticks(it, client, TICKS);
  },

  "a burst that begins with the connection": async (it, client) => {
    await ticks(it, client, TICKS);
  },

  "many acks at once": async (it, client) => {
    await client.hears("connect");
    const asked = Array.from({ length: 200 }, (_none, number) =>
      client.socket.emitWithAck("echo", number),
    );
    const answers = await it.within(Promise.all(asked), "200 acks");
    client.lane.write(`each its own answer: ${answers.every((answer, at) => answer === at)}`);
  },

  auth: async (it, client) => {
    await client.hears("connect");
    client.socket.emit("auth?");
    await client.hears("auth");
  },

  "namespaces on one connection": async (it, client) => {
    await client.hears("connect");
    const chat = client.also(it.lane("chat"), "/chat");
    const auth = client.also(it.lane("auth"), "/auth", { auth: { token: "secret" } });
    const slow = client.also(it.lane("slow"), "/slow");
    const nowhere = client.also(it.lane("nowhere"), "/nowhere");
    await chat.hears("connect");
    await auth.hears("connect");
    await slow.hears("connect");
    await nowhere.hears("connect_error");
    await chat.ask("echo", "in /chat");
    await auth.ask("echo", "in /auth");
    auth.socket.emit("auth?");
    await auth.hears("auth");
    chat.socket.disconnect();
    await client.ask("echo", "still here");
    client.lane.write(`sids differ: ${client.socket.id !== auth.socket.id}`);
  },

  "refused by /auth, then let in": async (it, client) => {
    await client.hears("connect");
    const auth = client.also(it.lane("auth"), "/auth", { auth: { token: "guess" } });
    await auth.hears("connect_error");
    auth.socket.auth = { token: "secret" };
    auth.socket.connect();
    await auth.hears("connect");
    await auth.ask("echo", "in");
  },

  "leaves a namespace and comes back": async (it, client) => {
    await client.hears("connect");
    const chat = client.also(it.lane("chat"), "/chat");
    await chat.hears("connect");
    chat.socket.disconnect();
    await client.settle();
    chat.heard.length = 0;
    chat.socket.connect();
    await chat.hears("connect");
    await chat.ask("echo", "back");
  },

  kick: async (it, client) => {
    await client.hears("connect");
    const chat = client.also(it.lane("chat"), "/chat");
    await chat.hears("connect");
    client.socket.emit("kick");
    await client.hears("disconnect");
    await chat.ask("echo", "still here");
  },

  kickall: async (it, client) => {
    await client.hears("connect");
    const chat = client.also(it.lane("chat"), "/chat");
    await chat.hears("connect");
    client.socket.emit("kickall");
    await client.hears("disconnect");
    await chat.hears("disconnect");
  },

  "the client disconnects": async (it, client) => {
    await client.hears("connect");
    client.socket.disconnect();
    await client.hears("disconnect");
    client.heard.length = 0;
    client.socket.connect();
    await client.hears("connect");
    await client.ask("echo", "back");
  },

  "connects again by itself after its transport was lost": async (it, client) => {
    await client.hears("connect");
    client.heard.length = 0;
    client.socket.io.reconnection(true);
    client.socket.io.engine.close();
    await client.hears("disconnect");
    await client.hears("connect");
    await client.ask("echo", "back");
  },

  rooms: async (it, client) => {
    await client.hears("connect");
    const other = it.official(client.transports, "other");
    await other.hears("connect");
    await join(client, it.room);
    await join(other, it.room);
    client.socket.emit("say", it.room, "to all");
    client.socket.emit("others", it.room, "to the others");
    await client.settle();
    await other.settle();
    other.socket.emit("leave", it.room);
    await other.hears("left");
    client.socket.emit("say", it.room, "to those who are left");
    await client.settle();
    await other.settle();
  },

  "many sayings in one room, in one order for all": async (it, client) => {
    await client.hears("connect");
    const other = it.official(client.transports, "other");
    await other.hears("connect");
    await join(client, it.room);
    await join(other, it.room);
    for (let number = 0; number < SAYINGS; number += 1) {
      client.socket.emit("say", it.room, number);
    }
    await client.settle();
    await other.settle();
  },

  "more than the server takes": async (it, client) => {
    await client.hears("connect");
    await it.upgradeDone(client);
    client.socket.emit("echo", "a".repeat(70_000));
    await client.hears("disconnect");
  },
};

const ALONE = {
  "official client: /auth refuses": async (it) => {
    const client = it.official(["websocket"], "client", {
      namespace: "/auth",
      auth: { token: "guess" },
    });
    await client.hears("connect_error");
  },

  "official client: /auth accepts": async (it) => {
    const client = it.official(["websocket"], "client", {
      namespace: "/auth",
      auth: { token: "secret" },
    });
    await client.hears("connect");
    client.socket.emit("auth?");
    await client.hears("auth");
  },

  "official client: an unknown namespace": async (it) => {
    const client = it.official(["polling", "websocket"], "client", { namespace: "/nowhere" });
    await client.hears("connect_error");
  },

  "official client: upgrades": async (it) => {
    const client = it.official(["polling", "websocket"], "client");
    await client.hears("connect");
    await it.upgradeDone(client);
    client.lane.write(`on ${client.transport}`);
    await client.ask("echo", "upgraded");
  },

  "official client: events under way during the upgrade": async (it) => {
    const client = it.official(["polling", "websocket"], "client");
    await client.hears("connect");
    const answers = [];
    const upgraded = it.upgradeDone(client);
    let number = 0;
    let done = false;
    upgraded.then(() => {
      done = true;
    });
    while (!done || number < 100) {
      answers.push(await client.socket.emitWithAck("echo", number));
      number += 1;
    }
    client.lane.write(`each answered, in order: ${answers.every((answer, at) => answer === at)}`);
  },

  "official client: another path": async (it) => {
    const client = it.official(["polling"], "client", { path: "/elsewhere" });
    await client.hears("connect_error");
  },
};

function conversation(transports, talk) {
  return (it) => talk(it, it.official(transports, "client", { auth: { who: "me" } }));
}

export default Object.fromEntries([
  ...Object.entries(TRANSPORTS).flatMap(([name, transports]) =>
    Object.entries(CONVERSATIONS).map(([subject, talk]) => [
      `official client by ${name}: ${subject}`,
      conversation(transports, talk),
    ]),
  ),
  ...Object.entries(ALONE),
]);
