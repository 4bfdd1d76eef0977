import { Cloud } from 'lucide-react';
import type { RemoteColour } from '../../src-server/contract/console.ts';
import './remote-mark.css';

/** Marks a remote workspace by its colour; the name always stands beside it. */
export const RemoteMark = ({ colour }: { colour: RemoteColour }) => (
  <span className="remote-mark" data-remote={colour}>
    <Cloud size={12} aria-hidden="true" />
  </span>
);
