/** "Assigned to X, because it is the only BYOC source …" → "Only BYOC source …": for rows that name the source already. */
export const shortWhy = (sentence: string): string => {
  const because = /^Assigned to \S+, because (?:it (?:is the |is |has the |))?(.+)$/.exec(sentence)?.[1];
  return because === undefined ? sentence : `${because.charAt(0).toUpperCase()}${because.slice(1)}`;
};
