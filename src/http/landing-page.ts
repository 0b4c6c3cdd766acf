import { Router } from 'express';

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sequela</title>
<h1>Sequela</h1>
<p>A server of disease digital twins. For research use.</p>
<ul>
<li>GraphQL over HTTP (POST) and WebSocket: <code>/graphql</code></li>
<li>Pictures: <code>/images/&lt;sha256&gt;.png</code></li>
<li>State of the server: <a href="/livez">/livez</a>, <a href="/readyz">/readyz</a></li>
</ul>
</html>
`;

/** What stands at `/` where no clinician's page is served. */
export function landingPage(): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    response.type('html').send(PAGE);
  });
  return router;
}
