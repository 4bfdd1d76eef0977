/** Meaning of a colour: in progress, well, changes soon or needs you, lost, refused, neutral. */
export type Tone = 'run' | 'ok' | 'wait' | 'fail' | 'refuse' | 'idle';
