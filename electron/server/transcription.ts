import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../contract/errors';
import { type FileTranscript, onlyRecognizes, type Recognizer, type SpokenSegment } from '../contract/speech';
import { HttpError, unavailable } from './errors';
import { type FormFields, readForm } from './form';
import type { ModelRegistry } from './models';
import { toSrt, toVtt } from './subtitles';

/** What the host hears with. */
export interface TranscriptionService {
  /** What would write down speech now. */
  recognizer(): Promise<Recognizer | null>;
  /**
   * Sound of any kind as a file that `transcribe` takes, for as long as `use` takes.
   *
   * @throws AppError `invalid-request` that says what is wrong with the sound
   */
  borrow<Result>(
    body: AsyncIterable<Uint8Array>,
    name: string,
    options: { readonly maxSeconds: number; readonly maxBytes: number; readonly signal: AbortSignal },
    use: (path: string, seconds: number) => Promise<Result>,
  ): Promise<Result>;
  /** @param options.wanted id of an installed recogniser, in place of the one in use. */
  transcribe(
    path: string,
    options: { readonly language?: string; readonly wanted?: string },
    signal: AbortSignal,
  ): Promise<FileTranscript>;
}

/** In the engine an hour of sound takes 230 MB. */
const MAX_TRANSCRIPTION_SECONDS = 3_600;
/** An hour of uncompressed speech is half of it. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_FORM_BYTES = MAX_FILE_BYTES + (1 << 20);

/** Names that clients have built in: whatever writes down speech here is meant. */
const USUAL_NAMES: ReadonlySet<string> = new Set([
  'whisper-1',
  'gpt-4o-transcribe',
  'gpt-4o-mini-transcribe',
  'gpt-4o-transcribe-diarize',
]);

const FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const;

/** Fields not named here are ignored, `prompt` and `stream` among them. */
const FieldsSchema = z.object({
  model: z.string().max(1_000).optional(),
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/i, "expected a code of ISO 639-1 such as 'en'")
    .transform((code) => code.toLowerCase())
    .optional(),
  response_format: z
    .enum(FORMATS, `expected one of ${FORMATS.map((name) => `'${name}'`).join(', ')}`)
    .default('json'),
  /** Taken for its clients' sake: speech is always written down by the likeliest words. */
  temperature: z.coerce.number().min(0).max(1).optional(),
  timestamp_granularities: z
    .array(z.literal('segment', "only 'segment' is known here: recognisers tell no times of words"))
    .optional(),
});

type Fields = z.infer<typeof FieldsSchema>;

/** `POST /v1/audio/transcriptions`. @throws HttpError */
export async function answerTranscription(
  context: Context,
  registry: ModelRegistry,
  service: TranscriptionService | undefined,
): Promise<Response> {
  const { signal } = context.req.raw;
  return readForm(context.req.raw, { file: 'file', maxBytes: MAX_FORM_BYTES }, async (file, name, form) => {
    const recognizer = await service?.recognizer();
    if (!service || !recognizer) throw noRecognizer();
    const limits = { maxSeconds: MAX_TRANSCRIPTION_SECONDS, maxBytes: MAX_FILE_BYTES, signal };
    const use = async (path: string, seconds: number) => {
      const fields = parseFields(await form);
      const wanted = wantedId(fields.model, registry, recognizer);
      const { language } = fields;
      const options = {
        ...(language !== undefined && { language }),
        ...(wanted !== undefined && { wanted }),
      };
      return toResponse(await service.transcribe(path, options, signal), fields, seconds);
    };
    return service.borrow(file, name, limits, use).catch((error: unknown) => {
      throw isRefusal(error) ? refusedFile(error) : error;
    });
  });
}

function parseFields(form: FormFields): Fields {
  const granularities = form.get('timestamp_granularities[]') ?? form.get('timestamp_granularities');
  const single = Object.fromEntries([...form].map(([name, values]) => [name, values.at(-1) || undefined]));
  const result = FieldsSchema.safeParse({ ...single, timestamp_granularities: granularities });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const param = String(issue?.path[0]);
  throw new HttpError(400, {
    message: `Invalid '${param}': ${issue?.message}.`,
    param,
    code: 'invalid_value',
  });
}

/** @returns the id of another recogniser than the one in use. @throws HttpError 404, and 400 for a model that does not hear */
function wantedId(
  name: string | undefined,
  registry: ModelRegistry,
  recognizer: Recognizer,
): string | undefined {
  if (name === undefined || name === recognizer.id || USUAL_NAMES.has(name)) return undefined;
  const manifest = registry.find(name);
  if (manifest.id === recognizer.id) return undefined;
  if (onlyRecognizes(manifest)) return manifest.id;
  throw new HttpError(400, {
    message: `Invalid 'model': '${manifest.id}' does not write down speech here; '${recognizer.id}' does.`,
    param: 'model',
    code: 'unsupported_modality',
  });
}

function toResponse({ text, segments }: FileTranscript, fields: Fields, seconds: number): Response {
  // A recogniser that tells no times has said it somewhere in all of it.
  const all: readonly SpokenSegment[] =
    segments.length > 0 || text === '' ? segments : [{ text, start: 0, end: seconds }];
  const usage = { type: 'duration', seconds: Math.ceil(seconds) };
  switch (fields.response_format) {
    case 'json':
      return Response.json({ text, usage });
    case 'text':
      return plain(`${text}\n`, 'text/plain');
    case 'srt':
      return plain(toSrt(all), 'application/x-subrip');
    case 'vtt':
      return plain(toVtt(all), 'text/vtt');
    case 'verbose_json':
      return Response.json({
        task: 'transcribe',
        language: languageName(fields.language ?? segments.find(({ language }) => language)?.language),
        duration: seconds,
        text,
        segments: all.map(({ start, end, text: said }, id) => ({ id, start, end, text: said })),
        usage,
      });
  }
}

const plain = (text: string, type: string) =>
  new Response(text, { headers: { 'content-type': `${type}; charset=utf-8` } });

/** OpenAI's API says "english". */
function languageName(code: string | undefined): string {
  if (code === undefined) return 'unknown';
  return (new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code).toLowerCase();
}

const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === 'invalid-request';

function refusedFile({ message, details }: AppError): HttpError {
  const isLarge = details?.reason === 'too-large';
  return new HttpError(isLarge ? 413 : 400, {
    message,
    param: 'file',
    code: isLarge ? 'request_too_large' : 'invalid_value',
  });
}

function noRecognizer(): HttpError {
  return unavailable(
    'Nothing that is installed can write down speech. Load a model that takes audio, or install a speech recogniser (a Whisper package) in the app under Models.',
    'no_recognizer',
    false,
  );
}
