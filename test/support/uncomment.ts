/** A sample configuration as it is when every option in it was uncommented, as an operator would: `# ` taken away, `##` left. */
export function uncomment(sample: string): string {
  return sample
    .split('\n')
    .map((line) => line.replace(/^( *)#(?: (?=[ [a-z"#])|$)/, '$1'))
    .join('\n');
}
