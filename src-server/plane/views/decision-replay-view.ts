import type { DecisionReplay } from '../../contract/replay.ts';
import { ROUTING_VERSION } from '../../domain/routing/version.ts';
import type { Engine, TypedEntry } from '../engine.ts';
import { decisionDifference } from '../past/decision-difference.ts';
import { recomputeDecision } from '../past/recompute-decision.ts';
import { recordOf } from './decision-view.ts';

/**
 * A recorded decision, made again by today's functions from what was known then.
 * @param past the workspace just before the entry.
 * @param entry holds the record.
 */
export function decisionReplayView(past: Engine, entry: TypedEntry): DecisionReplay {
  const event = entry.events.find((e) => e.type === 'policy.decided');
  if (event?.type !== 'policy.decided') throw new Error(`entry ${entry.seq} decides nothing`);
  const { body } = event;
  const again = recomputeDecision(past, entry, body);
  const recorded = recordOf(body, entry);
  const differences = decisionDifference(recorded, again, (id) => past.hot.fleet.sources.get(id)?.name ?? id);
  const then = body.function_version ?? null;
  const same = differences.length === 0;
  const versions =
    then === ROUTING_VERSION
      ? `Both by version ${then} of the functions that decide.`
      : `It was decided by ${then === null ? 'a version that did not write its number down' : `version ${then}`}; today's is version ${ROUTING_VERSION}.`;
  return {
    same,
    sentence: `${same ? 'From what was known then, the same comes out today.' : 'From what was known then, something else comes out today.'} ${versions}`,
    recorded,
    recomputed: { ...again, crossing: again.crossing ?? null },
    differences,
    function_version: { recorded: then, now: ROUTING_VERSION },
  };
}
