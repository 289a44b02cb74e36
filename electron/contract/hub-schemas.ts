import { z } from 'zod';
import type { RequestArguments } from './api';
import { HttpAddress } from './connection-schema';
import type { HubRequests } from './hub';

type Names = keyof HubRequests;

const Text = z.string().min(1).max(500);

/** A hub's, without what follows its host and path. */
const HubEndpoint = HttpAddress.transform((text) => text.replace(/[/?#]+$/, '')).nullable();

/** Arguments of the hub's requests, as they must be before a handler sees them. */
export const HubArgumentSchemas: { readonly [K in Names]: z.ZodType<RequestArguments<K>> } = {
  'hub.state': z.tuple([]),
  'hub.setEndpoint': z.tuple([HubEndpoint]),
  // As it stands in a header.
  'hub.setToken': z.tuple([
    z
      .string()
      .trim()
      .min(1)
      .max(500)
      .regex(/^[\x21-\x7e]+$/)
      .nullable(),
  ]),
  'hub.search': z.tuple([z.string().trim().min(1).max(200)]),
  'hub.look': z.tuple([Text]),
  'hub.get': z.tuple([
    z.object({
      repository: Text,
      revision: Text,
      commit: z.string().regex(/^[0-9a-f]{40}$/),
      variant: z.string().max(500),
      precision: z.enum(['int4', 'int8', 'fp16']).nullable(),
      keepSource: z.boolean(),
    }),
  ]),
};

export const HubArgumentNames: { readonly [K in Names]: readonly string[] } = {
  'hub.state': [],
  'hub.setEndpoint': ['endpoint'],
  'hub.setToken': ['token'],
  'hub.search': ['query'],
  'hub.look': ['address'],
  'hub.get': ['request'],
};
