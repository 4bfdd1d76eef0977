/**
 * Whether a tab missed changes: those that the others were told after its first answer was made and before it listened.
 * @param answeredAt position of its first answer
 * @param firstHeard position of the first change that it heard itself, or null
 * @param told how far the others were told when it said that it was there
 */
export const hasMissed = (answeredAt: number, firstHeard: number | null, told: number): boolean =>
  told > answeredAt && (firstHeard === null || firstHeard > answeredAt + 1);
