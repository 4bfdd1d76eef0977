/**
 * What the evidence does not prove, as each bundle, the screen and the README say it. Plain ASCII, since a bundle's README
 * is read anywhere.
 */
export const NOT_PROVEN: readonly { what: string; because: string }[] = [
  {
    what: 'That a runner told the truth about its own work',
    because: 'its receipt says what it claims, and nobody else can have written that claim.',
  },
  {
    what: 'That no other history was shown to somebody else',
    because: 'whoever holds every key could write a second one; the cosignatures say which runners saw this one.',
  },
  { what: 'That nothing else happened', because: 'a part of the log says nothing about the rest of it.' },
  {
    what: 'When something happened',
    because: "times are those of the control plane's clock; the order is what the log fixes.",
  },
  { what: 'That a job ran once', because: 'execution is at least once; what is recorded is recorded once.' },
  { what: 'Any SLSA level', because: 'the provenance is in the form of SLSA v1 and claims none.' },
];
