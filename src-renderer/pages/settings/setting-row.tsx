import { type ReactNode, useId } from 'react';

/** One setting: what it is, what it means, and its control or value. */
export const SettingRow = ({ title, note, children }: { title: ReactNode; note?: ReactNode; children?: ReactNode }) => (
  <div className="setting-row">
    <div className="grow">
      <div className="medium">{title}</div>
      {note === undefined ? null : <div className="text-2 text-xs">{note}</div>}
    </div>
    {children}
  </div>
);

/** A part of the settings with its anchor. */
export const SettingsSection = ({
  id,
  title,
  about,
  children,
}: {
  id: string;
  title: string;
  about: string;
  children: ReactNode;
}) => {
  const headingId = useId();
  return (
    <section id={id} aria-labelledby={headingId} className="settings-section">
      <h2 id={headingId}>{title}</h2>
      <p className="text-2">{about}</p>
      {children}
    </section>
  );
};
