import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import canonicalize from 'canonicalize';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CheckedAnswer } from '../../test/helpers/checked-call.ts';
import { PlaneUnderTest } from '../../test/helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../../test/helpers/runner-under-test.ts';
import { preAuthEncoding } from '../ledger/receipts/dsse.ts';

type Parsed = CheckedAnswer['json'];
let plane: PlaneUnderTest;
let runner: RunnerUnderTest;
beforeEach(async () => {
  plane = await PlaneUnderTest.start();
  runner = await plane.runner('laptop-1');
});
afterEach(() => plane.close());

async function started(spec: Record<string, unknown> = {}): Promise<Parsed> {
  await plane.submit(spec);
  const assignment = await runner.claimOne();
  await runner.onLease('start', assignment.lease.lease_id, { fence: assignment.lease.fence });
  return assignment;
}
const receiptsOf = async (jobId: string): Promise<Parsed[]> =>
  (await plane.call('jobReceipts', { params: { job_id: jobId } })).json.items;

describe('a run receipt', () => {
  test('is kept with exactly its bytes, and its digest stands in the entry', async () => {
    const assignment = await started();
    const receipt = runner.receipt(assignment);
    expect((await runner.complete(assignment.lease, { run_receipt: receipt })).status).toBe(200);
    const bytes = Buffer.from(canonicalize(receipt) ?? '');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const [ended] = plane.entriesOf('lease.released');
    expect(ended?.events[0]?.body.run_receipt_sha256).toBe(sha256);
    const [run] = await receiptsOf(assignment.job.job_id);
    expect(run).toMatchObject({ kind: 'run', signer: 'runner', sha256, seq: ended?.seq, envelope: receipt });
    const stored = await plane.call('artifact', { params: { sha256 } });
    expect(stored.text).toBe(bytes.toString());
  });

  test('that is not of this attempt is refused, says what is wrong, and settles nothing', async () => {
    const assignment = await started();
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const other = structuredClone(assignment);
    const payload = JSON.parse(Buffer.from(assignment.envelope.payload, 'base64').toString());
    const like = (over: object): Parsed => {
      other.envelope.payload = Buffer.from(JSON.stringify({ ...payload, ...over })).toString('base64');
      return runner.receipt(other);
    };
    const wrong: [string, Parsed][] = [
      ['is not signed by the key', runner.receipt(assignment, {}, stranger)],
      ['is not signed by the key', { ...runner.receipt(assignment), payloadType: 'application/json' }],
      ['/predicate/fence', like({ fence: 7 })],
      ['/predicate/attempt', like({ attempt: 2 })],
      ['/predicate/lease_id', like({ lease_id: 'lse_0' })],
      ['/predicate/job_digest', like({ digest: `sha256:${'0'.repeat(64)}` })],
      ['/predicate/workspace_id', like({ workspace_id: 'ws_0' })],
      ['/predicate/outcome', runner.receipt(assignment, { outcome: 'failed' })],
      ['/predicate/exit_code', runner.receipt(assignment, { exitCode: 3 })],
      ['/predicate/runtime_ms', runner.receipt(assignment, { runtimeMs: 11 })],
      ['/predicate/leftovers', runner.receipt(assignment, { leftovers: -1 })],
    ];
    for (const [words, receipt] of wrong) {
      const answer = await runner.complete(assignment.lease, { run_receipt: receipt });
      expect([answer.status, answer.code]).toEqual([422, 'receipt.invalid']);
      expect(answer.json.detail).toContain(words);
    }
    const outputs = [(await runner.artifact(assignment.lease, 'a', Buffer.from('a'))).json];
    const silent = await runner.complete(assignment.lease, { outputs, run_receipt: runner.receipt(assignment) });
    expect(silent.json.detail).toContain('/predicate/outputs_digest');
    expect((await plane.job(assignment.job.job_id)).state).toBe('running');
  });

  test('comes late, when the lease is over: refused by its fence, and kept as evidence once', async () => {
    const assignment = await started();
    const { lease_id: leaseId } = assignment.lease;
    await plane.call('leaseRevoke', { params: { lease_id: leaseId }, body: { reason: 'gone' } });
    const receipt = runner.receipt(assignment);
    for (let time = 0; time < 2; time++) {
      const answer = await runner.complete(assignment.lease, { run_receipt: receipt });
      expect([answer.status, answer.code]).toEqual([409, 'conflict.lease_superseded']);
    }
    expect(plane.entriesOf('attempt.late_receipt')).toHaveLength(1);
    const items = await receiptsOf(assignment.job.job_id);
    expect(items.map((i) => i.kind)).toEqual(['settlement', 'late']);
    expect(items[1]?.envelope).toEqual(receipt);
    expect((await plane.job(assignment.job.job_id)).attempts[0].has_run_receipt).toBe(false);
  });

  test('that is late and does not hold is no evidence', async () => {
    const assignment = await started();
    await plane.call('leaseRevoke', { params: { lease_id: assignment.lease.lease_id }, body: {} });
    const forged = runner.receipt(assignment, {}, generateKeyPairSync('ed25519').privateKey);
    expect((await runner.complete(assignment.lease, { run_receipt: forged })).status).toBe(409);
    expect(plane.entriesOf('attempt.late_receipt')).toHaveLength(0);
  });

  test('of a settlement that is repeated is not late', async () => {
    const assignment = await started();
    const receipt = runner.receipt(assignment);
    await runner.complete(assignment.lease, { run_receipt: receipt });
    expect((await runner.complete(assignment.lease, { run_receipt: receipt })).status).toBe(409);
    expect(plane.entriesOf('attempt.late_receipt')).toHaveLength(0);
  });
});

