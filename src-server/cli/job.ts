import type { NetworkGrant } from '../contract/admission.ts';
import type { Job, JobList } from '../contract/job.ts';
import { BULK_BODY_LIMIT_BYTES, BULK_ITEMS_MAX, LIST_LIMIT_MAX } from '../contract/limits.ts';
import { type JobState, TERMINAL_JOB_STATES } from '../contract/terms.ts';
import { systemTimers } from '../plane/clock.ts';
import { systemRandom } from '../plane/random.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { askLine, nowLines, recordLines } from './explain-lines.ts';
import { hostOf } from './host-argument.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';
import { groupsOf, readJobs } from './read-jobs.ts';
import { unblockLines } from './unblock-lines.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  wait: { type: 'boolean' },
  follow: { type: 'boolean' },
  stderr: { type: 'boolean' },
  state: { type: 'string' },
  limit: { type: 'string' },
  reason: { type: 'string' },
  apply: { type: 'string' },
  host: { type: 'string', multiple: true },
} as const;
const POLL_MS = 500;
const LIST_DEFAULT = 50;
const LIST_MAX = 100_000;
const LOG_WAIT_MS = 15_000;
const WAITING: ReadonlySet<JobState> = new Set(['queued', 'held', 'refused']);
const isOver = (job: Job): boolean => (TERMINAL_JOB_STATES as readonly string[]).includes(job.state);
const pause = (ms: number): Promise<void> => new Promise((resolve) => systemTimers.after(ms, resolve));

interface Call {
  client: PlaneClient;
  printer: Printer;
  json: boolean;
  wait: boolean;
  follow: boolean;
  stderr: boolean;
  state: string | undefined;
  limit: number;
  reason: string | undefined;
  /** Number of the suggestion to apply, from 1; 0: only list them. */
  apply: number;
  /** What an admission that is applied lets through. */
  hosts: readonly NetworkGrant[];
}

/** `job …`: submit, list, show, explain, unblock, cancel, retry, log. */
export async function job(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, subject] = positionals;
  const call: Call = {
    client: new PlaneClient(await findPlane(values)),
    printer,
    json: values.json ?? false,
    wait: values.wait ?? false,
    follow: values.follow ?? false,
    stderr: values.stderr ?? false,
    state: values.state,
    limit: wholeNumber('limit', values.limit, 1, LIST_MAX, LIST_DEFAULT),
    reason: values.reason,
    apply: wholeNumber('apply', values.apply, 1, 100, 0),
    hosts: (values.host ?? []).map(hostOf),
  };
  if (verb === 'list') return list(call);
  const verbs: Record<string, (call: Call, subject: string) => Promise<number>> = {
    submit,
    show,
    explain,
    unblock,
    cancel,
    retry,
    log,
  };
  const run = verbs[verb ?? ''];
  if (run === undefined)
    throw new ExitError(
      EXIT.usage,
      'job takes submit FILE, list, show ID, explain ID, unblock ID, cancel ID, retry ID or log ID.',
    );
  if (subject === undefined)
    throw new ExitError(
      EXIT.usage,
      `job ${verb} needs ${verb === 'submit' ? 'a file with the job as JSON, or - for standard input' : 'the id of a job'}.`,
    );
  return run(call, subject);
}

