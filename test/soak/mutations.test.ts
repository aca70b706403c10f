// A hundred thousand mutations of every format, as the fuzz suite does five thousand; the results are in the same file.
process.env['FUZZ_MUTATIONS'] ??= '100000';
await import('../fuzz/mutations.test.ts');