describe('the receipts of the plane', () => {
  test('are signed by its key, the same at every reading, and name the run receipt and the entry', async () => {
    const assignment = await started({ outputs: ['*'] });
    const bytes = Buffer.from('report');
    const stored = await runner.artifact(assignment.lease, 'report.txt', bytes);
    const outputs = [stored.json];
    const receipt = runner.receipt(assignment, { outputs });
    const ended = await runner.complete(assignment.lease, { outputs, run_receipt: receipt });
    const items = await receiptsOf(assignment.job.job_id);
    expect(items.map((i) => i.kind)).toEqual(['run', 'settlement', 'provenance']);
    expect(await receiptsOf(assignment.job.job_id)).toEqual(items);
    const [run, settlement, provenance] = items;
    const raw = Buffer.from(plane.host.key.publicKeyBase64, 'base64');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
    for (const { envelope } of [settlement, provenance]) {
      const signed = preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
      expect(verify(null, signed, key, Buffer.from(envelope.signatures[0].sig, 'base64'))).toBe(true);
    }
    const line = await plane.call('evidenceItem', { params: { seq: String(ended.json.seq) } });
    expect(settlement.statement.predicate).toMatchObject({
      lease_id: assignment.lease.lease_id,
      fence: assignment.lease.fence,
      outcome: 'succeeded',
      job_outcome: 'succeeded',
      log_index: ended.json.seq,
      entry_sha256: line.json.sha256,
      run_receipt_sha256: run.sha256,
      artifacts: outputs,
      approvals: [],
    });
    expect(settlement.statement.predicate.decision.sentence).toContain('laptop-1');
    expect(provenance.statement).toMatchObject({
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: [{ name: 'report.txt', digest: { sha256: stored.json.sha256 } }],
    });
  });

  test('a job that settled without a run receipt says so', async () => {
    const assignment = await started();
    await runner.complete(assignment.lease);
    const [settlement] = await receiptsOf(assignment.job.job_id);
    expect(settlement.statement.predicate.run_receipt_sha256).toBeNull();
  });
});

