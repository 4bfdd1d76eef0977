/** What an answer of the control plane looks like to a client of SDK v1. */
export interface SdkAnswer {
  status: number;
  /** As it came: what is in it is for the test to say. */
  body: ReturnType<typeof JSON.parse>;
}

/**
 * A client of the open control-plane SDK v1, written from that contract alone: plain fetch, its own field names, and
 * fields of later versions that this plane has never heard of. It shares no code with the plane.
 */
export class SdkV1Client {
  constructor(
    private readonly endpoint: string,
    private readonly token: string,
    readonly workspaceId: string,
  ) {}

  async send(method: string, path: string, body?: object): Promise<SdkAnswer> {
    const response = await fetch(`${this.endpoint}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify({ sdk_version: '1.9.9', ...body }) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }

  /** The same, in the workspace of this client. */
  post(path: string, body: object = {}): Promise<SdkAnswer> {
    return this.send('POST', path, { workspace_id: this.workspaceId, ...body });
  }

  authenticate(): Promise<SdkAnswer> {
    return this.post('/authenticate', { org_id: 'acme', agent_id: 'agent-7', token_hint: 'ci' });
  }

  heartbeat(sessionId: string, more: object = {}): Promise<SdkAnswer> {
    return this.post('/heartbeat', {
      session_id: sessionId,
      agent_id: 'agent-7',
      health: { busy: true, stalled: false, last_progress_at: '2026-11-23T03:00:00Z' },
      ...more,
    });
  }
}
