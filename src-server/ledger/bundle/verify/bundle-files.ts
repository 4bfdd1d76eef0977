import { isUtf8 } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import type { ByteSource, TarFile } from '../read-tar.ts';

/** Larger files are hashed in pieces; only small ones are ever held whole. */
const PIECE_BYTES = 1024 * 1024;
const WHOLE_LIMIT_BYTES = 256 * 1024 * 1024;

/** One line of a verification. */
export interface BundleCheck {
  id:
    | 'tar'
    | 'key'
    | 'manifest'
    | 'files'
    | 'trust'
    | 'checkpoint'
    | 'sshsig'
    | 'cosignatures'
    | 'tree'
    | 'receipts'
    | 'artifacts';
  passed: boolean;
  /** One sentence; of a failure, what and where. */
  detail: string;
}

/** What is wrong, and where; caught by the check that found it. */
export class BundleFault extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'BundleFault';
  }
}

/** The files of a bundle, read when they are asked for. */
export class BundleFiles {
  private readonly digests = new Map<string, string>();

  constructor(
    private readonly source: ByteSource,
    private readonly files: ReadonlyMap<string, TarFile>,
  ) {}

  get names(): string[] {
    return [...this.files.keys()];
  }
  has(name: string): boolean {
    return this.files.has(name);
  }
  /** Names below a folder, in order. */
  below(folder: string): string[] {
    return this.names.filter((name) => name.startsWith(`${folder}/`));
  }

  bytes(name: string): Buffer {
    const file = this.files.get(name);
    if (file === undefined) throw new BundleFault(`${name} is missing`);
    if (file.sizeBytes > WHOLE_LIMIT_BYTES) throw new BundleFault(`${name} is larger than such a file can be`);
    return this.source.read(file.offset, file.sizeBytes);
  }

  /** Bytes that must be UTF-8, since a decoder would replace others in silence. */
  text(name: string): string {
    const bytes = this.bytes(name);
    if (!isUtf8(bytes)) throw new BundleFault(`${name} is not text`);
    return bytes.toString('utf8');
  }

  json(name: string): unknown {
    try {
      return JSON.parse(this.text(name));
    } catch (error) {
      if (error instanceof BundleFault) throw error;
      throw new BundleFault(`${name} is not JSON`);
    }
  }

  /** SHA-256 in hexadecimal, worked out once. */
  sha256(name: string): string {
    const known = this.digests.get(name);
    if (known !== undefined) return known;
    const file = this.files.get(name);
    if (file === undefined) throw new BundleFault(`${name} is missing`);
    const digest = this.hashOf(file);
    this.digests.set(name, digest);
    return digest;
  }

  private hashOf({ offset, sizeBytes }: TarFile): string {
    if (sizeBytes <= PIECE_BYTES) return hash('sha256', this.source.read(offset, sizeBytes), 'hex');
    const pieces = createHash('sha256');
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES)
      pieces.update(this.source.read(offset + at, Math.min(PIECE_BYTES, sizeBytes - at)));
    return pieces.digest('hex');
  }
}
