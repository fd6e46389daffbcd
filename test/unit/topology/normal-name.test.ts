import { expect, test } from 'vitest';
import type { KeyKind } from '../../../shared/topology/kinds.ts';
import { firstLabel, sameNode } from '../../../shared/topology/node-name.ts';
import { normalName } from '../../../shared/topology/normal-name.ts';
import { bytes } from './snapshot-text.ts';

test('names are looked up in their normal form', () => {
  const check = (kind: KeyKind, text: string, wanted: string | undefined) =>
    expect(normalName(kind, bytes(text))).toBe(wanted === undefined ? undefined : bytes(wanted));
  const long = '6218d1dada582183fbaac811f42aca5ac0dc483a1139cab854c898931b4cc29c';
  const uid = '1c2b3a4d-0000-4111-8222-0123456789ab';

  check('vm', 'AAAAAAAA-1111-4111-8111-111111111111', 'aaaaaaaa-1111-4111-8111-111111111111');
  check('vm', 'Web-1', 'Web-1');
  check('mac', 'FA:16:3E:00:00:01', 'fa:16:3e:00:00:01');
  check('mac', 'fa-16-3e-00-00-01', 'fa:16:3e:00:00:01');
  check('mac', 'fa:16:3e:00:00', undefined);
  check('mac', 'tap1', undefined);
  check('if', 'tapÄ', 'tapÄ');
  check('if', '', undefined);

  // Docker's and containerd's ids, their URLs, and cgroups of cAdvisor
  check('container', long, long);
  check('container', long.slice(0, 12), long.slice(0, 12));
  check('container', `docker://${long}`, long);
  check('container', `/docker/${long}`, long);
  check('container', `/system.slice/docker-${long.toUpperCase()}.scope`, long);
  check('container', `/kubepods/burstable/pod${uid}/${long}`, long);
  check('container', '/', undefined);
  check('container', '/system.slice/cron.service', undefined);
  check('container', 'my-lxc', 'my-lxc');
  check('pod', uid, uid);
  check(
    'pod',
    `/kubepods.slice/kubepods-burstable-pod${uid.replaceAll('-', '_')}.slice/cri-containerd-${long}.scope`,
    uid,
  );
  check('pod', '/docker/x', undefined);
});

test('a node is known by the first label of its name', () => {
  expect(firstLabel('Node-1.example.net')).toBe('node-1');
  expect(sameNode('node-1', 'NODE-1.x')).toBe(true);
  expect(sameNode('node-1', 'node-11')).toBe(false);
});
