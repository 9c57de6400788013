// For TypeDoc: finds what a `{@link …}` in `@throws` names, in whichever entry point exports it. TypeScript reads the
// braces after `@throws` as a type, so TypeDoc knows the name only and looks for it in the entry point at hand.
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
