import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { koffi } from '../ort/ffi';
import { findWebGpuAdapter, type WebGpuAdapter } from '../ort/webgpu-adapter';

/** Where Chromium's own Vulkan may be: a loader and SwiftShader, which computes on the processor. Electron's folder has them too. */
const FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/opt/google/chrome',
  join(import.meta.dirname, '../../../node_modules/electron/dist'),
];

const held: unknown[] = [];

/**
 * An adapter that tests can run WebGPU on, whatever the machine: SwiftShader, or what `VK_ICD_FILENAMES` names. Call it before anything else
 * asks Vulkan.
 *
 * @returns null, after one line that says so, where there is none.
 */
export function webGpuForTests(): WebGpuAdapter | null {
  const folder = FOLDERS.find((path) => existsSync(join(path, 'vk_swiftshader_icd.json')));
  if (folder && process.platform === 'linux') {
    process.env.VK_ICD_FILENAMES ??= join(folder, 'vk_swiftshader_icd.json');
    // A library that is loaded is found by its name, by Dawn too; kept as long as the process.
    if (held.length === 0) held.push(koffi.load(join(folder, 'libvulkan.so.1'), { global: true }));
  }
  try {
    return findWebGpuAdapter(true);
  } catch {
    console.log(
      'WebGPU is not tested: there is neither a graphics card with Vulkan nor Chromium with SwiftShader.',
    );
    return null;
  }
}
