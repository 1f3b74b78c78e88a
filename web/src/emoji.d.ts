declare module "virtual:emoji/*" {
  /** One list for each group: emoji, name, other words, version, and its five skin tones. */
  const groups: [string, string, string[], number, string[]?][][];
  export default groups;
}
