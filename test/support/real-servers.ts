import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A program that some tests talk to instead of something of our own. */
export interface RealServer {
  readonly what: string;
  readonly file: string;
  readonly packages: readonly string[];
}

export const CHROMIUM: RealServer = {
  what: 'Chromium (the page, and a software graphics device for WebGPU)',
  file: '/usr/lib/chromium/vk_swiftshader_icd.json',
  packages: ['chromium'],
};

export const ELASTIX: RealServer = {
  what: 'elastix and transformix (registration)',
  file: '/usr/bin/transformix',
  packages: ['elastix'],
};

export const PLASTIMATCH: RealServer = {
  what: 'plastimatch (registration)',
  file: '/usr/bin/plastimatch',
  packages: ['plastimatch'],
};

/** Installs what is missing where that is possible: as root on Debian. What is still missing then is said on stderr. */
export function installRealServers(servers: readonly RealServer[]): void {
  const missing = () => servers.filter(({ file }) => !existsSync(file));
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
  if (missing().length > 0 && mayInstall) {
    const packages = missing().flatMap((server) => server.packages);
    console.error(`installing ${packages.join(' ')}`);
    const apt = (...args: string[]) =>
      spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', ...args], {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 300_000,
      }).status === 0;
    if (!apt('install', '-y', '--no-install-recommends', ...packages)) {
      apt('update');
      apt('install', '-y', '--no-install-recommends', ...packages);
    }
  }
  for (const { what, packages } of missing()) {
    console.error(`skipped: ${what} is not installed (Debian: ${packages.join(' ')})`);
  }
}
