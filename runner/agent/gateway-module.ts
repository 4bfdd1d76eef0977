import { sha256Hex } from '../ed25519.ts';
import { messageOf, PlaneProblem } from '../errors.ts';
import type * as Gateway from '../gateway/main.ts';

/** The build puts the digest of the gateway's bytes here; a program made without it takes no agent job. */
declare const CC_GATEWAY_SHA256: string | undefined;
export const GATEWAY_SHA256: string | null = typeof CC_GATEWAY_SHA256 === 'string' ? CC_GATEWAY_SHA256 : null;

/** The module has well under 2 MiB; what is longer is another. */
const MODULE_LIMIT_BYTES = 16 * 1024 * 1024;

export type GatewayModule = Pick<typeof Gateway, 'serveTools'>;

/**
 * The module that speaks with agents, fetched once, when the first agent job comes. Its bytes are run only when they have
 * the digest that stands in this program, which is itself pinned: whoever serves other bytes gets nothing run.
 */
export class GatewayLoader {
  #loaded: Promise<GatewayModule> | null = null;

  constructor(
    private readonly fetchBytes: (path: string, limitBytes: number) => Promise<Buffer>,
    private readonly sha256: string | null = GATEWAY_SHA256,
  ) {}

  /** Rejects with an Error in words; the next call tries again. */
  load(): Promise<GatewayModule> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = null;
      throw error;
    });
    return this.#loaded;
  }

  async #load(): Promise<GatewayModule> {
    if (this.sha256 === null) throw new Error('This runner was built without its tool gateway.');
    const bytes = await this.fetchBytes(`/api/v1/runner/modules/${this.sha256}`, MODULE_LIMIT_BYTES).catch(
      (error: unknown) => {
        const why = error instanceof PlaneProblem ? error.detail : messageOf(error);
        throw new Error(`The tool gateway of this runner cannot be had from the plane. ${why}`);
      },
    );
    if (sha256Hex(bytes) !== this.sha256)
      throw new Error('The tool gateway that the plane serves is not the one of this runner. Nothing of it was run.');
    return (await import(`data:text/javascript;base64,${bytes.toString('base64')}`)) as GatewayModule;
  }
}
