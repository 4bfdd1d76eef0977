export interface SentencePart {
  text: string;
  isStrong: boolean;
  /** Position of its first character; serves as a key. */
  at: number;
}

/**
 * Splits a why sentence for emphasis: what follows "Assigned to", and the first clause of other sentences. The words
 * stay as the plane wrote them.
 */
export const emphasize = (sentence: string): SentencePart[] => {
  const assigned = /^(Assigned to )([^\s,]+)/.exec(sentence);
  if (assigned !== null) {
    const [head = '', lead = '', name = ''] = assigned;
    return [
      { text: lead, isStrong: false, at: 0 },
      { text: name, isStrong: true, at: lead.length },
      { text: sentence.slice(head.length), isStrong: false, at: head.length },
    ];
  }
  const end = /[.,;:](?=\s)|\s(?=(?:and|because|with) )/.exec(sentence);
  const cut = end === null ? sentence.length : end.index + (sentence[end.index] === '.' ? 1 : 0);
  return [
    { text: sentence.slice(0, cut), isStrong: true, at: 0 },
    { text: sentence.slice(cut), isStrong: false, at: cut },
  ].filter((part) => part.text !== '');
};
