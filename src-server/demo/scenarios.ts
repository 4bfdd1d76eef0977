import byocFirst from '../../resources/demo/byoc-first-then-managed.json' with { type: 'json' };
import leaseExpiry from '../../resources/demo/lease-expiry-and-fencing.json' with { type: 'json' };
import { type Scenario, scenario } from './scenario.ts';

/** The stories that come with the product, in the order in which they are told. */
export const SCENARIOS: readonly Scenario[] = [leaseExpiry, byocFirst].map((raw) => scenario.parse(raw));
