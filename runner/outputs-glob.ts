/** Matches `name` against a pattern of one segment: `*` any run of characters, `?` one character. Linear in practice. */
function matchSegment(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (p < pattern.length && pattern[p] === '*') {
      star = p;
      p += 1;
      resume = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p += 1;
      n += 1;
    } else if (star >= 0) {
      // Let the last star take one character more; earlier stars need no second look.
      p = star + 1;
      resume += 1;
      n = resume;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}

/**
 * Whether a relative path matches an output pattern: `**` as a whole segment is any number of segments, `*` and `?`
 * stay within one. Everything else is literal, and case counts.
 */
export function matchesPattern(pattern: string, path: string): boolean {
  const patterns = pattern.split('/');
  const names = path.split('/');
  // reach[j]: the patterns so far can match the first j names.
  let reach = names.map(() => false);
  reach.unshift(true);
  for (const segment of patterns) {
    const next = reach.map(() => false);
    for (let j = 0; j <= names.length; j += 1) {
      if (segment === '**') next[j] = Boolean(reach[j]) || (j > 0 && Boolean(next[j - 1]));
      else if (j > 0) next[j] = Boolean(reach[j - 1]) && matchSegment(segment, names[j - 1] as string);
    }
    reach = next;
  }
  return Boolean(reach[names.length]);
}

/** Whether anything below the directory `path` could match, so that it is worth looking into. */
export function mayMatchBelow(pattern: string, path: string): boolean {
  const patterns = pattern.split('/');
  for (const [i, name] of path.split('/').entries()) {
    const segment = patterns[i];
    if (segment === '**') return true;
    if (segment === undefined || !matchSegment(segment, name)) return false;
  }
  return patterns.length > path.split('/').length;
}
