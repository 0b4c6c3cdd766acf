import { Router } from 'express';

const READY_TIMEOUT_MS = 2000;

/** `/livez`: the process answers. `/readyz`: it can do its work and wants more of it. */
export function health({ isReady }: { readonly isReady: () => Promise<boolean> }): Router {
  const router = Router();
  router.get('/livez', (_request, response) => {
    response.set('cache-control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const ready = await within(READY_TIMEOUT_MS, isReady()).catch(() => false);
    response
      .status(ready ? 200 : 503)
      .set('cache-control', 'no-store')
      .json({ status: ready ? 'ok' : 'unavailable' });
  });
  return router;
}

async function within(ms: number, answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
