import type { z } from 'zod';
import type { consistencyQuery, witnessQuery, witnessRequest } from '../../contract/evidence.ts';
import { ProblemError } from '../../contract/problems.ts';
import { cosignCheckpoint, servedNote } from '../../plane/notary.ts';
import { consistencyView, proofView, witnessView } from '../../plane/views/proof-view.ts';
import { type Answer, type Call, type Handler, hostedOf, ok, readAnswer, runnerOf } from '../call.ts';

async function checkpoint(call: Call): Promise<Answer> {
  const { workspace } = hostedOf(call);
  const row = await workspace.run(() => workspace.notary.covering(-1));
  const text = servedNote(row);
  call.response.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  call.response.end(text);
  return 'handled';
}

async function proof(call: Call): Promise<Answer> {
  const { workspace } = hostedOf(call);
  const text = call.params.seq ?? '';
  if (!/^\d{1,15}$/.test(text) || Number(text) >= workspace.engine.nextSeq)
    throw new ProblemError('not_found', 'There is no such entry in this workspace.');
  return ok(await workspace.run((ctx) => proofView(ctx.engine, workspace.notary, Number(text))));
}

async function witness(call: Call): Promise<Answer> {
  const { hosted } = runnerOf(call);
  const { size } = call.query as z.output<typeof witnessQuery>;
  const { value } = await hosted.workspace.read((engine) => witnessView(engine, size));
  if (value === null) throw new ProblemError('not_found', 'No checkpoint was signed yet. Ask again at the next claim.');
  return ok(value);
}

export const evidenceHandlers = {
  evidenceProof: proof,
  evidenceCheckpoint: checkpoint,
  evidenceConsistency: (call) => {
    const { from, to } = call.query as z.output<typeof consistencyQuery>;
    return readAnswer(call, ({ workspace }) => consistencyView(workspace.engine, from, to));
  },
  witness,
  witnessCosign: async (call) => {
    const { sessionId, hosted } = runnerOf(call);
    const { checkpoint_size: size, cosignature } = call.body as z.output<typeof witnessRequest>;
    return ok(await hosted.workspace.run((ctx) => cosignCheckpoint(ctx, sessionId, size, cosignature)));
  },
} satisfies Record<string, Handler>;
