import { expect, test } from 'vitest';
import { textOf } from './text-of-lines.ts';

const check = (line: string, expected: string[], said: string[] = [], map: Parameters<typeof textOf>[1] = {}) => {
  const read = textOf(`${line} 1700000000123000000`, map);
  const short = read.text.map((put) => put.replace(/^PUTNOTIF (.*?) time=1700000000.123/, '$1'));
  expect({ text: short, said: read.said }, line).toEqual({ text: expected, said });
};

test('notifications of collectd', () => {
  check('collectd_notification,host=h,plugin=p,plugin_instance=i,type=t,type_instance=j,severity=failure message="m"', [
    'severity=failure host=h plugin=p plugin_instance=i type=t type_instance=j message=m',
  ]);
  check(
    'collectd_notification,severity=okay message="two words",severity_code=4i,a:b="\\"q\\"",meta_message="x",n=1i',
    ['severity=okay message="two words" s:a:b="\\"q\\"" s:message=x s:n=1'],
  );
  // no host of ours where collectd had none
  check('collectd_notification,severity=okay message="m"', ['severity=okay message=m']);
  check(
    'collectd_notification,severity=okay other="m"',
    [],
    ['bad_message: Event "collectd_notification,severity=okay" has no text in its field "message"'],
  );
});

test("the evaluator's events", () => {
  const head = 'dma_event,alert=Burst,host=h,interface=tap3,kind=k,severity=warning,state=firing';
  check(`${head} value=0.5,vm="v",seq=2i,message="burst",alert_id="b1"`, [
    'severity=warning host=h plugin=dma plugin_instance=Burst type=alert type_instance=tap3 message=burst s:alert_id=b1 s:seq=2 s:value=0.5 s:vm=v',
  ]);
  check('dma_event,alert=A,host=h,z=1,b=2,severity=critical,state=firing x.y=t', [
    'severity=failure host=h plugin=dma plugin_instance=A type=alert type_instance=2-1 message="A is firing" s:x_y=true',
  ]);
  check('dma_event,alert=A,severity=page,state=resolved,host=h x=1', [
    'severity=okay host=h plugin=dma plugin_instance=A type=alert message="A is resolved" s:x=1',
  ]);
});

test('an event without a host is one of ours', () => {
  check('dma_event,alert=A,severity=ok message="m"', [
    'severity=okay host=me plugin=dma plugin_instance=A type=alert message=m',
  ]);
});

test('severities by all names, and by none', () => {
  const severity = (word: string) => textOf(`dma_event,alert=A,severity=${word} x=1`).text[0]?.split(' ')[1];
  const names = {
    okay: 'okay ok OK clear normal',
    warning: 'warning warn info MINOR',
    failure: 'failure error crit major',
  };
  for (const [known, words] of Object.entries(names))
    for (const word of words.split(' ')) expect(severity(word), word).toBe(`severity=${known}`);
  check(
    'dma_event,alert=A,severity=odd,host=h x=1',
    [expect.stringMatching(/^severity=warning/) as string],
    [
      'T severity: Event "dma_event,alert=A,severity=odd,host=h" has a severity that nobody knows, "odd"; taken as warning',
    ],
  );
  check(
    'dma_event,alert=A,host=h x=1',
    [expect.stringMatching(/^severity=warning/) as string],
    ['T severity: Event "dma_event,alert=A,host=h" has no severity; taken as warning'],
  );
  // words that every object of JavaScript knows
  for (const word of ['constructor', '__proto__']) expect(severity(word)).toBe('severity=warning');
  // collectd's number says it, too
  for (const [code, name] of [
    ['1i', 'failure'],
    ['2', 'warning'],
    ['4u', 'okay'],
  ])
    check(`dma_event,alert=A,host=h severity_code=${code}`, [
      expect.stringMatching(new RegExp(`^severity=${name} `)) as string,
    ]);
  check('dma_event,alert=A,severity=crit,host=h severity_code=4i', [
    expect.stringMatching(/^severity=failure /) as string,
  ]);
});

test('foreign text in messages is read as UTF-8, on one line and cut', () => {
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  check(
    bytes('dma_event,alert=ä\tb,severity=öd,host=h x=1').replaceAll('\t', '\x1b'),
    [expect.any(String) as string],
    [
      'T severity: Event "dma_event,alert=ä\\x1bb,severity=öd,host=h" has a severity that nobody knows, "öd"; taken as warning',
    ],
  );
  check(
    bytes(`m,host=h,t=${'ü'.repeat(200)} a=1`),
    [],
    [
      `unknown_type: Line "m,host=h,t=${'ü'.repeat(54)}…" is no value list: field "a" needs a type of one value, and type "éé" is in no types.db`,
    ],
    { map: [{ measurement: 'm', fields: ['a'], type: 'éé' }] },
  );
});

test('are renamed by an entry', () => {
  const map = { map: [{ measurement: 'dma_event', host: '{vm}', plugin_instance: '{plugin_instance}[-{kind}]' }] };
  check(
    'dma_event,alert=A,host=h,kind=k,vm=web,severity=ok message="m"',
    ['severity=okay host=web plugin=dma plugin_instance=A-k type=alert type_instance=web message=m'],
    [],
    map,
  );
});

test('are cut to what collectd reads', () => {
  const { text } = textOf(
    `dma_event,alert=${'a'.repeat(300)},severity=ok message="${'ü'.repeat(200)}",${Array.from({ length: 100 }, (_, i) => `f${i}="${'v'.repeat(30)}"`).join()}`,
  );
  expect(text[0]?.length).toBeLessThan(1023);
  expect(text[0]).toContain(' s:f0=');
  expect(text[0]).not.toContain(' s:f90=');
  expect(text[0]).toMatch(/ plugin_instance=a{118}~[0-9a-f]{8} /);
});

test('values of a plugin that is called like the measurement are values', () => {
  check('collectd_notification,host=h,type=gauge value=1', ['PUTVAL h/notification/gauge 1700000000.123:1']);
});
