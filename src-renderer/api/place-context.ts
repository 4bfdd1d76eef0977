import { createContext, useContext } from 'react';

/** Id of the remote that the screen shows; null for the control plane that serves this page. */
export const PlaceContext = createContext<string | null>(null);

/** The remote on screen, or null for the own control plane. */
export const usePlaceId = (): string | null => useContext(PlaceContext);
