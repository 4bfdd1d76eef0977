import { useSyncExternalStore } from 'react';

/** Under this width the side bar becomes a rail and columns of low priority leave. The style sheets say the same. */
const QUERY = '(max-width: 1180px)';
const subscribe = (listener: () => void) => {
  const media = matchMedia(QUERY);
  media.addEventListener('change', listener);
  return () => media.removeEventListener('change', listener);
};

/** True in a narrow window. */
export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(QUERY).matches);
