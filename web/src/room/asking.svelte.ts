// What other parts of the room ask of the field below: whom to mention, whom to whisper to.

export class Asking {
  /** The id of the person whom the next message whispers to. */
  whisperTo = $state<string | undefined>(undefined);
  /** The id of the person to mention; whoever does it clears this. */
  mention = $state<string | undefined>(undefined);
}
