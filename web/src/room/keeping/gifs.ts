// Unsent GIFs in the browser's database, which unlike its storage takes files.

/** A GIF as it is kept. */
export type KeptGif = {
  clientId: string;
  room: string;
  queue: string;
  file: Blob;
  width: number;
  height: number;
  writtenAt: number;
  author?: string | undefined;
};

/** Where GIFs are kept. None of these rejects: what does not work is not kept. */
export type GifShelf = {
  /** Says whether it is kept. */
  keep: (gif: KeptGif) => Promise<boolean>;
  forget: (clientId: string) => Promise<void>;
  /** All of the room, whoever chose them, oldest first. */
  ofRoom: (room: string) => Promise<KeptGif[]>;
  /** Lets go of what was chosen before that, in every room. */
  sweep: (writtenBefore: number) => Promise<void>;
};

/** Over all rooms and tabs; each is a file of at most 10 MiB. */
export const GIFS_KEPT_MAX = 5;

const DATABASE = "gif-chat";
const TABLE = "gifs";

export function gifShelf(databases: IDBFactory | undefined): GifShelf {
  let opened: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => (opened ??= openDatabase(databases));
  const all = async (): Promise<KeptGif[]> => {
    const table = (await open()).transaction(TABLE).objectStore(TABLE);
    const gifs = (await answerTo(table.getAll())) as KeptGif[];
    return gifs.sort((a, b) => a.writtenAt - b.writtenAt);
  };
  const forget = async (clientId: string): Promise<void> => {
    const table = (await open()).transaction(TABLE, "readwrite").objectStore(TABLE);
    await answerTo(table.delete(clientId));
  };
  return {
    keep: (gif) => unless(false, async () => keep(await open(), gif)),
    forget: (clientId) => unless(undefined, () => forget(clientId)),
    ofRoom: (room) => unless([], async () => (await all()).filter((gif) => gif.room === room)),
    sweep: (writtenBefore) =>
      unless(undefined, async () => {
        const old = (await all()).filter(({ writtenAt }) => writtenAt < writtenBefore);
        await Promise.all(old.map(({ clientId }) => forget(clientId)));
      }),
  };
}

/** Kept once the transaction is complete. */
function keep(database: IDBDatabase, gif: KeptGif): Promise<boolean> {
  const transaction = database.transaction(TABLE, "readwrite");
  const table = transaction.objectStore(TABLE);
  return new Promise((resolve) => {
    transaction.addEventListener("complete", () => resolve(true));
    transaction.addEventListener("abort", () => resolve(false));
    const keys = table.getAllKeys();
    keys.addEventListener("success", () => {
      const others = keys.result.filter((key) => key !== gif.clientId);
      if (others.length >= GIFS_KEPT_MAX) transaction.abort();
      else table.put(gif);
    });
  });
}

function openDatabase(databases: IDBFactory | undefined): Promise<IDBDatabase> {
  if (!databases) return Promise.reject(new Error("This browser has no database."));
  const opening = databases.open(DATABASE, 1);
  opening.addEventListener("upgradeneeded", () => {
    opening.result.createObjectStore(TABLE, { keyPath: "clientId" });
  });
  return answerTo(opening);
}

function answerTo<Answer>(request: IDBRequest<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("It failed.")));
  });
}

async function unless<Answer>(otherwise: Answer, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch {
    return otherwise;
  }
}
