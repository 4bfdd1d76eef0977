/** Files that are taken in as text when the program is bundled. */
declare module '*.py' {
  const text: string;
  export default text;
}
