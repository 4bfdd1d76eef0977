import { createReadStream, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

export const TAR_BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const LONG_NAME = '././@LongLink';

/** One thing in an archive. */
interface Entry {
  name: string;
  mode: number;
  /** Where its bytes lie, or the bytes themselves. */
  content: string | Buffer;
  sizeBytes: number;
  linkTarget: string;
  type: 'file' | 'folder' | 'link';
}

const TYPE_FLAG = { file: '0', folder: '5', link: '2', longName: 'L', longLink: 'K' } as const;
const padded = (sizeBytes: number): number => Math.ceil(sizeBytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;

function header(name: Buffer, flag: string, sizeBytes: number, mode: number, linkTarget: Buffer): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  name.copy(block, 0, 0, NAME_BYTES);
  block.write(octal(mode, 7) + octal(0, 7) + octal(0, 7) + octal(sizeBytes, 11) + octal(0, 11), 100, 'latin1');
  block.write('        ', 148, 'latin1');
  block.write(flag, 156, 'latin1');
  linkTarget.copy(block, 157, 0, NAME_BYTES);
  block.write('ustar  \0', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)} `, 148, 'latin1');
  return block;
}

/** A name that the head has no room for, as an entry of its own before it; every tar in use reads that. */
function longPart(flag: string, value: Buffer): Buffer {
  if (value.length <= NAME_BYTES) return Buffer.alloc(0);
  const bytes = Buffer.alloc(padded(value.length + 1));
  value.copy(bytes);
  return Buffer.concat([header(Buffer.from(LONG_NAME), flag, value.length + 1, 0o644, Buffer.alloc(0)), bytes]);
}

function headOf({ name, type, sizeBytes, mode, linkTarget }: Entry): Buffer {
  const [nameBytes, linkBytes] = [Buffer.from(type === 'folder' ? `${name}/` : name), Buffer.from(linkTarget)];
  return Buffer.concat([
    longPart(TYPE_FLAG.longLink, linkBytes),
    longPart(TYPE_FLAG.longName, nameBytes),
    header(nameBytes, TYPE_FLAG[type], sizeBytes, mode, linkBytes),
  ]);
}

/** An archive whose size is known before its bytes are read. Names are relative, with forward slashes. */
export class TarWriter {
  readonly #entries: Entry[] = [];

  get sizeBytes(): number {
    const entries = this.#entries.map((entry) => headOf(entry).length + padded(entry.sizeBytes));
    return entries.reduce((total, each) => total + each, 2 * TAR_BLOCK_BYTES);
  }

  addText(name: string, text: string): void {
    const content = Buffer.from(text);
    this.#entries.push({ name, mode: 0o600, content, sizeBytes: content.length, linkTarget: '', type: 'file' });
  }

  /** Everything below a folder, which gets another name. Sockets and the like are left out. */
  addFolder(folder: string, name: string): void {
    for (const each of readdirSync(folder).sort()) {
      const [path, inside] = [join(folder, each), `${name}/${each}`];
      const info = lstatSync(path);
      const common = { name: inside, content: path, sizeBytes: 0, linkTarget: '' };
      if (info.isDirectory()) {
        this.#entries.push({ ...common, mode: 0o700, type: 'folder' });
        this.addFolder(path, inside);
      } else if (info.isSymbolicLink())
        this.#entries.push({ ...common, mode: 0o777, linkTarget: readlinkSync(path), type: 'link' });
      else if (info.isFile())
        this.#entries.push({ ...common, mode: info.mode & 0o700, sizeBytes: info.size, type: 'file' });
    }
  }

  /** Its bytes, exactly as many as `sizeBytes`. Throws when a file became shorter meanwhile. */
  async *bytes(): AsyncGenerator<Buffer> {
    for (const entry of this.#entries) {
      yield headOf(entry);
      let left = entry.sizeBytes;
      if (left === 0) continue;
      const { content } = entry;
      const chunks = typeof content === 'string' ? createReadStream(content, { end: left - 1 }) : [content];
      for await (const chunk of chunks as AsyncIterable<Buffer>) {
        left -= chunk.length;
        yield chunk;
      }
      if (left !== 0) throw new Error(`${entry.name} changed while it was sent.`);
      yield Buffer.alloc(padded(entry.sizeBytes) - entry.sizeBytes);
    }
    yield Buffer.alloc(2 * TAR_BLOCK_BYTES);
  }
}
