import { REMOTE_CHECKS, type RemoteCheck, type RemoteCheckId, type RemoteTest } from '../../contract/console.ts';
import { CONTRACT_VERSION } from '../../contract/limits.ts';
import { health, type SessionInfo, sessionInfo } from '../../contract/workspace.ts';
import { type HostClock, instantOf } from '../clock.ts';
import { probeAddress, probeCertificate } from './probes.ts';
import { certificateSentence, whyNoAnswer } from './why-no-answer.ts';

/** Each step may take this long. */
export const TEST_STEP_MS = 5_000;
/** Below it a difference of the clocks is not worth a word. */
const CLOCK_WARN_MS = 1_000;
const CERTIFICATE_WARN_DAYS = 14;
const DAY_MS = 86_400_000;
/** A control plane's answers here are short; anything longer is something else. */
const ANSWER_LIMIT_BYTES = 1_048_576;

export interface TestParts {
  clock: HostClock;
  send: typeof fetch;
}

type Found = Omit<RemoteCheck, 'id'>;
const passed = (detail: string): Found => ({ outcome: 'passed', detail, sentence: null });
const warned = (detail: string, sentence: string): Found => ({ outcome: 'warned', detail, sentence });
const failed = (sentence: string, detail = ''): Found => ({ outcome: 'failed', detail, sentence });

/** One test of one address with one token: five checks, each after the one before passed. */
class Testing {
  readonly #checks = new Map<RemoteCheckId, Found>();
  #session: SessionInfo | null = null;
  #serverMinusHereMs = 0;

  constructor(
    private readonly url: URL,
    private readonly token: string,
    private readonly parts: TestParts,
  ) {}

  async run(): Promise<RemoteTest> {
    const steps: Record<RemoteCheckId, () => Promise<Found>> = {
      address: () => this.#address(),
      certificate: () => this.#certificate(),
      version: () => this.#version(),
      token: () => this.#token(),
      clock: () => this.#clock(),
    };
    for (const id of REMOTE_CHECKS) {
      const found = await steps[id]().catch((error: unknown) =>
        failed(whyNoAnswer(error, this.url.host, TEST_STEP_MS)),
      );
      this.#checks.set(id, found);
      if (found.outcome === 'failed') break;
    }
    const checks = REMOTE_CHECKS.map((id) => ({
      id,
      ...(this.#checks.get(id) ?? { outcome: 'skipped' as const, detail: '', sentence: null }),
    }));
    const session = this.#session;
    return {
      passed: checks.every(({ outcome }) => outcome === 'passed' || outcome === 'warned'),
      at: instantOf(this.parts.clock.wallMs()),
      checks,
      operator: session === null ? null : { name: session.operator.name, role: session.operator.role },
      workspaces: (session?.workspaces ?? []).map(({ workspace_id, name }) => ({ workspace_id, name })),
    };
  }

  async #address(): Promise<Found> {
    const startedMs = this.parts.clock.monoMs();
    await probeAddress(this.url, TEST_STEP_MS);
    return passed(`${Math.max(1, Math.round(this.parts.clock.monoMs() - startedMs))} ms`);
  }

  async #certificate(): Promise<Found> {
    if (this.url.protocol === 'http:') return passed('loopback');
    const { fault, endsMs } = await probeCertificate(this.url, TEST_STEP_MS);
    if (fault !== null) return failed(certificateSentence(fault));
    const days = Math.floor((endsMs - this.parts.clock.wallMs()) / DAY_MS);
    return days < CERTIFICATE_WARN_DAYS
      ? warned(`${days} days`, 'Its certificate ends soon. Renew it there.')
      : passed(`${days} days`);
  }

  async #version(): Promise<Found> {
    const askedMs = this.parts.clock.wallMs();
    const { status, json } = await this.#get('/api/v1/health', null);
    const found = health.safeParse(json);
    if (status !== 200 || !found.success)
      return failed(`${this.url.host} answers, but not as a control plane does. Check the address.`);
    const hereMs = (askedMs + this.parts.clock.wallMs()) / 2;
    this.#serverMinusHereMs = Date.parse(found.data.server_time) - hereMs;
    const { contract } = found.data;
    return contract === CONTRACT_VERSION
      ? passed(`v${contract}`)
      : failed(
          `It speaks version ${contract} of the API, this console version ${CONTRACT_VERSION}. Update the older one.`,
        );
  }

  async #token(): Promise<Found> {
    const { status, json } = await this.#get('/api/v1/session', this.token);
    if (status === 401) return failed('The token was not accepted. Ask an admin there for a new one.');
    if (status === 429) return failed('Too many wrong tokens came from here. Wait a minute, then try again.');
    const found = sessionInfo.safeParse(json);
    if (status !== 200 || !found.success)
      return failed(
        `${this.url.host} answered ${status} in a form that this console does not know. Update the older one.`,
      );
    this.#session = found.data;
    return passed(found.data.operator.role);
  }

  async #clock(): Promise<Found> {
    const differenceMs = Math.abs(this.#serverMinusHereMs);
    const shown = `${(differenceMs / 1_000).toFixed(1)} s`;
    return differenceMs < CLOCK_WARN_MS
      ? passed(shown)
      : warned(
          shown,
          `The clocks differ by ${shown}. Times shown can differ by this much, leases are not affected: they use durations.`,
        );
  }

  async #get(path: string, token: string | null): Promise<{ status: number; json: unknown }> {
    const response = await this.parts.send(`${this.url.origin}${path}`, {
      headers: { accept: 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      redirect: 'manual',
      signal: AbortSignal.timeout(TEST_STEP_MS),
    });
    return { status: response.status, json: await shortJson(response) };
  }
}

/** The JSON of a short answer; null for anything else, which is not read to its end. */
async function shortJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += chunk.length;
    if (sizeBytes > ANSWER_LIMIT_BYTES) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

/** Tells what stands between this console and a control plane elsewhere: address, certificate, version, token, clock. */
export const testRemote = (url: URL, token: string, parts: TestParts): Promise<RemoteTest> =>
  new Testing(url, token, parts).run();
