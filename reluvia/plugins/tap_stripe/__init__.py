"""tap-stripe: charges and what belongs to them, from the account's beginning, with every later change."""
