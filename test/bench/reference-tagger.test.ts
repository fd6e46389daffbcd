import { expect, test } from 'vitest';
import { tagged, topologyOf } from './reference-tagger.ts';

const SNAPSHOT = JSON.stringify({
  entities: [
    { kind: 'vm', id: 'u1', attrs: { name: 'web 1', project_id: 'p' } },
    { kind: 'vm', id: 'u2', attrs: { name: 'db', project_id: 'p' } },
  ],
  links: [
    { key: 'if:n/tap1', kind: 'port', id: 'o1' },
    { key: 'port:o1', kind: 'vm', id: 'u1' },
    { key: 'dom:n/a, b=c', kind: 'vm', id: 'u2' },
    { key: 'dom:n/größe', kind: 'vm', id: 'u2' },
    { key: 'dom:n/elsewhere', kind: 'vm', id: 'unknown' },
  ],
});
const ONE = 'vm_id=u1,vm_name=web\\ 1,project_id=p';
const TWO = 'vm_id=u2,vm_name=db,project_id=p';

test('the reference tagger adds tags behind the others and leaves every other byte', () => {
  const topology = topologyOf(SNAPSHOT);
  const check = (input: string, expected: string) =>
    expect(Buffer.concat([...tagged(Buffer.from(input), topology, 'n')]).toString()).toBe(expected);

  // keys
  check('net,interface=tap1 f=1\n', `net,interface=tap1,${ONE} f=1\n`);
  check('disk,interface=tap1 f=1\n', 'disk,interface=tap1 f=1\n');
  check('m,type_instance=tap1,z=1 f=1 5\n', `m,type_instance=tap1,z=1,${ONE} f=1 5\n`);
  check('m,host=elsewhere f=1\n', 'm,host=elsewhere f=1\n');
  check('m f=1\n', 'm f=1\n');
  // the interface before the host; the last of two
  check('net,host=größe,interface=tap1 f=1\n', `net,host=größe,interface=tap1,${ONE} f=1\n`);
  check('m,host=x,host=größe f=1\n', `m,host=x,host=größe,${TWO} f=1\n`);

  // escapes
  check('m,host=a\\,\\ b\\=c f=1\n', `m,host=a\\,\\ b\\=c,${TWO} f=1\n`);
  check('m\\ x\\,y,host=größe f=1\n', `m\\ x\\,y,host=größe,${TWO} f=1\n`);
  check('m\\\\,host=größe f=1\n', `m\\\\,host=größe,${TWO} f=1\n`);
  check('m,host=größe\\\\x f=1\n', 'm,host=größe\\\\x f=1\n');

  // what is in the line already
  check('m,vm_id=old,host=größe f=1\n', `m,vm_id=u2,host=größe,vm_name=db,project_id=p f=1\n`);
  check('m,vm_id=1,host=größe,vm_id=2 f=1\n', 'm,host=größe,vm_id=u2,vm_name=db,project_id=p f=1\n');
  check(`m,host=größe,${TWO} f=1\n`, `m,host=größe,${TWO} f=1\n`);

  // strings, comments, blank lines, ends of lines
  check(
    'm,host=größe f="a\nm,host=größe f=1",g=" \\" \n" 5\r\n',
    `m,host=größe,${TWO} f="a\nm,host=größe f=1",g=" \\" \n" 5\r\n`,
  );
  check(
    '# m,host=größe f=1\n\n  \n\r\nm,host=größe\tf=1\n',
    `# m,host=größe f=1\n\n  \n\r\nm,host=größe,${TWO}\tf=1\n`,
  );
  check('  m,host=größe  f"=1\n', `  m,host=größe,${TWO}  f"=1\n`);
  check('m,host=größe f=1', `m,host=größe,${TWO} f=1\n`);
});
