import type { z } from 'zod';
import type { RequestArguments, RequestHandlers, RequestName, RequestResult } from '../contract/api';
import { ArgumentNames, ArgumentSchemas } from '../contract/api-schemas';
import { AppError } from '../contract/errors';

/** Calls the handler of a request that came from outside: name and arguments may be anything. */
export async function dispatch(
  handlers: RequestHandlers,
  name: unknown,
  args: unknown,
): Promise<RequestResult<RequestName>> {
  if (!isRequestName(name)) {
    throw new AppError(
      'invalid-request',
      `There is no request named ${JSON.stringify(name)?.slice(0, 100)}.`,
      {
        kind: 'request-invalid',
        field: 'name',
      },
    );
  }
  return call(handlers, name, args);
}

async function call<K extends RequestName>(handlers: RequestHandlers, name: K, args: unknown) {
  const schema: z.ZodType<RequestArguments<K>> = ArgumentSchemas[name];
  const parsed = schema.safeParse(args);
  if (!parsed.success) throw invalid(name, parsed.error);
  const handler: (...args: RequestArguments<K>) => Promise<RequestResult<K>> | RequestResult<K> =
    handlers[name];
  return handler(...parsed.data);
}

function isRequestName(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(ArgumentSchemas, name);
}

function invalid(name: RequestName, error: z.ZodError): AppError {
  const issue = error.issues[0];
  const [index, ...rest] = issue?.path ?? [];
  const argument = typeof index === 'number' ? (ArgumentNames[name][index] ?? String(index)) : 'arguments';
  const field = [argument, ...rest.map(String)].join('.');
  return new AppError('invalid-request', `${name}: '${field}' is not valid. ${issue?.message ?? ''}`.trim(), {
    kind: 'request-invalid',
    field,
  });
}
