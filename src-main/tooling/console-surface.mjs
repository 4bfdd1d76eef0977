/**
 * Where the console can be shown. Facts are gathered by the caller; this only judges.
 * @typedef {object} SurfaceFacts
 * @property {NodeJS.Platform} platform
 * @property {NodeJS.ProcessEnv} env
 * @property {boolean} isRoot
 * @property {string | null} electronBinary
 */

/**
 * Why no window can be opened here at all, or null where one can once Electron's binary is there.
 * @param {Omit<SurfaceFacts, 'electronBinary'>} facts
 * @returns {string | null}
 */
export const whyNoWindow = ({ platform, env, isRoot }) => {
  if (platform !== 'linux') return null;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  // Chromium refuses to run sandboxed as root, and the window is never opened without its sandbox.
  if (isRoot) return "Electron's sandbox does not run as root";
  return null;
};

/**
 * @param {SurfaceFacts} facts
 * @returns {{ kind: 'window', binary: string } | { kind: 'browser', because: string }}
 */
export const chooseSurface = (facts) => {
  const reason = whyNoWindow(facts);
  if (reason !== null) return { kind: 'browser', because: reason };
  if (facts.electronBinary === null) return { kind: 'browser', because: "Electron's binary is not installed" };
  return { kind: 'window', binary: facts.electronBinary };
};
