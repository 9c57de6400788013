/**
 * The names of the options of a type. The compiler refuses a name that is missing, and one that the type lacks.
 *
 * @typeParam Options - Required, because nothing is inferred from the names.
 */
export function optionNames<Options extends object>(
  names: Readonly<Record<keyof NoInfer<Options>, true>>,
): readonly string[] {
  return Object.keys(names);
}
