/**
 * One table per state machine: from each state, the states that may follow. What is not listed is refused.
 */
export type TransitionTable<S extends string> = Readonly<Record<S, readonly S[]>>;

/** True when `to` may follow `from`. A state never follows itself unless the table says so. */
export const canFollow = <S extends string>(table: TransitionTable<S>, from: S, to: S): boolean =>
  table[from].includes(to);

/**
 * Guards an applier: a transition outside the table is a programmer's error, since commands ask `canFollow` first.
 * @throws Error naming the machine and both states.
 */
export function assertFollows<S extends string>(machine: string, table: TransitionTable<S>, from: S, to: S): void {
  if (!canFollow(table, from, to)) throw new Error(`${machine}: ${from} → ${to} is not a transition`);
}
