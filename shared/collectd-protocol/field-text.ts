/**
 * The fields of a command on collectd's text doors. PUTVAL and PUTNOTIF split differently.
 *
 * Sources: src/utils/cmds/cmds.c, cmd_split and cmd_parse_option; src/utils/cmds/parse_option.c, parse_string and parse_option.
 */
import type { ByteString } from '../line-protocol/byte-string.ts';
import { type TextProblem, textProblem } from './text-problem.ts';

/** What C's isspace takes in the C locale. */
const BLANK = /[ \t\n\v\f\r]/;
const OPTION = /^([0-9A-Za-z_:]+)=/;

/**
 * Splits a PUTVAL line. A quote anywhere in a field begins a quoted stretch, where a backslash gives the next character as it is; the quote that ends the stretch
 * ends the field, too. Outside quotes a backslash is an ordinary character.
 *
 * Refused is more than collectd's answer refuses: fields that follow each other without a blank, since they end collectd 5.12 itself
 * (assertion `len < estimate`).
 */
export function splitFields(line: ByteString): ByteString[] | TextProblem {
  const fields: string[] = [];
  let runs = 0;
  let field: string | undefined;
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    let c = line[at] as string;
    const isBlank = BLANK.test(c);
    if (!isBlank && (at === 0 || BLANK.test(line[at - 1] as string))) runs++;
    if (isBlank && !isQuoted) {
      if (field !== undefined) fields.push(field);
      field = undefined;
      continue;
    }
    if (c === '"') {
      if (isQuoted) {
        fields.push(field ?? '');
        field = undefined;
      }
      isQuoted = !isQuoted;
      continue;
    }
    if (c === '\\' && isQuoted) {
      at++;
      if (at === line.length) return textProblem('bad_quotes', line);
      c = line[at] as string;
    }
    field = (field ?? '') + c;
  }
  if (isQuoted) return textProblem('bad_quotes', line);
  if (field !== undefined) fields.push(field);
  return fields.length > runs ? textProblem('bad_quotes', line) : (fields as ByteString[]);
}

/** The option that a field is, or undefined for a field without `name=`. */
export function readOption(field: ByteString): { readonly name: string; readonly value: ByteString } | undefined {
  const name = OPTION.exec(field)?.[1];
  return name === undefined ? undefined : { name, value: field.slice(name.length + 1) as ByteString };
}

/** A field that {@link splitFields} gives back as it is: in quotes when it holds a blank or a quote, or nothing. */
export function quoteField(field: ByteString): ByteString {
  return field === '' || /[ \t\n\v\f\r"]/.test(field) ? quoted(field) : field;
}

/**
 * Splits the options of a PUTNOTIF line, which is what follows the command word. A value runs to the next blank, or, where it begins with a quote, to the closing
 * one, behind which a blank must stand. An empty value must be `""`.
 */
export function splitOptions(text: ByteString): { readonly name: string; readonly value: ByteString }[] | TextProblem {
  const options: { name: string; value: ByteString }[] = [];
  let rest: string = text.replace(/^[ \t\n\v\f\r]+/, '');
  while (rest !== '') {
    const option = OPTION_OF_NOTIFICATION.exec(rest);
    if (option === null) return textProblem('bad_option', rest as ByteString);
    const [all, name = '', quotedValue, plainValue = ''] = option;
    const value = quotedValue === undefined ? plainValue : quotedValue.replace(/\\([\s\S])/g, '$1');
    options.push({ name, value: value as ByteString });
    rest = rest.slice(all.length);
  }
  return options;
}

const OPTION_OF_NOTIFICATION =
  /^([0-9A-Za-z_:]+)=(?:"((?:[^"\\]|\\[\s\S])*)"(?![^ \t\n\v\f\r])|([^" \t\n\v\f\r][^ \t\n\v\f\r]*))[ \t\n\v\f\r]*/;

/** A value that {@link splitOptions} gives back as it is: in quotes when it is empty, holds a blank or begins with a quote. */
export function quoteOptionValue(value: ByteString): ByteString {
  return value === '' || /^"|[ \t\n\v\f\r]/.test(value) ? quoted(value) : value;
}

function quoted(text: ByteString): ByteString {
  return `"${text.replace(/["\\]/g, '\\$&')}"` as ByteString;
}
