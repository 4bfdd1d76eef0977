import type { Actor, CommandContext } from './context.ts';

/** Puts credits into the wallet, in milli-CU. A figure of the metering preview: no money moves. */
export function topUpWallet(ctx: CommandContext, actor: Actor, mcu: number, reason: string | null): void {
  const { engine } = ctx;
  const balance = engine.state.head.walletMcu + mcu;
  engine.emit(actor, [{ type: 'usage.wallet_topped_up', body: { mcu, balance_mcu: balance, reason } }]);
}
