import type { TextProblemReason } from '../../../shared/collectd-protocol/text-problem.ts';

/**
 * A line, what collectd 5.12 answers, and what we make of it: the same as collectd, or a reason to refuse it. Where collectd takes a line that we
 * refuse, it makes nonsense of it.
 */
export type TextRow = readonly [line: string, answers: readonly string[], ours: 'same' | TextProblemReason];

const OK = ['0 Success: 1 value has been dispatched.'];
const TWO = ['0 Success: 2 values have been dispatched.'];
const BAD_VALUES = ['-1 Parsing the values string failed.'];
const UNTERMINATED = ['-1 Unterminated quoted string.'];
const NO_ANSWER: readonly string[] = [];

/** Types: `gauge` has one gauge, `if_octets` two derives, `fx_*` one of their kind. */
export const PUTVAL_ROWS: readonly TextRow[] = [
  // identifiers
  ['PUTVAL h/p-i/gauge-t 1700000000:1', OK, 'same'],
  ['PUTVAL h/p-i-j/gauge-t-u 1700000000:1', OK, 'same'],
  ['PUTVAL h/p-/gauge- 1700000000:1', OK, 'same'],
  ['PUTVAL "h/p i/gauge-t i" 1700000000:1', OK, 'same'],
  ['PUTVAL "h/p\\"q\\\\r/gauge-x" 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge-w\\x 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge-"z z" 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge-a=b,c 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge-a/b 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge-/a/b 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge-/ 1700000000:1', OK, 'same'],
  ['PUTVAL h\xfc/p\xe2\x82\xac/gauge 1700000000:1', OK, 'same'],
  ['PUTVAL /p/gauge 1700000000:1', OK, 'same'],
  [`PUTVAL ${'h'.repeat(127)}/p/gauge 1700000000:1`, OK, 'same'],
  [`PUTVAL ${'h'.repeat(128)}/p/gauge 1700000000:1`, ['-1 Identifier too long.'], 'long_part'],
  ['PUTVAL h//gauge 1700000000:1', OK, 'empty_part'],
  ['PUTVAL h/-x/gauge 1700000000:1', OK, 'empty_part'],
  ['PUTVAL h/p/ 1700000000:1', ["-1 1 Type `' isn't defined."], 'empty_part'],
  ['PUTVAL p/gauge 1700000000:1', ["-1 Cannot parse identifier `p/gauge'."], 'bad_identifier'],
  ['PUTVAL h/p/nosuch 1700000000:1', ["-1 1 Type `nosuch' isn't defined."], 'unknown_type'],
  ['PUTVAL h/p/Gauge 1700000000:1', ["-1 1 Type `Gauge' isn't defined."], 'unknown_type'],
  ['PUTVAL h/"p i"/gauge 1700000000:1', ["-1 Cannot parse identifier `h/p i'."], 'bad_identifier'],

  // fields
  ['putval h/p/gauge 1700000000:1', OK, 'same'],
  ['  PUTVAL\th/p/gauge   1700000000:1 ', OK, 'same'],
  ['PUTVAL h/p/gauge "1700000000:1"', OK, 'same'],
  ['PUTVAL h/p/gauge', ['-1 Missing identifier and/or value-list.'], 'missing_part'],
  ['PUTVAL', ['-1 Missing identifier and/or value-list.'], 'missing_part'],
  ['PUTVAL "h/p/gauge 1700000000:1', UNTERMINATED, 'bad_quotes'],
  ['PUTVAL h/p/gauge "1700000000:1\\"', UNTERMINATED, 'bad_quotes'],
  ['PUTVAL h/p/gau"ge 1700000000:1', UNTERMINATED, 'bad_quotes'],

  // times
  ['PUTVAL h/p/gauge N:1', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000.123456789:1', OK, 'same'],
  ['PUTVAL h/p/gauge 1.7e9:1', OK, 'same'],
  ['PUTVAL h/p/gauge 0x65000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge 0.000000001:1', OK, 'same'],
  ['PUTVAL h/p/gauge 17179869183.5:1', OK, 'same'],
  ['PUTVAL h/p/gauge 0:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge n:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge 1700000000x:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge 1700000000123:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge 1700000000123456789:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge inf:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge 17179869184:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge 1e-400:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge -5:1', OK, 'bad_time'],
  ['PUTVAL h/p/gauge nan:1', OK, 'bad_time'],
  ['PUTVAL h/p/gauge 0:1700000000:1', OK, 'bad_time'],

  // gauges
  ['PUTVAL h/p/gauge 1700000000:U', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:NaN', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:-inf', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:1e400', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:-0', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:0x1.8p1', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:1.7976931348623157e308', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:5e-324', OK, 'same'],
  ['PUTVAL h/p/gauge "1700000000: 5"', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:u', BAD_VALUES, 'bad_value'],
  ['PUTVAL h/p/gauge 1700000000:abc', BAD_VALUES, 'bad_value'],
  ['PUTVAL h/p/gauge 1700000000:1.5abc', OK, 'bad_value'],
  ['PUTVAL h/p/gauge 1700000000:1,5', OK, 'bad_value'],

  // integers
  ['PUTVAL h/p/fx_derive 1700000000:-9223372036854775808', OK, 'same'],
  ['PUTVAL h/p/fx_derive 1700000000:+5', OK, 'same'],
  ['PUTVAL h/p/fx_derive 1700000000:010', OK, 'same'],
  ['PUTVAL h/p/fx_derive 1700000000:0x10', OK, 'same'],
  ['PUTVAL h/p/fx_counter 1700000000:18446744073709551615', OK, 'same'],
  ['PUTVAL h/p/fx_absolute 1700000000:18446744073709551615', OK, 'same'],
  ['PUTVAL h/p/fx_derive 1700000000:U', BAD_VALUES, 'bad_value'],
  ['PUTVAL h/p/fx_counter 1700000000:x', BAD_VALUES, 'bad_value'],
  ['PUTVAL h/p/fx_derive 1700000000:1.9', OK, 'bad_value'],
  ['PUTVAL h/p/fx_derive 1700000000:1e3', OK, 'bad_value'],
  ['PUTVAL h/p/fx_derive 1700000000:9223372036854775808', OK, 'bad_value'],
  ['PUTVAL h/p/fx_counter 1700000000:18446744073709551616', OK, 'bad_value'],
  ['PUTVAL h/p/fx_counter 1700000000:-1', OK, 'bad_value'],
  ['PUTVAL h/p/fx_absolute 1700000000:-1', OK, 'bad_value'],

  // number of values
  ['PUTVAL h/p/if_octets 1700000000:1:2', OK, 'same'],
  ['PUTVAL h/p/if_octets 1700000000:1::2', OK, 'same'],
  ['PUTVAL h/p/if_octets :1700000000:1:2:', OK, 'same'],
  ['PUTVAL h/p/if_octets 1700000000:1', OK, 'wrong_count'],
  ['PUTVAL h/p/gauge 1700000000:1:2', BAD_VALUES, 'wrong_count'],
  ['PUTVAL h/p/gauge 1700000000:', BAD_VALUES, 'wrong_count'],
  ['PUTVAL h/p/gauge 1700000000:1 1700000001:2', TWO, 'same'],
  ['PUTVAL h/p/gauge 1700000000:1 garbage', BAD_VALUES, 'bad_time'],

  // options
  ['PUTVAL h/p/gauge interval=10 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval="10" 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge INTERVAL=7 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval=0.7 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval=10s 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval=abc 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval=0 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval=-3 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval= 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval=nan 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge interval=5 interval=abc 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:1 interval=10', OK, 'same'],
  ['PUTVAL h/p/gauge 1700000000:1 interval=10 1700000001:1', TWO, 'same'],
  ['PUTVAL h/p/gauge interval=5', ['0 Success: 0 values have been dispatched.'], 'same'],
  ['PUTVAL h/p/gauge interval=inf 1700000000:1', OK, 'bad_interval'],
  ['PUTVAL h/p/gauge interval=20000000000 1700000000:1', OK, 'bad_interval'],
  ['PUTVAL h/p/gauge foo=bar 1700000000:1', NO_ANSWER, 'bad_option'],
  ['PUTVAL h/p/gauge N=5', NO_ANSWER, 'bad_option'],
  ['PUTVAL h/p/gauge inter-val=5 1700000000:1', BAD_VALUES, 'bad_time'],
  ['PUTVAL h/p/gauge =5 1700000000:1', BAD_VALUES, 'bad_time'],

  // meta data
  ['PUTVAL h/p/gauge meta:k="\\"v w\\"" 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge META:k="\\"v\\"" meta:k="\\"w\\"" 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge meta:k="\\"a\\"b\\"" 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge meta:k="\\"\\"" 1700000000:1', OK, 'same'],
  ['PUTVAL h/p/gauge meta:k="v" 1700000000:1', ['-1 Non-string metadata not supported yet', ...OK], 'bad_meta'],
  ['PUTVAL h/p/gauge meta:="\\"v\\"" 1700000000:1', OK, 'bad_meta'],
];

/** Lines that end collectd 5.12 itself, so that nobody may send them. */
export const DEADLY_ROWS: readonly TextRow[] = [
  // a double free
  ['PUTVAL h/p/gauge meta:k="\\"v\\"" 1700000000:1 1700000001:2', NO_ANSWER, 'lists_with_meta'],
  // an assertion
  ['PUTVAL "h/p/gauge"-y 1700000000:1', NO_ANSWER, 'bad_quotes'],
];

const DONE = ['0 Success'];
const MALFORMED = ['-1 Malformed option.'];
const optionError = (key: string) => [`-1 Error parsing option \`${key}'`];
const TIME_MISSING = ["-1 Option `time' missing."];

export const PUTNOTIF_ROWS: readonly TextRow[] = [
  ['PUTNOTIF severity=okay time=1700000000 message=a', DONE, 'same'],
  ['PUTNOTIF severity=okay time=1700000000 message="a \\"q\\" \\\\ b"', DONE, 'same'],
  ['PUTNOTIF severity=okay time=1700000000 message="line1\\nline2"', DONE, 'same'],
  ['PUTNOTIF severity=okay time=1700000000 message=a"b\\c', DONE, 'same'],
  [
    'PUTNOTIF severity=failure time=1700000000.25 message=a host=h plugin=p plugin_instance=pi type=t type_instance=ti',
    DONE,
    'same',
  ],
  ['PUTNOTIF severity=okay time=1700000000 message=a host="" plugin=a-b type=a/b', DONE, 'same'],
  ['PUTNOTIF SEVERITY=WaRning TIME=1700000000 Message=a', DONE, 'same'],
  ['putnotif\tmessage=a  time=1.7e9 severity=okay ', DONE, 'same'],
  ['PUTNOTIF severity=okay severity=failure time=1700000000 message=a message=b', DONE, 'same'],
  ['PUTNOTIF severity=okay time=1700000000 message=a s:k=v s:k=w s:n:m="" s:K="a b"', DONE, 'same'],
  [`PUTNOTIF severity=okay time=1700000000 message=${'m'.repeat(300)} host=${'h'.repeat(200)}`, DONE, 'same'],
  ['PUTNOTIF severity=okay time=1700000000 message=two words', MALFORMED, 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message="a"b', MALFORMED, 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message="a', MALFORMED, 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message="a\\', MALFORMED, 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message= host=h', MALFORMED, 'bad_option'],
  ['PUTNOTIF "severity=okay" time=1700000000 message=a', MALFORMED, 'bad_option'],
  ['PUTNOTIF severity=critical time=1700000000 message=a', optionError('severity'), 'bad_severity'],
  ['PUTNOTIF time=1700000000 message=a', ["-1 Option `severity' missing."], 'no_severity'],
  ['PUTNOTIF', ["-1 Option `severity' missing."], 'no_severity'],
  ['PUTNOTIF severity=okay message=a', TIME_MISSING, 'no_time'],
  ['PUTNOTIF severity=okay time=0 message=a', TIME_MISSING, 'no_time'],
  ['PUTNOTIF severity=okay time=1700000000123 message=a', TIME_MISSING, 'bad_time'],
  ['PUTNOTIF severity=okay time=N message=a', optionError('time'), 'bad_time'],
  ['PUTNOTIF severity=okay time=1700000000x message=a', optionError('time'), 'bad_time'],
  ['PUTNOTIF severity=okay time=-5 message=a', DONE, 'bad_time'],
  ['PUTNOTIF severity=okay time=nan message=a', DONE, 'bad_time'],
  ['PUTNOTIF severity=okay time=1700000000', ['-1 No message or message of length 0 given.'], 'no_message'],
  ['PUTNOTIF severity=okay time=1700000000 message=""', ['-1 No message or message of length 0 given.'], 'no_message'],
  ['PUTNOTIF severity=okay time=1700000000 message=a foo=v', optionError('foo'), 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message=a i:n=5', optionError('i:n'), 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message=a S:n=5', optionError('S:n'), 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message=a s:=v', optionError('s:'), 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message=a s:a-b=v', MALFORMED, 'bad_option'],
  ['PUTNOTIF severity=okay time=1700000000 message=a s:a.b=v', MALFORMED, 'bad_option'],
];
