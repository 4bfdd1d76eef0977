import { printer } from './printer.mjs';
import { signingGaps } from './signing-gaps.mjs';

/**
 * Called by electron-builder when a platform's folder is complete and before it is signed. The fuses are set by
 * electron-builder itself (`electronFuses`); a package without a signature is made all the same and says so.
 * @param {{ electronPlatformName: string }} context
 */
export default function afterPack({ electronPlatformName }) {
  for (const gap of signingGaps(electronPlatformName, process.env)) printer.fault(gap);
}
