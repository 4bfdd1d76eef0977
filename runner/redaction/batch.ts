/** Bytes of a view, each with the part of the stream that it stands for. A batch is used again: nobody keeps one. */
export interface Batch {
  bytes: Uint8Array;
  starts: Float64Array;
  ends: Float64Array;
  length: number;
}
export type Sink = (batch: Batch) => void;

/** The most bytes of a stream that go through the views at once. */
export const BATCH_BYTES = 16 * 1024;
/** A view passes on what it held from the batch before, too: never more than one escape. */
const SLACK = 64;

export function newBatch(): Batch {
  const capacity = BATCH_BYTES + SLACK;
  return {
    bytes: new Uint8Array(capacity),
    starts: new Float64Array(capacity),
    ends: new Float64Array(capacity),
    length: 0,
  };
}

export function addTo(batch: Batch, byte: number, start: number, end: number): void {
  const at = batch.length++;
  batch.bytes[at] = byte;
  batch.starts[at] = start;
  batch.ends[at] = end;
}

/** Passes one batch to each of several. */
export function toAll(sinks: readonly Sink[]): Sink {
  return (batch) => {
    for (const sink of sinks) sink(batch);
  };
}
