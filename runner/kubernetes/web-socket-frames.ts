/** What a WebSocket carries (RFC 6455), as far as an exec of Kubernetes uses it. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A message longer than this is none of a cluster's: they come in pieces of a few KiB. */
const MESSAGE_LIMIT_BYTES = 16 * 1024 * 1024;
const MASK_BYTES = 4;

export interface Message {
  opcode: number;
  payload: Buffer;
}

function masked(payload: Buffer, mask: Buffer): Buffer {
  const out = Buffer.allocUnsafe(payload.length);
  for (let i = 0; i < payload.length; i += 1) out[i] = (payload[i] as number) ^ (mask[i % MASK_BYTES] as number);
  return out;
}

/** One whole message as a frame. @param mask four bytes; a client has to mask what it sends, a server must not. */
export function encodeFrame(opcode: number, payload: Buffer, mask: Buffer | null): Buffer {
  const { length } = payload;
  const bit = mask === null ? 0 : 0x80;
  let head: Buffer;
  if (length < 126) head = Buffer.from([0x80 | opcode, bit | length]);
  else if (length < 65_536) {
    head = Buffer.from([0x80 | opcode, bit | 126, 0, 0]);
    head.writeUInt16BE(length, 2);
  } else {
    head = Buffer.from([0x80 | opcode, bit | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeBigUInt64BE(BigInt(length), 2);
  }
  return mask === null ? Buffer.concat([head, payload]) : Buffer.concat([head, mask, masked(payload, mask)]);
}

interface Head {
  isFinal: boolean;
  opcode: number;
  lengthBytes: number;
  mask: Buffer | null;
  /** Where the payload starts. */
  at: number;
}

/** Puts messages together from bytes as they come. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);
  #parts: Message | null = null;

  /** The messages that are whole now. Throws an Error when the other side does not keep to the protocol. */
  take(chunk: Buffer): Message[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const messages: Message[] = [];
    for (let head = this.#head(); head !== null; head = this.#head()) {
      const payload = this.#bytes.subarray(head.at, head.at + head.lengthBytes);
      this.#bytes = this.#bytes.subarray(head.at + head.lengthBytes);
      const whole = this.#join(head, head.mask === null ? payload : masked(payload, head.mask));
      if (whole !== null) messages.push(whole);
    }
    return messages;
  }

  /** Head of the next frame; null until the frame is whole. */
  #head(): Head | null {
    const bytes = this.#bytes;
    if (bytes.length < 2) return null;
    const [first, second] = [bytes[0] as number, bytes[1] as number];
    if ((first & 0x70) !== 0) throw new Error('The cluster sent a frame of an unknown form.');
    const short = second & 0x7f;
    const lengthEnd = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    if (bytes.length < lengthEnd) return null;
    const lengthBytes =
      short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
    if (lengthBytes > MESSAGE_LIMIT_BYTES) throw new Error('The cluster sent a message that is too long.');
    const isMasked = (second & 0x80) !== 0;
    const at = lengthEnd + (isMasked ? MASK_BYTES : 0);
    if (bytes.length < at + lengthBytes) return null;
    const mask = isMasked ? bytes.subarray(lengthEnd, at) : null;
    return { isFinal: (first & 0x80) !== 0, opcode: first & 0x0f, lengthBytes, mask, at };
  }

  #join({ isFinal, opcode }: Head, payload: Buffer): Message | null {
    // Control frames come whole, also between the parts of a message.
    if (opcode >= OPCODE.close) return { opcode, payload };
    if (opcode === OPCODE.continuation) {
      if (this.#parts === null) throw new Error('The cluster went on with a message that it had not begun.');
      this.#parts = { opcode: this.#parts.opcode, payload: Buffer.concat([this.#parts.payload, payload]) };
    } else this.#parts = { opcode, payload };
    if (this.#parts.payload.length > MESSAGE_LIMIT_BYTES)
      throw new Error('The cluster sent a message that is too long.');
    if (!isFinal) return null;
    const whole = this.#parts;
    this.#parts = null;
    return whole;
  }
}
