// Watches imports from the kernel's side: which files are opened, made or removed, what is connected to, what is started.
import { spawnSync } from 'node:child_process';
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ImporterTask } from '#contract/importer-messages.ts';
import type { Outcomes } from './import-all.ts';

const script = join(import.meta.dirname, 'import-all.ts');
const project = resolve(import.meta.dirname, '../..');
const traced = '%file,%network';

export const canTrace = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=openat', 'true']).status === 0;
/** Whether this process may have namespaces of its own. */
export const canSeparate = spawnSync('unshare', ['--mount', '--net', 'true']).status === 0;

export interface Watched extends Outcomes {
  /** Lines of what no import may do. */
  readonly written: readonly string[];
  readonly read: readonly string[];
  readonly connected: readonly string[];
  readonly started: readonly string[];
}

export function listTasks(root: string, tasks: readonly ImporterTask[], name = 'tasks.json'): string {
  const path = join(root, name);
  writeFileSync(path, JSON.stringify(tasks));
  return path;
}

/** In a process of its own. @param before a command that the process is started by */
export function importAll(list: string, before: readonly string[] = [], deeds: readonly string[] = []): Outcomes {
  const [command = process.execPath, ...args] = [...before, process.execPath, script, list, ...deeds];
  const ran = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, cwd: project });
  if (ran.status !== 0) throw new Error(`the imports ended with ${ran.status ?? ran.signal}: ${ran.stderr}`);
  return JSON.parse(ran.stdout.trim().split('\n').at(-1)!);
}

/** @param mayRead folders that the tasks name; @param mayWrite the staging folder. */
export function watchImports(
  root: string,
  list: string,
  mayRead: readonly string[],
  mayWrite: string,
  deeds: readonly string[] = [],
): Watched {
  const log = join(root, 'strace.log');
  const outcomes = importAll(list, ['strace', '-f', '-qq', '--seccomp-bpf', '-s', '4096', '-e', `trace=${traced}`, '-o', log], deeds);
  const found = { written: [] as string[], read: [] as string[], connected: [] as string[], started: [] as string[] };
  const staging = realpathSync(mayWrite);
  const readable = [...mayRead.map((path) => realpathSync(path)), staging, list];
  let programs = 0;
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const call = /^\d+\s+(\w+)\(/.exec(line)?.[1];
    if (call === undefined) continue;
    if (/^(connect|bind|listen|sendto|sendmsg)$/.test(call) && /AF_INET|AF_UNIX|sin_addr/.test(line)) found.connected.push(line);
    else if (call === 'socket' && !/AF_UNIX/.test(line)) found.connected.push(line);
    else if (call.startsWith('execve') && ++programs > 1) found.started.push(line);
    else if (/^(open|openat|openat2|creat)$/.test(call)) {
      const path = resolve(project, /"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? '');
      const writes = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND/.test(line) || call === 'creat';
      if (writes && !within(path, [staging, '/dev/null', '/dev/tty'])) found.written.push(line);
      if (!writes && !within(path, readable) && !isOurs(path)) found.read.push(line);
    } else if (/^(mkdir|rename|unlink|link|symlink|rmdir|chmod|chown|truncate|mknod|utime|setxattr|fchmodat|mount)/.test(call)) {
      const path = resolve(project, /"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? '');
      if (!within(path, [staging])) found.written.push(line);
    }
  }
  return { ...outcomes, ...found };
}

function within(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}

/** Espalier's own code and what Node needs to start: its libraries, and what the system tells of itself. */
function isOurs(path: string): boolean {
  const own = [project, realpathSync(join(project, 'node_modules')), realpathSync(process.execPath)];
  const system = [
    '/proc',
    '/sys',
    '/dev',
    '/lib',
    '/lib64',
    '/usr/lib',
    '/usr/local/lib',
    '/etc/ld.so.cache',
    '/etc/ssl/openssl.cnf',
    '/usr/share/zoneinfo',
    '/etc/localtime',
  ];
  return within(path, [...own, ...system]) || /\/(openssl\.cnf|package\.json|node_modules)$/.test(path);
}
