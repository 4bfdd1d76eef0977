import type { Settings } from '../../contract/workspace.ts';
import type { Engine } from '../engine.ts';

export function settingsView(engine: Engine): Settings {
  const { name, leaseTtlMs, timeZone, usdMicrosPerCu } = engine.state.head.config;
  return { name, lease_ttl_ms: leaseTtlMs, time_zone: timeZone, usd_micros_per_cu: usdMicrosPerCu };
}
