import approvalGate from '../../resources/demo/approval-gate.json' with { type: 'json' };
import budgetRefusal from '../../resources/demo/budget-refusal.json' with { type: 'json' };
import byocFirst from '../../resources/demo/byoc-first-then-managed.json' with { type: 'json' };
import drain from '../../resources/demo/drain-for-maintenance.json' with { type: 'json' };
import leaseExpiry from '../../resources/demo/lease-expiry-and-fencing.json' with { type: 'json' };
import privateNetwork from '../../resources/demo/private-network-not-admitted.json' with { type: 'json' };
import deadLetter from '../../resources/demo/retry-to-dead-letter.json' with { type: 'json' };
import { type Scenario, scenario } from './scenario.ts';

/** The stories that come with the product, in the order in which they are told. */
export const SCENARIOS: readonly Scenario[] = [
  leaseExpiry,
  byocFirst,
  approvalGate,
  privateNetwork,
  drain,
  deadLetter,
  budgetRefusal,
].map((raw) => scenario.parse(raw));
