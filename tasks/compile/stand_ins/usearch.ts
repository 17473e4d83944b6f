/** Stands in for `usearch`, a native library that is not handed over with a bundle. */
throw new Error("it is not part of this form of houqa");
