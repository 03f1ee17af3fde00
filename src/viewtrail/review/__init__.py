"""People decide: what they did about findings, folded from the log, and who may decide what."""
