// What the build puts around the scripts, and what it writes into a script of its own (the worker).
declare const WORKER_SOURCE: string;
declare const Idiomorph: {
  morph(element: Element, html: string | NodeList, options: { morphStyle: "innerHTML"; ignoreActiveValue: boolean }): void;
};
