import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const EXECUTABLE = '/usr/sbin/Orthanc';
const DICOMWEB_PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

export interface Orthanc {
  /** The DICOMweb root. */
  readonly baseUrl: string;
  readonly username: string;
  readonly password: string;
  isRunning(): boolean;
  stop(): Promise<void>;
}

export const isOrthancInstalled = (): boolean => [EXECUTABLE, DICOMWEB_PLUGIN].every((file) => existsSync(file));

/**
 * Starts an empty Orthanc with its DICOMweb plugin for one test, in a directory of its own.
 *
 * It listens on a free port and answers loopback only, with a random password. Its plugins are given by file: the GDCM
 * plugin, where installed, makes it crash.
 * @returns null, with a line that says so, where Orthanc is not installed.
 */
export async function startOrthanc(): Promise<Orthanc | null> {
  if (!isOrthancInstalled()) {
    console.log('skipped: Orthanc is not installed (Debian packages orthanc and orthanc-dicomweb)');
    return null;
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'sequela-orthanc-'));
  const port = await freePort();
  const username = 'sequela';
  const password = randomBytes(18).toString('base64url');
  const storage = path.join(directory, 'storage');
  await mkdir(storage);
  const configuration = {
    Name: 'Sequela test archive',
    StorageDirectory: storage,
    IndexDirectory: storage,
    Plugins: [DICOMWEB_PLUGIN],
    HttpPort: port,
    KeepAlive: true,
    DicomServerEnabled: false,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: true,
    RegisteredUsers: { [username]: password },
    OverwriteInstances: false,
    StableAge: 1,
    DicomWeb: { Enable: true, Root: '/dicom-web/', StudiesMetadata: 'Full', SeriesMetadata: 'Full' },
  };
  const file = path.join(directory, 'orthanc.json');
  await writeFile(file, JSON.stringify(configuration), { mode: 0o600 });
  const server = spawn(EXECUTABLE, [`--logfile=${path.join(directory, 'orthanc.log')}`, file], { stdio: 'ignore' });
  const isRunning = () => server.exitCode === null && server.signalCode === null;
  const stop = async (): Promise<void> => {
    if (isRunning()) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      // Its orderly end waits for idle connections; nothing of it is kept.
      server.kill('SIGKILL');
      await ended;
    }
    await rm(directory, { recursive: true, force: true });
  };
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  for (let attempt = 0; attempt < 200 && isRunning(); attempt++) {
    const isReady = await fetch(`http://127.0.0.1:${port}/system`, { headers: { authorization } }).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return { baseUrl: `http://127.0.0.1:${port}/dicom-web`, username, password, isRunning, stop };
    await sleep(50);
  }
  await stop();
  throw new Error('Orthanc did not start within 10 seconds');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
