// A plugin for TypeDoc: resolves a `{@link …}` in `@throws` to the entry point that exports the name. TypeScript parses the
// braces after `@throws` as a type, so TypeDoc has only the name and looks for it only in the current entry point.
import { ReflectionKind } from 'typedoc';

export function load({ converter }) {
  converter.addUnknownSymbolResolver((reference, { project }, link) => {
    // A type of another package, not a link.
    if (link === undefined) return undefined;
    const name = reference.symbolReference?.path?.[0]?.path;
    const target = project.getReflectionsByKind(ReflectionKind.SomeExport).find((each) => each.name === name);
    return target && { target };
  });
}
