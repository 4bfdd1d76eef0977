import { useCallback, useRef } from 'react';
import { useAddress } from './use-address.ts';

const PARAM = 'row';

/**
 * The place in a list as the address keeps it (`row=1200`), so that back, reload and a sent link lead there again. It belongs to
 * the filters beside it: whoever changes them takes it out.
 */
export const useRowPosition = (): { startAt: number; onRest: (index: number) => void } => {
  const [search, setAddress] = useAddress();
  const startAt = useRef(Number(/^\d{1,7}$/.exec(search.get(PARAM) ?? '')?.[0] ?? 0));
  const onRest = useCallback(
    (index: number) => setAddress({ [PARAM]: index === 0 ? null : String(index) }),
    [setAddress],
  );
  return { startAt: startAt.current, onRest };
};
