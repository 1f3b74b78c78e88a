// WebSocket frames (RFC 6455 §5), written so that every rule of the client's side can be broken on
// purpose.
export const CONTINUATION = 0;
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/**
 * One client frame. `declaredLength` and `lengthBytes` (1, 3 or 9) may contradict the payload.
 */
export function encodeFrame({
  opcode,
  payload = Buffer.alloc(0),
  final = true,
  reserved = 0,
  masked = true,
  declaredLength = payload.length,
  lengthBytes = declaredLength < 126 ? 1 : declaredLength < 65_536 ? 3 : 9,
}) {
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes === 1) {
    length.writeUInt8(declaredLength);
  } else if (lengthBytes === 3) {
    length.writeUInt8(126);
    length.writeUInt16BE(declaredLength, 1);
  } else {
    length.writeUInt8(127);
    length.writeBigUInt64BE(BigInt(declaredLength), 1);
  }
  const first = Buffer.from([(final ? 0x80 : 0) | (reserved << 4) | opcode]);
  if (!masked) {
    return Buffer.concat([first, length, payload]);
  }
  length[0] |= 0x80;
  return Buffer.concat([first, length, MASK, masking(payload)]);
}

function masking(payload) {
  const masked = Buffer.from(payload);
  for (let at = 0; at < masked.length; at += 1) {
    masked[at] ^= MASK[at & 3];
  }
  return masked;
}

/**
 * The first server frame of `bytes` and what follows it, or `undefined` when more is needed.
 */
export function decodeFrame(bytes) {
  if (bytes.length < 2) {
    return undefined;
  }
  const short = bytes[1] & 0x7f;
  const header = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < header) {
    return undefined;
  }
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (bytes.length < header + length) {
    return undefined;
  }
  return {
    final: (bytes[0] & 0x80) !== 0,
    opcode: bytes[0] & 0x0f,
    masked: (bytes[1] & 0x80) !== 0,
    payload: bytes.subarray(header, header + length),
    rest: bytes.subarray(header + length),
  };
}

/** A close frame's payload. */
export function closePayload(code, reason = "") {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code);
  payload.write(reason, 2);
  return payload;
}
