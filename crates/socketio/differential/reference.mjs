// The reference: the application of the differential tests on npm `socket.io`.
// `../examples/differential.rs` is the same application on our engine. Prints its port, and ends
// when its standard input does.
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { Server } from "socket.io";

const MAX_PAYLOAD_BYTES = 65_536;
const BURST_MAX = 10_000;
const ANSWER_TIMEOUT_MS = 1_500;
const SLOW_CONNECT_MS = 400;

const { values: flags } = parseArgs({
  options: {
    "ping-interval": { type: "string", default: "25000" },
    "ping-timeout": { type: "string", default: "20000" },
    "connect-timeout": { type: "string", default: "45000" },
    // Nothing here: the reference waits for attachments as long as the session lives.
    "attachments-timeout": { type: "string" },
  },
});

const http = createServer((_request, response) => response.writeHead(404).end());
const io = new Server(http, {
  pingInterval: Number(flags["ping-interval"]),
  pingTimeout: Number(flags["ping-timeout"]),
  connectTimeout: Number(flags["connect-timeout"]),
  maxHttpBufferSize: MAX_PAYLOAD_BYTES,
  serveClient: false,
});

for (const name of ["/", "/chat", "/auth", "/slow"]) {
  io.of(name).on("connection", (socket) => registerEvents(io.of(name), socket));
}
io.of("/auth").use((socket, next) => {
  next(socket.handshake.auth.token === "secret" ? undefined : notAuthorized());
});
io.of("/slow").use((_socket, next) => {
  setTimeout(next, SLOW_CONNECT_MS);
});

http.listen(0, "127.0.0.1", () => console.log(http.address().port));
process.stdin.on("end", () => process.exit(0)).resume();

function notAuthorized() {
  return Object.assign(new Error("not authorized"), { data: { code: 7 } });
}

function registerEvents(namespace, socket) {
  registerConversation(socket);
  registerRooms(namespace, socket);
}

function registerConversation(socket) {
  for (const name of ["echo", "binary"]) {
    socket.on(name, (...sent) => {
      const acknowledge = typeof sent.at(-1) === "function" ? sent.pop() : undefined;
      acknowledge ? acknowledge(...sent) : socket.emit(name, ...sent);
    });
  }
  socket.on("ask", () => {
    socket
      .timeout(ANSWER_TIMEOUT_MS)
      .emitWithAck("question", { one: 1, two: { a: 2 } })
      .then((answer) => socket.emit("answer", answer ?? null))
      .catch(() => socket.emit("answer", { timeout: true }));
  });
  socket.on("twice", (acknowledge) => {
    acknowledge("first");
    acknowledge("second");
  });
  socket.on("never", () => {});
  socket.on("burst", (count) => {
    for (let number = 0; number < Math.min(count, BURST_MAX); number += 1) {
      socket.emit("tick", number);
    }
  });
  socket.on("auth?", () => socket.emit("auth", socket.handshake.auth));
  socket.on("kick", () => socket.disconnect());
  socket.on("kickall", () => socket.disconnect(true));
}

function registerRooms(namespace, socket) {
  socket.on("join", (room) => {
    socket.join(room);
    socket.emit("joined", room);
  });
  socket.on("leave", (room) => {
    socket.leave(room);
    socket.emit("left", room);
  });
  socket.on("say", (room, text) => namespace.to(room).emit("said", text));
  socket.on("others", (room, text) => socket.to(room).emit("said", text));
  socket.on("except", (room, other, text) => namespace.to(room).except(other).emit("said", text));
}
