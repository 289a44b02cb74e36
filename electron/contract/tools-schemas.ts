import { z } from 'zod';
import { AttachmentSchema, StoredErrorSchema } from './conversation-schemas';
import type { CalledTool, ToolRequests } from './tools';

const Id = z.string().min(1).max(200);

/** The arguments of the requests about tools. */
export const ToolArgumentSchemas: {
  readonly [K in keyof ToolRequests]: z.ZodType<Parameters<ToolRequests[K]>>;
} = {
  'tools.servers': z.tuple([]),
  'tools.log': z.tuple([Id]),
  'tools.restart': z.tuple([Id]),
  'tools.signIn': z.tuple([Id]),
  'tools.finishSignIn': z.tuple([Id, z.string().max(20_000)]),
  'tools.signOut': z.tuple([Id]),
  'tools.prompt': z.tuple([
    Id,
    z.string().max(1_000),
    z.record(z.string().max(1_000), z.string().max(100_000)),
  ]),
  'tools.resource': z.tuple([Id, z.string().max(10_000)]),
  'tools.readServers': z.tuple([z.string().max(1_000_000)]),
  'tools.consent': z.tuple([Id, Id, z.enum(['once', 'always', 'deny'])]),
};

export const ToolArgumentNames: { readonly [K in keyof ToolRequests]: readonly string[] } = {
  'tools.servers': [],
  'tools.log': ['serverId'],
  'tools.restart': ['serverId'],
  'tools.signIn': ['serverId'],
  'tools.finishSignIn': ['serverId', 'address'],
  'tools.signOut': ['serverId'],
  'tools.prompt': ['serverId', 'name', 'args'],
  'tools.resource': ['serverId', 'uri'],
  'tools.readServers': ['json'],
  'tools.consent': ['turnId', 'callId', 'consent'],
};

const Length = z.number().int().nonnegative();

/** In a file of conversations; what was under way when it was written has stopped. */
export const CalledToolSchema = z.object({
  id: z.string().min(1).max(200),
  round: Length.max(1_000),
  textBefore: Length,
  reasoningBefore: Length,
  serverId: z.string().max(100),
  server: z.string().max(100),
  tool: z.string().max(1_000),
  title: z.string().max(1_000),
  name: z.string().max(1_000),
  arguments: z.string().max(1_000_000),
  state: z.enum(['done', 'failed', 'denied', 'stopped']),
  result: z
    .object({
      text: z.string().max(100_000),
      length: Length,
      isError: z.boolean(),
      images: z.array(AttachmentSchema).max(100).optional(),
    })
    .optional(),
  error: StoredErrorSchema.optional(),
  durationMs: z.number().nonnegative().optional(),
}) as unknown as z.ZodType<CalledTool>;