/** Submits the jobs of a file; a line that is refused is named, and the others go on. */
async function submit(call: Call, file: string): Promise<number> {
  const jobs = readJobs(file);
  const [only] = jobs;
  if (only !== undefined && jobs.length === 1) {
    const made = await call.client.call('jobSubmit', { body: only.body, key: newKey() });
    if (call.wait) return waitForAll(call, [made.job_id]);
    if (call.json) call.printer.json(made);
    else call.printer.line(`${made.job_id} submitted. Follow it with: job show ${made.job_id}`);
    return EXIT.ok;
  }
  const submitted: string[] = [];
  let code: number = EXIT.ok;
  for (const group of groupsOf(jobs, BULK_ITEMS_MAX, BULK_BODY_LIMIT_BYTES - 1_024)) {
    const { results } = await call.client.call('jobBulk', {
      body: { items: group.map(({ body }) => body) },
      key: newKey(),
    });
    for (const [at, result] of results.entries()) {
      const line = group[at]?.line;
      if (call.json) call.printer.json({ line, ...result });
      if ('job_id' in result) {
        submitted.push(result.job_id);
        if (!call.json && !call.wait) call.printer.line(`${result.job_id} submitted.`);
      } else {
        code = EXIT.input;
        if (!call.json) call.printer.note(`Line ${line} was refused: ${result.problem.detail}`);
      }
    }
  }
  if (!call.json) call.printer.note(`${submitted.length} of ${jobs.length} jobs submitted.`);
  const ended = call.wait ? await waitForAll(call, submitted) : EXIT.ok;
  return code === EXIT.ok ? ended : code;
}

const newKey = (): string => systemRandom.bytes(16).toString('hex');

async function waitForAll(call: Call, jobIds: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  for (const jobId of jobIds) {
    const ended = await waitFor(call, jobId);
    if (call.json) call.printer.json(ended);
    else call.printer.line(`${ended.job_id} ${ended.state}. ${ended.why}`);
    if (ended.state !== 'succeeded') code = EXIT.failed;
  }
  return code;
}

async function waitFor(call: Call, jobId: string): Promise<Job> {
  let told = '';
  for (;;) {
    const now = await call.client.call('job', { params: { job_id: jobId } });
    const word = `${now.state}: ${now.why}`;
    if (word !== told && !call.json) call.printer.note(`${jobId} ${word}`);
    told = word;
    if (isOver(now)) return now;
    await pause(POLL_MS);
  }
}

/** Page by page, up to the limit; the cursor of what is left stays in the answer. */
async function jobs(call: Call): Promise<JobList> {
  const ask = (left: number, cursor: string | null): Promise<JobList> =>
    call.client.call('jobs', {
      query: {
        limit: String(Math.min(left, LIST_LIMIT_MAX)),
        ...(call.state === undefined ? {} : { state: call.state }),
        ...(cursor === null ? {} : { cursor }),
      },
    });
  const found = await ask(call.limit, null);
  while (found.next_cursor !== null && found.items.length < call.limit) {
    const more = await ask(call.limit - found.items.length, found.next_cursor);
    found.items.push(...more.items);
    found.next_cursor = more.next_cursor;
  }
  return found;
}

async function list(call: Call): Promise<number> {
  const found = await jobs(call);
  if (call.json) call.printer.json(found);
  else if (found.items.length === 0) call.printer.line('No jobs.');
  else
    for (const line of table(
      found.items.map((j) => [j.job_id, j.wu_id, j.state, j.source_name ?? '–', j.title, j.why]),
    ))
      call.printer.line(line);
  if (found.next_cursor !== null)
    call.printer.note(`These are the newest ${found.items.length}. See more with --limit ${call.limit * 10}.`);
  return EXIT.ok;
}

async function show(call: Call, jobId: string): Promise<number> {
  const found = await call.client.call('job', { params: { job_id: jobId } });
  if (call.json) {
    call.printer.json(found);
    return EXIT.ok;
  }
  call.printer.line(`${found.wu_id} ${found.title} (${found.job_id})`);
  call.printer.line(`${found.state}${found.stopping ? ', stopping' : ''}. ${found.why}`);
  for (const a of found.attempts) {
    call.printer.line(
      `  attempt ${a.attempt} on ${a.source_name}, token ${a.fence}: ${a.outcome ?? a.state}${a.end_reason === null ? '' : `. ${a.end_reason}`}`,
    );
    for (const artifact of a.artifacts)
      call.printer.line(`    ${artifact.path}  ${artifact.size_bytes} bytes  sha256:${artifact.sha256}`);
  }
  return EXIT.ok;
}

