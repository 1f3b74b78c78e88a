// A bot for gif-chat: it greets who comes in, and answers "/gif word" with a GIF of a folder.
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { io } from "socket.io-client";

const end = (sentence, code) => { console.error(sentence); process.exit(code); };
process.on("uncaughtException", ({ message }) => end(message, 1));
const { argv: [, , address = "", folder], env: { ROOM_PASSWORD: password } } = process;
const [origin, room] = address.split("/room/");
if (!room || !existsSync(folder ?? "")) end("usage: [ROOM_PASSWORD=…] node bot.mjs http://…/room/ID FOLDER", 2);
const file = `bot-${room}.json`; // which visitor we are, and up to which entry of the room all is answered
const kept = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
const socket = io(`${origin}/chat`, { auth: (give) => give({ session: kept.session }) });
let work = Promise.resolve(); // one thing after the other, in the order of the room
socket.on("connect", () => (work = work.then(catchUp)));
for (const event of ["chat", "join", "exit", "change"])
  socket.on(event, (entry) => (work = work.then(() => (entry.seq > kept.seq + 1 ? catchUp() : take(entry)))));
socket.on("connect_error", ({ message }) => console.error(`Not connected, trying again: ${message}.`));
socket.on("close", ({ reason }) => end(`The room is closed (${reason}).`, 0));
socket.on("kicked", ({ until }) => end(`The owner sent this bot out until ${until}.`, 1));

async function catchUp() { // comes in, and takes what was said since the last entry (at first: from now on)
  const asked = socket.emitWithAck("join", { room, password, epoch: kept.epoch, after: kept.seq });
  const said = await asked.catch(() => ({ error: "unavailable" })); // the connection ended meanwhile
  if (["too_fast", "unavailable"].includes(said.error)) return pause(said.retryAfterMs ?? 1000).then(catchUp);
  if (!said.ok) end(said.message, 1);
  keep({ ...said.you, epoch: said.epoch, seq: said.reset ? said.head : (kept.seq ?? said.head) });
  for (const entry of said.messages) await take(entry);
  return said.more ? catchUp() : console.log(`In the room as ${kept.alias.ko} / ${kept.alias.en}.`);
}
async function take({ seq, author, chat = "", system }) { // what is not taken when we end, we take next time
  if (seq !== kept.seq + 1) return; // taken already
  const say = (text) => post(seq, "chat", new URLSearchParams({ chat: text }));
  if (system?.kind === "join" && system.author !== kept.id)
    return say(`어서 오세요, ${system.alias.ko}님! / Welcome, ${system.alias.en}! /gif <word>`);
  const plain = (text) => text.normalize("NFC").toLowerCase().trim(); // some systems keep 한 as ㅎㅏㄴ
  if (!plain(chat).startsWith("/gif ") || author === kept.id) return keep({ seq });
  const isGif = (each) => each.isFile() && /\.gif$/i.test(each.name);
  const gifs = readdirSync(folder, { withFileTypes: true }).filter(isGif).map(({ name }) => name).sort();
  const names = gifs.map((gif) => plain(gif.slice(0, -4)));
  const fitting = gifs.filter((_, index) => names[index].includes(plain(chat).slice(5).trim()));
  if (fitting.length === 0) return say(`그런 GIF는 없어요. / I only have: ${names.slice(0, 9).join(", ")}`);
  const form = new FormData();
  form.set("gif", new Blob([readFileSync(`${folder}/${fitting[seq % fitting.length]}`)]), "answer.gif");
  return post(seq, "gif", form);
}
async function post(seq, door, body) { // until it is taken: by its key it is said only once
  const cookie = `gifchat=${kept.session}; __Host-gifchat=${kept.session}`; // the names by http and by https
  const init = { method: "POST", headers: { cookie, "Idempotency-Key": `${kept.epoch}-${seq}` }, body };
  const said = await fetch(`${origin}/room/${room}/${door}`, init).catch(() => new Response(null, { status: 503 }));
  if ([429, 502, 503, 504].includes(said.status)) // too fast, or the server is not there
    return pause(1000 * (said.headers.get("Retry-After") ?? 1)).then(() => post(seq, door, body));
  if (!said.ok) console.error(`Entry ${seq} has no answer: ${(await said.json()).message}`);
  keep({ seq });
}
function keep(news) { // in one piece, also when the power fails
  writeFileSync(`${file}.new`, JSON.stringify(Object.assign(kept, news)), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}
