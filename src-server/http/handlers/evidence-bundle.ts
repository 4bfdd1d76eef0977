import { pipeline } from 'node:stream/promises';
import type { z } from 'zod';
import type { ExportRequest, verifyQuery } from '../../contract/evidence-export.ts';
import { BULK_BODY_LIMIT_BYTES } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import { exportBundle } from '../../plane/evidence/export-bundle.ts';
import { logProver } from '../../plane/evidence/log-prover.ts';
import { selectEntries } from '../../plane/evidence/select-entries.ts';
import { verifyBytes } from '../../plane/evidence/verify-bytes.ts';
import { type Answer, actorOf, type Call, type Handler, hostedOf, ok } from '../call.ts';
import { logFault } from '../fault-log.ts';
import { bodyChunks } from '../read-body.ts';

/** That a bundle was handed out is an entry, on disk before its first byte leaves. */
async function exported(call: Call): Promise<Answer> {
  const { workspace, blobs, runLogs } = hostedOf(call);
  const { key, timers } = call.served.host;
  const { engine } = workspace;
  const select = () => selectEntries(engine, call.body as ExportRequest);
  // What is read-only keeps no record of an export, and is exported all the more.
  const selection =
    workspace.readOnlyBecause !== null
      ? select()
      : await workspace.run(() => {
          const selected = select();
          const { kind, subject, seqs } = selected;
          engine.emit(actorOf(call), [{ type: 'export.made', body: { kind, subject, entries: seqs.length } }]);
          return selected;
        });
  const pause = (): Promise<void> => new Promise((resolve) => timers.soon(resolve));
  const source = { engine, key, blobs, runLogs, prover: logProver(engine, key), pause };
  const tar = exportBundle(source, selection);
  // Whatever can be refused is refused before the answer begins.
  const first = await tar.next();
  call.response.writeHead(200, {
    'content-type': 'application/x-tar',
    'content-disposition': `attachment; filename="evidence-${selection.subject}.tar"`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  await pipeline(async function* () {
    if (first.done !== true) yield first.value;
    yield* tar;
  }, call.response).catch((error: unknown) => {
    // A reader that went away is no fault; a tar that was cut says itself that it is not whole.
    if (!call.response.destroyed) logFault(call.requestId, call.route, error);
    call.response.destroy();
  });
  return 'handled';
}

async function verified(call: Call): Promise<Answer> {
  const { key } = call.query as z.output<typeof verifyQuery>;
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of bodyChunks(call.request)) {
    sizeBytes += chunk.length;
    if (sizeBytes > BULK_BODY_LIMIT_BYTES)
      throw new ProblemError('body.too_large', 'Verify it with: connected-compute evidence verify FILE --key SHA256:…');
    chunks.push(chunk);
  }
  return ok(verifyBytes(Buffer.concat(chunks), key ?? call.served.host.key.fingerprint));
}

export const evidenceBundleHandlers = {
  evidenceExport: exported,
  evidenceVerify: verified,
} satisfies Record<string, Handler>;
