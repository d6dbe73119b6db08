// What the build puts before the service worker.
declare const FRESH: boolean;
declare const FRONT: string[];
declare const FILES: Files;
// What the page imports before the worker that runs Python.
declare function loadPyodide(options: object): Promise<any>;
declare function createEngine(settings: object): Promise<any>;
