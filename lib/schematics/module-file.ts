import type ts from 'typescript';

/** The compiler of the application. */
export type Compiler = typeof ts;

/** What to add to a file with a module. */
export interface ModuleAddition {
  /** Names to import, by the package that exports them. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
  /** What to add to the `imports` of the module, each as it is written. */
  readonly modules: readonly string[];
}

/** A text to insert. */
interface Insertion {
  readonly position: number;
  readonly text: string;
}

/**
 * Adds modules to the first class with `@Module({ … })` in a file.
 *
 * @returns The new text of the file. `undefined` if it has no such class, or one whose `imports` are not written as a list.
 */
export function addToModule(
  compiler: Compiler,
  text: string,
  { imports, modules }: ModuleAddition,
): string | undefined {
  const file = parse(compiler, text);
  const metadata = findMetadata(compiler, file);
  const added = metadata && addToList(compiler, metadata, modules);
  if (added === undefined) return undefined;
  return insertAll(text, [importStatements(compiler, file, imports), added]);
}

/** Whether a file imports a package. */
export function importsPackage(compiler: Compiler, text: string, packageName: string): boolean {
  const declarations = importDeclarations(compiler, parse(compiler, text));
  return declarations.some(
    ({ moduleSpecifier }) => compiler.isStringLiteral(moduleSpecifier) && moduleSpecifier.text === packageName,
  );
}

function parse(compiler: Compiler, text: string): ts.SourceFile {
  return compiler.createSourceFile('app.module.ts', text, compiler.ScriptTarget.Latest, true);
}

function findMetadata(compiler: Compiler, file: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  for (const statement of file.statements.filter(compiler.isClassDeclaration)) {
    for (const { expression } of compiler.getDecorators(statement) ?? []) {
      if (!compiler.isCallExpression(expression) || expression.expression.getText() !== 'Module') continue;
      const [metadata] = expression.arguments;
      if (metadata !== undefined && compiler.isObjectLiteralExpression(metadata)) return metadata;
    }
  }
  return undefined;
}

function addToList(
  compiler: Compiler,
  metadata: ts.ObjectLiteralExpression,
  modules: readonly string[],
): Insertion | undefined {
  const lines = modules.map((each) => `\n${indent(each, 4)},`).join('');
  const property = metadata.properties.find((each) => each.name?.getText() === 'imports');
  if (property === undefined) return { position: metadata.getStart() + 1, text: `\n  imports: [${lines}\n  ],` };
  if (!compiler.isPropertyAssignment(property) || !compiler.isArrayLiteralExpression(property.initializer))
    return undefined;
  const { elements } = property.initializer;
  const last = elements.at(-1);
  if (last === undefined) return { position: elements.pos, text: `${lines}\n  ` };
  return { position: last.end, text: `,${lines}`.replace(/,$/, '') };
}

function importStatements(compiler: Compiler, file: ts.SourceFile, imports: ModuleAddition['imports']): Insertion {
  const declarations = importDeclarations(compiler, file);
  const known = new Set(declarations.flatMap((each) => namesOf(compiler, each)));
  const quote = declarations[0]?.moduleSpecifier.getText().at(0) ?? "'";
  const statements = Object.entries(imports).flatMap(([from, names]) => {
    const missing = names.filter((name) => !known.has(name));
    return missing.length === 0 ? [] : importStatement(missing, `${quote}${from}${quote}`);
  });
  const last = declarations.at(-1);
  if (last === undefined) return { position: file.getStart(), text: `${statements.join('')}\n` };
  return { position: last.end, text: `\n${statements.join('')}`.trimEnd() };
}

/** As Prettier writes it with its default width, which a generated application has. */
function importStatement(names: readonly string[], from: string): string {
  const line = `import { ${names.join(', ')} } from ${from};\n`;
  return line.length <= 81 ? line : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from ${from};\n`;
}

function importDeclarations(compiler: Compiler, file: ts.SourceFile): readonly ts.ImportDeclaration[] {
  return file.statements.filter(compiler.isImportDeclaration);
}

function namesOf(compiler: Compiler, { importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings;
  return bindings !== undefined && compiler.isNamedImports(bindings)
    ? bindings.elements.map(({ name }) => name.text)
    : [];
}

function indent(text: string, spaces: number): string {
  return text.replaceAll(/^/gm, ' '.repeat(spaces));
}

/** From the last to the first, so that no insertion moves the position of another. */
function insertAll(text: string, insertions: readonly Insertion[]): string {
  return insertions
    .toSorted((one, other) => other.position - one.position)
    .reduce((result, { position, text: added }) => result.slice(0, position) + added + result.slice(position), text);
}
