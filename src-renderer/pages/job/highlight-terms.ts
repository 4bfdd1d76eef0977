export interface Piece {
  text: string;
  isStrong: boolean;
  at: number;
}
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Characters that names, classes and labels are made of: a term inside a longer word is another word. */
const WORD = '[\\w=./-]';

/** Splits a sentence so that each mention of a term stands out. The words stay as the plane wrote them. */
export const highlightTerms = (sentence: string, terms: readonly string[]): Piece[] => {
  const known = [...new Set(terms)].filter((term) => term !== '').sort((a, b) => b.length - a.length);
  if (known.length === 0) return [{ text: sentence, isStrong: false, at: 0 }];
  const pattern = new RegExp(`(?<!${WORD})(${known.map(escaped).join('|')})(?!${WORD}*[\\w=/-])`, 'g');
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of sentence.matchAll(pattern)) {
    if (match.index > at) pieces.push({ text: sentence.slice(at, match.index), isStrong: false, at });
    pieces.push({ text: match[0], isStrong: true, at: match.index });
    at = match.index + match[0].length;
  }
  if (at < sentence.length) pieces.push({ text: sentence.slice(at), isStrong: false, at });
  return pieces;
};
