import { ModelError } from '../errors';

/** What a status means for who asked. */
export function refusal(
  { endpoint, token }: { readonly endpoint: string; readonly token: string | null },
  status: number,
  repository: string,
  revision: string,
): ModelError {
  const { host } = new URL(endpoint);
  switch (status) {
    // The hub does not tell those who may not see a repository whether there is one.
    case 401:
      return token === null
        ? new ModelError(
            `${host} has no ${repository} that may be read without signing in: check the name, or give an access token.`,
            { kind: 'hub-sign-in', host, repository },
          )
        : new ModelError(
            `${host} does not accept the access token: it has expired, or was taken back. Make a new one there and give it here.`,
            { kind: 'hub-token-refused', host },
          );
    case 403:
      return new ModelError(
        `${host} does not let you read ${repository}: accept its terms on its page there, and give an access token that may read it.`,
        { kind: 'hub-forbidden', host, repository },
      );
    case 404:
      return new ModelError(
        `${host} has no ${repository} with the revision ${revision}. Check the spelling; somebody may have renamed or removed it.`,
        {
          kind: 'hub-absent',
          host,
          repository,
          revision,
        },
      );
    case 429:
      return new ModelError(
        `${host} asks to wait: too many requests came from here. Try again in some minutes; what was fetched is kept.`,
        { kind: 'hub-busy', host },
      );
    default:
      return new ModelError(`${host} answered with the error ${status}. Try again later.`, {
        kind: 'host-error',
        host,
        status,
      });
  }
}
