// A chat in which messages come by HTTP and go out over Socket.IO, as many courses teach it.

import { createServer } from "node:http";
import express from "express";
import { Server } from "socket.io";

// Between two messages of a quiet room more than Node's five seconds can pass.
const KEEP_ALIVE_MS = 75_000;

const app = express();
const http = createServer(app);
http.keepAliveTimeout = KEEP_ALIVE_MS;
const io = new Server(http, { serveClient: false });

io.on("connection", (socket) => {
  socket.on("join", (room) => {
    socket.join(room);
    socket.emit("joined", room);
  });
});

app.post("/chat", express.json(), (request, response) => {
  io.to(request.body.room).emit("chat", request.body);
  response.send("ok");
});

http.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${http.address().port}`);
});
