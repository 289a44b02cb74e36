import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { OAuthError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { AppError, type ErrorInfo } from '../contract/errors';

/** More in one message than any answer needs; what sends it would fill the memory. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

export const tooMuch = (name: string): AppError =>
  new AppError(
    'tool-failed',
    `The tool server ${name} sent more than ${MAX_MESSAGE_BYTES / 1024 / 1024} MB at once and was ended. Ask for less, or look at what it does.`,
    { kind: 'tool-server-too-much', name, megabytes: MAX_MESSAGE_BYTES / 1024 / 1024 },
  );

export const garbage = (name: string): AppError =>
  new AppError(
    'tool-failed',
    `The tool server ${name} answered something that is not MCP. Check its command or address, and its version.`,
    { kind: 'tool-server-garbage', name },
  );

/** `reason` ends the sentence "The server …". */
export const ended = (name: string, reason: string): AppError =>
  new AppError('tool-failed', `The tool server ${name} ${reason}. Its output says more.`, {
    kind: 'tool-server-ended',
    name,
    reason,
  });

export const notFound = (command: string): AppError =>
  new AppError('tool-failed', `The command ${command} was not found. Install it, or give its whole path.`, {
    kind: 'tool-server-command',
    command,
  });

export const keyWanted = (name: string, status: number): AppError =>
  new AppError(
    'tool-failed',
    `The tool server ${name} asks for a key (${status}). Add it as a header, for example Authorization: Bearer …`,
    { kind: 'tool-server-key', name, status },
  );

/** It refused in its own words. */
export const refusedIt = (name: string, reason: string): AppError =>
  new AppError('tool-failed', `The tool server ${name} did not give it: ${reason}`, {
    kind: 'tool-server-said',
    name,
    reason,
  });

export const signInWanted = (name: string): AppError =>
  new AppError('tool-failed', `The tool server ${name} wants you to sign in. Do that in the settings.`, {
    kind: 'tool-sign-in',
    name,
  });

export const signInRefused = (name: string, reason: string): AppError =>
  new AppError(
    'tool-failed',
    `The sign-in to the tool server ${name} was refused: ${reason}. Try again, or ask who runs it for access.`,
    { kind: 'tool-sign-in-refused', name, reason },
  );

export const signInLate = (name: string, minutes: number): AppError =>
  new AppError(
    'tool-failed',
    `Nobody signed in to the tool server ${name} within ${minutes} minutes. Begin again when you are ready.`,
    { kind: 'tool-sign-in-late', name, minutes },
  );

/** What went wrong while the user signed in. */
export function signInFailure(error: unknown, name: string): AppError {
  if (error instanceof AppError) return error;
  const reason = error instanceof Error ? error.message.slice(0, 300) : String(error);
  if (/dynamic client registration/i.test(reason))
    return new AppError(
      'tool-failed',
      `The tool server ${name} lets only apps in that its makers registered, and this one is not. Add a key as a header instead, where it has one.`,
      { kind: 'tool-sign-in-unregistered', name },
    );
  return new AppError('tool-failed', `The sign-in to the tool server ${name} failed: ${reason}. Try again.`, {
    kind: 'tool-sign-in-failed',
    name,
    reason,
  });
}

/** What went wrong with a server, in a sentence; `limitMs` is how long it was waited for. */
export function serverFailure(error: unknown, name: string, limitMs: number): ErrorInfo {
  if (error instanceof AppError) return error.toInfo();
  if (error instanceof UnauthorizedError) return signInWanted(name).toInfo();
  if (error instanceof OAuthError) return signInFailure(error, name).toInfo();
  if (error instanceof StreamableHTTPError && error.code !== undefined && error.code >= 300)
    return refused(name, error.code);
  if (error instanceof StreamableHTTPError) return garbage(name).toInfo();
  if (error instanceof McpError && error.code === ErrorCode.RequestTimeout) return silent(name, limitMs);
  if (error instanceof McpError && error.code === ErrorCode.ConnectionClosed)
    return ended(name, 'closed the connection').toInfo();
  if (error instanceof z.ZodError || error instanceof SyntaxError) return garbage(name).toInfo();
  if (error instanceof TypeError || isSystemError(error)) return unreachable(name);
  // The server's own words, or the SDK's about the version of its protocol.
  return ended(
    name,
    `said: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`,
  ).toInfo();
}

function silent(name: string, limitMs: number): ErrorInfo {
  const seconds = Math.round(limitMs / 1000);
  return new AppError(
    'tool-failed',
    `The tool server ${name} did not answer within ${seconds} seconds. Try again, or look at its output.`,
    { kind: 'tool-server-silent', name, seconds },
  ).toInfo();
}

function refused(name: string, status: number): ErrorInfo {
  const wantsKey = status === 401 || status === 403;
  return wantsKey
    ? keyWanted(name, status).toInfo()
    : new AppError(
        'tool-failed',
        `The tool server ${name} answered with the error ${status}. Check its address.`,
        { kind: 'tool-server-refused', name, status },
      ).toInfo();
}

function unreachable(name: string): ErrorInfo {
  return new AppError(
    'tool-failed',
    `The tool server ${name} cannot be reached. Check that it runs, and its address.`,
    { kind: 'tool-server-unreachable', name },
  ).toInfo();
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
