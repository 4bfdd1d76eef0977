import type { BodyOf } from '../../api/calls.ts';
import { parseHosts } from '../../format/hosts.ts';

/** What the form holds, as typed. */
export interface AdmitDraft {
  network: string;
  sourceId: string;
  hosts: string;
  hours: string;
  reason: string;
}
export type AdmitErrors = Partial<Record<keyof AdmitDraft, string>>;
const HOUR_MS = 3_600_000;

/** The request to send, or what is wrong by field. */
export const readDraft = (draft: AdmitDraft): { body: BodyOf<'admissionRequest'> } | { errors: AdmitErrors } => {
  const errors: AdmitErrors = {};
  const name = draft.network.trim().replace(/^private:/, '');
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) errors.network = 'A short name like registry.';
  if (draft.sourceId === '') errors.sourceId = 'Choose the source that reaches it.';
  const hosts = parseHosts(draft.hosts);
  if (hosts === null) errors.hosts = 'Each line is a host with its port, like registry.lan:443.';
  else if (hosts.length === 0) errors.hosts = 'Name at least one host.';
  const hours = draft.hours.trim();
  if (hours !== '' && !(Number(hours) > 0 && Number(hours) <= 8_784))
    errors.hours = 'Between 0 and 8,784 hours, or empty.';
  if (Object.keys(errors).length > 0 || hosts === null) return { errors };
  return {
    body: {
      network: `private:${name}`,
      source_id: draft.sourceId,
      hosts,
      expires_ms: hours === '' ? null : Math.max(1_000, Math.round(Number(hours) * HOUR_MS)),
      reason: draft.reason.trim() === '' ? null : draft.reason.trim(),
    },
  };
};
