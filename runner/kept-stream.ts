import { PassThrough, type Readable, type Writable } from 'node:stream';

/**
 * The output of a child as a stream that waits for its reader. Node throws away what nobody has read yet when a child ends,
 * and a short job can end before its reader comes.
 */
export function keptStream(output: Readable): Readable {
  const kept = new PassThrough();
  output.once('error', () => kept.end());
  return output.pipe(kept);
}

/** Resolves when all of these were read to their end, or ended otherwise. */
export async function whenRead(...streams: readonly Readable[]): Promise<void> {
  await Promise.all(
    streams.map((stream) =>
      stream.readableEnded || stream.destroyed
        ? undefined
        : new Promise<void>((resolve) => {
            for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
          }),
    ),
  );
}

/** Resolves when a stream that was full takes more, or takes nothing ever again. */
export function drained(stream: Writable): Promise<void> {
  if (stream.destroyed || !stream.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      for (const event of ['drain', 'close']) stream.off(event, done);
      resolve();
    };
    for (const event of ['drain', 'close']) stream.once(event, done);
  });
}
