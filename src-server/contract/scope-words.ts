/** What a budget limit stands on, in the words that people read: `WU-2481`, `Managed tier`, `BYOC tier for gpu-small`, `Workspace`. */
export function scopeWords(scope: string): string {
  if (scope === 'workspace') return 'Workspace';
  if (isWuScope(scope)) return scope.slice(WU_PREFIX.length);
  const [side, computeClass] = scope.replace(/^tier:/, '').split('/');
  const tier = side === 'managed' ? 'Managed tier' : 'BYOC tier';
  return computeClass === undefined ? tier : `${tier} for ${computeClass}`;
}

const WU_PREFIX = 'wu:';
export const isWuScope = (scope: string): boolean => scope.startsWith(WU_PREFIX);
