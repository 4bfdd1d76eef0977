/**
 * "Assigned to X, because it is the only BYOC source … with cpu-small and os=linux." → "Only BYOC source … with os=linux.": for rows
 * that name the source already, and, where it is given, the class.
 */
export const shortWhy = (sentence: string, shownClass?: string): string => {
  const because = /^Assigned to \S+, because (?:it (?:is the |is |has the |))?(.+)$/.exec(sentence)?.[1];
  if (because === undefined) return sentence;
  const short = `${because.charAt(0).toUpperCase()}${because.slice(1)}`;
  if (shownClass === undefined) return short;
  return short
    .replace(` with ${shownClass}.`, '.')
    .replace(` with ${shownClass} and `, ' with ')
    .replace(` with ${shownClass}, `, ' with ');
};
