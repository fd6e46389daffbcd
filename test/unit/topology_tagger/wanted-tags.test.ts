import { expect, test } from 'vitest';
import { problemsOfTags, readWantedTag } from '../../../plugins/topology_tagger/wanted-tags.ts';

test('an attribute is added under its own name or another', () => {
  const check = (item: string, attribute: string, tag: string) => {
    const wanted = readWantedTag(item);
    expect(typeof wanted === 'string' ? wanted : [wanted.attribute.name, wanted.tag]).toEqual([attribute, tag]);
  };
  check('vm_name', 'vm_name', 'vm_name');
  check('vm_name=instance_name', 'vm_name', 'instance_name');
  check('server=host', 'server', 'host');
  check('metadata.role', 'metadata.role', 'metadata.role');
  check('metadata.a=b=role', 'metadata.a=b', 'role');
  check('label.com.example/team=team', 'label.com.example/team', 'team');
  check('vm.flavor=flavor', 'vm.flavor', 'flavor');
});

test('mistakes are told', () => {
  const check = (items: string[], wanted: [string, RegExp][], keyTags: string[] = []) => {
    const problems = problemsOfTags(items, keyTags);
    expect(problems.map(([path]) => path)).toEqual(wanted.map(([path]) => path));
    for (const [i, [, message]] of problems.entries()) expect(message).toMatch(wanted[i]?.[1] as RegExp);
  };
  check(['vm_id', 'vm_name=x'], []);
  check(['vm_nam'], [['tags.0', /unknown attribute "vm_nam"; did you mean "vm_name"/]]);
  check(['metadata.'], [['tags.0', /unknown attribute "metadata."/]]);
  check(['vm_id', 'vm_name=vm_id'], [['tags.1', /two values for the tag "vm_id"/]]);
  check(['vm_id='], [['tags.0', /names no tag/]]);
  check(['vm_id=a\\'], [['tags.0', /names no tag/]]);
  check(['vm_name=interface'], [['tags.0', /recognised by their tag "interface"/]]);
  check(['vm_name=tenant_if'], [['tags.0', /recognised by their tag "tenant_if"/]], ['tenant_if']);
  check(['server=host'], [], ['host']);
});
