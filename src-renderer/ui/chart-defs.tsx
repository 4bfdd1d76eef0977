/** Hatches of managed bars: in progress, finished, and time without renewal. Once per chart; `idBase` keeps ids apart. */
export const ChartDefs = ({ idBase }: { idBase: string }) => (
  <defs>
    {(['live', 'done', 'gap'] as const).map((kind) => (
      <pattern
        key={kind}
        id={`${idBase}-${kind}`}
        width="4"
        height="4"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect className={`chart-hatch is-${kind}`} width="2" height="4" />
      </pattern>
    ))}
  </defs>
);
