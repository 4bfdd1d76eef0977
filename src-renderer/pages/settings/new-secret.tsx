import { Button } from '../../ui/button.tsx';
import { SecretField } from '../../ui/secret-field.tsx';

/** A secret that the plane shows once, until it is put away. */
export const NewSecret = ({ label, value, onDone }: { label: string; value: string; onDone: () => void }) => (
  <div className="new-secret" role="status">
    <p className="medium">Copy it now. It is shown once and kept nowhere here.</p>
    <SecretField label={label} value={value} />
    <Button onClick={onDone}>Done, hide it</Button>
  </div>
);
