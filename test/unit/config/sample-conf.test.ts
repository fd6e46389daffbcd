import { expect, test } from 'vitest';
import { catalogueOf } from '../../../shared/config/compile-validator.ts';
import { readConfig } from '../../../shared/config/read-config.ts';
import { sampleChain, sampleConf } from '../../../shared/config/sample-conf.ts';
import { dummyInput, dummyOutput, fullPlugin, plainPlugin } from '../../support/dummy-plugins.ts';
import { uncomment } from '../../support/uncomment.ts';

const plugins = [fullPlugin, plainPlugin, dummyInput, dummyOutput];
const catalogue = catalogueOf(plugins);
const read = (text: string, plugin?: string) =>
  readConfig(text, 'sample.conf', {
    catalogue,
    environment: {},
    readFile: () => 'secret',
    ...(plugin === undefined ? {} : { plugin }),
  });

test('a sample shows every option', () => {
  expect(sampleConf(fullPlugin)).toBe(`# Shows every form of an option
[[processors.full_plugin]]
  ## Where to send.
  endpoint = "http://127.0.0.1:9000"

  ## How to send.
  ##   fast -- at once
  ##   careful -- after a look
  # mode = "fast"

  ## When to give up.
  # timeout = "1m30s"

  ## Time to wait besides.
  # grace = "5s"

  ## Room on disk.
  # spool_size = "64KiB"

  ## File with the token.
  # token_file = "/etc/t"

  ## How often to try again.
  # retries = 3

  ## Share to send.
  # ratio = 0.5

  ## Whether to verify.
  # verify = true

  ## Tags to add.
  # tags = ["vm_id", "vm_name"]

  ## What is not exceeded.
  # [processors.full_plugin.limits]
  #   ## Lines in a batch.
  #   lines = 1000
  #
  #   ## Age of a batch.
  #   age = "10s"

  ## Fixed labels.
  # [processors.full_plugin.labels]
  #   site = "north"

  ## Where to look.
  # [[processors.full_plugin.key]]
  #   ## Tag with the key.
  #   tag = "host"
  #
  #   ## Kind of the key.
  #   kind = "vm"

  ## Options of every stage besides: alias, order, log_level, namepass, namedrop, tagpass, tagdrop.
  ## Options of the process stand in [process]. All are in docs/reference/options.md.
`);
});

test('a sample is valid as it is, and with everything uncommented', () => {
  const asItIs = read(sampleConf(fullPlugin), 'full_plugin').stages[0]?.options;
  const all = read(uncomment(sampleConf(fullPlugin)), 'full_plugin').stages[0]?.options;
  expect(asItIs).toMatchObject({ mode: 'fast', limits: { lines: 1000 }, labels: {}, key: [] });
  expect(all).toMatchObject({
    grace: 5000,
    token_file: 'secret',
    labels: { site: 'north' },
    key: [{ tag: 'host', kind: 'vm' }],
  });
  expect(read(sampleConf(plainPlugin), 'plain_plugin').stages).toHaveLength(1);
});

test('the sample of a chain holds the process, the stages and what they share', () => {
  const sample = sampleChain(plugins);
  expect(read(sample).stages.map(({ alias }) => alias)).toEqual([
    'dummy_input',
    'full_plugin',
    'plain_plugin',
    'dummy_output',
  ]);
  expect(read(uncomment(sample)).process).toMatchObject({ quarantine: '/var/lib/crosslayer/quarantine.lp' });
  expect(sample).toContain('##   alias = "edge"');
  expect(sample).toContain('## Globs: only metrics whose name matches one are handled here. ');
});
