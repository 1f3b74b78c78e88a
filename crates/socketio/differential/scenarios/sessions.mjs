// The session id of another client: it is the only key there is, so what does its holder get?
export default {
  "sid of another: POST": async (it) => {
    const victim = await it.pollingConnected("victim");
    const thief = await it.startHttp("POST", victim.path, { body: '42["echo","not mine"]' })
      .answered;
    it.lane("thief").write(`${thief.status}; ${thief.body}`);
    await victim.settle();
  },

  "sid of another: GET while the owner polls": async (it) => {
    const victim = await it.pollingConnected("victim");
    const poll = victim.startPoll();
    await it.arrived();
    const thief = await it.startHttp("GET", victim.path).answered;
    it.lane("thief").write(`${thief.status}; ${thief.body}`);
    await victim.finish(poll);
    await victim.settle();
  },

  "sid of another: GET while nobody polls": async (it) => {
    const victim = await it.pollingConnected("victim");
    await victim.post('42["echo","mine"]');
    const thief = await it.startHttp("GET", victim.path).answered;
    it.lane("thief").write(`${thief.status}; ${thief.body}`);
    await victim.settle();
  },

  "sid of another: upgrade": async (it) => {
    const victim = await it.pollingConnected("victim");
    const thief = await it.upgrading(victim, "thief");
    thief.text("2probe");
    await thief.expect();
    thief.text("5");
    thief.text('42["echo","not mine"]');
    await thief.expect();
    const { status, body } = await victim.startPoll().answered;
    victim.lane.write(`${status}; ${body}`);
  },

  "sid of another: POST to a WebSocket session": async (it) => {
    const client = await it.webSocket("victim");
    const { text } = await client.next();
    const sid = JSON.parse(text.slice(1)).sid;
    const thief = await it.startHttp("POST", `/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
      body: "40",
    }).answered;
    it.lane("thief").write(`${thief.status}; ${thief.body}`);
    client.text("40");
    await client.settle();
  },

  "sid of another: GET of a WebSocket session": async (it) => {
    const client = await it.webSocket("victim");
    const { text } = await client.next();
    const sid = JSON.parse(text.slice(1)).sid;
    const thief = await it.startHttp("GET", `/socket.io/?EIO=4&transport=polling&sid=${sid}`)
      .answered;
    it.lane("thief").write(`${thief.status}; ${thief.body}`);
    client.text("40");
    await client.settle();
  },

  "sid of another: the socket id is not the session id": async (it) => {
    const client = await it.webSocket("victim");
    const { text } = await client.next();
    client.quiet("40");
    const connected = await client.next();
    const sid = JSON.parse(text.slice(1)).sid;
    const socketId = JSON.parse(connected.text.slice(2)).sid;
    client.lane.write(
      `they differ: ${sid !== socketId}; both of 20 characters: ${`${sid}${socketId}`.length === 40}`,
    );
    const thief = await it.startHttp("GET", `/socket.io/?EIO=4&transport=polling&sid=${socketId}`)
      .answered;
    it.lane("thief").write(`${thief.status}; ${thief.body}`);
  },

  "sid of another: a session that is over": async (it) => {
    const client = await it.pollingConnected();
    await client.post("1");
    for (const method of ["GET", "POST"]) {
      const { status, body } = await it.startHttp(method, client.path, {
        body: method === "POST" ? "40" : "",
      }).answered;
      client.lane.write(`${method} ${status}; ${body}`);
    }
    const upgrade = await it.upgrading(client);
    upgrade.lane.write(`over: ${upgrade.over}`);
  },
};
