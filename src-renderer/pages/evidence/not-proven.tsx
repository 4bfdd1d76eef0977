import { NOT_PROVEN } from '../../../src-server/contract/not-proven.ts';
import { Section } from '../../ui/panel.tsx';

/** The limits of the evidence, as plainly as its strength. */
export const NotProven = () => (
  <Section title="What it does not prove">
    <ul className="not-proven text-2">
      {NOT_PROVEN.map(({ what, because }) => (
        <li key={what}>
          {what}: {because}
        </li>
      ))}
    </ul>
  </Section>
);
