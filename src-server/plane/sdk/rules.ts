import type { z } from 'zod';
import type { sdkPolicies } from '../../contract/sdk.ts';
import { sidesOf } from '../../domain/routing/policy.ts';
import type { Engine } from '../engine.ts';

/** The rules of the workspace as an SDK client reads them: what it would meet here, each with its reason. */
export function sdkRules(engine: Engine): z.infer<typeof sdkPolicies> {
  const { policy } = engine.hot;
  const { first, second } = sidesOf(policy.mode);
  const isOpen = (side: 'byoc' | 'managed'): boolean => side === first || side === second;
  const rule = (id: string, isAllowed: boolean, reason: string) => ({
    id,
    decision: isAllowed ? ('allow' as const) : ('deny' as const),
    reason,
  });
  const isPaused = engine.state.head.config.paused;
  return {
    default_decision: isPaused ? 'deny' : 'allow',
    rules: [
      rule('workspace.paused', !isPaused, isPaused ? 'Grants are paused in this workspace.' : 'Grants are not paused.'),
      rule('tier.byoc', isOpen('byoc'), `Routing policy ${policy.version} is ${policy.mode}.`),
      rule('tier.managed', isOpen('managed'), `Routing policy ${policy.version} is ${policy.mode}.`),
      rule(
        'approvals.resolve',
        !policy.fourEyes,
        policy.fourEyes ? 'Four-eyes is on: a person decides.' : 'A key may answer what was asked through it.',
      ),
      rule('network.private', false, 'A private network needs an admission.'),
    ],
  };
}
