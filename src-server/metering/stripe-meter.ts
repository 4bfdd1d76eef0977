import { readFileSync, statSync } from 'node:fs';
import type Stripe from 'stripe';
import { z } from 'zod';
import { type MeterPort, MeterRefusal } from '../plane/metering/meter-outbox.ts';

const TIMEOUT_MS = 10_000;
/** Stripe answers 409 for a request that is running under the same key, and 429 when there are too many. */
const RETRYABLE_STATUS = [409, 429];

/** `metering.json` of the data directory, readable by its owner alone. Without it metering stays here. */
export const meterConfig = z.strictObject({
  stripe_secret_key: z.string().min(8).max(300),
  /** Name of the meter's event. */
  event_name: z.string().min(1).max(100),
  stripe_customer_id: z.string().min(1).max(100),
  /** Another base address, for a stand-in on this machine. */
  api_base: z.url().optional(),
});
export type MeterConfig = z.infer<typeof meterConfig>;

/** Reads the configuration; null where there is none. @throws Error that says what is wrong, never what stands in it. */
export function readMeterConfig(file: string): MeterConfig | null {
  let text: string;
  try {
    const { mode } = statSync(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw new Error(`${file} can be read by others. Run: chmod 600 ${file}`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A data directory that is a file is refused with its own words, by whoever opens it.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(`${file} is not JSON. Write it again, or remove it to turn the meter off.`);
  }
  const config = meterConfig.safeParse(parsed);
  if (config.success) return config.data;
  const fields = config.error.issues.map((i) => i.path.join('.') || 'the file').join(', ');
  throw new Error(`${file} is not usable: look at ${fields}.`);
}

/** Meter events of Stripe, by its own library. A metering preview: events are counted there, nothing is charged. */
export class StripeMeter implements MeterPort {
  private constructor(
    private readonly stripe: Stripe,
    private readonly config: MeterConfig,
  ) {}

  /** The library is loaded only where a meter is configured. */
  static async open(config: MeterConfig): Promise<StripeMeter> {
    const { default: Client } = await import('stripe');
    const base = config.api_base === undefined ? null : new URL(config.api_base);
    const client = new Client(config.stripe_secret_key, {
      maxNetworkRetries: 0,
      timeout: TIMEOUT_MS,
      telemetry: false,
      ...(base === null
        ? {}
        : {
            host: base.hostname,
            port: base.port === '' ? (base.protocol === 'https:' ? 443 : 80) : Number(base.port),
            protocol: base.protocol === 'https:' ? ('https' as const) : ('http' as const),
          }),
    });
    return new StripeMeter(client, config);
  }

  /** The lease is identifier and idempotency key at once: however often it is sent, it counts once. */
  async send({ identifier, mcu, atMs }: { identifier: string; mcu: number; atMs: number }): Promise<void> {
    const { event_name, stripe_customer_id } = this.config;
    try {
      await this.stripe.billing.meterEvents.create(
        {
          event_name,
          identifier,
          timestamp: Math.floor(atMs / 1000),
          payload: { stripe_customer_id, value: String(mcu) },
        },
        { idempotencyKey: `usage-${identifier}` },
      );
    } catch (error) {
      const { statusCode, code, type } = error as { statusCode?: number; code?: string; type?: string };
      const said = `${type ?? 'no answer'}${statusCode === undefined ? '' : ` ${statusCode}`}${code === undefined ? '' : ` ${code}`}`;
      // Keys and wrong fields do not mend themselves; a server or a line that is down does.
      if (statusCode !== undefined && statusCode >= 400 && statusCode < 500 && !RETRYABLE_STATUS.includes(statusCode))
        throw new MeterRefusal(`The meter refused it: ${said}.`);
      throw new Error(`The meter did not take it: ${said}.`);
    }
  }
}
