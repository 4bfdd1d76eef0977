import { closeSync, linkSync, lstatSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TAR_BLOCK_BYTES } from './tar-write.ts';

const NAME_LIMIT_BYTES = 4_096;

/** What of an archive is taken. */
export interface ExtractRules {
  /** Whether the file or link of this relative name is wanted; folders are made as they are needed. */
  wants: (name: string) => boolean;
  limitBytes: number;
  limitFiles: number;
}

interface Head {
  name: string;
  flag: string;
  sizeBytes: number;
  isExecutable: boolean;
  linkTarget: string;
}

/** Bytes as they come, taken in pieces of the size that is needed. */
class Source {
  #rest: Buffer = Buffer.alloc(0);
  readonly #chunks: AsyncIterator<Buffer>;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** At most so many bytes, at least one; null at the end. */
  async some(limitBytes: number): Promise<Buffer | null> {
    while (this.#rest.length === 0) {
      const next = await this.#chunks.next();
      if (next.done) return null;
      this.#rest = next.value;
    }
    const taken = this.#rest.subarray(0, limitBytes);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  /** Hands on exactly so many bytes. Throws when there are fewer. */
  async exactly(sizeBytes: number, sink: (bytes: Buffer) => void): Promise<void> {
    for (let left = sizeBytes; left > 0; ) {
      const bytes = await this.some(left);
      if (bytes === null) throw new Error('The outputs were cut off on their way.');
      left -= bytes.length;
      sink(bytes);
    }
  }

  async block(sizeBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    await this.exactly(sizeBytes, (bytes) => parts.push(Buffer.from(bytes)));
    return Buffer.concat(parts);
  }
}

const textAt = (block: Buffer, at: number, limit: number): string => {
  const end = block.indexOf(0, at);
  return block.toString('utf8', at, end < 0 || end > at + limit ? at + limit : end);
};

/** An octal number, or a big one in binary, as GNU tar writes it. */
function numberAt(block: Buffer, at: number, length: number): number {
  if (((block[at] as number) & 0x80) !== 0) return Number(block.readBigUInt64BE(at + length - 8));
  const value = Number.parseInt(textAt(block, at, length).trim() || '0', 8);
  if (!Number.isSafeInteger(value)) throw new Error('The archive of the outputs is damaged.');
  return value;
}

function readHead(block: Buffer): Head {
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    flag: String.fromCharCode(block[156] as number),
    sizeBytes: numberAt(block, 124, 12),
    isExecutable: (numberAt(block, 100, 8) & 0o100) !== 0,
    linkTarget: textAt(block, 157, 100),
  };
}

/** The segments of a name below the folder; null for one that leads elsewhere. */
function segmentsOf(name: string): string[] | null {
  if (name.startsWith('/') || name.includes('\0')) return null;
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  return segments.length === 0 || segments.includes('..') ? null : segments;
}

/** Takes an archive that a stranger may have filled into a folder that holds only what this class has written. */
class Extraction {
  #writtenBytes = 0;
  #files = 0;
  /** Made last: before that no name of the archive leads through a link of the archive. */
  readonly #links: { path: string; target: string }[] = [];

  constructor(
    private readonly source: Source,
    private readonly folder: string,
    private readonly rules: ExtractRules,
  ) {}

  async run(): Promise<void> {
    let longName: string | null = null;
    let longLink: string | null = null;
    for (let isOver = false; !isOver; ) {
      const block = await this.source.block(TAR_BLOCK_BYTES);
      isOver = block.every((byte) => byte === 0);
      if (isOver) continue;
      const head = readHead(block);
      if (head.flag === 'L') longName = await this.#longText(head);
      else if (head.flag === 'K') longLink = await this.#longText(head);
      else {
        await this.#take({ ...head, name: longName ?? head.name, linkTarget: longLink ?? head.linkTarget });
        longName = null;
        longLink = null;
      }
    }
    for (const { path, target } of this.#links) symlinkSync(target, path);
  }

  async #longText({ sizeBytes }: Head): Promise<string> {
    if (sizeBytes > NAME_LIMIT_BYTES) throw new Error('The archive of the outputs holds a name that is too long.');
    const bytes = await this.source.block(sizeBytes);
    await this.#skipPadding(sizeBytes);
    return textAt(bytes, 0, bytes.length);
  }

  #skipPadding(sizeBytes: number): Promise<void> {
    const past = sizeBytes % TAR_BLOCK_BYTES;
    return this.source.exactly(past === 0 ? 0 : TAR_BLOCK_BYTES - past, () => undefined);
  }

  async #take(head: Head): Promise<void> {
    const segments = segmentsOf(head.name);
    const isFile = head.flag === '0' || head.flag === '\0' || head.flag === '7';
    const name = segments?.join('/') ?? '';
    const isWanted = segments !== null && this.rules.wants(name);
    const path = join(this.folder, name);
    if (isFile) {
      await this.#takeFile(head, isWanted ? path : null);
    } else {
      if (isWanted && head.flag === '2') this.#links.push({ path: this.#room(path), target: head.linkTarget });
      if (isWanted && head.flag === '1') this.#takeSecondName(path, head.linkTarget);
      await this.source.exactly(head.sizeBytes, () => undefined);
      await this.#skipPadding(head.sizeBytes);
    }
  }

  /** A second name of a file that came before. What is not here leads nowhere, and is refused as a link in the end. */
  #takeSecondName(path: string, target: string): void {
    const from = join(this.folder, segmentsOf(target)?.join('/') ?? '');
    if (lstatSync(from, { throwIfNoEntry: false })?.isFile()) linkSync(from, this.#room(path));
    else this.#links.push({ path: this.#room(path), target });
  }

  async #takeFile({ sizeBytes, isExecutable }: Head, path: string | null): Promise<void> {
    if (path === null) await this.source.exactly(sizeBytes, () => undefined);
    else {
      this.#count(sizeBytes);
      const file = openSync(this.#room(path), 'wx', isExecutable ? 0o700 : 0o600);
      try {
        await this.source.exactly(sizeBytes, (bytes) => {
          for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        });
      } finally {
        closeSync(file);
      }
    }
    await this.#skipPadding(sizeBytes);
  }

  #count(sizeBytes: number): void {
    this.#writtenBytes += sizeBytes;
    if (this.#writtenBytes > this.rules.limitBytes)
      throw new Error(`The outputs are larger than ${Math.floor(this.rules.limitBytes / 1024 ** 2)} MiB.`);
  }

  #room(path: string): string {
    this.#files += 1;
    if (this.#files > this.rules.limitFiles) throw new Error(`There are more than ${this.rules.limitFiles} outputs.`);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return path;
  }
}

/**
 * Takes the wanted files of an archive into an empty folder. It writes nothing outside of it, whatever the archive says.
 * Throws an Error in words when the archive is cut off or larger than it may be.
 */
export const extractTar = (stream: AsyncIterable<Buffer>, folder: string, rules: ExtractRules): Promise<void> =>
  new Extraction(new Source(stream), folder, rules).run();
