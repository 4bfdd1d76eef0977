import { askEarly } from './api/early-answers.ts';

// Imported before anything else, so that the plane works while the other scripts start. What fails is asked for again.
askEarly(globalThis.location.pathname).catch(() => undefined);
