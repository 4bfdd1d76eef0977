import type { World } from './world.ts';

interface Message {
  atMs: number;
  order: number;
  run: () => void;
}

/** Between runners and the plane: loses, delays, doubles and overtakes. Nothing is ever altered. */
export class Network {
  /** Trouble per message, from 0 (none) to 1. */
  trouble = 1;
  private readonly messages: Message[] = [];
  private order = 0;
  private newest = 0;

  constructor(private readonly world: World) {}

  /** Sends a request; each copy that arrives runs `deliver`. */
  request(deliver: () => void): void {
    const { world, trouble } = this;
    if (world.chance(0.03 * trouble)) {
      world.fault('drop_request');
      return;
    }
    this.put(deliver);
    if (world.chance(0.04 * trouble)) {
      world.fault('duplicate');
      this.put(deliver);
    }
  }

  reply(deliver: () => void): void {
    if (this.world.chance(0.03 * this.trouble)) this.world.fault('drop_reply');
    else this.put(deliver);
  }

  /** When the next message arrives; infinite when none is under way. */
  get nextMs(): number {
    return this.messages[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Delivers the next message. */
  deliver(): void {
    const message = this.messages.shift();
    if (message === undefined) return;
    if (message.order < this.newest) this.world.fault('reorder');
    this.newest = Math.max(this.newest, message.order);
    message.run();
  }

  clear(): void {
    this.messages.length = 0;
  }

  private put(run: () => void): void {
    const { world } = this;
    let delayMs = world.between(1, 30);
    if (world.chance(0.05 * this.trouble)) {
      world.fault('delay');
      delayMs = world.chance(0.2) ? world.between(5_000, 90_000) : world.between(100, 5_000);
    }
    const message = { atMs: world.nowMs + delayMs, order: this.order++, run };
    let at = this.messages.length;
    while (at > 0 && (this.messages[at - 1] as Message).atMs > message.atMs) at--;
    this.messages.splice(at, 0, message);
  }
}
