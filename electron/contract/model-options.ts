import { z } from 'zod';

/** How one model is loaded (`ModelOptions` of models.ts). */
export const ModelOptionsSchema = z.object({
  provider: z.enum(['auto', 'cuda', 'webgpu', 'directml', 'coreml', 'cpu']).optional(),
  deviceId: z.number().int().min(0).max(63).optional(),
  contextLength: z.number().int().min(128).optional(),
  speculation: z.boolean().optional(),
  float8: z.boolean().optional(),
  cacheType: z.enum(['float16', 'int8']).optional(),
});