/** Why the job is where it is. While it waits, also what would become of it if it were decided now. */
async function explain(call: Call, jobId: string): Promise<number> {
  const params = { job_id: jobId };
  const found = await call.client.call('jobExplain', { params });
  if (call.json) {
    call.printer.json(found);
    return EXIT.ok;
  }
  const now = await call.client.call('job', { params });
  call.printer.line(`${now.state}: ${now.why}`);
  if (WAITING.has(now.state)) for (const line of nowLines(now, found)) call.printer.line(line);
  else {
    const { items } = await call.client.call('jobDecisions', { params });
    for (const line of recordLines(now, items[0])) call.printer.line(line);
  }
  return EXIT.ok;
}

/** Lists the single changes that would place a job, or makes one of them. */
async function unblock(call: Call, jobId: string): Promise<number> {
  const found = await call.client.call('jobExplain', { params: { job_id: jobId } });
  if (call.apply === 0) {
    if (call.json) call.printer.json({ unblock: found.unblock, earliest: found.earliest });
    else {
      const now = await call.client.call('job', { params: { job_id: jobId } });
      call.printer.line(`${now.state}: ${now.why}`);
      if (found.unblock.length === 0) call.printer.line(askLine(now, found) ?? 'No single change would place it now.');
      for (const line of unblockLines(found)) call.printer.line(line);
    }
    return EXIT.ok;
  }
  const chosen = found.unblock[call.apply - 1];
  if (chosen === undefined)
    throw new ExitError(
      EXIT.usage,
      `There are ${found.unblock.length} suggestions. See them with: job unblock ${jobId}`,
    );
  const { change, target, sentence } = chosen;
  if (chosen.hosts?.length === 0 && call.hosts.length === 0)
    throw new ExitError(
      EXIT.usage,
      `Name what may be reached, since nobody asked for this network before: job unblock ${jobId} --apply ${call.apply} --host HOST:PORT`,
    );
  if (chosen.hosts === undefined && call.hosts.length > 0)
    throw new ExitError(EXIT.usage, `--host belongs to an admission. Suggestion ${call.apply} is: ${sentence}`);
  const { digest } = await call.client.call('job', { params: { job_id: jobId } });
  const done = await call.client.call('jobUnblock', {
    params: { job_id: jobId },
    body: {
      change,
      target,
      sentence,
      ...(change === 'approval.approve' ? { digest } : {}),
      ...(call.hosts.length === 0 ? {} : { hosts: call.hosts }),
      ...(call.reason === undefined ? {} : { reason: call.reason }),
    },
  });
  if (call.json) call.printer.json(done);
  else if (done.applied) call.printer.line(`Done: ${done.sentence} ${done.job_id} ${done.explain.sentence}`);
  else call.printer.line(`${done.sentence} ${done.next ?? ''}`);
  return EXIT.ok;
}

async function cancel(call: Call, jobId: string): Promise<number> {
  const found = await call.client.call('jobCancel', {
    params: { job_id: jobId },
    body: call.reason === undefined ? {} : { reason: call.reason },
  });
  if (call.json) call.printer.json(found);
  else call.printer.line(found.stopping ? `${jobId} is stopping; its runner was asked.` : `${jobId} ${found.state}.`);
  return EXIT.ok;
}

async function retry(call: Call, jobId: string): Promise<number> {
  const made = await call.client.call('jobRetry', {
    params: { job_id: jobId },
    body: call.reason === undefined ? {} : { reason: call.reason },
  });
  if (call.json) call.printer.json(made);
  else call.printer.line(`${made.job_id} submitted, a retry of ${jobId}.`);
  return EXIT.ok;
}

async function log(call: Call, jobId: string): Promise<number> {
  const stream = call.stderr ? 'stderr' : 'stdout';
  for (let offset = 0; ; ) {
    const part = await call.client.call('jobLog', {
      params: { job_id: jobId },
      query: { stream, offset: String(offset), ...(call.follow ? { wait_ms: String(LOG_WAIT_MS) } : {}) },
    });
    if (part.data !== '') call.printer.raw(part.data);
    const isMore = part.next_offset > offset;
    offset = part.next_offset;
    if (part.eof || (!isMore && !call.follow)) return EXIT.ok;
  }
}
