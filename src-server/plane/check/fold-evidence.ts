import { parseCheckpoint } from '../../ledger/note/checkpoint.ts';
import { parseNote } from '../../ledger/note/signed-note.ts';
import type { Folds } from './log-fold.ts';

export const evidenceFolds: Folds = {
  'integrity.checked'(body, { world, fail }) {
    if (body.fence === undefined) return;
    if (body.fence < world.fence) fail('I3', `fences go back from ${world.fence} to ${body.fence}`);
    world.fence = body.fence;
  },
  /** Root and signature are judged with the bytes at hand (`check/evidence.ts`); here only what an entry alone tells. */
  'checkpoint.signed'(body, { entry, fail }) {
    const said = parseCheckpoint(parseNote(body.note).text);
    if (body.size > entry.seq) fail('I27', `a checkpoint of ${body.size} entries stands in entry ${entry.seq}`);
    if (said.size !== body.size || said.root.toString('base64') !== body.root)
      fail('I27', `the note says ${said.size} entries, the entry ${body.size}`);
  },
};
