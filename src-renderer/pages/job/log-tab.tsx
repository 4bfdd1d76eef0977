import type { LogTail } from '../../components/log/use-log-tail.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { LogViewer } from '../../ui/log-viewer.tsx';

interface LogTabProps {
  tail: LogTail;
  label: string;
  isLive: boolean;
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
}

/** Output of one attempt, or the sentence that says why there is none. */
export const LogTab = ({ tail, label, isLive, isFollowing, onFollow }: LogTabProps) => {
  if (tail.lines.length === 0) {
    let words = isLive ? 'No output yet. It appears here as it is written.' : 'This attempt wrote nothing here.';
    if (tail.problem !== null) words = problemText(tail.problem);
    else if (!tail.isEnded && !isLive && tail.version === 0) words = 'Reading the log.';
    return <p className="log-empty text-2">{words}</p>;
  }
  return (
    <>
      <LogViewer label={label} lines={tail.lines} isFollowing={isFollowing} onFollow={onFollow} />
      {tail.isTruncated && tail.isEnded ? (
        <p className="log-note text-2 text-xs">
          The plane keeps the first 10 MiB of each stream. The rest was counted only.
        </p>
      ) : null}
      {tail.problem === null ? null : (
        <p className="log-note text-2 text-xs" role="status">
          {problemText(tail.problem)} Reading goes on by itself.
        </p>
      )}
    </>
  );
};
