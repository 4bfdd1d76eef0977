/** What a signed release needs from the environment; the packager reads the same variables. */
const NEEDED = {
  darwin: [
    { names: ['CSC_LINK', 'CSC_NAME'], what: 'a Developer ID certificate' },
    { names: ['APPLE_API_KEY', 'APPLE_ID', 'APPLE_KEYCHAIN_PROFILE'], what: 'an account for notarization' },
  ],
  win32: [{ names: ['CSC_LINK', 'WIN_CSC_LINK', 'AZURE_TENANT_ID'], what: 'a code signing certificate' }],
  linux: [],
};

/**
 * What is missing for the package of one platform to be signed, one sentence each.
 * @param {string} platform `darwin`, `win32` or `linux`
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} empty when nothing is
 */
export const signingGaps = (platform, env) =>
  (platform in NEEDED ? NEEDED[/** @type {keyof typeof NEEDED} */ (platform)] : [])
    .filter(({ names }) => !names.some((name) => env[name]))
    .map(({ names, what }) => `This ${platform} package is not signed: ${what} is missing; set ${names.join(' or ')}.`);
