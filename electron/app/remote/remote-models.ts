import {
  type Connection,
  hostOf,
  isUnencrypted,
  type RemoteModel,
  remoteModelId,
} from '../../contract/connections';
import type { LoadedModel } from '../../contract/engine';
import type { ModelInfo } from '../../contract/manifest';
import type { Lesson } from '../../remote/engine';

/** A model, and the connection that has it. */
export interface Place {
  readonly connection: Connection;
  readonly model: RemoteModel;
}

/** As the app lists them. */
export function modelsOf(connection: Connection): readonly ModelInfo[] {
  return connection.enabled ? connection.models.map((model) => infoOf({ connection, model })) : [];
}

function infoOf({ connection, model }: Place): ModelInfo {
  const { id, contextLength, images, audio, thinking } = model;
  const shortName = id.split('/').at(-1) || id;
  const isAmbiguous = connection.models.some(
    (other) => other !== model && other.id.endsWith(`/${shortName}`),
  );
  return {
    id: remoteModelId(connection.id, id),
    family: 'remote',
    name: isAmbiguous ? id : shortName,
    license: '',
    source: connection.url,
    modalities: ['text', ...(images ? (['image'] as const) : []), ...(audio ? (['audio'] as const) : [])],
    contextLength,
    maxOutputTokens: contextLength,
    ...(thinking !== 'none' && { reasoning: { open: '<think>', close: '</think>', default: true } }),
    generation: {},
    remote: {
      connectionId: connection.id,
      name: connection.name,
      host: hostOf(connection.url),
      unencrypted: isUnencrypted(connection.url),
    },
  };
}

export function loadedModel(place: Place): LoadedModel {
  const { connection, model } = place;
  return {
    manifest: infoOf(place),
    provider: 'remote',
    device: { kind: 'remote', host: hostOf(connection.url) },
    contextLength: model.contextLength,
    takesTools: model.tools && !model.learned.refuses.includes('tools'),
    passedOver: [],
    loadMs: 0,
    memoryBytes: 0,
  };
}

export function learned(model: RemoteModel, lesson: Lesson): RemoteModel {
  if ('contextLength' in lesson) return { ...model, contextLength: lesson.contextLength };
  const { refuses } = model.learned;
  if ('refuses' in lesson) {
    return refuses.includes(lesson.refuses)
      ? model
      : { ...model, learned: { ...model.learned, refuses: [...refuses, lesson.refuses].slice(-50) } };
  }
  return { ...model, learned: { ...model.learned, ...lesson } };
}
