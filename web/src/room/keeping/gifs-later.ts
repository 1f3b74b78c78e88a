// The shelf of GIFs for a browser that may never have kept one: until then it is empty, and is not loaded.

import type { GifShelf } from "./gifs.ts";
import type { Shelf } from "./texts.ts";

const KEY = "gif-chat.gifs";

/** None of what it does rejects: what does not work is not kept. */
export function shelfLater(marks: Shelf | undefined, load: () => Promise<GifShelf>): GifShelf {
  let loading: Promise<GifShelf> | undefined;
  const use = async <Answer>(otherwise: Answer, act: (shelf: GifShelf) => Promise<Answer>): Promise<Answer> => {
    try {
      return await act(await (loading ??= load()));
    } catch {
      loading = undefined;
      return otherwise;
    }
  };
  const ifAny = async <Answer>(otherwise: Answer, act: (shelf: GifShelf) => Promise<Answer>): Promise<Answer> =>
    hasMark() ? use(otherwise, act) : otherwise;
  const hasMark = (): boolean => {
    try {
      return marks?.getItem(KEY) != null;
    } catch {
      return false;
    }
  };
  return {
    keep: (gif) =>
      use(false, (shelf) => {
        // Before it is kept: a mark too many only loads the shelf.
        marks?.setItem(KEY, "1");
        return shelf.keep(gif);
      }),
    forget: (clientId) => ifAny(undefined, (shelf) => shelf.forget(clientId)),
    ofRoom: (room) => ifAny([], (shelf) => shelf.ofRoom(room)),
    sweep: (writtenBefore) => ifAny(undefined, (shelf) => shelf.sweep(writtenBefore)),
  };
}
