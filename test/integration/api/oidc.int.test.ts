import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultError } from '../../../src/errors.ts';
import { createOidcAuthentication } from '../../../src/security/oidc.ts';
import type { Authenticate } from '../../../src/twins/caller.ts';
import { AUDIENCE, startIdentityProvider, type IdentityProvider } from '../../support/identity-provider.ts';

let provider: IdentityProvider;
let authenticate: Authenticate;

beforeAll(async () => {
  provider = await startIdentityProvider();
  authenticate = await createOidcAuthentication({
    issuer: provider.issuer,
    audience: AUDIENCE,
    jwksUrl: null,
    tenantClaim: 'tenant',
    jwksCooldownMs: 0,
  });
});
afterAll(() => provider.close());

const bearer = async (...args: Parameters<IdentityProvider['token']>) => `Bearer ${await provider.token(...args)}`;
const refusal = async (authorization: string | null) => {
  const result = await authenticate(authorization);
  return result.caller === null ? result.message : 'let in';
};

describe('access tokens of an OpenID provider', () => {
  it('name the user, the hospital and the permissions', async () => {
    const result = await authenticate(await bearer({ scope: 'openid user/Patient.rs' }));
    expect(result.caller?.actor).toEqual({ tenantId: 'hospital-a', userId: 'dr-a' });
    expect([...(result.caller?.permissions ?? [])]).toEqual(['READ_PATIENT']);
    expect('expiresAt' in result && result.expiresAt!.getTime() - Date.now()).toBeGreaterThan(290_000);
  });

  it('are refused when they have expired', async () => {
    expect(await refusal(await bearer({}, { expiresIn: '-1m' }))).toBe('The token has expired.');
  });

  it.each([
    ['another audience', {}, { audience: 'somebody-else' }],
    ['another issuer', {}, { issuer: 'https://elsewhere.example' }],
    ['a start in the future', { nbf: Math.floor(Date.now() / 1000) + 600 }, {}],
  ])('are refused for %s', async (_what, claims, options) => {
    expect(await refusal(await bearer(claims, options))).toBe('The token is not valid here.');
  });

  it('are refused without a signature', async () => {
    const unsigned = new UnsecuredJWT({ sub: 'dr-a', tenant: 'hospital-a', scope: 'user/*.cruds' })
      .setIssuer(provider.issuer)
      .setAudience(AUDIENCE)
      .setExpirationTime('5m')
      .encode();
    expect(await refusal(`Bearer ${unsigned}`)).toBe('The token is not valid here.');
  });

  it('are refused when somebody changed them', async () => {
    const [header, , signature] = (await provider.token()).split('.');
    const forged = Buffer.from(JSON.stringify({ sub: 'dr-a', tenant: 'hospital-b' })).toString('base64url');
    expect(await refusal(`Bearer ${header}.${forged}.${signature}`)).toBe('The token is not valid here.');
  });

  it.each([
    ['no hospital', { tenant: undefined }],
    ['a hospital of another form', { tenant: "a'; drop table patient" }],
    ['several hospitals', { tenant: ['hospital-a', 'hospital-b'] }],
  ])('open nothing when they name %s', async (_what, claims) => {
    expect(await refusal(await bearer(claims))).toBe('The token names no hospital.');
  });

  it.each([
    ['with a NUL character', 'dr\0a'],
    ['of another form', 7],
    ['of no character', ''],
    ['longer than any', 'a'.repeat(256)],
  ])('open nothing for a user %s', async (_what, sub) => {
    expect(await refusal(await bearer({ sub: sub as string }))).toBe('The token names no user.');
  });

  it('are refused when they are not one bearer token', async () => {
    expect(await refusal(null)).toBe('A bearer token is needed.');
    expect(await refusal('Basic dTpw')).toBe('The authorisation is no bearer token.');
    expect(await refusal(`Bearer ${'a'.repeat(10_000)}`)).toBe('The authorisation is no bearer token.');
  });

  it('are accepted under a new key as soon as it is published, and not before', async () => {
    const { publish } = await provider.rotateUnpublished();
    const token = await bearer();
    expect(await refusal(token)).toBe('The token is not valid here.');
    publish();
    expect(await refusal(token)).toBe('let in');
  });

  it('are neither accepted nor called bad while the keys cannot be fetched', async () => {
    const gone = await startIdentityProvider();
    const { issuer, jwksUrl } = gone;
    const token = await gone.token();
    await gone.close();
    const check = await createOidcAuthentication({ issuer, jwksUrl, audience: AUDIENCE, tenantClaim: 'tenant' });
    await expect(check(`Bearer ${token}`)).rejects.toThrow(FaultError);
  });
});
