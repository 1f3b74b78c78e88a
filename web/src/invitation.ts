// An invitation travels behind the # of a room's address: a server never sees it there, and it is taken
// out of the address before anybody copies that.

/** The token of the invitation that one came with; from now on the address is without it. */
export function takeInvitation(): string | undefined {
  const [, token] = /^#invite=(.+)$/.exec(location.hash) ?? [];
  if (token !== undefined) {
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return token;
}

/** The address that somebody is invited with. */
export function invitationLink(origin: string, room: string, token: string): string {
  return `${origin}/room/${encodeURIComponent(room)}#invite=${token}`;
}
