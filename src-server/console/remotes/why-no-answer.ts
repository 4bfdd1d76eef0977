/** Codes of Node's TLS that say the certificate is not to be trusted, and what to do about each. */
const CERTIFICATE_FAULTS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'Its certificate has expired. Renew it there.',
  CERT_NOT_YET_VALID: 'Its certificate is not valid yet. Compare its clock with the one here.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name. Use the name that stands in it.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'Its certificate is signed by itself. Use one of a known authority, or name it in NODE_EXTRA_CA_CERTS where this console runs.',
  SELF_SIGNED_CERT_IN_CHAIN:
    'Its certificate comes from an authority that is not known here. Name that authority in NODE_EXTRA_CA_CERTS where this console runs.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'Its certificate cannot be traced to a known authority. Let it send the whole chain, or name its authority in NODE_EXTRA_CA_CERTS.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'Its certificate comes from an authority that is not known here. Name that authority in NODE_EXTRA_CA_CERTS where this console runs.',
};

export const isCertificateFault = (code: string): boolean => Object.hasOwn(CERTIFICATE_FAULTS, code);
export const certificateSentence = (code: string): string =>
  CERTIFICATE_FAULTS[code] ?? `Its certificate was not accepted (${code}).`;

/** The system's code of a failed connection, also where fetch or a try of several addresses wrapped it. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code === 'string') return code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
}

/** Why a call got no answer, as one sentence with the next step. @param host name and port as people wrote them */
export function whyNoAnswer(error: unknown, host: string, waitedMs: number): string {
  const code = codeOf(error);
  if (isCertificateFault(code)) return certificateSentence(code);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `There is no host named ${host}. Check the address and the name service.`;
    case 'ECONNREFUSED':
      return `${host} refuses connections. Is the control plane running there?`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return `There is no way to ${host} from here. Check the network.`;
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return `${host} closed the connection. Is this the address of a control plane?`;
    default:
      return `No answer from ${host} in ${Math.round(waitedMs / 1_000)} s.`;
  }
}
