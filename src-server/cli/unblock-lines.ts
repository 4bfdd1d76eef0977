import type { Explain } from '../contract/decision.ts';

/** The single changes that would place a job, numbered as `job unblock ID --apply N` takes them, and what waiting brings. */
export function unblockLines({ unblock, earliest }: Pick<Explain, 'unblock' | 'earliest'>): string[] {
  const lines = unblock.map(({ sentence, would_assign_to: to, preview, hosts }, at) => {
    const named = preview.also_moves.map((m) => m.wu_id);
    const rest = preview.also_moves_count - named.length;
    const words = `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
    const effects = named.length === 0 ? 'none' : `${words} ${preview.also_moves_count === 1 ? 'moves' : 'move'} too`;
    const toName = hosts?.length === 0 ? ' Name what may be reached with --host HOST:PORT.' : '';
    return `${at + 1}. ${sentence} Runs on ${to.name}. Side effects: ${effects}.${toName}`;
  });
  if (earliest !== null) lines.push(`Or wait until ${earliest.at}: ${earliest.because}`);
  return lines;
}
