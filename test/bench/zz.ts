import { ensurePython } from '/work/main/src-main/setup/python-environment.ts';
console.log(await ensurePython('/work/main/test/bench/requirements.txt', console.log));
