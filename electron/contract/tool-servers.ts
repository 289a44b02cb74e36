import { z } from 'zod';

const Name = z.string().min(1).max(200);
const Value = z.string().max(20_000);

const HttpUrl = z
  .string()
  .max(4_000)
  .refine(
    (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
    'expected an http(s) address',
  );

/** A header's name and value as HTTP allows them: a line break in one would begin another. */
const HeaderName = z.string().regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/);
const HeaderValue = z
  .string()
  .max(20_000)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/);
const Variable = z.string().regex(/^[^=\0]{1,200}$/);
const WithoutNull = Value.regex(/^[^\0]*$/);

const ToolTransportSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('stdio'),
    command: z
      .string()
      .trim()
      .min(1)
      .max(4_000)
      .regex(/^[^\0]*$/),
    args: z.array(WithoutNull).max(200),
    env: z.record(Variable, WithoutNull),
  }),
  z.object({ type: z.literal('http'), url: HttpUrl, headers: z.record(HeaderName, HeaderValue) }),
]);

/** A server of tools as the user set it up. */
export const ToolServerSchema = z.object({
  id: z.string().min(1).max(100),
  name: z.string().trim().min(1).max(100),
  enabled: z.boolean(),
  transport: ToolTransportSchema,
  /** Tools that need no consent any more, each with the fingerprint it had when it was given. */
  allowed: z.record(Name, z.string().max(100)).default({}),
  /** Tools that no model is told of. */
  hidden: z.array(Name).max(1_000).default([]),
});

export type ToolServer = z.infer<typeof ToolServerSchema>;
export type ToolTransport = z.infer<typeof ToolTransportSchema>;
