import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import type { SignIn } from './sign-in.ts';

/** The page's own addresses: it reads them itself, so that each is answered with the same document. */
const PAGES = /^\/(?:(?:(?:twins|forecasts)\/[\w-]{1,64}(?:\/(?:what-if|record))?|launch|signed-in)?)$/;

interface PageFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** Null where compression gains nothing. */
  readonly gzip: Buffer | null;
  readonly etag: string;
}

export interface ViewerOptions {
  /** Folder of the built page: `index.html` and what it loads, under names that change with their content. */
  readonly directory: string;
  readonly signIn: SignIn;
}

/** The clinician's page, its files held in memory, and `/viewer.json`, which says how to sign in. */
export async function createViewer({ directory, signIn }: ViewerOptions): Promise<RequestHandler> {
  const files = await readPageFiles(directory);
  const document = files.get('/index.html');
  if (document === undefined) {
    throw new Error(`there is no index.html in ${directory}`);
  }
  return async (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    if (request.path === '/viewer.json') {
      response.set('cache-control', 'no-store').json(await signIn.describe());
      return;
    }
    if (PAGES.test(request.path)) {
      // Signing in asks the authorisation servers for tokens, and nobody else may be talked to.
      const origins = await signIn.origins();
      const policy = response.get('content-security-policy') ?? '';
      response.set(
        'content-security-policy',
        policy.replace("connect-src 'self'", ["connect-src 'self'", ...origins].join(' ')),
      );
      return send(request, response, document, 'no-cache');
    }
    const file = request.path === '/index.html' ? undefined : files.get(request.path);
    return file === undefined ? next() : send(request, response, file, 'public, max-age=31536000, immutable');
  };
}

function send(request: Request, response: Response, file: PageFile, cacheControl: string): void {
  response.set({ etag: file.etag, 'cache-control': cacheControl, vary: 'accept-encoding' }).type(file.type);
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  if (file.gzip !== null && request.acceptsEncodings('gzip') === 'gzip') {
    response.set('content-encoding', 'gzip').send(file.gzip);
    return;
  }
  response.send(file.bytes);
}

async function readPageFiles(directory: string): Promise<ReadonlyMap<string, PageFile>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }): Promise<[string, PageFile]> => {
        const file = path.join(parentPath, name);
        const bytes = await readFile(file);
        const gzip = gzipSync(bytes, { level: 9 });
        const hash = createHash('sha256').update(bytes).digest('base64url');
        const page = {
          type: path.extname(name),
          bytes,
          gzip: gzip.length < bytes.length ? gzip : null,
          // Weak: the same content, compressed or not.
          etag: `W/"${hash}"`,
        };
        return [`/${path.relative(directory, file).split(path.sep).join('/')}`, page];
      }),
    ),
  );
}
