// What only those need who send GIFs, or have sent some here: loaded then.

export { inspectGif } from "./gif-file.ts";
export { gifShelf } from "./keeping/gifs.ts";
export { upload } from "./upload.ts";
