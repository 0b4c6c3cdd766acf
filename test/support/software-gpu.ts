import { existsSync } from 'node:fs';

/** The Vulkan driver without hardware that Debian's package `chromium` brings. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Lets WebGPU find a software adapter in this process, before its first use. False where there is none. */
export function useSoftwareGpu(): boolean {
  if (!existsSync(SWIFTSHADER)) return false;
  process.env['VK_DRIVER_FILES'] = SWIFTSHADER;
  return true;
}
