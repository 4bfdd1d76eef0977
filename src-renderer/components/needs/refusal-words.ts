/** Causes of refusals with their numbers, the largest first: "6 budget, 2 policy, 1 network". */
export const refusalWords = (refusals: {
  total: number;
  budget: number;
  policy: number;
  network: number;
  other: number;
}): string => {
  if (refusals.total === 0) return 'No refusals in 24 h';
  return (['budget', 'policy', 'network', 'other'] as const)
    .filter((cause) => refusals[cause] > 0)
    .sort((a, b) => refusals[b] - refusals[a])
    .map((cause) => `${refusals[cause]} ${cause}`)
    .join(', ');
};
