import { createElement, type FunctionComponent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { connection } from './api/live.ts';
import { later } from './page/later.tsx';
import { address, Link } from './page/router.tsx';
import { useStore } from './page/store.ts';
import { theme, toggleTheme } from './page/theme.ts';
import { session, signIn, signOut, startSession } from './session/session.ts';

const ForecastPage = later(async () => (await import('./forecast/forecast-page.tsx')).ForecastPage);
const PatientsPage = later(async () => (await import('./patients/patients-page.tsx')).PatientsPage);
const RecordPage = later(async () => (await import('./twin/record-page.tsx')).RecordPage);
const TwinPage = later(async () => (await import('./twin/twin-page.tsx')).TwinPage);
const WhatIfPage = later(async () => (await import('./what-if/what-if-page.tsx')).WhatIfPage);

const CONNECTION = { idle: null, live: 'Live', lost: 'Reconnecting…' } as const;

export function App() {
  const state = useStore(session);
  useEffect(() => void startSession(address.get()), []);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        {state.kind === 'signed-out' && <SignIn message={state.message} />}
        {(state.kind === 'developer' || state.kind === 'signed-in') && <Page />}
      </main>
      <footer>
        For research use. A forecast is an estimate of a model, not a finding; it must not decide about treatment.
      </footer>
    </>
  );
}

/** What the address asks for. */
function pageAt({ pathname }: URL) {
  const [, kind, id = '', part] = pathname.split('/');
  if (kind === 'twins' && part === 'record') return { Page: RecordPage, props: { twinId: id } };
  if (kind === 'twins') return { Page: TwinPage, props: { twinId: id } };
  if (kind === 'forecasts' && part === 'what-if') return { Page: WhatIfPage, props: { forecastId: id } };
  if (kind === 'forecasts') return { Page: ForecastPage, props: { forecastId: id } };
  return { Page: PatientsPage, props: {} };
}

function Page() {
  const url = useStore(address);
  const { Page: Asked, props } = pageAt(url);
  const before = useRef(url.pathname);
  useEffect(() => {
    // Whoever follows a link by keyboard goes on reading in the new page, not where the link was.
    if (before.current !== url.pathname) document.getElementById('main')?.focus({ preventScroll: true });
    before.current = url.pathname;
  }, [url.pathname]);
  return createElement(Asked as FunctionComponent<object>, { ...props, key: url.pathname });
}

// While the server is asked who is there.
pageAt(address.get()).Page.fetch();

function Header() {
  const state = useStore(session);
  const isDark = useStore(theme) === 'dark';
  const connected = useStore(connection);
  const words = CONNECTION[connected];
  return (
    <header class="top">
      <Link href="/" class="brand">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M3 22c6 0 6-12 12-12s6 8 14 4" />
          <path class="ahead" d="M15 10c6 0 6 12 14 10" />
        </svg>
        Sequela
      </Link>
      <nav aria-label="Main">
        <Link href="/">Patients</Link>
      </nav>
      <span class={`connection ${connected}`} role="status">
        {words}
      </span>
      <button type="button" class="quiet" aria-pressed={isDark} onClick={toggleTheme}>
        {isDark ? 'Light' : 'Dark'}
      </button>
      {state.kind === 'signed-in' && (
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      )}
      {state.kind === 'developer' && <span class="who">Development identity</span>}
    </header>
  );
}

function SignIn({ message }: { message: string | null }) {
  return (
    <section class="card sign-in" aria-label="Sign in">
      <h1>Disease digital twins</h1>
      <p>Forecasts a patient’s next image and next values together. Sign in to see your hospital’s patients.</p>
      {message !== null && (
        <p class="trouble" role="alert">
          {message}
        </p>
      )}
      <button type="button" class="primary" onClick={() => void signIn()}>
        Sign in
      </button>
    </section>
  );
}
