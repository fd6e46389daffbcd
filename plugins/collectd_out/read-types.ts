import { readFile } from 'node:fs/promises';
import { parseTypesDb, type TypesDb, type TypesDbFile } from '../../shared/collectd-protocol/types-db.ts';
import type { Log } from '../../shared/log/log.ts';

/** Reads the types of all files; one that cannot be read, or a broken line, costs what is in it and a warning. */
export async function readTypes(paths: readonly string[], log: Log): Promise<TypesDb> {
  const files: TypesDbFile[] = [];
  for (const path of paths) {
    try {
      files.push({ name: path, bytes: await readFile(path) });
    } catch (error) {
      log.warn(`Could not read types from "${path}": ${(error as Error).message}`);
    }
  }
  const { types, problems, moreProblems } = parseTypesDb(files);
  for (const { level, file, line, message } of problems) {
    if (level === 'error') log.trouble('types_db', `${file}:${line}: ${message}`);
  }
  if (moreProblems > 0) log.warn(`${moreProblems} more lines of types.db are wrong`);
  return types;
}
