// What the build puts around the scripts.
/** The files of the search, relative to the site. */
declare const SEARCH: { script: string; style: string; library: string; index: string };
declare function pySearch(run: typeof runScript): void;
declare function pyTake(figure: HTMLElement, panel: string, written: Map<string, string>, wheel: string): void;
declare const Idiomorph: {
  morph(element: Element, html: string | NodeList, options: { morphStyle: "innerHTML"; ignoreActiveValue: boolean; callbacks?: { beforeNodeMorphed(old: Node, fresh: Node): boolean; beforeAttributeUpdated(name: string): boolean } }): void;
};
