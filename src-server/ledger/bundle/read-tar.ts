import { BLOCK_BYTES, isSafeName, paddingOf, TAR_END, tarHeader } from './ustar.ts';

/** Bytes that can be read anywhere: a file, or a buffer. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly these bytes, or fewer at the end. */
  read(offset: number, lengthBytes: number): Buffer;
}
export const bufferSource = (bytes: Buffer): ByteSource => ({
  sizeBytes: bytes.length,
  read: (offset, lengthBytes) => bytes.subarray(offset, offset + lengthBytes),
});

export interface TarFile {
  offset: number;
  sizeBytes: number;
}

/** A tar that is not in the one form that an export writes. */
export class TarFormError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'TarFormError';
  }
}

/**
 * Finds the files of a tar, in their order. Accepts only what `tarHeader` writes: sorted names that are safe, zeros as
 * padding, two blocks of zeros at the end and nothing after.
 * @throws TarFormError that names the place.
 */
export function readTar(source: ByteSource): Map<string, TarFile> {
  const files = new Map<string, TarFile>();
  let last = '';
  for (let at = 0; ; ) {
    const header = source.read(at, BLOCK_BYTES);
    if (header.length < BLOCK_BYTES)
      throw new TarFormError(`it ends at byte ${source.sizeBytes}, in the middle of a header`);
    if (header.every((byte) => byte === 0)) {
      if (source.sizeBytes !== at + TAR_END.length || !source.read(at, TAR_END.length).equals(TAR_END))
        throw new TarFormError(`two blocks of zeros must end it at byte ${at}, and nothing may follow`);
      return files;
    }
    const { name, sizeBytes } = parseHeader(header, at);
    if (name <= last) throw new TarFormError(`${name} stands after ${last}; names are sorted and stand once`);
    const offset = at + BLOCK_BYTES;
    const padding = source.read(offset + sizeBytes, paddingOf(sizeBytes));
    if (padding.length !== paddingOf(sizeBytes)) throw new TarFormError(`it ends inside ${name}`);
    if (padding.some((byte) => byte !== 0)) throw new TarFormError(`there are bytes behind the end of ${name}`);
    files.set(name, { offset, sizeBytes });
    last = name;
    at = offset + sizeBytes + padding.length;
  }
}

function parseHeader(header: Buffer, at: number): { name: string; sizeBytes: number } {
  const end = header.indexOf(0);
  const name = header.toString('latin1', 0, end < 0 || end > 100 ? 100 : end);
  const octal = header.toString('latin1', 124, 135);
  if (!isSafeName(name)) throw new TarFormError(`the name at byte ${at} is not a plain relative one`);
  if (!/^[0-7]{11}$/.test(octal) || !tarHeader(name, Number.parseInt(octal, 8)).equals(header))
    throw new TarFormError(`the header of ${name} at byte ${at} is not the one that an export writes`);
  return { name, sizeBytes: Number.parseInt(octal, 8) };
}
