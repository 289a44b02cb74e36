import { z } from 'zod';
import type { RequestArguments } from './api';
import { ModelOptionsSchema } from './model-options';
import type { ModelRequests } from './models';

const Id = z.string().min(1).max(200);
const Path = z.string().min(1).max(4096);

type Names = keyof ModelRequests;

/** Arguments of the models page's requests, as they must be before a handler sees them. */
export const ModelArgumentSchemas: { readonly [K in Names]: z.ZodType<RequestArguments<K>> } = {
  'models.page': z.tuple([]),
  'models.setDefault': z.tuple([Id]),
  'models.setOptions': z.tuple([Id, ModelOptionsSchema]),
  'models.inspect': z.tuple([Path]),
  'models.import': z.tuple([Path]),
  'models.convert': z.tuple([
    z.object({
      path: Path,
      name: z.string().trim().min(1).max(200),
      precision: z.enum(['int4', 'int8', 'fp16']),
      block: z.union([z.literal(32), z.literal(64), z.literal(128)]),
      headInt8: z.boolean(),
    }),
  ]),
  'models.verify': z.tuple([Id]),
  'models.tasks': z.tuple([]),
  'models.stopTask': z.tuple([Id]),
  'models.resumeTask': z.tuple([Id]),
  'models.dismissTask': z.tuple([Id]),
  'models.remove': z.tuple([Id]),
  'models.restore': z.tuple([Id]),
  'models.browse': z.tuple([Path.nullable()]),
  'models.cudaLibraries': z.tuple([z.boolean()]),
  'models.installCudaLibraries': z.tuple([]),
  'models.removeCudaLibraries': z.tuple([]),
};

export const ModelArgumentNames: { readonly [K in Names]: readonly string[] } = {
  'models.page': [],
  'models.setDefault': ['id'],
  'models.setOptions': ['id', 'options'],
  'models.inspect': ['path'],
  'models.import': ['path'],
  'models.convert': ['request'],
  'models.verify': ['id'],
  'models.tasks': [],
  'models.stopTask': ['taskId'],
  'models.resumeTask': ['taskId'],
  'models.dismissTask': ['taskId'],
  'models.remove': ['id'],
  'models.restore': ['id'],
  'models.browse': ['path'],
  'models.cudaLibraries': ['ask'],
  'models.installCudaLibraries': [],
  'models.removeCudaLibraries': [],
};
