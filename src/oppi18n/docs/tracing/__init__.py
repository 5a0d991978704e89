"""Rules are held against the sentences that they were made from: which backs which, and where the two disagree."""
