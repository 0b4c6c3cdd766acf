import { existsSync } from 'node:fs';

/** The Vulkan driver without hardware that Debian's package `chromium` brings. */
const SWIFTSHADER = '/usr/lib/chromium/vk_swiftshader_icd.json';

/** Vulkan's loader, of Debian's package `libvulkan1`. */
const LOADERS = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/libvulkan.so.1`);

/** Lets WebGPU find a software adapter in this process, before its first use. False where there is none. */
export function useSoftwareGpu(): boolean {
  if (!existsSync(SWIFTSHADER) || !LOADERS.some((file) => existsSync(file))) return false;
  process.env['VK_DRIVER_FILES'] = SWIFTSHADER;
  return true;
}
