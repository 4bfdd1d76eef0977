import './chip.css';

/** A label `key=value`, or any short exact text. */
export const Chip = ({ text }: { text: string }) => <span className="chip">{text}</span>;

/** Labels of a source or job; those beyond `shown` are counted and named in a title. */
export const LabelChips = ({ labels, shown = 99 }: { labels: Readonly<Record<string, string>>; shown?: number }) => {
  const all = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  if (all.length === 0) return <span className="text-3">–</span>;
  const rest = all.slice(shown);
  return (
    <span className="chips">
      {all.slice(0, shown).map((text) => (
        <Chip key={text} text={text} />
      ))}
      {rest.length === 0 ? null : (
        <span className="chip" title={rest.join(', ')}>
          +{rest.length}
          <span className="visually-hidden"> more: {rest.join(', ')}</span>
        </span>
      )}
    </span>
  );
};

/** A number in a small round field, beside a heading. */
export const CountChip = ({ count }: { count: number | string }) => <span className="count-chip">{count}</span>;
