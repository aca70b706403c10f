// Format 2: which test samples each variant got right, and which variants are repeats of one order.

export const answersAndRepeats = `
CREATE TABLE answers (
  variantId TEXT PRIMARY KEY REFERENCES variants ON DELETE CASCADE,
  -- The artifact of the dataset, as two imports of the same data are the same samples.
  dataset TEXT NOT NULL,
  samples INTEGER NOT NULL,
  rightAnswers TEXT NOT NULL
) STRICT;

ALTER TABLE variants ADD COLUMN repeat TEXT;
`;
