import type { ConvertRequest, ModelTask } from './models';

/** Where models are fetched from: a Hugging Face hub, or a mirror that answers as one does. */
export const DEFAULT_HUB = 'https://huggingface.co';

/** Offered beside it: where huggingface.co cannot be reached, this one can. */
export const HUB_MIRROR = 'https://hf-mirror.com';

/** What requests to the hub go to and carry. The token itself never leaves the app. */
export interface HubState {
  readonly endpoint: string;
  /** `HF_ENDPOINT` says so, as nothing was chosen. */
  readonly endpointFromEnvironment: boolean;
  /** There is an access token for this endpoint. */
  readonly token: 'kept' | 'environment' | 'none';
}

/** One of a search's results. */
export interface HubHit {
  readonly repository: string;
  readonly layout: HubLayout;
  readonly downloads: number;
  readonly likes: number;
  /** As its card says; null where it says nothing. */
  readonly license: string | null;
  readonly gated: boolean;
}

/** How a repository's files are laid out, which says what becomes of them: a checkpoint is converted, the others are used as they are. */
export type HubLayout = 'package' | 'checkpoint' | 'genai' | 'transformers-js';

/** A repository, as the hub described it just now. */
export interface HubModel {
  readonly repository: string;
  /** As asked for: a branch, a tag or a commit. */
  readonly revision: string;
  /** The commit that it names: what is fetched, whatever is pushed meanwhile. */
  readonly commit: string;
  readonly host: string;
  readonly license: string | null;
  readonly gated: boolean;
  readonly downloads: number;
  readonly likes: number;
  readonly name: string;
  /** Of which one is fetched; the one to begin with first. */
  readonly variants: readonly HubVariant[];
  /** Where it will lie, and the room there. */
  readonly folder: string;
  readonly freeBytes: number;
}

export interface HubVariant {
  /** A folder or a graph of the repository; empty where there is nothing to choose. */
  readonly id: string;
  readonly layout: HubLayout;
  readonly files: readonly { readonly path: string; readonly bytes: number | null }[];
  /** Of all of them; null where the hub does not say. */
  readonly bytes: number | null;
  /** Of the architecture, where its description says. */
  readonly family: string | null;
  readonly parameters: number | null;
  /** What can come of it; a checkpoint in each precision. */
  readonly results: readonly HubResult[];
}

export interface HubResult {
  /** Null: used as it is. */
  readonly precision: ConvertRequest['precision'] | null;
  /** Of what is kept on the disk. */
  readonly bytes: number | null;
  /** Bytes it would take where it would run; null where its description does not tell. */
  readonly memoryNeeded: number | null;
  readonly device: 'cuda' | 'cpu';
}

export interface HubGetRequest {
  readonly repository: string;
  readonly revision: string;
  readonly commit: string;
  readonly variant: string;
  readonly precision: ConvertRequest['precision'] | null;
  /** A checkpoint stays beside what was made of it. */
  readonly keepSource: boolean;
}

/** Nothing here is asked of the network but by these requests, and these are made when the user presses something. */
export interface HubRequests {
  'hub.state': () => HubState;
  /** Null: as the environment says, or the hub's own. */
  'hub.setEndpoint': (endpoint: string | null) => HubState;
  /** For the endpoint in use; null forgets it. */
  'hub.setToken': (token: string | null) => HubState;
  /** What can be run or converted, most downloaded first. */
  'hub.search': (query: string) => readonly HubHit[];
  /** `owner/name`, with `@revision` where another than `main` is meant, or the address of its page. */
  'hub.look': (address: string) => HubModel;
  /** Behind those that were asked for before. */
  'hub.get': (request: HubGetRequest) => ModelTask;
}
