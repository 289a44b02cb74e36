import { SPEECH_RATE } from '../../../electron/contract/wav';
import workletUrl from './recorder-worklet?worker&url';

/** Why there is no sound; `voice.problem` has a sentence for each. */
export type MicrophoneProblem = 'denied' | 'none' | 'busy' | 'insecure' | 'unsupported';

export class MicrophoneError extends Error {
  readonly problem: MicrophoneProblem;

  constructor(problem: MicrophoneProblem) {
    super(problem);
    this.problem = problem;
  }
}

export interface Microphone {
  close(): void;
}

export interface MicrophoneListener {
  /** 50 ms: mono, 16 kHz, -1 … 1. */
  readonly piece: (samples: Float32Array) => void;
  /** It was unplugged, or the system took it away. No more pieces come. */
  readonly lost: () => void;
}

/**
 * Opens the microphone; the browser may ask the person first.
 *
 * @param deviceId null, or one that is not there any more: the system's choice.
 * @throws MicrophoneError
 */
export async function openMicrophone(
  deviceId: string | null,
  listener: MicrophoneListener,
): Promise<Microphone> {
  // Absent where the page came over the network without encryption.
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError('insecure');
  const stream = await getStream(deviceId);
  let context: AudioContext | null = null;
  const close = () => {
    for (const track of stream.getTracks()) {
      track.onended = null;
      track.stop();
    }
    void context?.close();
    context = null;
  };
  try {
    // The browser resamples, with better filters than ours would be.
    context = new AudioContext({ sampleRate: SPEECH_RATE });
    await context.audioWorklet.addModule(workletUrl);
    const source = context.createMediaStreamSource(stream);
    const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => listener.piece(data);
    source.connect(recorder);
    if (context.state === 'suspended') await context.resume();
  } catch (error) {
    close();
    throw new MicrophoneError(
      error instanceof DOMException && error.name === 'NotSupportedError' ? 'unsupported' : 'busy',
    );
  }
  for (const track of stream.getTracks()) {
    track.onended = () => {
      close();
      listener.lost();
    };
  }
  return { close };
}

async function getStream(deviceId: string | null): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        channelCount: 1,
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        ...(deviceId !== null && { deviceId: { ideal: deviceId } }),
      },
    });
  } catch (error) {
    throw new MicrophoneError(error instanceof DOMException ? problemOf(error.name) : 'busy');
  }
}

function problemOf(name: string): MicrophoneProblem {
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    default:
      return 'busy';
  }
}
