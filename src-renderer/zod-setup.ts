import { config } from 'zod';

// The page's content policy forbids eval; without this zod probes for it once and leaves a report in the console.
config({ jitless: true });
