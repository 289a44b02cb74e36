import type { ErrorKind } from '../contract/error-kinds';
import type { ErrorInfo } from '../contract/errors';
import type { Language } from './labels';

type Details = NonNullable<ErrorInfo['details']>;

/** What can go wrong before there is a page to say it. The English sentence is the error's own. */
const chinese: Partial<Record<ErrorKind, (details: Details) => string>> = {
  'data-folder-unmade': ({ folder, system }) =>
    `数据文件夹 ${folder} 无法创建（${system}）。请检查权限，或用 AUTOGLM_HOME 指定另一个文件夹。`,
  'database-newer': ({ path }) =>
    `对话数据 ${path} 来自更新版本的 AutoGLM Desktop。请重新安装该版本，或移走文件重新开始。`,
  'database-locked': ({ path }) =>
    `对话数据 ${path} 正被另一个程序使用，可能是另一个 AutoGLM Desktop。请关闭那个程序。`,
  'database-unusable': ({ path }) => `对话数据 ${path} 无法读写，请检查文件夹是否存在、是否可写。`,
  'database-disk-full': ({ path }) => `磁盘已满，对话无法保存到 ${path}。请腾出空间后再试。`,
  'settings-unread': ({ path }) => `设置文件 ${path} 无法读取，请检查文件的权限。`,
  'settings-unsaved': ({ path }) => `设置无法保存到 ${path}，请检查文件夹的权限。`,
  'settings-disk-full': () => '磁盘已满，设置无法保存。请腾出空间后再试。',
};

/** Why the app could not start, for the system's own dialog. */
export function startProblem({ message, details = {} }: ErrorInfo, language: Language): string {
  const say = language === 'zh-CN' ? chinese[details.kind as ErrorKind] : undefined;
  return say?.(details) ?? message;
}