describe('the receipts of a job that was edited', () => {
  const edit = async (jobId: string, argv: string[]): Promise<string> => {
    const { digest } = await plane.job(jobId);
    const body = { base_digest: digest, wu_id: 'WU-9', command: { argv, env: {}, shell: false } };
    const answer = await plane.call('jobPatch', { params: { job_id: jobId }, body });
    if (answer.status !== 200) throw new Error(answer.text);
    expect(answer.json.digest).not.toBe(digest);
    return answer.json.digest;
  };
  const settle = async (assignment: Parsed): Promise<void> => {
    const { lease } = assignment;
    await runner.onLease('start', lease.lease_id, { fence: lease.fence });
    const outputs = [(await runner.artifact(lease, 'report.txt', Buffer.from('report'))).json];
    const done = await runner.complete(lease, { outputs, run_receipt: runner.receipt(assignment, { outputs }) });
    expect(done.status).toBe(200);
  };

  test('name the digest and the command that ran, in all three', async () => {
    const { job_id: jobId } = await plane.submit({ outputs: ['*'] });
    const digest = await edit(jobId, ['node', '--help']);
    await settle(await runner.claimOne());
    const [run, settlement, provenance] = await receiptsOf(jobId);
    expect(run.statement.predicate.job_digest).toBe(digest);
    expect(settlement.statement.predicate).toMatchObject({ job_digest: digest, wu_id: 'WU-9' });
    expect(settlement.statement.subject[0].digest.sha256).toBe(digest.slice('sha256:'.length));
    expect(provenance.statement.predicate.buildDefinition.externalParameters).toMatchObject({
      job_digest: digest,
      wu_id: 'WU-9',
      command: { argv: ['node', '--help'] },
    });
  });

  test('name for each attempt the job as that attempt had it, a late receipt of the one before included', async () => {
    const { job_id: jobId, digest: before } = await plane.submit({ outputs: ['*'] });
    const lost = await runner.claimOne();
    await runner.onLease('start', lost.lease.lease_id, { fence: lost.lease.fence });
    const late = runner.receipt(lost);
    await plane.call('leaseRevoke', { params: { lease_id: lost.lease.lease_id }, body: {} });
    const after = await edit(jobId, ['node', '--help']);
    expect((await runner.complete(lost.lease, { run_receipt: late })).status).toBe(409);
    plane.clock.advance(5_000);
    plane.hosted.workspace.tick();
    await settle(await runner.claimOne());
    const digests = (await receiptsOf(jobId)).map((r) => [r.kind, r.statement.predicate.job_digest]);
    expect(digests.filter(([kind]) => kind !== 'provenance')).toEqual([
      ['settlement', before],
      ['run', after],
      ['settlement', after],
      ['late', before],
    ]);
  });
});

test('a settlement receipt tells what each limit had left before and after', async () => {
  await plane.call('budgetsPut', {
    body: {
      base_version: 0,
      limits: [{ scope: 'wu:WU-101', limit_mcu: 900_000, window: 'total' }],
      rates: { byoc: { 'cpu-small': 1_000 }, managed: { 'cpu-small': 1_000 } },
    },
  });
  for (const debited of [17, 34]) {
    const assignment = await started();
    const usage = { runtime_ms: 1_000 };
    plane.clock.advance(1_000);
    await runner.complete(assignment.lease, { usage });
    const [settlement] = await receiptsOf(assignment.job.job_id);
    const wu = settlement.statement.predicate.budget.find((b: Parsed) => b.scope === 'wu:WU-101');
    expect(wu).toEqual({
      scope: 'wu:WU-101',
      held_mcu: 1_000,
      debited_mcu: 17,
      released_mcu: 983,
      before: { held_mcu: 1_000, spent_mcu: debited - 17 },
      after: { held_mcu: 0, spent_mcu: debited },
      limits: [
        {
          window: 'total',
          limit_mcu: 900_000,
          before: { held_mcu: 1_000, spent_mcu: debited - 17, left_mcu: 900_000 - 1_000 - (debited - 17) },
          after: { held_mcu: 0, spent_mcu: debited, left_mcu: 900_000 - debited },
        },
      ],
    });
  }
});
