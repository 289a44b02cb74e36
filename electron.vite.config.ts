import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { firstChunk } from './build/scripts/first-chunk.mjs';
import { licencesFile } from './build/scripts/licences.mjs';
import { wordsOf } from './build/scripts/words.mjs';

const first = firstChunk();

/** The network that finds speech in sound, beside the engine: its package is megabytes of a runtime that we have already. */
const VAD = 'silero_vad_v6.onnx';
const voiceDetector = {
  name: 'voice-detector',
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: Uint8Array }): void }) {
    const path = createRequire(import.meta.url).resolve(`@ricky0123/vad-web/dist/${VAD}`);
    this.emitFile({ type: 'asset', fileName: VAD, source: readFileSync(path) });
  },
};

/** The engine's CUDA kernels, which are compiled where they run. */
const cudaKernels = {
  name: 'cuda-kernels',
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): void }) {
    const folder = resolve('electron/engine/ort/kernels');
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.cu')))
      this.emitFile({ type: 'asset', fileName: name, source: readFileSync(join(folder, name), 'utf8') });
  },
};

/** Three bundles: what runs in Node (main, headless host, engine), the preload, and the page. */
export default defineConfig({
  main: {
    plugins: [voiceDetector, cudaKernels],
    build: {
      // What is only JavaScript goes into the bundle: the hundred files of zod alone take 50 ms of each process' start.
      externalizeDeps: { exclude: ['zod', 'hono', '@hono/node-server', 'ws'] },
      rollupOptions: {
        input: {
          main: resolve('electron/main.ts'),
          headless: resolve('electron/headless.ts'),
          engine: resolve('electron/engine/main.ts'),
          'model-tool': resolve('models/builder/tool.ts'),
          'document-tool': resolve('electron/documents/main.ts'),
          mcp: resolve('electron/mcp/main.ts'),
          'sound-worker': resolve('electron/app/sound/worker.ts'),
          'convert-worker': resolve('models/builder/convert-worker.ts'),
        },
        output: { format: 'es' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed window's preload must be one CommonJS file.
      rollupOptions: {
        input: resolve('electron/preload.ts'),
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve('renderer'),
    plugins: [react(), tailwindcss(), first.plugin, licencesFile(resolve('.')), wordsOf('zh-CN')],
    // The highlighting worker fetches a grammar when it meets its language, which needs a module worker.
    worker: { format: 'es' },
    build: {
      // electron-vite leaves it off: files on a disk cost no download. A script half as long is read in half the time all the same.
      minify: true,
      rollupOptions: {
        input: resolve('renderer/index.html'),
        output: { codeSplitting: { groups: [first.group] } },
      },
    },
  },
});
