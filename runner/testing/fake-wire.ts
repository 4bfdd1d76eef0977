import type { IncomingMessage } from 'node:http';

/** One request as the stand-in saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
  json: Record<string, unknown>;
}
export interface FakeAnswer {
  status: number;
  json?: unknown;
  bytes?: Buffer;
  headers?: Record<string, string>;
}

/** A problem document with the members that the runner reads. */
export const problem = (status: number, code: string, more: object = {}): FakeAnswer => ({
  status,
  json: {
    type: `urn:connected-compute:problem:${code}`,
    title: code,
    status,
    code,
    detail: `${code}.`,
    request_id: 'req_1',
    retryable: status >= 500,
    ...more,
  },
});

/** A job with defaults filled, as an envelope carries it. */
export const jobSpec = (over: Record<string, unknown> = {}): Record<string, unknown> => {
  const { command, container, kubernetes, ...rest } = over;
  return {
    wu_id: 'WU-1',
    title: 'A job',
    kind: 'command',
    inputs: [],
    outputs: [],
    secrets: [],
    compute_class: 'cpu-small',
    labels: {},
    priority: 50,
    network: 'none',
    egress: [],
    confinement: 'preferred',
    max_runtime_ms: 600_000,
    max_attempts: 3,
    stall_ms: 120_000,
    max_queue_ms: null,
    final_exit_codes: [],
    budget: { extras_mcu: 0 },
    on_refusal: 'refuse',
    approval: null,
    ...sectionOf({ command, container, kubernetes }),
    ...rest,
  };
};

/** What runs, in the section of its kind. */
function sectionOf({ command, container, kubernetes }: Record<string, unknown>): object {
  const common = { env: {}, shell: false };
  if (container !== undefined) return { container: { argv: [], ...common, ...(container as object) } };
  if (kubernetes !== undefined) return { kubernetes: { ...common, ...(kubernetes as object) } };
  return { command: { argv: ['true'], ...common, ...(command as object) } };
}
