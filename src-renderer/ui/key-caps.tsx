import './key-caps.css';

const isApple = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '');
const CAPS: Readonly<Record<string, string>> = {
  Mod: isApple ? '⌘' : 'Ctrl',
  Enter: '↵',
  Escape: 'Esc',
  Shift: 'Shift',
  Space: 'Space',
};

/** Keys of a shortcut as caps: `['g', 'o']`, `['Mod', 'k']`. Decoration: the control itself carries the words. */
export const KeyCaps = ({ keys }: { keys: readonly string[] }) => (
  <span className="key-caps" aria-hidden="true">
    {keys.map((key) => (
      <kbd key={key}>{CAPS[key] ?? key.toUpperCase()}</kbd>
    ))}
  </span>
);
