import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ConfigurationError } from '../../src/errors.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'sequela-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems;
    }
    throw error;
  }
  return [];
};

const hospitalsFile = (content: unknown): string => {
  const file = path.join(directory, 'hospitals.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const HOSPITAL = {
  tenantId: 'st-mary',
  fhir: { baseUrl: 'https://ehr.example.org/fhir' },
  dicomweb: { baseUrl: 'https://pacs.example.org/dicom-web', issuers: { 'urn:mrn': 'ST-MARY' } },
};

describe('configuration', () => {
  test('needs nothing: loopback, embedded database, demo hospital', () => {
    expect(loadConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      database: { url: null },
      hospitals: null,
      oidc: null,
      isProduction: false,
    });
  });

  test('lets no other page, no proxy and a bounded number of requests in unless told otherwise', () => {
    expect(loadConfig({})).toMatchObject({ allowedOrigins: [], trustedProxies: 0, requestsPerMinute: 600 });
    expect(
      loadConfig({
        SEQUELA_ALLOWED_ORIGINS: 'https://viewer.example.org, http://localhost:5173',
        SEQUELA_TRUSTED_PROXIES: '2',
        SEQUELA_REQUESTS_PER_MINUTE: '6000',
      }),
    ).toMatchObject({
      allowedOrigins: ['https://viewer.example.org', 'http://localhost:5173'],
      trustedProxies: 2,
      requestsPerMinute: 6000,
    });
  });

  test.each([
    '*',
    'null',
    'viewer.example.org',
    'https://viewer.example.org/',
    'https://viewer.example.org/page',
    'https://user@viewer.example.org',
    'https://VIEWER.example.org',
    'https://viewer.example.org:443',
    'file:///page.html',
    'https://viewer.example.org,',
  ])('takes %j for no origin: no browser sends it so', (origin) => {
    expect(problemsOf({ SEQUELA_ALLOWED_ORIGINS: origin })).toEqual([
      'SEQUELA_ALLOWED_ORIGINS: must be web origins such as https://viewer.example.org',
    ]);
  });

  test.each([
    ['SEQUELA_TRUSTED_PROXIES', '-1'],
    ['SEQUELA_TRUSTED_PROXIES', 'true'],
    ['SEQUELA_REQUESTS_PER_MINUTE', '0'],
    ['SEQUELA_REQUESTS_PER_MINUTE', '1e9'],
  ])('refuses %s=%s', (variable, value) => {
    expect(problemsOf({ [variable]: value })).toEqual([expect.stringContaining(variable)]);
  });

  test('an empty variable is an absent one', () => {
    expect(loadConfig({ SEQUELA_PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 4000, database: { url: null } });
  });

  test('names every faulty variable at once and never its value', () => {
    const problems = problemsOf({ SEQUELA_PORT: 'secret-70000', DATABASE_URL: 'mysql://secret', LOG_LEVEL: 'loud' });
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['SEQUELA_PORT', 'DATABASE_URL', 'LOG_LEVEL']),
    );
    expect(problems.join()).not.toContain('secret');
  });

  test('has no development identity in production or off loopback', () => {
    expect(problemsOf({ NODE_ENV: 'production' })).toHaveLength(2);
    expect(problemsOf({ SEQUELA_HOST: '0.0.0.0' })).toEqual([expect.stringContaining('SEQUELA_HOST')]);
    expect(problemsOf({ SEQUELA_HOST: '0.0.0.0', SEQUELA_OIDC_ISSUER: 'https://id.example.org' })).toEqual([
      expect.stringContaining('SEQUELA_OIDC_AUDIENCE'),
    ]);
  });

  test('reads hospitals with their defaults', () => {
    const config = loadConfig({ SEQUELA_HOSPITALS_FILE: hospitalsFile({ hospitals: [HOSPITAL] }) });
    expect(config.hospitals?.[0]).toMatchObject({
      tenantId: 'st-mary',
      fhir: { authentication: { kind: 'none' }, linkBases: [] },
      dicomweb: { defaultTimeZoneOffset: '+00:00', allowedOrigins: [] },
    });
  });

  test('names the path of each fault in the hospitals file', () => {
    const twice = hospitalsFile({ hospitals: [HOSPITAL, { ...HOSPITAL, tenantId: 'Not A Slug' }] });
    expect(problemsOf({ SEQUELA_HOSPITALS_FILE: twice })).toEqual([expect.stringContaining('hospitals.1.tenantId')]);
    expect(problemsOf({ SEQUELA_HOSPITALS_FILE: hospitalsFile('{') })).toEqual([expect.stringContaining('not JSON')]);
    expect(problemsOf({ SEQUELA_HOSPITALS_FILE: path.join(directory, 'absent') })).toEqual([
      expect.stringContaining('cannot be read'),
    ]);
  });
});
