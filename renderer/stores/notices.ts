import { bridge } from '../bridge/bridge';
import { showStartNotice } from './toasts';

/** What the app put right when it started, for example a damaged database it set aside: said once. */
export async function showStartNotices(): Promise<void> {
  const { notices } = await bridge().request('app.info');
  for (const notice of notices) showStartNotice(notice);
}
