import { Section } from '../../ui/panel.tsx';

/** The limits of the evidence, as plainly as its strength. */
export const NotProven = () => (
  <Section title="What it does not prove">
    <ul className="not-proven text-2">
      <li>That a runner told the truth about its own work: its receipt is its own word, and nobody else’s.</li>
      <li>
        That nobody saw another history: one owner of every key can write a second one; witnesses say who saw this one.
      </li>
      <li>When something happened: times are those of the control plane’s clock, the order is what is fixed.</li>
      <li>That a command ran once: execution is at least once, what is recorded is recorded once.</li>
    </ul>
  </Section>
);
