import { usdLeft } from '../../domain/metering/price.ts';
import type { Engine } from '../engine.ts';

/**
 * What an SDK client may still use, in dollars at the price of the workspace: the least that is left on the limits of the
 * whole workspace, of its WU and of the managed tier, and in the credit wallet once credits were put in.
 * @returns null when nothing limits it, or when the workspace has set no price: a zero would tell it to stop.
 */
export function budgetLeftUsd(engine: Engine, wuId: string | null): number | null {
  const { budgets, isWalletFunded } = engine.hot;
  const { config, walletMcu } = engine.state.head;
  if (config.usdMicrosPerCu === 0) return null;
  const scopes = ['workspace', 'tier:managed', ...(wuId === null ? [] : [`wu:${wuId}`])];
  const left = scopes
    .flatMap((scope) => budgets.limitsOn(scope))
    .map((limit) => budgets.limitUse(limit))
    .map(({ limitMcu, spentMcu, heldMcu }) => limitMcu - spentMcu - heldMcu);
  if (isWalletFunded) left.push(walletMcu);
  return left.length === 0 ? null : usdLeft(Math.min(...left), config.usdMicrosPerCu);
}
