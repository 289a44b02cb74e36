import { z } from 'zod';
import type { RequestArguments } from './api';
import { ConnectionSchema } from './connection-schema';
import type { ConnectionRequests } from './connections';

const Id = z.string().min(1).max(100);
/** One line: a break would begin another header. */
const Key = z
  .string()
  .max(10_000)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/);
const Headers = z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/), Key);
const Secrets = z.object({ key: Key.optional(), headers: Headers.optional() });

type Names = keyof ConnectionRequests;

export const ConnectionArgumentSchemas: { readonly [K in Names]: z.ZodType<RequestArguments<K>> } = {
  'connections.statuses': z.tuple([]),
  'connections.test': z.tuple([
    z.object({ id: Id.nullable(), address: z.string().max(2_000), ...Secrets.shape }),
  ]),
  'connections.check': z.tuple([Id]),
  'connections.save': z.tuple([ConnectionSchema.extend({ id: Id.nullable() }), Secrets]),
  'connections.remove': z.tuple([Id]),
  'connections.restore': z.tuple([Id]),
};

export const ConnectionArgumentNames: { readonly [K in Names]: readonly string[] } = {
  'connections.statuses': [],
  'connections.test': ['draft'],
  'connections.check': ['id'],
  'connections.save': ['connection', 'secrets'],
  'connections.remove': ['id'],
  'connections.restore': ['id'],
};
