// Rooms: who hears what.

async function members(it, ...names) {
  const clients = [];
  for (const name of names) {
    const client = await it.connected(name);
    client.text(`42["join","${it.room}"]`);
    await client.expect();
    clients.push(client);
  }
  return clients;
}

async function settle(...clients) {
  for (const client of clients) {
    await client.settle();
  }
}

export default {
  "rooms: all in the room hear, the sender too": async (it) => {
    const [one, two] = await members(it, "one", "two");
    const outside = await it.connected("outside");
    one.text(`42["say","${it.room}","hello"]`);
    await settle(one, two, outside);
  },

  "rooms: all but me": async (it) => {
    const [one, two, three] = await members(it, "one", "two", "three");
    one.text(`42["others","${it.room}","hello"]`);
    await settle(one, two, three);
  },

  "rooms: all but me, from outside": async (it) => {
    const [one, two] = await members(it, "one", "two");
    const outside = await it.connected("outside");
    outside.text(`42["others","${it.room}","hello"]`);
    await settle(outside, one, two);
  },

  "rooms: except another room": async (it) => {
    const [one, two] = await members(it, "one", "two");
    two.text(`42["join","${it.room}-quiet"]`);
    await two.expect();
    one.text(`42["except","${it.room}","${it.room}-quiet","hello"]`);
    await settle(one, two);
  },

  "rooms: who has left hears no more": async (it) => {
    const [one, two] = await members(it, "one", "two");
    two.text(`42["leave","${it.room}"]`);
    await two.expect();
    one.text(`42["say","${it.room}","hello"]`);
    await settle(one, two);
  },

  "rooms: join twice, hear once; leave once, hear no more": async (it) => {
    const [one, two] = await members(it, "one", "two");
    two.text(`42["join","${it.room}"]`);
    await two.expect();
    one.text(`42["say","${it.room}","first"]`);
    await settle(one, two);
    two.text(`42["leave","${it.room}"]`);
    await two.expect();
    one.text(`42["say","${it.room}","second"]`);
    await settle(one, two);
  },

  "rooms: leave of a room one is not in": async (it) => {
    const client = await it.connected();
    client.text(`42["leave","${it.room}"]`);
    await client.settle();
  },

  "rooms: an empty room": async (it) => {
    const client = await it.connected();
    client.text(`42["say","${it.room}","hello"]`);
    await client.settle();
  },

  "rooms: the same name in another namespace is another room": async (it) => {
    const [one] = await members(it, "one");
    const other = await it.connected("other", ["/chat"]);
    other.text(`42/chat,["join","${it.room}"]`);
    await other.expect();
    one.text(`42["say","${it.room}","hello"]`);
    await settle(one, other);
  },

  "rooms: who disconnects from the namespace is in no room": async (it) => {
    const [one, two] = await members(it, "one", "two");
    two.text("41");
    await it.arrived();
    two.text("40");
    await two.expect();
    one.text(`42["say","${it.room}","hello"]`);
    await settle(one, two);
  },

  "rooms: order of one speaker for all": async (it) => {
    const [one, two] = await members(it, "one", "two");
    for (let number = 0; number < 20; number += 1) {
      one.text(`42["say","${it.room}",${number}]`);
    }
    await settle(one, two);
  },

  "rooms: polling and WebSocket hear the same": async (it) => {
    const [one] = await members(it, "one");
    const polling = await it.pollingConnected("polling");
    await polling.post(`42["join","${it.room}"]`);
    await polling.settle();
    one.text(`42["say","${it.room}","안녕 😀"]`);
    await one.settle();
    await polling.settle();
  },

  "rooms: the room of one's own id": async (it) => {
    const one = await it.session("one");
    one.quiet("40");
    const { text } = await one.next();
    const two = await it.connected("two");
    two.quiet(`42["say","${JSON.parse(text.slice(2)).sid}","just for you"]`);
    await settle(two, one);
  },
};
