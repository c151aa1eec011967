import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

export interface ModuleGraph {
  /** Modules of the house, as paths without extension: "protocol/bytes". */
  own: Set<string>;
  /** Everything else that they import, by the importing module: npm packages, modules of the Moddable SDK. */
  foreign: Map<string, Set<string>>;
}

/**
 * What a module needs at run time, itself included: imports of types are erased and do not count.
 * @param entry path without extension, from the house's root.
 */
export function reachableModules(house: string, entry: string): ModuleGraph {
  const graph: ModuleGraph = { own: new Set(), foreign: new Map() };
  const waiting = [entry];
  for (let module = waiting.pop(); module !== undefined; module = waiting.pop()) {
    if (graph.own.has(module)) continue;
    graph.own.add(module);
    for (const specifier of runTimeImports(join(house, `${module}.ts`))) {
      const target = specifier.startsWith(".") ? relative(house, join(house, dirname(module), specifier)) : undefined;
      if (target !== undefined && existsSync(join(house, `${target}.ts`))) waiting.push(target);
      else graph.foreign.set(specifier, (graph.foreign.get(specifier) ?? new Set()).add(module));
    }
  }
  return graph;
}

function runTimeImports(file: string): string[] {
  const { statements } = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const specifiers: string[] = [];
  for (const statement of statements) {
    const erased = ts.isImportDeclaration(statement) ? isErased(statement.importClause) : ts.isExportDeclaration(statement) ? statement.isTypeOnly : true;
    if (erased) continue;
    const { moduleSpecifier } = statement as ts.ImportDeclaration | ts.ExportDeclaration;
    if (moduleSpecifier !== undefined) specifiers.push((moduleSpecifier as ts.StringLiteral).text);
  }
  return specifiers;
}

/** `import type …`, or nothing but `type` names in the braces. */
function isErased(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  return name === undefined && namedBindings !== undefined && ts.isNamedImports(namedBindings) && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}
