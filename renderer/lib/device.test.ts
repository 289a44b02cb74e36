import { createInstance } from 'i18next';
import { expect, test } from 'vitest';
import { type Device, describeDevice } from '../../electron/contract/device';
import { en } from '../i18n/en';
import { zhCN } from '../i18n/zh-CN';
import { deviceText } from './device';

const name = 'NVIDIA H100 80GB HBM3';

test.each<[Device, string, string]>([
  [{ kind: 'processor', threads: 1 }, 'CPU, 1 thread', 'CPU，1 个线程'],
  [{ kind: 'processor', threads: 2 }, 'CPU, 2 threads', 'CPU，2 个线程'],
  [{ kind: 'card', name }, name, name],
  [{ kind: 'card', name, number: 0 }, `GPU 0: ${name}`, `GPU 0：${name}`],
  [
    { kind: 'card', name, number: 1, withoutCudaGraph: true },
    `GPU 1: ${name}, without CUDA graph`,
    `GPU 1：${name}，未使用 CUDA 图`,
  ],
  [
    { kind: 'card', name, withoutCudaGraph: true, weightsNotShared: true, withoutOwnKernels: true },
    `${name}, without CUDA graph, weights not shared, without fast kernels`,
    `${name}，未使用 CUDA 图，权重未共享，未使用加速内核`,
  ],
  [
    { kind: 'card', name, withoutOwnKernels: true },
    `${name}, without fast kernels`,
    `${name}，未使用加速内核`,
  ],
  [
    { kind: 'card', name, withoutOwnKernels: true, cacheNotQuantized: true },
    `${name}, without fast kernels, KV cache in 16 bits`,
    `${name}，未使用加速内核，KV 缓存为 16 位`,
  ],
])('%j in both languages, and in the English of logs', async (device, english, chinese) => {
  const page = createInstance();
  const resources = { en: { translation: en }, 'zh-CN': { translation: zhCN } };
  await page.init({ lng: 'en', resources, interpolation: { escapeValue: false } });
  expect(deviceText(device, page.getFixedT('en'))).toBe(english);
  expect(deviceText(device, page.getFixedT('zh-CN'))).toBe(chinese);
  expect(describeDevice(device)).toBe(english);
});
