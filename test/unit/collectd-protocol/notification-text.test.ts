import { describe, expect, test } from 'vitest';
import {
  MAX_NOTIFICATION_TEXT_BYTES,
  parseNotificationText,
  thresholdNumber,
} from '../../../shared/collectd-protocol/notification-text.ts';
import { isTextProblem } from '../../../shared/collectd-protocol/text-problem.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';

const read = (text: string) => parseNotificationText(text as ByteString);
const HEAD = 'Severity: OKAY\nTime: 1.500\n';

test('a text has headers, meta data and a message', () => {
  const text = `Severity: FAILURE
Time: 1795244738.478
Host: node-n.example.net
Plugin: fx
PluginInstance: a: b
Type: fx_gauge
TypeInstance: sine
DataSource: value
CurrentValue: 7.000000e+00
network:received: true
empty: 

Host node-n: over.
`;
  expect(read(text)).toEqual({
    notification: {
      severity: 'failure',
      time: (1_795_244_738n << 30n) + 513_248_592n,
      host: 'node-n.example.net',
      plugin: 'fx',
      pluginInstance: 'a: b',
      type: 'fx_gauge',
      typeInstance: 'sine',
      message: 'Host node-n: over.',
      meta: [
        { name: 'DataSource', value: 'value' },
        { name: 'CurrentValue', value: '7.000000e+00' },
        { name: 'network:received', value: 'true' },
        { name: 'empty', value: '' },
      ],
    },
    ignoredHeaders: 0,
  });
});

test('the message is what follows the first empty line', () => {
  const check = (body: string, message: string) =>
    expect(read(`${HEAD}\n${body}`)).toMatchObject({ notification: { message } });

  check('m\n', 'm');
  check('m', 'm');
  check('a\n\nb: c\n\n', 'a\n\nb: c\n');
  check('Severity: FAILURE\n', 'Severity: FAILURE');
  check('\n', '');
  check('', '');
  check('\xfc\n', '\xfc');
});

test('forged headers change nothing that stood before', () => {
  const forged =
    'Severity: WARNING\nTime: 1.000\nHost: a\nSeverity: FAILURE\nHost: b\nno header\n: x\nPlugin: p\nk: 1\nk: 2\n\nm\n';
  expect(read(forged)).toMatchObject({
    notification: { severity: 'warning', host: 'a', plugin: 'p', meta: [{ name: 'k', value: '1' }] },
    ignoredHeaders: 5,
  });
});

test('the severity is one of three, whatever its case', () => {
  const check = (severity: string, expected: string) => {
    const result = read(`Severity: ${severity}\nTime: 1.000\n\nm\n`);
    expect(isTextProblem(result) ? result.reason : result.notification.severity).toBe(expected);
  };

  check('OKAY', 'okay');
  check('WARNING', 'warning');
  check('failure', 'failure');
  check('UNKNOWN', 'bad_severity');
  check('constructor', 'bad_severity');
});

describe('the time', () => {
  test('is exact', () => {
    const check = (time: string, expected: bigint | string) => {
      const result = read(`Severity: OKAY\nTime: ${time}\n\nm\n`);
      expect(isTextProblem(result) ? result.reason : result.notification.time).toBe(expected);
    };

    check('1.500', 3n << 29n);
    check('1795244738.001', (1_795_244_738n << 30n) + 1_073_742n);
    check('17179869183.999', (17_179_869_183n << 30n) + 1_072_668_082n);
    // of a plugin that gave none
    check('0.000', 0n);
    check('17179869184.000', 'bad_time');
    check('nan', 'bad_time');
    check('-1.000', 'bad_time');
    check('1e9', 'bad_time');
    check('', 'bad_time');
  });
});

test('what is no such text is refused', () => {
  const check = (text: string, reason: string) => expect(read(text)).toMatchObject({ reason });

  check('', 'unfinished');
  check('\n', 'no_severity');
  check('\n\nm\n', 'no_severity');
  check('Severity: OKAY\nTime: 1.0', 'unfinished');
  check(HEAD, 'unfinished');
  check('Time: 1.000\n\nm\n', 'no_severity');
  check('Severity: OKAY\n\nm\n', 'no_time');
  check(`${HEAD}\n${'m'.repeat(MAX_NOTIFICATION_TEXT_BYTES)}`, 'too_large');
});

test('names are cut at 127 bytes', () => {
  expect(read(`${HEAD}Host: ${'h'.repeat(200)}\n\nm\n`)).toMatchObject({ notification: { host: 'h'.repeat(127) } });
});

test("a threshold's meta data are numbers by their name", () => {
  const check = (name: string, value: string, expected: number | undefined) =>
    expect(thresholdNumber({ name: name as ByteString, value: value as ByteString })).toBe(expected);

  check('CurrentValue', '7.000000e+00', 7);
  check('WarningMin', '-3.000000e-01', -0.3);
  check('FailureMax', '1.797693e+308', 1.797693e308);
  check('WarningMax', 'nan', undefined);
  check('FailureMin', 'inf', undefined);
  check('DataSource', '7.000000e+00', undefined);
  check('pid', '123', undefined);
});
