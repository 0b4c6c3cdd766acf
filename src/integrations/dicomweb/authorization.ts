/** How this server proves to the PACS who it is. A token function is asked before every request and may cache. */
export type DicomwebAuthorization =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly token: string | ((signal: AbortSignal) => Promise<string>) };

/** The value of the Authorization header; null for none. */
export async function authorizationHeader(
  authorization: DicomwebAuthorization,
  signal: AbortSignal,
): Promise<string | null> {
  switch (authorization.kind) {
    case 'none':
      return null;
    case 'basic': {
      const credentials = `${authorization.username}:${authorization.password}`;
      return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
    }
    case 'bearer': {
      const { token } = authorization;
      return `Bearer ${typeof token === 'string' ? token : await token(signal)}`;
    }
    default:
      return authorization satisfies never;
  }
}
