import { Agent, request } from 'node:http';
import { parentPort } from 'node:worker_threads';

/** One round of calls; answered with `{perSecond}` or `{error}`. */
export interface Task {
  port: number;
  path: string;
  token: string;
  body: unknown;
  calls: number;
  /** Callers at a time, each with one call under way. */
  callers: number;
}

// The callers stand on a thread of their own, so that the servers are measured and not them.
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
let keys = 0;

function call({ port, path, token, body }: Task): Promise<void> {
  const bytes = JSON.stringify(body);
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(bytes),
    'idempotency-key': `bench-${++keys}`,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(bytes);
  });
}

parentPort?.on('message', async (task: Task) => {
  let left = task.calls;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await call(task);
  };
  const startedNs = process.hrtime.bigint();
  try {
    await Promise.all(Array.from({ length: task.callers }, caller));
    parentPort?.postMessage({ perSecond: task.calls / (Number(process.hrtime.bigint() - startedNs) / 1e9) });
  } catch (error) {
    parentPort?.postMessage({ error: String(error) });
  }
});
