/** `18,186`: a whole number as people read it, in sentences, lists and figures. */
export const groupDigits = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
