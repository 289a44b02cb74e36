/** One picture of a screen or window the user chooses. Null where the choice was given up. */
export async function captureScreen(name: string): Promise<File | null> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
  } catch (error) {
    if (error instanceof DOMException && isGivenUp(error)) return null;
    throw error;
  }
  try {
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    return await frameOf(video, `${name}.png`, 'image/png');
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

/** "Permission denied by system" is the one denial that is not the user's own, just made; Electron's is an AbortError. */
function isGivenUp({ name, message }: DOMException): boolean {
  return (
    ['AbortError', 'InvalidStateError'].includes(name) ||
    (name === 'NotAllowedError' && !/system/i.test(message))
  );
}

/** What the video shows, as a file. */
export async function frameOf(
  video: HTMLVideoElement,
  name: string,
  type: 'image/png' | 'image/jpeg',
): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, 0.92));
  if (!blob) throw new Error('The picture could not be taken.');
  return new File([blob], name, { type });
}
